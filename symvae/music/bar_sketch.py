"""Sketch of a bar: wishes of a person before there are notes, and the text in which they are written.

    pitches    "E4 G4 A4 ."        pitches in order, without rhythm; "." is one note of any pitch
    rhythm     "x.x.xxx."          x begins a note, . goes on with it, - is a rest; 8 signs are eighths
    contour    "/ / \\ -"           from note to note: up, up, down, the same pitch again
    chords     "C", "Am F"         notes on strong beats belong to the chord; several have equal parts

Bars are separated by "|", and one that is empty is left free. Every part may be left out. Music SketchNet
(Chen et al. 2020, arXiv 2008.01291) has the first two.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from symvae.errors import ConfigError
from symvae.music.chord_symbols import ChordSymbol, parse_chart
from symvae.music.phrase import Phrase

#: States of a step in a rhythm.
SUSTAIN, REST, ONSET = 0, 1, 2
#: Steps from one note to the next in a contour: down, the same pitch, up.
DOWN, SAME, UP = -1, 0, 1
_STEPS = {"x": ONSET, "X": ONSET, ".": SUSTAIN, "-": REST, "_": REST}
_MOVES = {"/": UP, "\\": DOWN, "-": SAME, "=": SAME}
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_PITCH = re.compile(r"([A-Ga-g])(#{0,2}|b{0,2})(-?\d)|(\d{1,3})")


@dataclass(frozen=True)
class BarSketch:
    """Wishes for one bar; None for what is free.

    Raises:
        ConfigError: Pitches and rhythm, or pitches and contour, contradict each other.
    """

    pitches: tuple[int | None, ...] | None = None
    """MIDI pitches in order; None for a note of any pitch."""
    rhythm: tuple[int, ...] | None = None
    """`SUSTAIN`, `REST` or `ONSET` at each step of the bar."""
    contour: tuple[int, ...] | None = None
    """`DOWN`, `SAME` or `UP` from each note of the bar to the next."""
    chords: tuple[ChordSymbol, ...] | None = None
    """Chords of equal parts of the bar."""

    def __post_init__(self) -> None:
        notes = None if self.pitches is None else len(self.pitches)
        if notes is not None and self.rhythm is not None and notes != self.rhythm.count(ONSET):
            raise ConfigError(
                f"There are {notes} pitches for {self.rhythm.count(ONSET)} notes of the rhythm in a bar. "
                "Give as many of the one as of the other, or leave one out."
            )
        for before, (low, high) in enumerate(pairwise(self.pitches or ())):
            moves = self.contour or ()
            if None in (low, high) or before >= len(moves):
                continue
            assert low is not None
            assert high is not None
            if np.sign(high - low) != moves[before]:
                raise ConfigError(
                    f"The contour of a bar and its pitches disagree between notes {before + 1} and "
                    f"{before + 2}. Change one, or leave it out."
                )

    @property
    def is_free(self) -> bool:
        """True if nothing is asked."""
        return self == FREE


FREE = BarSketch()


def read_sketches(
    bars: int,
    steps_per_bar: int,
    *,
    pitches: str | None = None,
    rhythm: str | None = None,
    contour: str | None = None,
    chords: str | None = None,
) -> list[BarSketch]:
    """Read the sketches of bars from text.

    Args:
        bars: Number of bars; text for fewer leaves the rest free.
        steps_per_bar: Steps of a bar.
        pitches: Pitches of the bars, as in the module's table.
        rhythm: Their rhythms.
        contour: Their contours.
        chords: Their chords.

    Returns:
        One sketch for each bar.

    Raises:
        ConfigError: A text cannot be read, has more bars, or two contradict each other.
    """
    charted = [] if chords is None else parse_chart(chords)
    parts: tuple[Sequence[Any], ...] = (
        [_pitches(cell) for cell in _cells(pitches)],
        [_rhythm(cell, steps_per_bar) for cell in _cells(rhythm)],
        [_contour(cell, steps_per_bar) for cell in _cells(contour)],
        charted,
    )
    for name, cells in zip(("pitches", "rhythm", "contour", "chords"), parts, strict=True):
        if len(cells) > bars:
            raise ConfigError(
                f"The sketch has {name} for {len(cells)} bars, and {bars} of the model's are to fill. "
                "Leave some out, or fill more."
            )
    filled = [[*cells, *[None] * (bars - len(cells))] for cells in parts]
    return [BarSketch(*each) for each in zip(*filled, strict=True)]


def sketch_of(phrase: Phrase, *, pitches: bool = True, rhythm: bool = True) -> list[BarSketch]:
    """Sketch the bars of a melody, or the rhythm of any music.

    Args:
        phrase: The music; of notes that start together only the highest counts.
        pitches: Take its pitches.
        rhythm: Take its rhythm.

    Returns:
        One sketch for each bar.
    """
    length = phrase.grid.steps_per_bar
    state = np.full(phrase.grid.num_steps, REST)
    highest = np.full(phrase.grid.num_steps, -1)
    for onset, end, pitch in zip(phrase.onset_step, phrase.end_step, phrase.pitch, strict=True):
        state[onset:end] = np.where(state[onset:end] == REST, SUSTAIN, state[onset:end])
        highest[onset] = max(highest[onset], pitch)
    state[phrase.onset_step] = ONSET
    bars = zip(state.reshape(-1, length), highest.reshape(-1, length), strict=True)
    return [
        BarSketch(
            tuple(played[played >= 0].tolist()) if pitches else None,
            tuple(steps.tolist()) if rhythm else None,
        )
        for steps, played in bars
    ]


def parse_pitch(word: str) -> int:
    """Parse the name of a pitch, such as "F#4", "Bb3" or "60"; C4 is 60.

    Raises:
        ConfigError: It is no pitch of MIDI.
    """
    found = _PITCH.fullmatch(word)
    if found and found[4]:
        pitch = int(found[4])
    elif found:
        sharps = found[2].count("#") - found[2].count("b")
        pitch = 12 * (int(found[3]) + 1) + _LETTERS[found[1].upper()] + sharps
    if not found or not 0 <= pitch <= 127:
        raise ConfigError(f'{word[:20]!r} is no pitch. Write "E4", "F#4", "Bb3" or a MIDI number up to 127.')
    return pitch


def _cells(text: str | None) -> Sequence[str]:
    return [] if text is None else [cell.strip() for cell in text.strip().strip("|").split("|")]


def _pitches(cell: str) -> tuple[int | None, ...] | None:
    words = cell.split()
    return tuple(None if word == "." else parse_pitch(word) for word in words) if words else None


def _rhythm(cell: str, steps_per_bar: int) -> tuple[int, ...] | None:
    signs = cell.replace(" ", "")
    if not signs:
        return None
    if unknown := set(signs) - set(_STEPS):
        raise ConfigError(
            f"{min(unknown)!r} is no sign of a rhythm. Write x where a note begins, . where it goes on and - "
            "for a rest."
        )
    if steps_per_bar % len(signs):
        fits = [number for number in range(2, steps_per_bar + 1) if steps_per_bar % number == 0]
        raise ConfigError(
            f"The rhythm {cell!r:.40} has {len(signs)} signs, and a bar has {steps_per_bar} sixteenths. "
            f"Write {', '.join(map(str, fits[:-1]))} or {fits[-1]} signs a bar."
        )
    each = steps_per_bar // len(signs)
    return tuple(
        step
        for sign in signs
        for step in (_STEPS[sign], *[REST if _STEPS[sign] == REST else SUSTAIN] * (each - 1))
    )


def _contour(cell: str, steps_per_bar: int) -> tuple[int, ...] | None:
    signs = cell.replace(" ", "")
    if len(signs) >= steps_per_bar:
        raise ConfigError(
            f"A contour of {len(signs)} signs needs {len(signs) + 1} notes, and a bar has room for "
            f"{steps_per_bar}. Write fewer, or separate bars by |."
        )
    if unknown := set(signs) - set(_MOVES):
        raise ConfigError(
            f"{min(unknown)!r} is no sign of a contour. Write / for up, \\ for down and - for the same pitch."
        )
    return tuple(_MOVES[sign] for sign in signs) or None
