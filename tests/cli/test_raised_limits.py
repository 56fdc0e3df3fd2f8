"""Limits raised by name, on the command line and in the environment."""

import os

import pytest

from symvae.errors import ConfigError, SymvaeError
from symvae.files.raised import VARIABLE, raised
from symvae.music.io import limits
from tests.cli.conftest import Cli
from tests.conftest import TUNES


def test_a_limit_is_raised_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "notes=7 bars=20000")
    assert (limits.NOTES.most, dict(raised())) == (7, {"notes": 7, "bars": 20000})
    with pytest.raises(SymvaeError):
        limits.NOTES.check(8, "a file")


@pytest.mark.parametrize("words", ["notes", "notes=many", "=3", "notes=-1", "notes=1e6"])
def test_other_words_are_refused(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setenv(VARIABLE, words)
    with pytest.raises(ConfigError, match="raises no limit"):
        raised()


def test_the_option_stands_anywhere_and_counts_for_one_command(cli: Cli, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, "midi-size=0")
    tune = TUNES / "ode_to_joy.mid"
    refused = cli("reconstruct", tune)
    assert refused.exit_code == 1
    assert refused.stderr.endswith("If you trust it, raise the limit: --limit midi-size=NUMBER.\n")
    for line in (("measure", tune, "--limit", "midi-size=1"), ("--limit=midi-size=1", "measure", tune)):
        assert cli(*line).exit_code == 0
    assert os.environ[VARIABLE] == "midi-size=0"


@pytest.mark.parametrize("word", ["loudness=3", "notes", "notes=loud", ""])
def test_no_such_limit(cli: Cli, word: str) -> None:
    wrong = cli("measure", TUNES / "ode_to_joy.mid", "--limit", word)
    assert wrong.exit_code == 2
    assert "Traceback" not in wrong.output
    assert VARIABLE not in os.environ
