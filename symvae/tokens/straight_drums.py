"""The drum grid without triplet bars: one id a sixteenth, the set of drum classes that are hit there.

Bit ``c`` of an id is set if class ``c`` of `symvae.music.drum_kit` is hit: the ids of
`symvae.tokens.drums` without their lowest bit, 512 in all. Drums of an arrangement are written so, since its
other parts have no triplets either: hits of a triplet bar fall on the nearest sixteenths, and reading tells
so in its report of timing.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Integer, UInt, UInt16

from symvae.music.drum_kit import DRUM_CLASSES, NUM_CLASSES, one_hit_a_cell
from symvae.music.phrase import DEFAULT_TEMPO_QPM, DEFAULT_VELOCITY, Phrase
from symvae.tokens.drums import DrumGrid


@dataclass(frozen=True)
class StraightDrums:
    """Drum tracks ↔ ids of sixteenths, in one metre; raises `TokenError` for an unknown one."""

    metre: str = "4/4"

    def __post_init__(self) -> None:
        DrumGrid(self.metre)

    @property
    def vocabulary_size(self) -> int:
        """Number of ids: every set of classes."""
        return 2**NUM_CLASSES

    @property
    def token_names(self) -> tuple[str, ...]:
        """Names of the ids: "Rest_None", "Hits_kick+ride"."""
        names = [each.name for each in DRUM_CLASSES]
        sets = (
            "+".join(name for bit, name in enumerate(names) if number >> bit & 1)
            for number in range(1, self.vocabulary_size)
        )
        return ("Rest_None", *(f"Hits_{each}" for each in sets))

    @property
    def onset_ids(self) -> tuple[int, int]:
        """First and last id with a hit: all but the rest."""
        return 1, self.vocabulary_size - 1

    def fit(self, phrase: Phrase) -> Phrase:
        """Keep the loudest of the hits of a class on a sixteenth."""
        keep = one_hit_a_cell(_straight(phrase))
        return phrase if keep.all() else phrase.select(keep)

    def encode_phrase(self, phrase: Phrase) -> UInt16[np.ndarray, "bar position"]:
        """Encode a drum track; raises as `symvae.tokens.drums.DrumGrid.encode_phrase`."""
        return DrumGrid(self.metre).encode_phrase(_straight(phrase)) >> 1

    def decode_ids(
        self,
        ids: Integer[np.ndarray, "bar position"],
        tempo_qpm: float = DEFAULT_TEMPO_QPM,
        velocity: int = DEFAULT_VELOCITY,
    ) -> Phrase:
        """Decode token ids to a phrase.

        Args:
            ids: Token ids, shaped (bar, position).
            tempo_qpm: Tempo of the phrase in quarter notes a minute.
            velocity: MIDI velocity of all hits.

        Returns:
            Hits of one step, on the first pitch of each class.
        """
        return DrumGrid(self.metre).decode_ids(np.asarray(ids).astype(np.int64) << 1, tempo_qpm, velocity)

    def restore(self, phrase: Phrase, source: Phrase) -> Phrase:
        """Play a decoded phrase on the kit of the one that it came from."""
        return DrumGrid(self.metre).restore(phrase, source)

    def cut_out(
        self, ids: UInt[np.ndarray, "window bar position"]
    ) -> UInt[np.ndarray, "window bar position"]:
        """The windows as they are: a hit has no length."""
        return ids

    def silent_bars(self, ids: UInt[np.ndarray, "window bar position"]) -> Bool[np.ndarray, "window bar"]:
        """Mask of the bars without a hit."""
        return (ids == 0).all(axis=-1)


def _straight(phrase: Phrase) -> Phrase:
    """The phrase with its hits on their steps."""
    return phrase.with_notes(*phrase.columns)
