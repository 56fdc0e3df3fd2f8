"""Pages: served with their types, complete, from this computer alone, and packed into a wheel."""

import re
import tomllib

import pytest

from symvae.studio.page_files import FOLDER, pages
from symvae.studio.server import StudioServer
from tests.conftest import ROOT
from tests.unit.studio.conftest import Client

TEXTS = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/", "text/html", "Eight buttons"),
        ("/genie", "text/html", 'id="roll"'),
        ("/genie?room=1", "text/html", 'id="roll"'),
        ("/drums", "text/html", 'id="map"'),
        ("/style.css", "text/css", "--accent"),
        ("/genie.js", "text/javascript", "genie/press"),
        ("/icon.svg", "image/svg+xml", "<svg"),
    ],
)
def test_a_page_is_served(client: Client, path: str, kind: str, words: str) -> None:
    answer = client.get(path)
    assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (200, kind)
    assert words in answer.data.decode()
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/nothing", "/../server.py", "/..%2fserver.py", "/genie.html/", "/pages/genie.js"]
)
def test_other_files_are_not_served(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status, answer.sentence) == (404, "There is no such page. The rooms are /genie, /drums.")


@pytest.mark.parametrize("name", TEXTS)
def test_all_that_a_page_names_is_there(name: str) -> None:
    text = TEXTS[name]
    named = re.findall(r'(?:href|src)="([^"#]*)"', text) + re.findall(r'from "([^"]*)"', text)
    assert set(named) <= set(pages())
    assert re.findall(r"https?://[^\"' ]*", text) in ([], ["http://www.w3.org/2000/svg"])
    ids = set(re.findall(r'element\("([\w-]+)"\)', text))
    html = TEXTS.get(name.replace(".js", ".html"), "") + TEXTS["genie.html"] * (name == "common.js")
    assert {each for each in ids if f'id="{each}"' not in html} == set()


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_of_a_page_is_short(name: str) -> None:
    assert len(TEXTS[name].splitlines()) < 300


@pytest.mark.parametrize("name", [name for name in TEXTS if name.endswith(".html")])
def test_every_field_has_a_label(name: str) -> None:
    text = TEXTS[name]
    labels = re.findall(r"<label.*?</label>", text, re.DOTALL)
    fields = re.findall(r'<(?:input|select) id="([\w-]+)"', text)
    assert [each for each in fields if not any(f'id="{each}"' in label for label in labels)] == []


def test_every_file_is_packed_into_a_wheel() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["symvae"]
    packed = {path for pattern in patterns for path in (ROOT / "symvae").glob(pattern)}
    assert set(FOLDER.iterdir()) <= packed


def test_the_address_is_that_of_this_computer(studio: StudioServer) -> None:
    assert studio.server_address[0] == "127.0.0.1"
    assert studio.url("genie").endswith(f":{studio.port}/genie")
