"""Loudness of neighboring windows whose arousal is moved: one curve over the song, without steps at lines.

What a window's notes cannot reach goes into its loudness, and windows differ in what they can reach. Played
one after the other they would jump. So the changes of loudness are limited: between neighbors they differ by
`MOST_STEP` at most. Of all such curves the middle one between the lowest above the changes and the highest
below them is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from symvae.music.phrase import Phrase

#: Largest difference of the changes of two neighboring windows, in steps of the velocity.
MOST_STEP = 6.0


def with_common_loudness(sources: Sequence[Phrase], edited: Mapping[int, Phrase]) -> dict[int, Phrase]:
    """Even out the changes of loudness from window to window.

    Args:
        sources: Windows in the order of the song, as they were.
        edited: Those that were edited, by their number; the others stay as loud as they were.

    Returns:
        The edited windows, each louder or softer as a whole.
    """
    heard = [row for row in sorted(edited) if len(edited[row]) and len(sources[row])]
    changes = np.zeros(len(sources))
    for row in heard:
        changes[row] = edited[row].velocity.mean() - sources[row].velocity.mean()
    fixed = np.array([row not in edited for row in range(len(sources))])
    curve = limited_curve(changes, fixed)
    return {
        row: _louder(phrase, float(curve[row] - changes[row])) if row in heard else phrase
        for row, phrase in edited.items()
    }


def limited_curve(
    changes: Float[np.ndarray, " window"], fixed: np.ndarray, most: float = MOST_STEP
) -> Float[np.ndarray, " window"]:
    """Curve near ``changes`` whose neighbors differ by ``most`` at most, and that meets those that are fixed.

    Args:
        changes: A number for each window.
        fixed: Windows whose number stays; where these differ by more among themselves, so does the curve.
        most: Largest difference of two neighbors.

    Returns:
        The curve.
    """
    places = np.arange(len(changes))
    reach = most * np.abs(places[:, None] - places)
    curve = ((changes + reach).min(1) + (changes - reach).max(1)) / 2
    if fixed.any():
        low = (changes[fixed] - reach[:, fixed]).max(1)
        high = (changes[fixed] + reach[:, fixed]).min(1)
        curve = np.minimum(np.maximum(curve, low), high)
    return np.where(fixed, changes, curve)


def _louder(phrase: Phrase, by: float) -> Phrase:
    return replace(phrase, velocity=np.rint(phrase.velocity + by).clip(1, 127).astype(np.int64))
