"""Windows of prepared grooves as a groove model is trained on them: touch, style and tempo."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, Int64
from torch import Tensor

from symvae.corpus.dataset import Windows, windows
from symvae.corpus.shards import Shards
from symvae.errors import CorpusError
from symvae.models.groove.cells import Condition, Touch
from symvae.system.touches import touch_of
from symvae.tokens.groove_cells import VOCABULARY_SIZE

#: Last words of the titles of the Groove MIDI Dataset, whose first word is a style: "funk/groove1, beat".
_KINDS = ("beat", "fill")
#: Share of the drum classes that partial taps keep, and share of the steps of half of these.
_CLASSES_KEPT, _STEPS_KEPT = 0.5, 0.7


class GrooveBatch(NamedTuple):
    """Phrases to learn from."""

    touch: Touch
    condition: Condition
    taps: Bool[Tensor, "batch step"]
    """Steps that are known of a phrase whose hits are sought."""
    complete: Bool[Tensor, " batch"]
    """True where these are all steps with hits."""


def style_of(title: str) -> str:
    """Style of a tune of the Groove MIDI Dataset by its title; empty for other music."""
    name, _, kind = title.rpartition(", ")
    return name.partition("/")[0] if kind in _KINDS else ""


def styles_of(shards: Shards) -> tuple[str, ...]:
    """Styles of the training tunes, in alphabetical order."""
    return tuple(sorted({style_of(title) for title in shards.tune_titles("train")} - {""}))


@dataclass(frozen=True, eq=False)
class Grooves:
    """All windows of a split, with style and tempo of each."""

    windows: Windows
    style: Int64[np.ndarray, " window"]
    """Number of the style; that after the last one for an unknown style."""
    tempo_qpm: Float[np.ndarray, " window"]
    unknown: int
    """Number of the unknown style."""

    def __len__(self) -> int:
        return len(self.windows)

    def touch(self, rows: Int[np.ndarray, " row"]) -> Touch:
        """Played phrases."""
        return touch_of(self.windows[rows])

    def condition(self, rows: Int[np.ndarray, " row"]) -> Condition:
        """Style and tempo of each phrase."""
        return Condition(torch.from_numpy(self.style[rows]), torch.from_numpy(self.tempo_qpm[rows]).float())

    def batch(
        self, step: int, batch_size: int, *, seed: int, unknown_style: float, all_taps: float
    ) -> GrooveBatch:
        """Draw a batch of training phrases; the same for the same seed and step.

        Args:
            step: Number of the step.
            batch_size: Phrases.
            seed: Seed of the order and of what is hidden.
            unknown_style: Share of phrases whose style is hidden.
            all_taps: Share of phrases whose taps are complete.

        Returns:
            The phrases.

        Raises:
            CorpusError: There are fewer windows than one batch.
        """
        if len(self) < batch_size:
            raise CorpusError(
                f"The shards hold {len(self)} training windows, fewer than one batch of {batch_size}. "
                f"Prepare more music, or set a lower batch_size: --set training.batch_size={len(self)}."
            )
        epoch, within = divmod(step, len(self) // batch_size)
        order = np.random.default_rng([seed, epoch]).permutation(len(self))
        rows = order[within * batch_size : (within + 1) * batch_size]
        chance = np.random.default_rng([seed, step, 1])
        touch, condition = self.touch(rows), self.condition(rows)
        hidden = torch.from_numpy(chance.random(batch_size) < unknown_style)
        condition = condition._replace(style=condition.style.masked_fill(hidden, self.unknown))
        complete = torch.from_numpy(chance.random(batch_size) < all_taps)
        return GrooveBatch(touch, condition, _taps(touch, complete, chance), complete)


def grooves(shards: Shards, split: str, bars: int, styles: tuple[str, ...]) -> Grooves:
    """Find all windows of a split.

    Args:
        shards: Shards of the groove grid.
        split: "train", "validation" or "test".
        bars: Bars of a window.
        styles: Styles that the model knows.

    Returns:
        The windows.

    Raises:
        CorpusError: The shards hold other tokens, or no window.
    """
    if shards.vocabulary_size != VOCABULARY_SIZE:
        raise CorpusError(
            f"{shards.folder} holds no grooves. Prepare drums with velocities and timing: "
            "symvae prepare groove FOLDER --tokens groove."
        )
    taken, numbers = windows(shards, split, bars), {name: row for row, name in enumerate(styles)}
    of_tune = [numbers.get(style_of(title), len(styles)) for title in shards.tune_titles(split)]
    tune = taken.tune
    return Grooves(taken, np.array(of_tune)[tune], np.array(taken.split.tempo_qpm)[tune], len(styles))


def _taps(touch: Touch, complete: Bool[Tensor, " batch"], chance: np.random.Generator) -> Tensor:
    """Steps of all hits, or of some drum classes and steps, as the rhythm of a melody has."""
    hit = touch.hit
    drums = torch.from_numpy(chance.random((len(hit), 1, hit.shape[2])) < _CLASSES_KEPT)
    steps = torch.from_numpy(chance.random(hit.shape[:2]) < _STEPS_KEPT)
    thinned = torch.from_numpy(chance.random((len(hit), 1)) < 0.5)
    some = (hit & drums).any(-1) & (steps | ~thinned)
    return torch.where(complete[:, None], hit.any(-1), some)
