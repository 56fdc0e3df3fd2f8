"""Share of a sketch that music holds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from symvae.music.bar_sketch import ONSET, REST, SUSTAIN, BarSketch, sketch_of
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.sketching.rule import chord_tones


@dataclass(frozen=True)
class Held:
    """Numbers asked and held, by kind: pitches, steps of rhythm, moves, notes on beats."""

    asked: dict[str, int]
    kept: dict[str, int]
    fault: str = ""
    """The first bar that does not hold, and the kind."""

    @property
    def share(self) -> float:
        """Share that is held, 0 to 1; 1 where nothing was asked."""
        return sum(self.kept.values()) / max(1, sum(self.asked.values())) if any(self.asked.values()) else 1.0

    def shares(self) -> dict[str, float]:
        """Share by kind, of the kinds that were asked for."""
        return {name: self.kept[name] / number for name, number in self.asked.items() if number}


def held(phrase: Phrase, sketches: Mapping[int, BarSketch]) -> Held:
    """Compare music with the sketches of its bars.

    Args:
        phrase: The music.
        sketches: Sketches by bar, from 0.

    Returns:
        What is held.
    """
    asked, kept = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
    found, fault = sketch_of(phrase), ""
    for bar, sketch in sketches.items():
        for kind, right in zip(KINDS, _right(sketch, found[bar], phrase.grid), strict=True):
            asked[kind] += len(right)
            kept[kind] += sum(right)
            if not fault and not all(right):
                fault = f"the {kind} of bar {bar + 1}"
    return Held(asked, kept, fault)


KINDS = ("pitches", "rhythm", "contour", "chords")


def _right(sketch: BarSketch, found: BarSketch, grid: Grid) -> tuple[list[bool], ...]:
    """For each kind whether each thing that was asked for is there."""
    played = [pitch for pitch in found.pitches or () if pitch is not None]
    steps = found.rhythm or ()
    pitches: list[bool] = []
    if sketch.pitches is not None:
        longer = max(len(sketch.pitches), len(played))
        for number in range(longer):
            both = number < min(len(sketch.pitches), len(played))
            pitches.append(both and sketch.pitches[number] in (None, played[number]))
    rhythm = [] if sketch.rhythm is None else _right_steps(sketch.rhythm, steps)
    moves = np.sign(np.diff(played)).tolist()
    contour = [
        number < len(moves) and moves[number] == move for number, move in enumerate(sketch.contour or ())
    ]
    tones = chord_tones(sketch, grid)
    onsets = [step for step, state in enumerate(steps) if state == ONSET]
    chords = []
    if tones is not None:
        strong = ((tones[step], pitch) for step, pitch in zip(onsets, played, strict=True))
        chords = [bool(inside[pitch % 12]) for inside, pitch in strong if inside is not None]
    return pitches, rhythm, contour, chords


def _right_steps(asked: tuple[int, ...], found: tuple[int, ...]) -> list[bool]:
    """For each step whether its state is the one asked for; what goes on in silence is silence."""
    right, sounds = [], None
    for want, state in zip(asked, found, strict=True):
        goes_on = want == SUSTAIN
        right.append(state == want or (goes_on and state == REST and not sounds))
        sounds = sounds if goes_on else want == ONSET
    return right
