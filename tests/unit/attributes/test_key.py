import numpy as np
import pytest

from symvae.attributes.key import home_shift
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase

MAJOR = [60, 64, 67, 65, 69, 67, 62, 71, 72]
MINOR = [57, 60, 64, 62, 65, 64, 59, 56, 57]  # with its leading note


def phrase(pitches: list[int], lengths: list[int] | None = None) -> Phrase:
    lengths = lengths or [2] * (len(pitches) - 1) + [8]
    onset = np.cumsum([0, *lengths[:-1]])
    return Phrase(Grid.of_metre("4/4", 2), onset, np.array(lengths), np.array(pitches))


@pytest.mark.parametrize("notes", [MAJOR, MINOR])
@pytest.mark.parametrize("semitones", range(-12, 13))
def test_every_key_is_transposed_to_c_major_or_a_minor(notes: list[int], semitones: int) -> None:
    tune = phrase(notes).transpose(semitones)
    shift = home_shift(tune)
    assert -5 <= shift <= 6
    assert (shift + semitones) % 12 == 0


def test_long_notes_weigh_more_than_short_ones() -> None:
    """The same notes: G major where G, B and D are long, C major where C and E are."""
    notes = [67, 71, 74, 60, 64, 72]
    assert home_shift(phrase(notes, [8, 8, 8, 1, 1, 1])) == 5
    assert home_shift(phrase(notes, [1, 1, 1, 8, 8, 8])) == 0


def test_silence_is_not_transposed() -> None:
    assert home_shift(Phrase(Grid.of_metre("4/4", 2))) == 0
