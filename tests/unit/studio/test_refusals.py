"""Refusals: strangers, wrong requests and bad values, each with one sentence."""

import json
import socket

import pytest

from symvae.errors import ConfigError
from symvae.studio import server as server_module
from symvae.studio.desk import Desk
from symvae.studio.genie_room import GenieRoom
from symvae.studio.models import Models
from symvae.studio.reply import RefusedError
from symvae.studio.server import MOST_BYTES, StudioServer, open_server
from symvae.studio.sessions import Sessions
from tests.unit.studio.conftest import Client

HIT = {"pad": 12, "step": 0, "velocity": 100}
LOOP = {"hits": [HIT], "tempo": 110}


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1" + ":1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_pages_are_strangers(client: Client, method: str, headers: dict[str, str]) -> None:
    path = "/genie" if method == "GET" else "/api/drums/about"
    answer = client.send(method, path, b"{}", Content_Type="application/json", **headers)
    assert answer.status == 403
    assert answer.sentence.startswith("The studio serves its own pages only. Open http://127.0.0.1:")
    assert answer.headers["Connection"] == "close"


def test_own_pages_and_links_are_none(client: Client, studio: StudioServer) -> None:
    own = f"http://localhost:{studio.port}"
    assert (
        client.get("/genie", Host=f"localhost:{studio.port}", Origin=own, Sec_Fetch_Site="same-origin").status
        == 200
    )
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert client.get("/genie", **link).status == 200
    assert (
        client.send("POST", "/api/drums/about", b"{}", Content_Type="application/json", **link).status == 403
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("GET", "/api/genie/press", 405, "takes POST"),
        ("POST", "/api/genie/fly", 404, "There is no /api/genie/fly. Reload the page."),
        ("PUT", "/genie", 501, "Unsupported method"),
    ],
)
def test_requests_that_do_not_exist(
    client: Client, method: str, path: str, status: int, sentence: str
) -> None:
    answer = client.send(method, path, b"{}", Content_Type="application/json")
    assert answer.status == status
    assert sentence in answer.sentence


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("Content-Type: application/json", 411),
        ("Content-Type: application/json\r\nContent-Length: -1", 411),
        ("Content-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked", 411),
        (f"Content-Type: application/json\r\nContent-Length: {MOST_BYTES + 1}", 413),
        ("Content-Type: application/json\r\nContent-Length: " + "9" * 400, 413),
        ("Content-Type: text/plain\r\nContent-Length: 2", 415),
    ],
)
def test_bodies_that_are_not_read(studio: StudioServer, headers: str, status: int) -> None:
    with socket.create_connection(("127.0.0.1", studio.port)) as line:
        line.sendall(
            f"POST /api/genie/about HTTP/1.1\r\nHost: localhost:{studio.port}\r\n{headers}\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"].endswith((".",))


def test_a_body_that_a_page_does_not_take_is_no_second_request(studio: StudioServer) -> None:
    second = b"GET /drums HTTP/1.1\r\n\r\n"
    with socket.create_connection(("127.0.0.1", studio.port)) as line:
        named = f"Host: localhost:{studio.port}\r\nContent-Length: {len(second)}"
        first = f"GET /style.css HTTP/1.1\r\n{named}\r\n\r\n"
        line.sendall(first.encode() + second)
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_what_is_no_request_gets_a_sentence(studio: StudioServer) -> None:
    with socket.create_connection(("127.0.0.1", studio.port)) as line:
        line.sendall(b"hello there you\r\n\r\n")
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    assert b" 400 " in answer.partition(b"\r\n")[0]
    assert b"Open the studio's page." in answer


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"[]", "The request is no object of JSON."),
        (b"{", "The request is not JSON"),
        (b'{"a": NaN}', "The request is not JSON"),
        (b"\xff", "The request is not text in UTF-8."),
        (b"[" * 5000, "more than 32 deep"),
    ],
)
def test_a_body_that_is_no_object(client: Client, body: bytes, sentence: str) -> None:
    answer = client.send("POST", "/api/genie/start", body, Content_Type="application/json")
    assert answer.status == 400
    assert sentence in answer.sentence


