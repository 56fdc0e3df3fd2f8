"""The drum grid: one id a cell, the set of drum classes that are hit there.

Bit ``1 + c`` of an id is set if class ``c`` of `symvae.music.drum_kit` is hit, the kick first: 0 is a rest,
2 a kick, 10 kick and closed hi-hat. This is the drum representation of MusicVAE (Roberts et al. 2018, arXiv
1803.05428, section 5.1: nine classes, 2⁹ combinations), and one bit more: bit 0 is set in all ids of a
triplet bar, whose cells are thirds of a quarter (`symvae.music.triplet_bars`). Its first twelve ids of
sixteen are the cells, the others have no hit. Decoded is what most ids of a bar say. 1024 ids in all.

Ids carry neither pitches nor velocities nor lengths: `decode_ids` gives each class its own first pitch, and
`restore` plays a phrase on the kit that it came from. `decode(encode(p)) == p` for every phrase of these
pitches at the default velocity, a step each, in which each bar is on one of the two grids. A second hit of a
class in a cell (a flam) is no id of its own: the cell is hit, and `restore` plays all hits of a cell that the
source has.

It needs numpy alone.
"""

from dataclasses import dataclass
from os import PathLike
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Int64, Integer, UInt, UInt16

from symvae.errors import TokenError
from symvae.files.limit import shown
from symvae.music.drum_kit import (
    CLASS_PITCHES,
    DRUM_CLASSES,
    DRUM_PITCHES,
    NUM_CLASSES,
    class_of,
    on_kit,
)
from symvae.music.grid import Grid
from symvae.music.metre import METRES
from symvae.music.phrase import DEFAULT_TEMPO_QPM, DEFAULT_VELOCITY, Phrase
from symvae.music.quantize import nearest_step
from symvae.music.triplet_bars import (
    PLACES_PER_CELL,
    PLACES_PER_STEP,
    has_triplet_bars,
    place_of,
    triplet_bars,
)
from symvae.tokens.attributes import DRUM_ATTRIBUTES
from symvae.tokens.hits import NUM_BITS, hits_of, in_triplets, used_positions
from symvae.tokens.save import save_tokenizer

VOCABULARY_SIZE = 2**NUM_BITS


