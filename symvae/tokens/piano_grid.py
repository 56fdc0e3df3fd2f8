"""The piano grid: the notes of each sixteenth as a set, step after step, with velocity and tempo.

    Tempo  Pitch Velocity Duration  Pitch Velocity Duration …  Next  Pitch …  Next  …  Next  PAD …

A row is a bar: its tempo, then for each of its 16 steps the notes that start there, from low to high, and a
Next that ends the step. A network can so decode all steps side by side, each as a small set of notes, as in
PianoTree VAE (Wang et al. 2020, arXiv 2008.07118). A row holds up to 64 notes: 88 pitches, 32 velocities,
durations in sixteenths up to four bars, 32 tempos from 40 to 220 quarter notes a minute in equal ratios.

Velocity and tempo are quantized to the nearest class; all else is encoded without loss. `decode_ids`
decodes any ids: a note is a Pitch followed by its Velocity and Duration, and other tokens are skipped.

This module needs numpy alone.
"""

from dataclasses import dataclass
from os import PathLike
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Int64, Integer, UInt8

from symvae.errors import TokenError
from symvae.files.limit import shown
from symvae.music.grid import Grid
from symvae.music.phrase import DEFAULT_TEMPO_QPM, DEFAULT_VELOCITY, Phrase
from symvae.tokens.attributes import PERFORMANCE_ATTRIBUTES, SCORE_ATTRIBUTES
from symvae.tokens.note_rows import PAD, NoteIds, among, distinct, phrase_of_notes, read_notes
from symvae.tokens.piano_vocabulary import (
    MAX_DURATION_STEP,
    MAX_PITCH,
    MIN_PITCH,
    STEPS_PER_BAR,
    STEPS_PER_BEAT,
    TEMPOS_QPM,
)
from symvae.tokens.save import save_tokenizer
from symvae.tokens.transpose import shift_pitches

NOTES_PER_BAR = 64
POSITIONS = 1 + STEPS_PER_BAR + 3 * NOTES_PER_BAR
VELOCITIES: Int64[np.ndarray, " class"] = np.linspace(0, 127, 33).astype(np.int64)[1:]

# First id of each token type; PAD is 0.
NEXT = 1
PITCH = 2
VELOCITY = PITCH + MAX_PITCH - MIN_PITCH + 1
DURATION = VELOCITY + len(VELOCITIES)
TEMPO = DURATION + MAX_DURATION_STEP
VOCABULARY_SIZE = TEMPO + len(TEMPOS_QPM)
KINDS = NoteIds(PITCH, VELOCITY, DURATION, TEMPO)


