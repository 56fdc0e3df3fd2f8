"""How a test types a command: in this process, with stdout and stderr apart."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from symvae.cli.main import app

Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path, monkeypatch) -> Cli:
    """``cli("sample", "-n", 2)`` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])