@pytest.mark.parametrize(
    ("path", "fields", "sentence"),
    [
        ("genie/start", {"key": "H"}, "H"),
        ("genie/start", {"key": 3}, "needs key, a text of at most 200 letters; not 3."),
        ("genie/start", {"temperature": -1}, "needs temperature, a number from 0 to 10; not -1."),
        ("genie/start", {"temperature": True}, "needs temperature, a number; not true."),
        ("genie/start", {"seed": 1.5}, "needs seed, a whole number; not 1.5."),
        ("genie/start", {"seed": 2**70}, "needs seed, a whole number from 0 to"),
        ("genie/start", {"free": 1}, "needs free, true or false; not 1."),
        ("genie/press", {"button": 1}, "needs session, a text of at most 200 letters; it is missing."),
        ("genie/note", {"pitch": 200}, "A note is from 21 to 108"),
        ("genie/note", {"pitch": 60, "timbre": "kazoo"}, "There is no timbre 'kazoo'."),
        ("drums/map", {"drum": "gong"}, "There is no drum 'gong'."),
        ("drums/sound", {"drum": "gong"}, "There is no drum 'gong'."),
        ("drums/sound", {"drum": "kick", "faders": {"size": 1}}, "There is no fader 'size'."),
        ("drums/sound", {"drum": "kick", "faders": {"decay_sec": "long"}}, "faders needs decay_sec, a"),
        ("drums/sound", {"drum": "kick", "faders": {"decay_sec": -1}}, "The decay is above 0 and at most"),
        ("drums/sound", {"drum": "kick", "faders": [1]}, "The field faders is no object of JSON."),
        ("drums/sound", {"drum": "kick", "level": 2}, "A level is from 0 to 1, not 2."),
        ("drums/sample", {"tempo": 1}, "needs tempo, a number from 40 to 240; not 1."),
        ("drums/sample", {"tempo": 10**400}, "needs tempo, a number; not 1000"),
        ("drums/vary", {**LOOP, "amount": 2}, "needs amount, a number from 0 to 1; not 2."),
        ("drums/vary", {"tempo": 110, "amount": 0.2}, "needs hits, a list of at most 512 objects."),
        ("drums/midi", {**LOOP, "hits": [1]}, "Number 1 of hits is no object of JSON."),
        ("drums/midi", {**LOOP, "hits": [{**HIT, "pad": 16}]}, "needs pad, a whole number from 0 to 15"),
        ("drums/midi", {**LOOP, "hits": [{**HIT, "step": 32}]}, "needs step, a whole number from 0 to 31"),
        ("drums/midi", {**LOOP, "hits": [{"pad": 0, "step": 0}]}, "Number 1 of hits needs velocity"),
        ("drums/midi", {**LOOP, "times": 1000}, "A loop is written 1 to 64 times, not 1000."),
        ("drums/humanize", {**LOOP, "amount": 1, "style": "polka"}, "knows no style 'polka'"),
        ("drums/wav", {**LOOP, "pads": []}, "A kit has 16 pads, not 0. Send a sound for each."),
        ("drums/zip", {}, "needs pads, a list of at most 16 objects."),
    ],
)  # fmt: skip
def test_a_bad_value_is_one_sentence(client: Client, path: str, fields: dict, sentence: str) -> None:
    answer = client.ask(path, **fields)
    assert answer.status == 400, answer.data
    assert sentence in answer.sentence
    assert client.get("/").status == 200  # the connection goes on


def test_a_session_that_is_not_there(client: Client) -> None:
    answer = client.ask("genie/press", session="nothing", button=1, time=0)
    assert answer.status == 410
    assert "has ended, since the studio keeps the last 16. Start again" in answer.sentence


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"button": 9, "time": 1}, "Buttons are 1 to 8, not 9."),
        ({"button": 1, "time": -1}, "needs time, a number from 0 to 1e+06; not -1."),
        ({"button": 1, "time": 1, "velocity": 128}, "A velocity is from 1 to 127, not 128."),
        ({"button": 1, "time": 0.5}, "lies before the last press"),
    ],
)
def test_a_press_that_cannot_be(client: Client, fields: dict, sentence: str) -> None:
    session = client.ask("genie/start").json()["session"]
    assert client.ask("genie/press", session=session, button=2, time=1).status == 200
    answer = client.ask("genie/press", session=session, **fields)
    assert answer.status == 400
    assert sentence in answer.sentence


def test_the_oldest_session_makes_room_and_both_pages_are_told() -> None:
    sessions: Sessions[str] = Sessions(most=2)
    first, second = sessions.open("first"), sessions.open("second")
    assert (first.ended, second.ended, sessions.get(first.name)) == (0, 0, "first")
    assert sessions.open("third").ended == 1
    assert (sessions.get(first.name), len(sessions)) == ("first", 2)
    with pytest.raises(RefusedError, match="keeps the last 2"):
        sessions.get(second.name)


def test_a_fault_of_the_studio_is_told_and_the_server_goes_on(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(GenieRoom, "_genie", lambda room, fields: 1 / 0)
    answer = client.ask("genie/press")
    assert answer.status == 500
    assert "a fault of its own, ZeroDivisionError" in answer.sentence
    assert client.get("/").status == 200


def test_a_port_that_is_taken(studio: StudioServer, monkeypatch) -> None:
    desk = Desk(Models())
    with pytest.raises(ConfigError, match=rf"Port {studio.port} cannot be opened: .*leave out --port"):
        open_server(desk, studio.port)
    monkeypatch.setattr(server_module, "DEFAULT_PORT", studio.port)
    with open_server(desk) as other:
        assert other.port != studio.port
