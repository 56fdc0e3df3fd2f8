"""Key finding, and the transposition to C major or A minor.

The key is the one whose profile correlates best with the durations of the pitch classes (Krumhansl and
Schmuckler, in Krumhansl 1990, "Cognitive Foundations of Musical Pitch"), with the profiles that Krumhansl
and Kessler 1982 measured. A minor key and its relative major have the same notes and the same
transposition.
"""

import re
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.errors import ConfigError
from symvae.music.phrase import Phrase

#: Listeners' ratings of each pitch class in C major and C minor.
_MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
#: Rows: C to B major, then A to G sharp minor, so that row i and row i + 12 share their notes.
_PROFILES = np.stack(
    [np.roll(_MAJOR, tonic) for tonic in range(12)] + [np.roll(_MINOR, tonic + 9) for tonic in range(12)]
)
_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_PROFILES = _PROFILES - _PROFILES.mean(axis=1, keepdims=True)
_PROFILES /= np.linalg.norm(_PROFILES, axis=1, keepdims=True)


class Key(NamedTuple):
    """A tonic and a mode."""

    tonic: int
    """Pitch class, from 0 for C."""
    minor: bool

    def __str__(self) -> str:
        return f"{_NAMES[self.tonic]} {'minor' if self.minor else 'major'}"


def key_of(phrase: Phrase) -> Key:
    """Key whose profile correlates best with the phrase; C major for silence."""
    best = int(key_correlation(phrase).argmax())
    return Key((best - 3) % 12, True) if best >= 12 else Key(best, False)


def key_name(phrase: Phrase) -> str:
    """Name of the key that fits best, "D major" or "F# minor"; empty for silence and for drums."""
    return str(key_of(phrase)) if len(phrase) and not phrase.is_drum else ""


def keys_of_tonic(tonic: int) -> list[int]:
    """Rows of `key_correlation` for the major and the minor key of a pitch class."""
    return [tonic, 12 + (tonic + 3) % 12]


def key_named(name: str) -> Key:
    """Key of a name such as "D", "B flat major", "Ebm" or "f# minor"; a tonic alone is major.

    Args:
        name: A letter, a sharp or flat (#, b or the word), and a mode.

    Raises:
        ConfigError: The name is none of a key.
    """
    found = re.fullmatch(r"([A-Ga-g])\s*(#|b|sharp|flat)?\s*(m|min|minor|maj|major)?", name.strip())
    if found is None:
        raise ConfigError(
            f"{name!r:.40} is no key. Name a tonic and a mode, such as D, Bb major or F# minor."
        )
    letter, accidental, mode = found.groups()
    semitone = {None: 0, "#": 1, "sharp": 1, "b": -1, "flat": -1}[accidental]
    natural = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[letter.upper()]
    return Key((natural + semitone) % 12, mode in ("m", "min", "minor"))


def home_shift(phrase: Phrase) -> int:
    """Transposition to C major or A minor, from -5 to 6 semitones; 0 for silence."""
    if not len(phrase):
        return 0
    tonic = int((_PROFILES @ _sounding(phrase)).argmax()) % 12
    return -tonic if tonic < 6 else 12 - tonic


def key_correlation(phrase: Phrase) -> Float[np.ndarray, " key"]:
    """Correlation with each key profile, from -1 to 1: C to B major, then A to G sharp minor.

    All 0 where all pitch classes sound equally long, as in silence.
    """
    sounding = _sounding(phrase)
    norm = np.linalg.norm(sounding)
    return _PROFILES @ (sounding / norm if norm else sounding)


def _sounding(phrase: Phrase) -> Float[np.ndarray, " pitch_class"]:
    """Duration of each pitch class in steps, minus their mean."""
    steps = np.bincount(phrase.pitch % 12, weights=phrase.duration_step, minlength=12)
    return steps - steps.mean()
