"""Presses of prepared music as a genie is trained on them: keys, conditions and buttons, in excerpts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from symvae.attributes.key import key_of
from symvae.corpus.shards import Shards
from symvae.errors import CorpusError
from symvae.models.genie.button_decoder import Conditions
from symvae.music.buttons import AFTER, BEFORE, NUM_BUTTONS, buttons_of
from symvae.music.chords import chords_of
from symvae.music.key_presses import (
    ANY_CHORD,
    LOWEST,
    NUM_KEYS,
    delta_class,
    presses_of,
    velocity_class,
)

#: Semitones by which training music is transposed, either way.
MOST_TRANSPOSED = 6
FEWEST_NOTES = 2
UNKNOWN = -1


class PressBatch(NamedTuple):
    """Excerpts to learn from."""

    key: Int[Tensor, "batch note"]
    """Key of the piano, from 0; -1 for padding."""
    before: Int[Tensor, "batch note"]
    """Key of the note before; -1 at the start of an excerpt."""
    button: Float[Tensor, "batch note button"]
    """1 for the button by rule, else 0; all 0 where buttons are hidden."""
    conditions: Conditions
    shows_buttons: Bool[Tensor, " batch"]
    """False where the buttons of an excerpt are hidden."""

    @property
    def is_note(self) -> Bool[Tensor, "batch note"]:
        """False for padding."""
        return self.key >= 0

    def to(self, device: str) -> "PressBatch":
        """The batch on a device."""
        conditions = Conditions(*(each.to(device) for each in self.conditions))
        return PressBatch(
            self.key.to(device),
            self.before.to(device),
            self.button.to(device),
            conditions,
            self.shows_buttons.to(device),
        )


class Hiding(NamedTuple):
    """Shares of excerpts for which a condition is hidden."""

    buttons: float = 0.0
    chord: float = 0.0
    tonality: float = 0.0
    velocity: float = 0.0


class _Shown(NamedTuple):
    """Excerpts whose conditions are shown."""

    buttons: Bool[np.ndarray, " excerpt"]
    chord: Bool[np.ndarray, " excerpt"]
    tonality: Bool[np.ndarray, " excerpt"]
    velocity: Bool[np.ndarray, " excerpt"]


@dataclass(frozen=True, eq=False)
class PressCorpus:
    """All notes of a split, one row a note, tune after tune."""

    key: Int[np.ndarray, " note"]
    delta: Int[np.ndarray, " note"]
    velocity: Int[np.ndarray, " note"]
    chord: Int[np.ndarray, " note"]
    button: Int[np.ndarray, " note"]
    tune_start: Int[np.ndarray, " tune_and_end"]
    tonality: Int[np.ndarray, " tune"]
    """Tonic, and 12 more in minor."""

    def __len__(self) -> int:
        return len(self.key)

    def draw(self, step: int, size: int, notes: int, *, seed: int, hiding: Hiding) -> PressBatch:
        """Draw transposed excerpts; the same for the same seed and step.

        Args:
            step: Number of the step.
            size: Excerpts.
            notes: Notes of an excerpt, fewer at the end of a tune.
            seed: Seed of places, transpositions and hiding.
            hiding: Shares of excerpts for which a condition is hidden.

        Returns:
            The excerpts.
        """
        chance = np.random.default_rng((seed, step))
        place = chance.integers(len(self), size=size)
        tune = np.searchsorted(self.tune_start, place, side="right") - 1
        last = np.maximum(self.tune_start[tune + 1] - notes, self.tune_start[tune])
        by = chance.integers(-MOST_TRANSPOSED, MOST_TRANSPOSED + 1, size=size)
        shown = _Shown(*(chance.random(size) >= share for share in hiding))
        return self._excerpts(np.minimum(place, last), tune, notes, by, shown)

    def in_order(self, notes: int, most: int, shown: bool = True, conditions: bool = True) -> PressBatch:
        """The first excerpts that follow each other, for validation.

        Args:
            notes: Notes of an excerpt.
            most: Number of excerpts, spread over the split.
            shown: Show the buttons.
            conditions: Show chords, keys and velocities.

        Returns:
            The excerpts, as they are in the music.
        """
        starts = [
            (start, tune)
            for tune, (first, end) in enumerate(zip(self.tune_start[:-1], self.tune_start[1:], strict=True))
            for start in range(int(first), int(end) - FEWEST_NOTES + 1, notes)
        ]
        rows = np.array(starts)[np.linspace(0, len(starts) - 1, min(most, len(starts))).astype(int)]
        size = len(rows)
        known = _Shown(np.full(size, shown), *[np.full(size, conditions)] * 3)
        return self._excerpts(rows[:, 0], rows[:, 1], notes, np.zeros(size, np.int64), known)

    def _excerpts(
        self,
        start: Int[np.ndarray, " excerpt"],
        tune: Int[np.ndarray, " excerpt"],
        notes: int,
        by: Int[np.ndarray, " excerpt"],
        shown: _Shown,
    ) -> PressBatch:
        row = start[:, None] + np.arange(notes)
        is_note = row < self.tune_start[tune + 1][:, None]
        row = np.minimum(row, len(self) - 1)
        old = np.where(is_note, self.key[row], NUM_KEYS // 2)
        by = np.clip(by, -old.min(axis=1), NUM_KEYS - 1 - old.max(axis=1))[:, None]
        key = np.where(is_note, self.key[row] + by, UNKNOWN)
        before = np.concatenate([np.full((len(key), 1), UNKNOWN), key[:, :-1]], axis=1)
        button = np.eye(NUM_BUTTONS, dtype=np.float32)[self.button[row]] * shown.buttons[:, None, None]
        minor, tonic = np.divmod(self.tonality[tune], 12)
        tonality = np.where(shown.tonality, 12 * minor + (tonic + by[:, 0]) % 12, UNKNOWN)
        velocity = np.where(shown.velocity[:, None], self.velocity[row], UNKNOWN)
        bits = np.where(shown.chord[:, None], _rolled(self.chord[row], by), ANY_CHORD)
        delta = self.delta[row]
        delta[:, 0] = UNKNOWN  # the time before an excerpt says nothing
        conditions = Conditions(
            torch.from_numpy(delta),
            torch.from_numpy(velocity),
            torch.from_numpy(np.broadcast_to(tonality[:, None], key.shape).copy()),
            torch.from_numpy((bits[..., None] >> np.arange(12) & 1).astype(bool)),
        )
        tensors = (torch.from_numpy(key), torch.from_numpy(before), torch.from_numpy(button))
        return PressBatch(*tensors, conditions, torch.from_numpy(shown.buttons))


def _rolled(bits: Int[np.ndarray, "excerpt note"], by: Int[np.ndarray, "excerpt 1"]) -> np.ndarray:
    """Chords as bits, transposed."""
    up = by % 12
    return (bits << up | bits >> (12 - up)) & ANY_CHORD


def press_corpus(
    shards: Sequence[Shards], split: str, *, before: int = BEFORE, after: int = AFTER
) -> PressCorpus:
    """List the presses of all tunes of a split, with the chords, key and buttons of each.

    Args:
        shards: Prepared music of pitched instruments.
        split: "train", "validation" or "test".
        before: Notes before each among which its rank is counted, for its button.
        after: Notes after it.

    Returns:
        The presses.

    Raises:
        CorpusError: The music is of drums, or a split has no tune of two notes.
    """
    columns: list[list[np.ndarray]] = [[] for _ in range(5)]
    tonalities = []
    for each in shards:
        tokenizer = each.tokenizer
        if tokenizer.drums:
            raise CorpusError(f"{each.folder} holds drums, which have no pitch. Give shards of other music.")
        part = each.split(split)
        for tune, qpm in enumerate(part.tempo_qpm.tolist()):
            ids = np.asarray(part.ids[part.tune_start[tune] : part.tune_start[tune + 1]])
            phrase = tokenizer.decode_ids(ids, tempo_qpm=qpm)
            presses = presses_of(phrase, chords_of(phrase))
            if len(presses.pitch) < FEWEST_NOTES:
                continue
            key = key_of(phrase)
            tonalities.append(key.tonic + 12 * key.minor)
            found = (
                presses.pitch - LOWEST,
                delta_class(presses.delta_sec),
                velocity_class(presses.velocity),
                presses.chord,
                buttons_of(presses.pitch, before, after),
            )
            for column, rows in zip(columns, found, strict=True):
                column.append(np.asarray(rows, np.int64))
    if not tonalities:
        raise CorpusError(
            f"There is no tune of {FEWEST_NOTES} notes in the split {split}. Prepare more music."
        )
    starts = np.concatenate([[0], np.cumsum([len(rows) for rows in columns[0]])])
    pitch, delta, velocity, chord, button = (np.concatenate(column) for column in columns)
    return PressCorpus(pitch, delta, velocity, chord, button, starts, np.array(tonalities))
