"""The groove grid: the drum grid with the velocity and the timing of every hit.

A position for each drum class of each sixteenth, the classes of a step side by side (144 a bar of 4/4), and
one id for a rest or for a hit with its velocity and its offset (`symvae.tokens.groove_cells`): the hits,
velocities and offsets of GrooVAE (Gillick et al. 2019, arXiv 1905.06118, section 3.2), as whole numbers.
`decode(encode(p)) == p` for every phrase of the classes' own pitches, a step each.

It needs numpy alone.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Bool, Integer, UInt, UInt16

from symvae.errors import TokenError
from symvae.music.drum_kit import CLASS_PITCHES, NUM_CLASSES, class_of, kit_of
from symvae.music.grid import Grid
from symvae.music.phrase import DEFAULT_TEMPO_QPM, DEFAULT_VELOCITY, OFFSETS_PER_STEP, Phrase
from symvae.music.step_cells import one_hit_a_step, step_cells_of
from symvae.tokens.attributes import DRUM_ATTRIBUTES, GROOVE_ATTRIBUTES
from symvae.tokens.drums import DrumGrid
from symvae.tokens.groove_cells import VELOCITIES, VOCABULARY_SIZE, cells_of_ids, ids_of


@dataclass(frozen=True)
class GrooveGrid(DrumGrid):
    """Tokenizer of drum tracks with dynamics and timing, in one metre; `TokenError` for an unknown one."""

    name: ClassVar[str] = "groove"
    saved_as: ClassVar[str] = "GrooveGrid"
    on_grid: ClassVar[bool] = False
    attributes: ClassVar[tuple[str, ...]] = (*DRUM_ATTRIBUTES, *GROOVE_ATTRIBUTES)

    @property
    def positions_per_bar(self) -> int:
        """Cells of a bar: drum classes of each sixteenth."""
        return Grid.of_metre(self.metre, bars=1).steps_per_bar * NUM_CLASSES

    @property
    def vocabulary_size(self) -> int:
        """Number of ids: the rest, and every velocity with every offset."""
        return VOCABULARY_SIZE

    @property
    def token_names(self) -> tuple[str, ...]:
        """Names of the ids: "Hit_100.-7" is velocity 100, 7 120ths of a step early."""
        half = OFFSETS_PER_STEP // 2
        hits = (f"Hit_{v}.{o:+d}" for v in range(1, VELOCITIES + 1) for o in range(-half, half))
        return ("Rest_None", *hits)

    @property
    def onset_ids(self) -> tuple[int, int]:
        """First and last id with a hit: all but the rest."""
        return 1, VOCABULARY_SIZE - 1

    def fit(self, phrase: Phrase) -> Phrase:
        """Keep the loudest of the hits of a class on a step."""
        keep = one_hit_a_step(phrase)
        return phrase if keep.all() else phrase.select(keep)

    def silent_bars(self, ids: UInt[np.ndarray, "window bar position"]) -> Bool[np.ndarray, "window bar"]:
        """Mask of the bars without a hit."""
        return (ids == 0).all(axis=-1)

    def encode_phrase(self, phrase: Phrase) -> UInt16[np.ndarray, "bar position"]:
        """Encode a drum track; of the hits of a class on a step, the loudest.

        Raises:
            TokenError: The phrase is in another metre, or has a pitch that is no drum.
        """
        super().encode_phrase(phrase)
        phrase = self.fit(phrase)
        ids = np.zeros(phrase.grid.num_steps * NUM_CLASSES, np.uint16)
        ids[step_cells_of(phrase)] = ids_of(phrase.velocity, phrase.offset_step)
        return ids.reshape(phrase.grid.bars, -1)

    def decode_ids(
        self,
        ids: Integer[np.ndarray, "..."],
        tempo_qpm: float = DEFAULT_TEMPO_QPM,
        velocity: int = DEFAULT_VELOCITY,
    ) -> Phrase:
        """Decode token ids to a phrase: hits of one step, on the first pitch of each class.

        Args:
            ids: Token ids, shaped (bar, position).
            tempo_qpm: Tempo of the phrase in quarter notes a minute.
            velocity: Not used: ids carry velocities.

        Returns:
            The phrase, on a grid of as many bars as ``ids`` has rows.

        Raises:
            TokenError: The ids have another shape or are not in the vocabulary.
        """
        ids = np.asarray(ids)
        if ids.ndim != 2 or ids.shape[0] < 1 or ids.shape[1] != self.positions_per_bar:
            raise TokenError(
                f"Ids of {self.metre} grooves are shaped (bar, {self.positions_per_bar}), not {ids.shape}."
            )
        if ids.min() < 0 or ids.max() >= VOCABULARY_SIZE:
            raise TokenError(
                f"Ids go from 0 to {VOCABULARY_SIZE - 1}, and these from {ids.min()} to {ids.max()}: "
                "they are of another vocabulary."
            )
        cells = cells_of_ids(ids)
        step, drum_class = np.nonzero(cells.hit)
        return Phrase(
            Grid.of_metre(self.metre, len(ids)),
            onset_step=step,
            duration_step=np.ones(len(step), np.int64),
            pitch=CLASS_PITCHES[drum_class],
            velocity=cells.velocity[step, drum_class],
            tempo_qpm=tempo_qpm,
            is_drum=True,
            offset_step=cells.offset_step[step, drum_class],
        )

    def restore(self, phrase: Phrase, source: Phrase) -> Phrase:
        """Play a decoded phrase on the pitches of the one that it came from; dynamics and timing stay."""
        kit, cells, played = kit_of(source), step_cells_of(phrase), class_of(phrase.pitch)
        pitch = np.where(played >= 0, kit.pitch[played], phrase.pitch)
        loudest = source.select(one_hit_a_step(source))
        _, mine, theirs = np.intersect1d(cells, step_cells_of(loudest), return_indices=True)
        pitch[mine] = loudest.pitch[theirs]
        onset, duration, _, velocity = phrase.columns
        return phrase.with_notes(onset, duration, pitch, velocity, phrase.offset_step).without_overlaps()
