"""The trio grid: melody, bass and drums of a bar in one row, a part after the other.

    positions    0 to 15        16 to 31        32 to 47     in 4/4
    part         melody grid    melody grid     drum grid
                                of the bass

Each part has the ids of its own tokenizer (`symvae.tokens.melody_grid`, `symvae.tokens.straight_drums`),
numbered anew so that no two parts share one: first the ids that start no note, then all that do.

    0, 1     hold and note-off of the melody          5        the part is absent
    2, 3     hold and note-off of the bass            6…       note-ons of the melody, then of the bass,
    4        rest of the drums                                 then the sets of drum classes

An absent part is a row of id 5. It is a mask: no model is asked to predict it. A part without a note-on is
absent, too, in the canonical encoding; `decode_ids` takes a part with any ids. `decode(encode(a)) == a` for
every arrangement with the velocities, programs and drum pitches that ids stand for.

It needs numpy alone.
"""

from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Int64, Integer, UInt, UInt16

from symvae.errors import TokenError
from symvae.files.limit import shown
from symvae.music.arrangement import DRUMS, PARTS, AnyPhrase, Arrangement, as_arrangement
from symvae.music.drum_kit import NUM_CLASSES
from symvae.music.grid import Grid
from symvae.music.metre import METRES
from symvae.music.phrase import DEFAULT_TEMPO_QPM, DEFAULT_VELOCITY, Phrase
from symvae.music.pitch import BASS_PITCHES, PIANO_PITCHES
from symvae.tokens.attributes import PARTS_ATTRIBUTES, SCORE_ATTRIBUTES
from symvae.tokens.id_type import id_type
from symvae.tokens.melody_grid import MelodyGrid
from symvae.tokens.parts import ABSENT, PartIds
from symvae.tokens.save import save_tokenizer
from symvae.tokens.straight_drums import StraightDrums

_FIRST_ONSET = 6


