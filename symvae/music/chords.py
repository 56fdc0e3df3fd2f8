"""Chords: the chord of every half bar, estimated from the notes, or of every span, from chord symbols.

Template matching (Fujishima 1999, Realtime chord recognition of musical sound, ICMC): the durations of the
pitch classes in a half bar are compared with the tones of each chord by the cosine of their angle. The lowest
note at the start of the half bar counts once more for the root, as in most popular music. The sequence is the
best path through all half bars (Viterbi), where a change of the chord costs `CHANGE`, more within a bar.

The estimate knows triads and sevenths of popular music, and no inversions or added notes.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from symvae.music.chord_symbols import SILENT, ChordChange, ChordSymbol, quality_tones
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase

#: Semitones above the root, by name of the chord, with the weight of each tone.
QUALITIES: dict[str, dict[int, float]] = {
    "maj": {0: 1.0, 4: 1.0, 7: 1.0},
    "min": {0: 1.0, 3: 1.0, 7: 1.0},
    "7": {0: 1.0, 4: 1.0, 7: 0.8, 10: 0.8},
    "maj7": {0: 1.0, 4: 1.0, 7: 0.8, 11: 0.8},
    "min7": {0: 1.0, 3: 1.0, 7: 0.8, 10: 0.8},
    "sus4": {0: 1.0, 5: 0.9, 7: 1.0},
    "dim": {0: 1.0, 3: 1.0, 6: 1.0},
    "hdim7": {0: 1.0, 3: 1.0, 6: 0.8, 10: 0.8},
    "aug": {0: 1.0, 4: 1.0, 8: 1.0},
}
#: Subtracted from the similarity of chords that are rare, and of a chord that changes.
RARE = {"sus4": 0.06, "dim": 0.04, "hdim7": 0.04, "aug": 0.08, "7": 0.02, "maj7": 0.02, "min7": 0.02}
CHANGE, CHANGE_WITHIN = 0.08, 0.14
#: Added where the lowest note is the root.
ROOT_IN_BASS = 0.15
_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


class Chords(NamedTuple):
    """One chord for each span of a phrase."""

    root: Int[np.ndarray, " span"]
    """Pitch class of the root; -1 before the first note or chord."""
    quality: tuple[str, ...]
    """Names of `QUALITIES`, or the letters after the root of a chord symbol."""
    span_step: int
    """Length of a span, in steps: half a bar, a bar that has no half on the grid, or less for symbols."""
    bass: Int[np.ndarray, " span"] | None = None
    """Pitch class of the bass of each symbol, one more tone; None where it is not known."""

    def tones(self) -> Bool[np.ndarray, "span pitch_class"]:
        """Pitch classes of each chord; all of them where there is none."""
        tones = np.ones((len(self.root), 12), bool)
        for span, (root, quality) in enumerate(zip(self.root.tolist(), self.quality, strict=True)):
            if root >= 0:
                tones[span] = False
                tones[span, [(root + tone) % 12 for tone in quality_tones(quality) or ()]] = True
                if self.bass is not None:
                    tones[span, self.bass[span]] = True
        return tones

    def names(self) -> list[str]:
        """Names such as "Amin7"; "N" for none."""
        return [
            "N" if root < 0 else _NAMES[root] + quality
            for root, quality in zip(self.root.tolist(), self.quality, strict=True)
        ]


def chords_of(phrase: Phrase) -> Chords:
    """Estimate the chord of every half bar.

    Args:
        phrase: Notes of all voices.

    Returns:
        The chords; a half bar without notes has the chord before it.
    """
    per_bar = phrase.grid.steps_per_bar
    span_step = per_bar // 2 if per_bar % 2 == 0 else per_bar
    spans = phrase.grid.num_steps // span_step
    chroma = _chroma(phrase, span_step, spans)
    score = chroma / np.maximum(np.linalg.norm(chroma, axis=1, keepdims=True), 1e-9) @ _TEMPLATES.T - _RARE
    bass = _bass(phrase, span_step, spans)
    known = bass >= 0
    score[known] += ROOT_IN_BASS * (bass[known, None] == _ROOTS)
    path = _best_path(score, per_bar // span_step)
    root = _ROOTS[path]
    sounding = chroma.any(axis=1)
    root[: int(np.argmax(sounding)) if sounding.any() else spans] = -1
    names = list(QUALITIES)
    return Chords(root, tuple(names[each // 12] for each in path.tolist()), span_step)


def chords_at(changes: Sequence[ChordChange], grid: Grid, start_tick: float, step_tick: float) -> Chords:
    """Place chord symbols on the grid of a phrase.

    Args:
        changes: Chords by tick of the song.
        grid: Grid of the phrase.
        start_tick: Start of the phrase.
        step_tick: Length of a step, in ticks.

    Returns:
        The chord of every span: half a bar, or a beat or step where a chord begins within half bars.
    """
    start = [(change.tick - start_tick) / step_tick for change in changes]
    at = [round(step) for step in start if 0 < round(step) < grid.num_steps]
    per_bar = grid.steps_per_bar
    spans = (per_bar // 2 if per_bar % 2 == 0 else per_bar, grid.steps_per_beat, 1)
    span_step = next(span for span in spans if span == 1 or not any(step % span for step in at))
    middle = start_tick + (np.arange(0, grid.num_steps, span_step) + 0.5) * step_tick
    rows = np.searchsorted([change.tick for change in changes], middle, side="right")
    symbols = [changes[row - 1].symbol if row else SILENT for row in rows.tolist()]
    return _of_symbols(symbols, span_step)


def _of_symbols(symbols: Sequence[ChordSymbol], span_step: int) -> Chords:
    root, bass = (np.array([getattr(each, name) for each in symbols], np.int64) for name in ("root", "bass"))
    return Chords(root, tuple(each.quality for each in symbols), span_step, bass)


def _chroma(phrase: Phrase, span_step: int, spans: int) -> Float[np.ndarray, "span pitch_class"]:
    """Duration of each pitch class in each span, in steps."""
    sounds = np.zeros((phrase.grid.num_steps, 12))
    for onset, end, pitch in zip(
        phrase.onset_step.tolist(), phrase.end_step.tolist(), phrase.pitch.tolist(), strict=True
    ):
        sounds[onset:end, pitch % 12] += 1
    return sounds.reshape(spans, span_step, 12).sum(axis=1)


def _bass(phrase: Phrase, span_step: int, spans: int) -> Int[np.ndarray, " span"]:
    """Pitch class of the lowest note that starts or sounds in the first half of each span; -1 for none."""
    lowest = np.full(spans, 128)
    onset, end = phrase.onset_step, phrase.end_step
    for span in range(spans):
        first = span * span_step
        here = (onset < first + max(1, span_step // 2)) & (end > first)
        if here.any():
            lowest[span] = phrase.pitch[here].min()
    return np.where(lowest < 128, lowest % 12, -1)


def _best_path(score: Float[np.ndarray, "span chord"], spans_per_bar: int) -> Int[np.ndarray, " span"]:
    """Path of the highest sum of scores, less what its changes cost."""
    spans, chords = score.shape
    total, back = score[0].copy(), np.zeros((spans, chords), np.int64)
    for span in range(1, spans):
        price = CHANGE if span % spans_per_bar == 0 else CHANGE_WITHIN
        best = int(total.argmax())
        changes = total[best] - price > total
        back[span] = np.where(changes, best, np.arange(chords))
        total = np.where(changes, total[best] - price, total) + score[span]
    path = np.zeros(spans, np.int64)
    path[-1] = int(total.argmax())
    for span in range(spans - 1, 0, -1):
        path[span - 1] = back[span, path[span]]
    return path


def _template(quality: str, root: int) -> Float[np.ndarray, " pitch_class"]:
    weight = np.zeros(12)
    for tone, share in QUALITIES[quality].items():
        weight[(root + tone) % 12] = share
    return weight / np.linalg.norm(weight)


_TEMPLATES = np.stack([_template(quality, root) for quality in QUALITIES for root in range(12)])
_ROOTS = np.tile(np.arange(12), len(QUALITIES))
_RARE = np.repeat([RARE.get(quality, 0.0) for quality in QUALITIES], 12)
