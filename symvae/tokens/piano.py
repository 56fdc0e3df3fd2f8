"""Piano bars: polyphony, velocity and tempo as REMI tokens, one row of up to 128 a bar.

    Tempo  [Position]  Pitch Velocity Duration  Pitch Velocity Duration …  Position  Pitch …  PAD …

REMI (Huang and Yang 2020, arXiv 2002.00212) as in miditok, with the same names in the same order: all
tracks merged, 16 positions a bar, 88 pitches, 16 velocities, durations in sixteenths up to four bars, 32
tempos from 40 to 220 quarter notes a minute in equal ratios. Two tokens are redundant in rows and are left
out: the Bar token at the start of each row, and the Position_0 after it. Each row starts with the tempo, so
that every bar carries it.

Velocity and tempo are quantized to the nearest class; all else is encoded without loss. `decode_ids`
decodes any ids: a note is a Pitch followed by its Velocity and Duration, and other tokens are skipped.

This module needs numpy alone, since miditok takes seconds to import; a test compares the two.
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
from symvae.tokens.note_rows import PAD, NoteIds, among, phrase_of_notes, read_notes
from symvae.tokens.piano_length import opens_position, thin, token_counts
from symvae.tokens.piano_vocabulary import (
    DURATION,
    MAX_DURATION_STEP,
    MAX_PITCH,
    MIN_PITCH,
    PITCH,
    POSITION,
    STEPS_PER_BAR,
    STEPS_PER_BEAT,
    TEMPO,
    TEMPOS_QPM,
    TOKENS_PER_BAR,
    VELOCITIES,
    VELOCITY,
    VOCABULARY_SIZE,
)
from symvae.tokens.save import save_tokenizer
from symvae.tokens.transpose import shift_pitches

KINDS = NoteIds(PITCH, VELOCITY, DURATION, POSITION)


@dataclass(frozen=True)
class PianoBars:
    """Tokenizer of piano bars, in 4/4; raises `TokenError` for another metre."""

    name: ClassVar[str] = "piano"
    saved_as: ClassVar[str] = "PianoBars"
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
            raise TokenError(f"Piano bars are in 4/4, not in {shown(self.metre)}.")

    @property
    def positions_per_bar(self) -> int:
        """Ids of a row: at most as many tokens are in a bar, and PAD fills it up."""
        return TOKENS_PER_BAR

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
            "Bar_None",
            *(f"Pitch_{pitch}" for pitch in range(MIN_PITCH, MAX_PITCH + 1)),
            *(f"Velocity_{velocity}" for velocity in VELOCITIES),
            *(f"Duration_{step // STEPS_PER_BEAT}.{step % STEPS_PER_BEAT}.4" for step in steps),
            *(f"Position_{step}" for step in range(STEPS_PER_BAR)),
            *(f"Tempo_{tempo}" for tempo in TEMPOS_QPM),
        )

    @property
    def slots(self) -> Int64[np.ndarray, " id"]:
        """Step of the bar that each id sets: that of a Position, 0 for a Tempo, -1 for all others."""
        slots = np.full(VOCABULARY_SIZE, -1)
        slots[POSITION:TEMPO] = np.arange(STEPS_PER_BAR)
        slots[TEMPO:] = 0
        return slots

    @property
    def follows(self) -> Bool[np.ndarray, "id_and_start id"]:
        """Mask of the ids that may follow each id; the last row is for the start of a bar."""
        types = {"Tempo": (TEMPO, VOCABULARY_SIZE), "Position": (POSITION, TEMPO), "Pitch": (PITCH, VELOCITY)}
        types |= {"Velocity": (VELOCITY, DURATION), "Duration": (DURATION, POSITION), "PAD": (PAD, PAD + 1)}
        types |= {"start": (VOCABULARY_SIZE, VOCABULARY_SIZE + 1)}
        successors = {"start": ["Tempo"], "Tempo": ["Position", "Pitch", "PAD"], "Position": ["Pitch"]}
        successors |= {"Pitch": ["Velocity"], "Velocity": ["Duration"], "PAD": ["PAD"]}
        successors |= {"Duration": ["Position", "Pitch", "PAD"]}
        follows = np.zeros((VOCABULARY_SIZE + 1, VOCABULARY_SIZE), bool)
        for first, allowed in successors.items():
            for second in allowed:
                follows[slice(*types[first]), slice(*types[second])] = True
        follows[PAD + 1, PAD] = True  # Bar, which is in no row
        return follows

    def encode_phrase(self, phrase: Phrase) -> UInt8[np.ndarray, "bar position"]:
        """Encode a phrase.

        Raises:
            TokenError: The phrase is in another metre or out of the pitch range, or a bar exceeds its row.
        """
        if phrase.grid.metre != self.metre:
            raise TokenError(f"Piano bars are in {self.metre}, and this phrase is in {phrase.grid.metre}.")
        outside = (phrase.pitch < MIN_PITCH) | (phrase.pitch > MAX_PITCH)
        if outside.any():
            raise TokenError(
                f"The pitch {phrase.pitch[np.argmax(outside)]} lies outside {MIN_PITCH} to {MAX_PITCH}. "
                "Transpose the phrase."
            )
        length = token_counts(phrase)
        if length.max() > TOKENS_PER_BAR:
            raise TokenError(
                f"Bar {int(length.argmax()) + 1} takes {length.max()} tokens, and {TOKENS_PER_BAR} are the "
                "most. Choose other music, or in Python drop its softest notes: model.tokenizer.fit(phrase)."
            )
        ids = np.full((phrase.grid.bars, TOKENS_PER_BAR), PAD, np.uint8)
        ids[:, 0] = TEMPO + np.abs(np.log(TEMPOS_QPM / phrase.tempo_qpm)).argmin()
        bar, step = np.divmod(phrase.onset_step, STEPS_PER_BAR)
        opens = opens_position(phrase)
        end = np.cumsum(3 + opens)  # of each note's tokens, in one row over all bars
        before = np.concatenate([[0], np.cumsum(length - 1)])[bar]
        place = 1 + end - 3 - before
        ids[bar[opens], place[opens] - 1] = POSITION + step[opens]
        ids[bar, place] = PITCH + phrase.pitch - MIN_PITCH
        ids[bar, place + 1] = VELOCITY + np.abs(phrase.velocity[:, None] - VELOCITIES).argmin(axis=1)
        ids[bar, place + 2] = DURATION - 1 + np.minimum(phrase.duration_step, MAX_DURATION_STEP)
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
        if ids.ndim != 2 or ids.shape[0] < 1 or ids.shape[1] != TOKENS_PER_BAR:
            raise TokenError(f"Ids of piano bars are shaped (bar, {TOKENS_PER_BAR}), not {ids.shape}.")
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
        return thin(phrase)

    def restore(self, phrase: Phrase, source: Phrase) -> Phrase:
        """The phrase itself."""
        return phrase

    def cut_out(
        self, ids: UInt8[np.ndarray, "window bar position"]
    ) -> UInt8[np.ndarray, "window bar position"]:
        """Turn windows into phrases of their own: no note lasts past the end."""
        bars = ids.shape[1]
        bar = np.arange(bars)[:, None]
        left = bars * STEPS_PER_BAR - bar * STEPS_PER_BAR - _steps(ids)
        is_duration = (ids >= DURATION) & (ids < POSITION)
        return np.where(is_duration, np.minimum(ids, DURATION - 1 + left), ids).astype(np.uint8)

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
        """Content of the file: the settings with which miditok's REMI has the same vocabulary."""
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


def _steps(ids: Integer[np.ndarray, "*any position"]) -> Int64[np.ndarray, "*any position"]:
    """Step of the bar at each place of a row: that of the last Position before it."""
    is_position = among(ids, POSITION, TEMPO)
    places = np.arange(ids.shape[-1])
    last = np.maximum.accumulate(np.where(is_position, places, -1), axis=-1)
    steps = np.take_along_axis(ids, np.maximum(last, 0), axis=-1).astype(np.int64) - POSITION
    return np.where(last >= 0, steps, 0)
