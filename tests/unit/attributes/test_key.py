import numpy as np
import pytest

from symvae.attributes.key import Key, home_shift, key_named, key_of
from symvae.errors import ConfigError
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


@pytest.mark.parametrize("semitones", range(-12, 13))
def test_keys_are_found_and_named(semitones: int) -> None:
    major, minor = (key_of(phrase(notes).transpose(semitones)) for notes in (MAJOR, MINOR))
    assert (major, minor) == (Key(semitones % 12, False), Key((9 + semitones) % 12, True))
    assert (key_named(str(major)), key_named(str(minor))) == (major, minor)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("D", Key(2, False)),
        ("Bb", Key(10, False)),
        ("b flat major", Key(10, False)),
        ("F#m", Key(6, True)),
        ("E minor", Key(4, True)),
        ("Cb", Key(11, False)),
    ],
)
def test_a_key_has_the_names_that_musicians_write(name: str, key: Key) -> None:
    assert key_named(name) == key


def test_other_names_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"'H' is no key. Name a tonic and a mode, such as D"):
        key_named("H")