@dataclass(frozen=True)
class PianoGrid:
    """Tokenizer of piano music step by step, in 4/4; raises `TokenError` for another metre."""

    name: ClassVar[str] = "piano-grid"
    saved_as: ClassVar[str] = "PianoGrid"
    padding: ClassVar[int | None] = PAD
    absent: ClassVar[int | None] = None
    part_names: ClassVar[tuple[str, ...]] = ()
    on_grid: ClassVar[bool] = False
    polyphonic: ClassVar[bool] = True
    drums: ClassVar[bool] = False
    attributes: ClassVar[tuple[str, ...]] = SCORE_ATTRIBUTES + PERFORMANCE_ATTRIBUTES

    metre: str = "4/4"

    def __post_init__(self) -> None:
        if self.metre != "4/4":
            raise TokenError(f"The piano grid is in 4/4, not in {shown(self.metre)}.")

    @property
    def positions_per_bar(self) -> int:
        """Ids of a row: a tempo, the ends of 16 steps and 64 notes; PAD fills it up."""
        return POSITIONS

    @property
    def vocabulary_size(self) -> int:
        """Number of ids."""
        return VOCABULARY_SIZE

    @property
    def token_names(self) -> tuple[str, ...]:
        """Names of the ids in miditok's form, Type_Value."""
        steps = range(1, MAX_DURATION_STEP + 1)
        return (
            "PAD_None",
            "Next_None",
            *(f"Pitch_{pitch}" for pitch in range(MIN_PITCH, MAX_PITCH + 1)),
            *(f"Velocity_{velocity}" for velocity in VELOCITIES),
            *(f"Duration_{step // STEPS_PER_BEAT}.{step % STEPS_PER_BEAT}.4" for step in steps),
            *(f"Tempo_{tempo}" for tempo in TEMPOS_QPM),
        )

    def encode_phrase(self, phrase: Phrase) -> UInt8[np.ndarray, "bar position"]:
        """Encode a phrase.

        Raises:
            TokenError: The phrase is in another metre or out of the pitch range, or a bar exceeds its row.
        """
        if phrase.grid.metre != self.metre:
            raise TokenError(f"The piano grid is in {self.metre}, and this phrase is in {phrase.grid.metre}.")
        outside = (phrase.pitch < MIN_PITCH) | (phrase.pitch > MAX_PITCH)
        if outside.any():
            raise TokenError(
                f"The pitch {phrase.pitch[np.argmax(outside)]} lies outside {MIN_PITCH} to {MAX_PITCH}. "
                "Transpose the phrase."
            )
        phrase = _distinct(phrase)
        bar, step = np.divmod(phrase.onset_step, STEPS_PER_BAR)
        notes = np.bincount(bar, minlength=phrase.grid.bars)
        if notes.max() > NOTES_PER_BAR:
            raise TokenError(
                f"Bar {int(notes.argmax()) + 1} has {notes.max()} notes, and {NOTES_PER_BAR} are the most. "
                "Choose other music, or in Python drop its softest notes: model.tokenizer.fit(phrase)."
            )
        ids = np.full((phrase.grid.bars, POSITIONS), PAD, np.uint8)
        ids[:, 0] = TEMPO + np.abs(np.log(TEMPOS_QPM / phrase.tempo_qpm)).argmin()
        before = np.concatenate([[0], np.cumsum(notes)])[bar]
        place = 1 + 3 * (np.arange(len(phrase)) - before) + step
        ids[bar, place] = PITCH + phrase.pitch - MIN_PITCH
        ids[bar, place + 1] = VELOCITY + np.abs(phrase.velocity[:, None] - VELOCITIES).argmin(axis=1)
        ids[bar, place + 2] = DURATION - 1 + np.minimum(phrase.duration_step, MAX_DURATION_STEP)
        each = np.bincount(phrase.onset_step, minlength=phrase.grid.num_steps)
        ends = np.arange(STEPS_PER_BAR) + 1 + 3 * np.cumsum(each.reshape(-1, STEPS_PER_BAR), axis=1)
        np.put_along_axis(ids, ends, NEXT, axis=1)
        return ids

    def decode_ids(
        self,
        ids: Integer[np.ndarray, "..."],
        tempo_qpm: float = DEFAULT_TEMPO_QPM,
        velocity: int = DEFAULT_VELOCITY,
    ) -> Phrase:
        """Decode token ids to a phrase.

        Of notes of one pitch that start together, the longest is kept.

        Args:
            ids: Token ids, shaped (bar, position).
            tempo_qpm: Tempo in quarter notes a minute where the ids have none; else the first of them counts.
            velocity: Ignored: ids carry velocities.

        Returns:
            The phrase, on a grid of as many bars as ``ids`` has rows.

        Raises:
            TokenError: The ids have another shape or are not in the vocabulary.
        """
        ids = np.asarray(ids)
        if ids.ndim != 2 or ids.shape[0] < 1 or ids.shape[1] != POSITIONS:
            raise TokenError(f"Ids of a piano grid are shaped (bar, {POSITIONS}), not {ids.shape}.")
        if ids.min() < 0 or ids.max() >= VOCABULARY_SIZE:
            raise TokenError(
                f"Ids go from 0 to {VOCABULARY_SIZE - 1}, and these from {ids.min()} to {ids.max()}: "
                "they are of another vocabulary."
            )
        ids = ids.astype(np.int64)
        notes = read_notes(ids, _steps(ids), kinds=KINDS, lowest=MIN_PITCH, steps_per_bar=STEPS_PER_BAR)
        tempos = ids[(ids >= TEMPO) & ~np.logical_or.accumulate(ids == PAD, axis=1)]
        return phrase_of_notes(
            notes,
            Grid.of_metre(self.metre, len(ids)),
            VELOCITIES,
            float(TEMPOS_QPM[tempos[0] - TEMPO]) if len(tempos) else tempo_qpm,
        )

    @property
    def onset_ids(self) -> tuple[int, int]:
        """First and last pitch: a Pitch opens each note."""
        return PITCH, VELOCITY - 1

    @property
    def pitch_ids(self) -> tuple[int, int]:
        """First and last pitch."""
        return self.onset_ids

    @property
    def pitch_range(self) -> tuple[int, int]:
        """Lowest and highest MIDI pitch."""
        return MIN_PITCH, MAX_PITCH

    def fit(self, phrase: Phrase) -> Phrase:
        """Drop the softest notes of bars that exceed a row, and of these the shortest first."""
        phrase = _distinct(phrase)
        bar = phrase.onset_step // STEPS_PER_BAR
        keep = np.ones(len(phrase), bool)
        for crowded in np.flatnonzero(np.bincount(bar) > NOTES_PER_BAR).tolist():
            inside = np.flatnonzero(bar == crowded)
            loudest = inside[np.lexsort((phrase.duration_step[inside], phrase.velocity[inside]))[::-1]]
            keep[loudest[NOTES_PER_BAR:]] = False
        return phrase.select(keep)

    def restore(self, phrase: Phrase, source: Phrase) -> Phrase:
        """The phrase itself."""
        return phrase

    def cut_out(
        self, ids: UInt8[np.ndarray, "window bar position"]
    ) -> UInt8[np.ndarray, "window bar position"]:
        """Turn windows into phrases of their own: no note lasts past the end."""
        bars = ids.shape[1]
        bar = np.arange(bars)[:, None]
        left = bars * STEPS_PER_BAR - bar * STEPS_PER_BAR - np.minimum(_steps(ids), STEPS_PER_BAR - 1)
        longest = np.minimum(ids, DURATION - 1 + left)
        return np.where(among(ids, DURATION, TEMPO), longest, ids).astype(np.uint8)

    def silent_bars(self, ids: UInt8[np.ndarray, "window bar position"]) -> Bool[np.ndarray, "window bar"]:
        """Mask of the bars in which no note starts."""
        return among(ids, PITCH, VELOCITY).sum(axis=-1) == 0

    def transpose_ids(
        self, ids: UInt8[np.ndarray, "window bar position"], semitones: Int64[np.ndarray, " window"]
    ) -> UInt8[np.ndarray, "window bar position"]:
        """Transpose each window by its own number of semitones, or as far as the keys reach."""
        return shift_pitches(ids, semitones, *self.pitch_ids)

    def save(self, out_path: str | PathLike[str]) -> None:
        """Write to a file, or as ``tokenizer.json`` into a folder."""
        save_tokenizer(self.to_dict(), out_path)

    def to_dict(self) -> dict[str, Any]:
        """Content of the file, with miditok's keys."""
        return {
            "tokenization": self.saved_as,
            "config": {
                "pitch_range": [MIN_PITCH, MAX_PITCH],
                "beat_res": {"0_16": STEPS_PER_BEAT},
                "num_velocities": len(VELOCITIES),
                "use_tempos": True,
                "num_tempos": len(TEMPOS_QPM),
                "tempo_range": [40, 220],
                "log_tempos": True,
                "use_time_signatures": False,
                "use_pitchdrum_tokens": False,
                "special_tokens": ["PAD"],
                "additional_params": {"metre": self.metre},
            },
        }


def _distinct(phrase: Phrase) -> Phrase:
    """The phrase with the longest note of each pitch and onset alone."""
    kept = distinct(phrase.onset_step, phrase.duration_step, phrase.pitch)
    return phrase if len(kept) == len(phrase) else phrase.select(kept)


def _steps(ids: Integer[np.ndarray, "*any position"]) -> Int64[np.ndarray, "*any position"]:
    """Step of the bar at each place of a row: the number of Next before it."""
    is_next = (ids == NEXT).astype(np.int64)
    return np.cumsum(is_next, axis=-1) - is_next
