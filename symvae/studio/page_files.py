"""Files of the pages, by the path of their address."""

from pathlib import Path

from symvae.studio.reply import Reply

FOLDER = Path(__file__).parent / "pages"
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def pages() -> dict[str, Path]:
    """Files by path: "/genie" is genie.html, all others have their own names, and "/" is index.html."""
    found = {path.name: path for path in FOLDER.iterdir() if path.suffix in _KINDS}
    paths = {f"/{name.removesuffix('.html')}": path for name, path in found.items()}
    return {**paths, "/": found["index.html"]}


def page(path: Path) -> Reply:
    """Read a file of a page."""
    return Reply(path.read_bytes(), _KINDS[path.suffix])
