"""``symvae studio``: rooms to play in, as pages of a browser on this computer."""

from typing import Annotated

import typer

from symvae.cli.console import say, show
from symvae.cli.options import one_of
from symvae.cli.stopping import status_of

ROOMS = ("genie", "drums")


def studio(
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65_535, help="Port of the server. Default: 8737, or any free one."),
    ] = None,
    room: Annotated[str | None, typer.Option("--room", help="Room to open: genie or drums.")] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address, and open no browser.")
    ] = False,
) -> None:
    """Open the studio in a browser: the genie's buttons, and a drum machine. Ctrl-C ends it."""
    if room is not None:
        one_of(room, ROOMS, "--room")
    from symvae.studio.desk import Desk
    from symvae.studio.server import DEFAULT_PORT, open_server

    with open_server(Desk(), port) as server:
        if port is None and server.port != DEFAULT_PORT:
            say(f"Port {DEFAULT_PORT} is taken; the studio is on port {server.port}.")
        show(server.url(room or ""))
        say("The studio serves this computer only. Ctrl-C ends it.")
        if not no_browser:
            _open(server.url(room or ""))
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt as stopped:
            if status_of(stopped) != 130:
                stopped.add_note("The studio is closed.")
                raise
            say("The studio is closed.")


def _open(url: str) -> None:
    """Show a page in the browser of the desktop; a browser of the terminal would take the terminal."""
    import webbrowser

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if type(browser) is not webbrowser.GenericBrowser:
        browser.open(url)
