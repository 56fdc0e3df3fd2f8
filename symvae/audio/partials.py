"""Partials of an instrument, on multiples of the fundamental or beside them.

Strings are stiff: partial n of a piano's, a guitar's or a harpsichord's string vibrates at n·f·√(1 + B·n²)
(Fletcher 1964, "Normal vibration frequencies of a stiff piano string"), and B grows toward the treble. A
violinist's or a flutist's pitch swings (vibrato), and the players of a section are never quite in tune with
each other. All of it is measured on a sound font when a synthesizer learns a timbre
(`symvae.corpus.measured_partials`) and is kept with the timbre.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

#: Largest coefficient of inharmonicity.
MOST_STRETCH = 0.02
#: Number of players that stand for a section.
SECTION = 3


class Partials(NamedTuple):
    """Partials of an instrument; by default exact multiples, without vibrato."""

    stretch: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """log2 of the inharmonicity B at middle C; its slope in octaves an octave; its curvature."""
    stretch_share: float = 0.0
    """Factor of B: 0 for exact multiples, 1 for a stiff string."""
    vibrato_cents: float = 0.0
    """Depth of the vibrato, from the middle to its peak."""
    vibrato_hz: float = 5.0
    detune_cents: float = 0.0
    """Distance in pitch of neighboring players of a section; 0 for a single player."""

    def inharmonicity(self, pitch: int) -> float:
        """Coefficient B of a string.

        Args:
            pitch: MIDI pitch.

        Returns:
            B, at most `MOST_STRETCH`; 0 for exact multiples.
        """
        if not self.stretch_share:
            return 0.0
        middle, slope, curvature = self.stretch
        octaves = (pitch - 60) / 12
        exponent = middle + slope * octaves + curvature * octaves**2
        return min(self.stretch_share * 2.0 ** min(exponent, 0.0), MOST_STRETCH)


#: Exact multiples.
HARMONIC = Partials()


def partials_of(saved: Mapping[str, Any]) -> Partials:
    """Partials as a file holds them.

    Args:
        saved: Fields of `Partials` by name; an older file has none.

    Returns:
        The partials.

    Raises:
        ValueError: A field is unknown, or is no finite number of its range.
    """
    try:
        read = Partials(**{**saved, "stretch": tuple(map(float, saved.get("stretch", (0, 0, 0))))})
        numbers = [*read.stretch, *map(float, read[1:])]
    except (TypeError, ValueError) as fault:
        raise ValueError(f"its partials cannot be read: {fault}") from fault
    within = (
        len(read.stretch) == 3
        and all(abs(number) <= 100 for number in numbers)
        and 0 <= read.stretch_share <= 1
        and read.vibrato_cents >= 0
        and read.vibrato_hz > 0
        and read.detune_cents >= 0
    )
    if not within:
        raise ValueError("its partials are out of range")
    return read


def mixed(parts: Sequence[Partials], shares: Sequence[float]) -> Partials:
    """Partials of a blend of instruments.

    Args:
        parts: Partials of each instrument.
        shares: Share of each; they sum to 1.

    Returns:
        The mean by shares; strings come near exact multiples by a smaller B.
    """
    if len(parts) == 1:
        return parts[0]
    weight = np.array(shares)
    table = np.array([each[1:] for each in parts])
    stiff = weight * table[:, 0]
    stretch = (stiff / max(stiff.sum(), 1e-9)) @ np.array([each.stretch for each in parts])
    return Partials(tuple(stretch.tolist()), *(weight @ table).tolist())
