"""The drum grid: its ids, its messages, and miditok."""

import json
from pathlib import Path

import numpy as np
import pytest

import symvae
from symvae.errors import TokenError
from symvae.music.drum_kit import DRUM_CLASSES, DRUM_PITCHES, class_of
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.tokens.drums import DrumGrid
from symvae.tokens.load import load_tokenizer
from symvae.tokens.tokenizer import Tokenizer
from tests.conftest import ROOT


def beat() -> Phrase:
    """Kick and closed hi-hat, a snare's rim, a crash."""
    step, pitch = np.array([0, 0, 4, 15]), np.array([36, 42, 40, 49])
    return Phrase(Grid(1), step, np.ones(4, int), pitch, is_drum=True)


def test_a_bit_stands_for_a_class() -> None:
    (ids,) = DrumGrid().encode_phrase(beat())
    assert ids.tolist() == [0b1010, 0, 0, 0, 0b100, *[0] * 10, 1 << 8]
    names = DrumGrid().token_names
    assert (names[0], names[10], names[3], len(names)) == (
        "Hits_None",
        "Hits_kick+closed_hihat",
        "Triplets_kick",
        1024,
    )


@pytest.mark.parametrize("golden", json.loads((ROOT / "tests/golden/drum_tokens.json").read_text()))
def test_ids_are_those_of_the_golden_beats(golden: dict) -> None:
    step, pitch = np.array(golden["hits"], np.int64).reshape(-1, 2).T
    grid = Grid.of_metre(golden["metre"], golden["bars"])
    phrase = Phrase(grid, step, np.ones_like(step), pitch, is_drum=True)
    assert DrumGrid(golden["metre"]).encode_phrase(phrase).tolist() == golden["ids"]


def test_every_drum_of_general_midi_and_of_rolands_kits_has_a_class() -> None:
    lowest, highest = DRUM_PITCHES
    classes = class_of(np.arange(lowest, highest + 1))
    assert (classes >= 0).all()
    assert sum(len(each.pitches) for each in DRUM_CLASSES) == highest - lowest + 1
    roland = dict(
        zip((22, 26, 40, 58, 44, 37), class_of(np.array([22, 26, 40, 58, 44, 37])).tolist(), strict=True)
    )
    names = {pitch: DRUM_CLASSES[number].name for pitch, number in roland.items()}
    assert names == {
        22: "closed_hihat",
        26: "open_hihat",
        40: "snare",
        58: "low_tom",
        44: "closed_hihat",
        37: "snare",
    }


def test_what_is_no_drum_is_refused() -> None:
    high = Phrase(Grid(1), np.array([0]), np.array([1]), np.array([100]), is_drum=True)
    with pytest.raises(TokenError, match=r"^The pitch 100 is no drum: these are 22 to 87\."):
        DrumGrid().encode_phrase(high)
    with pytest.raises(TokenError, match=r"^This tokenizer takes phrases in 3/4, and this one is in 4/4\.$"):
        DrumGrid("3/4").encode_phrase(beat())
    with pytest.raises(TokenError, match="they are of another vocabulary"):
        DrumGrid().decode_ids(np.full((1, 16), 1024))


def test_it_is_a_tokenizer_that_is_saved_and_loaded(tmp_path: Path) -> None:
    tokens = DrumGrid("6/8")
    assert isinstance(tokens, Tokenizer)
    tokens.save(tmp_path)
    assert load_tokenizer(tmp_path) == tokens


def test_it_is_a_tokenizer_of_miditok(tmp_path: Path) -> None:
    tokens = symvae.tokenizer("drums")
    path = symvae.write(beat(), tmp_path / "beat.mid")
    sequence = tokens(path)
    assert np.array_equal(np.array(sequence.ids).reshape(1, -1), DrumGrid().encode_phrase(beat()))
    assert all(track.is_drum for track in tokens(sequence).tracks)
    melody = symvae.write(
        Phrase(Grid(1), np.array([0]), np.array([4]), np.array([60])), tmp_path / "tune.mid"
    )
    with pytest.raises(TokenError, match="There are tokens for drums alone"):
        tokens(melody)
