"""``symvae studio``: from the command line to a page and back, and its options."""

import signal
import socket
import subprocess
import sys
import urllib.request
import webbrowser
from types import SimpleNamespace

import pytest

from symvae.cli import studio
from symvae.studio.server import StudioServer
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("number", "status", "sentence"),
    [(signal.SIGINT, 0, "The studio is closed."), (signal.SIGTERM, 143, "Stopped. The studio is closed.")],
)
def test_it_serves_a_room_until_it_is_stopped(number: int, status: int, sentence: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ("--no-browser", "--room", "drums", "--port", str(port))
    command = [sys.executable, "-m", "symvae", "studio", *words]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # The background of a shell ignores Ctrl-C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as running:
        url = running.stdout.readline().strip()
        assert url.endswith(f":{port}/drums")
        with urllib.request.urlopen(url) as page:
            assert b"Map of sounds" in page.read()
        running.send_signal(number)
        out, err = running.communicate()
    assert (running.returncode, out) == (status, "")
    assert sentence in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("--room", "cellar"), 2, "'cellar' is none of genie, drums"),
        (("--port", 0), 2, "--port"),
        (("--port", 70_000), 2, "--port"),
    ],
)
def test_wrong_use(cli, words, status, sentence) -> None:
    result = cli("studio", "--no-browser", *words)
    assert result.exit_code == status
    assert sentence in result.stderr


def test_a_taken_port_is_one_sentence(cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = cli("studio", "--no-browser", "--port", taken.getsockname()[1])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "cannot be opened" in result.stderr
    assert "leave out --port" in result.stderr


def test_a_browser_of_the_desktop_is_opened_and_a_free_port_is_told(cli, monkeypatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(StudioServer, "serve_forever", lambda server, poll_interval: None)
    monkeypatch.setattr(webbrowser, "get", lambda: SimpleNamespace(open=opened.append))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr("symvae.studio.server.DEFAULT_PORT", taken.getsockname()[1])
        result = cli("studio", "--room", "genie")
    assert result.exit_code == 0, result.stderr
    assert opened == [result.stdout.strip()]
    assert "is taken; the studio is on port" in result.stderr


def test_no_browser_of_the_terminal_is_opened(monkeypatch) -> None:
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("false"))
    monkeypatch.setattr(webbrowser.GenericBrowser, "open", lambda *words: pytest.fail("opened"))
    studio._open("http://localhost")

    def none() -> None:
        raise webbrowser.Error("none")

    monkeypatch.setattr(webbrowser, "get", none)
    studio._open("http://localhost")
