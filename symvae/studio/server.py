"""HTTP on this computer alone: a thread for each connection, which stays open for many requests.

Every page of the web can send requests to a server on the reader's computer, and a name that leads here by
rebinding makes them look like its own. So a request is served only if its Host is this computer by one of its
names, if the page that sent it is of the studio (Origin, Sec-Fetch-Site), and if its body is JSON and small.
"""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from symvae.errors import ConfigError
from symvae.studio.desk import Desk
from symvae.studio.reply import RefusedError, Reply, json_reply

ADDRESS = "127.0.0.1"
DEFAULT_PORT = 8737
#: Names of this computer in a request.
NAMES = ("127.0.0.1", "localhost")
#: Largest body of a request: a loop with a hit on every step has 30 KB.
MOST_BYTES = 128 * 1024
#: Time after which a silent connection is closed.
IDLE_SEC = 120
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class StudioServer(ThreadingHTTPServer):
    """The studio on a port of this computer.

    Args:
        desk: Its rooms.
        port: The port; 0 for any that is free.

    Raises:
        OSError: The port is taken.
    """

    daemon_threads = True
    #: Elsewhere than on Windows a port may be opened again as soon as its server has ended.
    allow_reuse_address = os.name != "nt"
    request_queue_size = 64

    def __init__(self, desk: Desk, port: int = 0) -> None:
        self.desk = desk
        super().__init__((ADDRESS, port), _Handler)

    @property
    def port(self) -> int:
        """The port."""
        return int(self.server_address[1])

    def url(self, room: str = "") -> str:
        """Address of a room, or of the list of rooms."""
        return f"http://{ADDRESS}:{self.port}/{room}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over connections that a browser has cut."""


def open_server(desk: Desk, port: int | None = None) -> StudioServer:
    """Open the studio.

    Args:
        desk: Its rooms.
        port: The port; None for the default one, or any free one where that is taken.

    Returns:
        The server, which accepts connections and answers once it serves.

    Raises:
        ConfigError: The port that was asked for is taken or not allowed.
    """
    try:
        return StudioServer(desk, DEFAULT_PORT if port is None else port)
    except OSError as error:
        if port is not None:
            reason = error.strerror or str(error)
            raise ConfigError(
                f"Port {port} cannot be opened: {reason}. Choose another, or leave out --port for a free one."
            ) from error
        return StudioServer(desk)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: StudioServer
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SEC
    #: An answer leaves at once, in one packet where it fits.
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        """Send a file of a page."""
        self._serve(reading=False)

    def do_POST(self) -> None:
        """Answer a request of a page."""
        self._serve(reading=True)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal quiet."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request of HTTP, as `http.server` finds it."""
        self.close_connection = True
        self.request_version = self.protocol_version  # else the answer would have no headers
        self._send(code, json_reply({"error": f"{message or 'This is no request'}. Open the studio's page."}))

    def _serve(self, *, reading: bool) -> None:
        try:
            self._check_sender()
            path = self.path.partition("?")[0]
            if not reading and ("Content-Length" in self.headers or "Transfer-Encoding" in self.headers):
                self.close_connection = True  # a body that is not read must not be taken for a request
            reply = self.server.desk.do(path, self._body()) if reading else self.server.desk.show(path)
            status = 200
        except RefusedError as refused:
            status, reply = refused.status, json_reply({"error": str(refused)})
        except (ConnectionError, TimeoutError):
            raise
        except Exception as fault:
            words = f"The studio met a fault of its own, {type(fault).__name__}: {fault!s:.200}. Report it."
            status, reply = 500, json_reply({"error": words})
        self._send(status, reply)

    def _check_sender(self) -> None:
        """Refuse requests that do not come from a page of the studio, unread."""
        hosts = {f"{name}:{self.server.port}" for name in NAMES}
        origin, site = self.headers.get("Origin"), self.headers.get("Sec-Fetch-Site", "none")
        asked = [host.lower() for host in self.headers.get_all("Host", [])]
        if len(asked) != 1 or asked[0] not in hosts:
            raise self._stranger()
        if origin is not None and origin.lower() not in {f"http://{host}" for host in hosts}:
            raise self._stranger()
        # A link on another site may open a page of the studio, and nothing else.
        opens_page = self.command == "GET" and self.headers.get("Sec-Fetch-Mode") == "navigate"
        if site not in ("none", "same-origin") and not opens_page:
            raise self._stranger()

    def _stranger(self) -> RefusedError:
        self.close_connection = True
        return RefusedError(
            403, f"The studio serves its own pages only. Open {self.server.url()} in a browser."
        )

    def _body(self) -> bytes:
        """The whole body; a connection whose body was not read is closed."""
        length = ",".join(self.headers.get_all("Content-Length", []))
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        try:
            if not (length.isascii() and length.isdecimal()) or "Transfer-Encoding" in self.headers:
                raise RefusedError(
                    411, "A request needs the length of its body, Content-Length. Reload the page."
                )
            if len(length) > 9 or int(length) > MOST_BYTES:
                raise RefusedError(413, f"A request has at most {MOST_BYTES} bytes. Send less.")
            if kind != "application/json":
                raise RefusedError(
                    415, "A request is JSON, with Content-Type application/json. Reload the page."
                )
        except RefusedError:
            self.close_connection = True
            raise
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise ConnectionError("the connection ended within a request")
        return body

    def _send(self, status: int, reply: Reply) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.data)
        self.wfile.flush()
