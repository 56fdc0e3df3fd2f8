"""Corpora hear what users hear: the same notes of the same file, over a sample of music21's corpus."""

import re
from pathlib import Path

import numpy as np
import pytest

from symvae.corpus.pieces import Piece, pieces
from symvae.corpus.sources.folder import folder
from symvae.corpus.sources.folk import melodies, music21_corpus
from symvae.corpus.tune import Tune
from symvae.music.io.files import load_any
from symvae.music.io.score_read import load_score
from symvae.music.phrase import Phrase
from symvae.music.song import Song
from symvae.music.windows import whole

#: Files of the corpus, and the number of tunes read of each.
FILES = {
    "oneills1850/1001-1031.abc": 3,
    "ryansMammoth/AcaciaReel.abc": 1,
    "airdsAirs/book2.abc": 2,
    "essenFolksong/irl.abc": 2,
    "bach/bwv1.6.mxl": 1,
}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """The first tunes of each book, and the chorales, as files of a folder."""
    for number, (name, count) in enumerate(FILES.items()):
        source = music21_corpus() / name
        data = source.read_bytes()
        if source.suffix == ".abc":
            data = b"X:" + b"X:".join(re.split(rb"(?m)^X:", data)[1 : count + 1])
        (tmp_path / f"{number}{source.suffix}").write_bytes(data)
    return sorted(tmp_path.iterdir())


def songs(file: Path) -> list[Song]:
    """Every piece of a file, as a user reads it."""
    if file.suffix != ".abc":
        return [load_any(file)]
    numbers = re.findall(r"(?m)^X:\s*(\S+)", file.read_text(encoding="latin-1"))
    return [load_score(file, number) for number in numbers]


def is_part(part: Phrase, phrase: Phrase) -> bool:
    """True if the notes of ``part`` are the notes of some bars of ``phrase``."""
    bars = part.grid.bars
    return any(
        phrase.window(start, bars) == part.with_tempo(phrase.tempo_qpm)
        for start in range(phrase.grid.bars - bars + 1)
    )


def test_pieces_are_the_songs_that_are_read(files: list[Path]) -> None:
    for file in files:
        found = [piece.song for piece in pieces(file, "x") if isinstance(piece, Piece)]
        for mine, theirs in zip(found, songs(file), strict=True):
            for track, other in zip(mine.tracks, theirs.tracks, strict=True):
                assert all(map(np.array_equal, track.columns, other.columns))


def test_tunes_of_one_number_have_names_of_their_own(tmp_path: Path) -> None:
    book = tmp_path / "a.abc"
    book.write_text("".join(f"X:{number}\nK:C\nCDEF|\n" for number in (1, 1, "1b", 1, 2, 1)))
    assert [each.name for each in pieces(book, "a")] == ["a/1", "a/1b", "a/1bb", "a/1b3", "a/2", "a/1b4"]


def test_a_folder_has_the_phrases_that_are_read(files: list[Path]) -> None:
    tunes = [item.phrase for item in folder(files[0].parent, workers=1) if isinstance(item, Tune)]
    read = [phrase for file in files for song in songs(file) for phrase in whole(song).phrases]
    assert tunes == [phrase for phrase in read if len(phrase)]


def test_the_named_corpora_have_bars_of_the_phrases_that_are_read(files: list[Path]) -> None:
    for file in files:
        part = "soprano" if file.suffix == ".mxl" else ""
        tunes = [item for item in melodies(file, "x", "x", part) if isinstance(item, Tune)]
        read = {piece.name: piece.song for piece in pieces(file, "x") if isinstance(piece, Piece)}
        assert tunes
        for tune in tunes:
            song = read[tune.name.partition("#")[0]]
            track = next(i for i, t in enumerate(song.tracks) if t.name.lower().startswith(part))
            assert any(is_part(tune.phrase, phrase) for phrase in whole(song, track).phrases)
