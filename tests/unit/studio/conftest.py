"""The studio on a free port with the released models, and a client that speaks to it."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from threading import Thread
from typing import Any, NamedTuple

import pytest

from symvae.studio.desk import Desk
from symvae.studio.server import StudioServer


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    data: bytes

    def json(self) -> Any:
        return json.loads(self.data)

    @property
    def sentence(self) -> str:
        return self.json()["error"]


class Client:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = HTTPConnection("127.0.0.1", port)

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, named)
        answer = self.connection.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read())

    def ask(self, path: str, **fields: Any) -> Answer:
        return self.send("POST", f"/api/{path}", json.dumps(fields).encode(), Content_Type="application/json")

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)


@pytest.fixture(scope="session")
def studio() -> Iterator[StudioServer]:
    with StudioServer(Desk()) as server:
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield server
        server.shutdown()
        serving.join()


@pytest.fixture
def client(studio: StudioServer) -> Iterator[Client]:
    client = Client(studio.port)
    yield client
    client.connection.close()
