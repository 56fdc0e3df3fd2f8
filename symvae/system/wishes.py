"""Draws chosen by what was asked of them: of several candidates the nearest, and all in one key."""

import math
from collections.abc import Mapping, Sequence
from numbers import Real

import numpy as np

from symvae.attributes.key import Key, key_of
from symvae.attributes.table import ATTRIBUTES, measure
from symvae.errors import LatentError
from symvae.music.arrangement import BASS, AnyPhrase, Arrangement, pitched_of
from symvae.music.phrase import Phrase
from symvae.music.pitch import BASS_PITCHES

#: Draws for each result.
CANDIDATES = 8


def check_values(values: Mapping[str, float], known: Sequence[str], model: str) -> None:
    """Refuse attributes that notes of a model do not have, and values that are no finite numbers.

    Args:
        values: the values that were asked, by attribute.
        known: attributes that differ between phrases of the model.
        model: its name, for the message.

    Raises:
        LatentError: one of them is not among these, or one value is no number or out of bounds.
    """
    if other := [str(name) for name in values if name not in known]:
        raise LatentError(
            f"The notes of {model} have no {', '.join(other)} to choose by. Choose among {', '.join(known)}."
        )
    for name, value in values.items():
        if not isinstance(value, Real) or not math.isfinite(value):
            raise LatentError(f"{name} is asked as a finite number, not {value!r:.40}.")
        low, high = ATTRIBUTES[name].bounds
        if not low <= value <= high:
            raise LatentError(
                f"{name} lies from {low:g} to {high:g}, and {value:g} was asked. Ask for one of these."
            )


def nearest(phrases: Sequence[AnyPhrase], values: Mapping[str, float], minor: bool | None) -> list[AnyPhrase]:
    """Of every `CANDIDATES` phrases take the one that is nearest to what was asked.

    The mode comes first, then the sum of the distances of all attributes, each in standard deviations over
    all candidates.

    Args:
        phrases: the candidates of the first result, then those of the second, and so on.
        values: by attribute the value that was asked.
        minor: the mode that was asked; None for any.

    Returns:
        One phrase for each `CANDIDATES`.
    """
    distance = np.zeros(len(phrases))
    for name, column in measure(phrases, values).items():
        distance += np.abs(column - values[name]) / max(column.std(), 1e-9)
    in_mode = np.array([minor in (None, key_of(pitched_of(phrase)).minor) for phrase in phrases])
    order = np.lexsort([distance.reshape(-1, CANDIDATES), ~in_mode.reshape(-1, CANDIDATES)], axis=1)
    return [phrases[CANDIDATES * row + best] for row, best in enumerate(order[:, 0])]


def in_key(phrase: AnyPhrase, key: Key, pitch_range: tuple[int, int]) -> AnyPhrase:
    """Transpose a phrase by up to six semitones so that its tonic is that of a key.

    Args:
        phrase: the music; its mode stays.
        key: the key that was asked.
        pitch_range: lowest and highest MIDI pitch; notes beyond it move by an octave.

    Returns:
        The phrase transposed.
    """
    if isinstance(phrase, Arrangement):
        shift = (key.tonic - key_of(phrase.pitched).tonic + 6) % 12 - 6
        moved = {
            name: each
            if each.is_drum
            else _within(each, shift, BASS_PITCHES if name == BASS else pitch_range)
            for name, each in phrase.parts.items()
        }
        return phrase.with_parts(moved)
    return _within(phrase, (key.tonic - key_of(phrase).tonic + 6) % 12 - 6, pitch_range)


def _within(phrase: Phrase, shift: int, pitch_range: tuple[int, int]) -> Phrase:
    pitch = phrase.pitch + shift
    octaves = (pitch < pitch_range[0]).astype(int) - (pitch > pitch_range[1])
    return phrase.with_notes(phrase.onset_step, phrase.duration_step, pitch + 12 * octaves, phrase.velocity)