@dataclass(frozen=True)
class DrumGrid:
    """Tokenizer of drum tracks, in one metre; raises `TokenError` for an unknown one."""

    name: ClassVar[str] = "drums"
    saved_as: ClassVar[str] = "DrumGrid"
    padding: ClassVar[int | None] = None
    absent: ClassVar[int | None] = None
    part_names: ClassVar[tuple[str, ...]] = ()
    on_grid: ClassVar[bool] = True
    polyphonic: ClassVar[bool] = True
    drums: ClassVar[bool] = True
    attributes: ClassVar[tuple[str, ...]] = DRUM_ATTRIBUTES

    metre: str = "4/4"

    def __post_init__(self) -> None:
        if self.metre not in METRES:
            raise TokenError(
                f"The metre {shown(self.metre)} has no drum grid. Known metres: {', '.join(METRES)}."
            )

    @property
    def positions_per_bar(self) -> int:
        """Sixteenths of a bar."""
        return Grid.of_metre(self.metre, bars=1).steps_per_bar

    @property
    def vocabulary_size(self) -> int:
        """Number of ids: every set of classes, in a bar of sixteenths and in a triplet bar."""
        return VOCABULARY_SIZE

    @property
    def token_names(self) -> tuple[str, ...]:
        """Names of the ids in miditok's form, Type_Value: "Hits_kick+ride", "Triplets_kick"."""
        names = [each.name for each in DRUM_CLASSES]
        sets = [
            "+".join(name for bit, name in enumerate(names) if number >> bit & 1) or "None"
            for number in range(2**NUM_CLASSES)
        ]
        return tuple(f"{kind}_{each}" for each in sets for kind in ("Hits", "Triplets"))

    @property
    def onset_ids(self) -> tuple[int, int]:
        """First and last id with a hit: all but the rests of a bar of sixteenths and of a triplet bar."""
        return 2, VOCABULARY_SIZE - 1

    @property
    def pitch_ids(self) -> tuple[int, int]:
        """An empty range: no id is a pitch, and drums are not transposed."""
        return 1, 0

    @property
    def pitch_range(self) -> tuple[int, int]:
        """Lowest and highest MIDI pitch that belongs to a class."""
        return DRUM_PITCHES

    def fit(self, phrase: Phrase) -> Phrase:
        """The phrase as it is: every bar fits."""
        return phrase

    def encode_phrase(self, phrase: Phrase) -> UInt16[np.ndarray, "bar position"]:
        """Encode a drum track.

        Raises:
            TokenError: The phrase is in another metre, or has a pitch that is no drum.
        """
        if phrase.grid.metre != self.metre:
            raise TokenError(
                f"This tokenizer takes phrases in {self.metre}, and this one is in {phrase.grid.metre}."
            )
        played = class_of(phrase.pitch)
        if (played < 0).any():
            low, high = self.pitch_range
            raise TokenError(
                f"The pitch {phrase.pitch[np.argmin(played)]} is no drum: these are {low} to {high}. "
                "Leave it out, or give a drum track."
            )
        triplets, steps_per_bar = triplet_bars(phrase), phrase.grid.steps_per_bar
        ids = np.repeat(triplets.astype(np.uint16)[:, None], steps_per_bar, axis=1)
        bar, place = np.divmod(place_of(phrase), steps_per_bar * PLACES_PER_STEP)
        position = place // np.where(triplets[bar], PLACES_PER_CELL, PLACES_PER_STEP)
        np.bitwise_or.at(ids, (bar, position), (2 << played).astype(np.uint16))
        return ids

    def decode_ids(
        self,
        ids: Integer[np.ndarray, "..."],
        tempo_qpm: float = DEFAULT_TEMPO_QPM,
        velocity: int = DEFAULT_VELOCITY,
    ) -> Phrase:
        """Decode token ids to a phrase: hits of one step, on the first pitch of each class.

        A hit of a triplet bar is a third of a step off its step, and none after the last cell is played.

        Args:
            ids: Token ids, shaped (bar, position).
            tempo_qpm: Tempo of the phrase in quarter notes a minute.
            velocity: MIDI velocity of all hits.

        Returns:
            The phrase, on a grid of as many bars as ``ids`` has rows.

        Raises:
            TokenError: The ids have another shape or are not in the vocabulary.
        """
        ids = np.asarray(ids)
        if ids.ndim != 2 or ids.shape[0] < 1 or ids.shape[1] != self.positions_per_bar:
            raise TokenError(
                f"Ids of {self.metre} drums are shaped (bar, {self.positions_per_bar}), not {ids.shape}."
            )
        if ids.min() < 0 or ids.max() >= VOCABULARY_SIZE:
            raise TokenError(
                f"Ids go from 0 to {VOCABULARY_SIZE - 1}, and these from {ids.min()} to {ids.max()}: "
                "they are of another vocabulary."
            )
        grid = Grid.of_metre(self.metre, len(ids))
        triplets = in_triplets(ids) & has_triplet_bars(grid)
        hits = hits_of(ids) & (used_positions(ids) | ~triplets[:, None])[..., None]
        bar, position, drum_class = np.nonzero(hits)
        exact = np.where(triplets[bar], position * PLACES_PER_CELL / PLACES_PER_STEP, position)
        step = nearest_step(exact)
        return Phrase(
            grid,
            onset_step=bar * grid.steps_per_bar + step,
            duration_step=np.ones(len(step), np.int64),
            pitch=CLASS_PITCHES[drum_class],
            velocity=np.full(len(step), velocity),
            tempo_qpm=tempo_qpm,
            is_drum=True,
            offset_step=exact - step,
        )

    def restore(self, phrase: Phrase, source: Phrase) -> Phrase:
        """Play a decoded phrase on the kit of the one that it came from (`symvae.music.drum_kit.on_kit`)."""
        return on_kit(phrase, source)

    def cut_out(
        self, ids: UInt[np.ndarray, "window bar position"]
    ) -> UInt[np.ndarray, "window bar position"]:
        """The windows as they are: a hit has no length."""
        return ids

    def silent_bars(self, ids: UInt[np.ndarray, "window bar position"]) -> Bool[np.ndarray, "window bar"]:
        """Mask of the bars without a hit."""
        silent = ids >> 1 == 0
        return silent.all(axis=-1)

    def transpose_ids(
        self, ids: UInt[np.ndarray, "window bar position"], semitones: Int64[np.ndarray, " window"]
    ) -> UInt[np.ndarray, "window bar position"]:
        """The windows as they are: drums have no key."""
        return ids

    def save(self, out_path: str | PathLike[str]) -> None:
        """Write to a file, or as ``tokenizer.json`` into a folder."""
        save_tokenizer(self.to_dict(), out_path)

    def to_dict(self) -> dict[str, Any]:
        """Content of the file: miditok's keys, and ours in its ``additional_params``."""
        return {
            "tokenization": self.saved_as,
            "config": {
                "pitch_range": list(DRUM_PITCHES),
                "beat_res": {"0_4": 4},
                "time_signature_range": {},
                "special_tokens": [],
                "additional_params": {"metre": self.metre},
            },
        }