@dataclass(frozen=True)
class TrioGrid:
    """Tokenizer of arrangements, in one metre; raises `TokenError` for an unknown one."""

    name: ClassVar[str] = "trio"
    saved_as: ClassVar[str] = "TrioGrid"
    padding: ClassVar[int | None] = None
    absent: ClassVar[int | None] = ABSENT
    part_names: ClassVar[tuple[str, ...]] = PARTS
    on_grid: ClassVar[bool] = True
    polyphonic: ClassVar[bool] = False
    drums: ClassVar[bool] = False
    attributes: ClassVar[tuple[str, ...]] = (
        *(name for name in SCORE_ATTRIBUTES if name != "cadence"),
        *PARTS_ATTRIBUTES,
    )

    metre: str = "4/4"

    def __post_init__(self) -> None:
        if self.metre not in METRES:
            raise TokenError(
                f"The metre {shown(self.metre)} has no trio grid. Known metres: {', '.join(METRES)}."
            )

    @cached_property
    def parts(self) -> tuple[PartIds, ...]:
        """Melody, bass and drums, in the order of their positions."""
        own: tuple[MelodyGrid | StraightDrums, ...] = (
            MelodyGrid(self.metre),
            MelodyGrid(self.metre, *BASS_PITCHES),
            StraightDrums(self.metre),
        )
        found, silent, onset = [], 0, _FIRST_ONSET
        for name, tokenizer in zip(PARTS, own, strict=True):
            first = tokenizer.onset_ids[0]
            onsets = tokenizer.vocabulary_size - first
            ids = np.concatenate([np.arange(silent, silent + first), np.arange(onset, onset + onsets)])
            pitch = np.zeros(len(ids), np.int64)
            bits = NUM_CLASSES if name == DRUMS else None
            if isinstance(tokenizer, MelodyGrid):
                pitch[first:] = tokenizer.min_pitch + np.arange(onsets)
            found.append(PartIds(name, tokenizer, ids, pitch, bits))
            silent, onset = silent + first, onset + onsets
        return tuple(found)

    @cached_property
    def own_ids(self) -> Int64[np.ndarray, "part id"]:
        """Id in each part's own tokenizer of each id of the trio; 0, no onset, where it has none."""
        table = np.zeros((len(PARTS), self.vocabulary_size), np.int64)
        for row, part in zip(table, self.parts, strict=True):
            row[part.ids] = np.arange(len(part.ids))
        return table

    @property
    def steps(self) -> int:
        """Sixteenths of a bar: positions of one part."""
        return Grid.of_metre(self.metre, bars=1).steps_per_bar

    @property
    def positions_per_bar(self) -> int:
        """Sixteenths of a bar, for each part."""
        return len(PARTS) * self.steps

    @property
    def vocabulary_size(self) -> int:
        """Number of ids of all parts, and the id of absence."""
        return sum(len(part.ids) for part in self.parts) + 1

    @property
    def token_names(self) -> tuple[str, ...]:
        """Names of the ids in miditok's form, Type_Value, with the part: "BassNoteOn_36"."""
        names = ["Absent_None"] * self.vocabulary_size
        for part in self.parts:
            for number, name in zip(part.ids.tolist(), part.tokenizer.token_names, strict=True):
                names[number] = part.name.title() + name
        return tuple(names)

    @property
    def onset_ids(self) -> tuple[int, int]:
        """First and last id that start a note."""
        return _FIRST_ONSET, self.vocabulary_size - 1

    @property
    def pitch_ids(self) -> tuple[int, int]:
        """First note-on of the melody and last one of the bass: all of them rise and move together."""
        melody, bass, _ = self.parts
        return int(melody.ids[melody.tokenizer.onset_ids[0]]), int(bass.ids[-1])

    @property
    def pitch_range(self) -> tuple[int, int]:
        """Lowest and highest MIDI pitch of the melody."""
        return PIANO_PITCHES

    def fit(self, phrase: Arrangement | Phrase) -> Arrangement:
        """Keep what the rows of the parts hold: one hit of a drum class on a step; one phrase is one part."""
        arrangement = as_arrangement(phrase)
        fitted = {
            part.name: part.tokenizer.fit(arrangement.parts[part.name])
            for part in self.parts
            if part.name in arrangement.parts
        }
        return arrangement.with_parts(fitted)

    def encode_phrase(self, phrase: Arrangement | Phrase) -> UInt16[np.ndarray, "bar position"]:
        """Encode an arrangement; a phrase is one of a single part, drums or melody.

        Raises:
            TokenError: It is in another metre, a line is polyphonic, or a pitch is out of its part's range.
        """
        arrangement = as_arrangement(phrase)
        if arrangement.grid.metre != self.metre:
            raise TokenError(
                f"This tokenizer takes music in {self.metre}, and this is in {arrangement.grid.metre}."
            )
        ids = np.full((arrangement.grid.bars, len(PARTS), self.steps), ABSENT, np.uint16)
        for row, part in enumerate(self.parts):
            if part.name not in arrangement.parts:
                continue
            try:
                own = part.tokenizer.encode_phrase(arrangement.parts[part.name])
            except TokenError as fault:
                raise TokenError(f"The {part.name} has no tokens. {fault}") from fault
            ids[:, row] = part.ids[own]
        return ids.reshape(len(ids), -1)

    def decode_ids(
        self,
        ids: Integer[np.ndarray, "..."],
        tempo_qpm: float = DEFAULT_TEMPO_QPM,
        velocity: int = DEFAULT_VELOCITY,
    ) -> Arrangement:
        """Decode token ids to an arrangement. An id of another part is a hold or a rest.

        Args:
            ids: Token ids, shaped (bar, position).
            tempo_qpm: Tempo in quarter notes a minute.
            velocity: MIDI velocity of all notes.

        Returns:
            The arrangement, on a grid of as many bars as ``ids`` has rows.

        Raises:
            TokenError: The ids have another shape or are not in the vocabulary.
        """
        ids = np.asarray(ids)
        if ids.ndim != 2 or ids.shape[0] < 1 or ids.shape[1] != self.positions_per_bar:
            raise TokenError(
                f"Ids of a {self.metre} trio are shaped (bar, {self.positions_per_bar}), not {ids.shape}."
            )
        if ids.min() < 0 or ids.max() >= self.vocabulary_size:
            raise TokenError(
                f"Ids go from 0 to {self.vocabulary_size - 1}, and these from {ids.min()} to {ids.max()}: "
                "they are of another vocabulary."
            )
        rows = ids.reshape(len(ids), len(PARTS), self.steps)
        parts = {
            part.name: part.tokenizer.decode_ids(self.own_ids[row][rows[:, row]], tempo_qpm, velocity)
            for row, part in enumerate(self.parts)
        }
        return Arrangement(Grid.of_metre(self.metre, len(ids)), parts, tempo_qpm)

    def restore(self, phrase: Arrangement, source: AnyPhrase) -> Arrangement:
        """Keep the parts of what it came from, its programs and its kit; a phrase is one part."""
        source = as_arrangement(source)
        parts = {
            part.name: part.tokenizer.restore(phrase.part(part.name), source.parts[part.name])
            for part in self.parts
            if part.name in source.parts
        }
        return Arrangement(phrase.grid, parts, phrase.tempo_qpm, source.programs)

    def cut_out(
        self, ids: UInt[np.ndarray, "window bar position"]
    ) -> UInt[np.ndarray, "window bar position"]:
        """Turn windows into arrangements of their own; a part without a note-on becomes absent."""
        rows = ids.reshape(*ids.shape[:2], len(PARTS), self.steps)
        result = rows.copy()
        for row, part in enumerate(self.parts):
            own = part.tokenizer.cut_out(self._own(row, rows))
            starts: np.ndarray = own >= part.tokenizer.onset_ids[0]
            plays: np.ndarray = np.asarray(starts.any(axis=(1, 2)))
            result[:, :, row] = np.where(plays[:, None, None], part.ids[own], ABSENT)
        return result.reshape(ids.shape)

    def silent_bars(self, ids: UInt[np.ndarray, "window bar position"]) -> Bool[np.ndarray, "window bar"]:
        """Mask of the bars in which no part sounds."""
        rows = ids.reshape(*ids.shape[:2], len(PARTS), self.steps)
        silent = np.ones(ids.shape[:2], bool)
        for row, part in enumerate(self.parts):
            silent &= part.tokenizer.silent_bars(self._own(row, rows))
        return silent

    def _own(
        self, part: int, rows: UInt[np.ndarray, "window bar part step"]
    ) -> UInt[np.ndarray, "window bar step"]:
        """Ids of a part in its own numbers."""
        kind = id_type(self.parts[part].tokenizer.vocabulary_size)
        return self.own_ids[part][rows[:, :, part]].astype(kind)

    def transpose_ids(
        self, ids: UInt[np.ndarray, "window bar position"], semitones: Int64[np.ndarray, " window"]
    ) -> UInt[np.ndarray, "window bar position"]:
        """Transpose melody and bass of each window together, or as far as both vocabularies reach."""
        shift = np.asarray(semitones, np.int64).copy()
        masks = []
        for part in self.parts[:2]:
            first, last = int(part.ids[part.tokenizer.onset_ids[0]]), int(part.ids[-1])
            mask = (ids >= first) & (ids <= last)
            highest = np.where(mask, ids, first).max(axis=(1, 2)).astype(np.int64)
            lowest = np.where(mask, ids, last).min(axis=(1, 2)).astype(np.int64)
            shift = np.clip(shift, first - lowest, last - highest)
            masks.append(mask)
        return np.where(masks[0] | masks[1], ids + shift[:, None, None], ids).astype(ids.dtype)

    def save(self, out_path: str | PathLike[str]) -> None:
        """Write to a file, or as ``tokenizer.json`` into a folder."""
        save_tokenizer(self.to_dict(), out_path)

    def to_dict(self) -> dict[str, Any]:
        """Content of the file: miditok's keys, and ours in its ``additional_params``."""
        return {
            "tokenization": self.saved_as,
            "config": {
                "pitch_range": list(PIANO_PITCHES),
                "beat_res": {"0_4": 4},
                "time_signature_range": {},
                "special_tokens": [],
                "additional_params": {"metre": self.metre},
            },
        }
