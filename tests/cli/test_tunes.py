"""--tune chooses a tune of an ABC book, by number or title, wherever files are read."""

import json
from pathlib import Path

import pytest

import symvae
from symvae.errors import MidiError

BOOK = "X:1\nT:Low\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|]\n\nX:2\nT:High\nM:4/4\nL:1/4\nK:C\ncdef|gabc'|]\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.abc"
    path.write_text(BOOK)
    return path


@pytest.mark.parametrize(("tune", "register"), [("1", 66), ("2", 78), ("high", 78)])
def test_measure_reads_the_tune_that_was_chosen(cli, book: Path, tune: str, register: float) -> None:
    (row,) = json.loads(cli("measure", book, "--tune", tune, "--json").stdout)
    assert abs(row["register"] - register) < 1


@pytest.mark.parametrize("verb", ["measure", "reconstruct", "render"])
def test_a_book_without_a_choice_is_refused_with_its_tunes(cli, book: Path, verb: str) -> None:
    result = cli(verb, book)
    assert result.exit_code == 1
    assert "holds 2 tunes" in result.stderr
    assert "Choose one with --tune, by number or title: 1 Low; 2 High" in " ".join(result.stderr.split())


def test_a_tune_is_read_from_standard_input(cli) -> None:
    (report,) = json.loads(cli("inspect", "-", "--tune", "2", "--json", stdin=BOOK).stdout)
    assert report["num_notes"] == 8


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("book.abc", "--tune", "3"), "has no tune '3'. It has 2: 1 Low; 2 High"),
        (("tune.mid", "--tune", "1"), "is no tune book"),
    ],
)
def test_a_tune_that_does_not_exist_is_refused(cli, book: Path, words: tuple[str, ...], fault: str) -> None:
    symvae.write(symvae.read(book, tune=1), book.with_name("tune.mid"))
    result = cli("measure", *words)
    assert result.exit_code == 1
    assert fault in " ".join(result.stderr.split())


def test_read_takes_a_tune(book: Path) -> None:
    (phrase,) = symvae.read(book, tune="Low")
    assert phrase.pitch.tolist() == [60, 62, 64, 65, 67, 69, 71, 72]
    with pytest.raises(MidiError, match="holds 2 tunes"):
        symvae.read(book)
