"""Run a command in the process of the test, with stdout and stderr apart."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from symvae.cli.main import app
from tests.fader_models import aroused_model, fader_model, piano_model, wide_model  # noqa: F401 (fixtures)

Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path, monkeypatch) -> Cli:
    """``cli("sample", "-n", 2)`` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words, stdin=None: CliRunner().invoke(app, [str(word) for word in words], input=stdin)


@pytest.fixture
def fade(cli, fader_model) -> Cli:  # noqa: F811 (the fixture)
    """``fade(file, "--set", "register=60")`` with the tiny model."""
    return lambda *words: cli("fade", *words, "-m", fader_model, "--force")
