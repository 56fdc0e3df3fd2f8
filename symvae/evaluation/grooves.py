"""Figures of a groove model on held-out drummers: humanize, tap to drum, and a classifier.

Humanize gives a model the hits of played phrases and compares its touch with the drummer's
(`symvae.evaluation.metrics.touch`): errors of one draw and of the best of several for each phrase,
divergences of one draw. Beside it stand the hits on the grid, and the means of the training music for each
drum and sixteenth. Tap to drum gives the steps with hits and compares the kit's hits. The classifier
(`symvae.training.tasks.groove_classifier`) has learned from half of the training drummers what is played and
what is drawn; at .5 it cannot tell.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int

from symvae.attributes.drum_density import DRUM_DENSITIES
from symvae.attributes.drum_syncopation import drum_syncopation
from symvae.corpus.shards import Shards
from symvae.evaluation.metrics.touch import phrase_mae_ms, timing_error, timing_kl, velocity_kl
from symvae.models.groove.cells import Condition, Touch
from symvae.music.drum_kit import CLASS_PITCHES, NUM_CLASSES
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.groove import Groove
from symvae.system.touches import cells_of_touch
from symvae.tokens.groove_cells import Cells
from symvae.training.grooves import Grooves
from symvae.training.tasks.groove_classifier import correct, train_classifier

_TABLE_WINDOWS = 4000


class TouchFigures(NamedTuple):
    """Humanize, on held-out phrases."""

    mae_ms: float
    """Of one draw."""
    mse_step2: float
    best_mae_ms: float
    """Of the best of several draws of each phrase."""
    timing_kl: float
    """In nats, of one draw."""
    velocity_kl: float


class TapFigures(NamedTuple):
    """Tap to drum, on held-out phrases."""

    f1: float
    """Of the hits of one draw, by class and step."""
    best_f1: float
    density: float
    """Difference of the mean hits a bar from that of drummers, as a share of it."""
    syncopation: float
    """Distance of the mean syncopation, as that of the density."""
    class_shares: float
    """Half the sum of the differences of the shares of all classes."""


class Distances(NamedTuple):
    """Distances of hits from those of held-out drummers, as in `TapFigures`."""

    density: float
    syncopation: float
    class_shares: float


class Held(NamedTuple):
    """Held-out phrases."""

    touch: Touch
    condition: Condition
    step_ms: Float[np.ndarray, " phrase"]

    @classmethod
    def of(cls, grooves: Grooves, rows: Int[np.ndarray, " row"]) -> "Held":
        """Read some windows."""
        step_ms = 15_000 / grooves.tempo_qpm[rows]
        return cls(grooves.touch(rows), grooves.condition(rows), step_ms)

    def of_unknown_style(self, unknown: int) -> "Held":
        """The phrases without their styles."""
        style = torch.full_like(self.condition.style, unknown)
        return self._replace(condition=self.condition._replace(style=style))


def draw(groove: Groove, held: Held, *, temperature: float, generator: torch.Generator) -> Touch:
    """Draw the touch of held-out hits, a player for each phrase.

    Args:
        groove: The model.
        held: Held-out phrases.
        temperature: Scale of the spread of single hits.
        generator: Source of chance.

    Returns:
        The hits as they are drawn.
    """
    return groove.network.play(
        held.touch.hit, held.condition, generator=generator, temperature=temperature, player_temperature=1.0
    )


def humanize(groove: Groove, held: Held, *, temperature: float, seed: int, draws: int) -> TouchFigures:
    """Measure the touch that a model draws.

    Args:
        groove: The model.
        held: Held-out phrases.
        temperature: Scale of the spread of single hits.
        seed: Seed of the draws.
        draws: Draws of each phrase.

    Returns:
        The figures.
    """
    real, generator = cells_of_touch(held.touch), torch.Generator().manual_seed(seed)
    drawn = [
        cells_of_touch(draw(groove, held, temperature=temperature, generator=generator)) for _ in range(draws)
    ]
    errors = np.stack([phrase_mae_ms(real, each.offset_step, held.step_ms) for each in drawn])
    hits = real.hit.sum((1, 2))
    first = timing_error(real, drawn[0].offset_step, held.step_ms)
    return TouchFigures(
        first.mae_ms,
        first.mse_step2,
        float((errors.min(0) * hits).sum() / hits.sum()),
        timing_kl(real, drawn[0]),
        velocity_kl(real, drawn[0]),
    )


def on_the_grid(held: Held) -> TouchFigures:
    """Figures of hits without offsets, all at the mean velocity."""
    real = cells_of_touch(held.touch)
    velocity = np.full(real.velocity.shape, int(real.velocity[real.hit].mean()))
    return _fixed(real, Cells(real.hit, velocity, np.zeros(real.offset_step.shape)), held.step_ms)


def by_table(train: Grooves, held: Held, *, seed: int) -> TouchFigures:
    """Figures of the mean velocity and offset of each drum at each sixteenth of the training music.

    Args:
        train: Training windows.
        held: Held-out phrases.
        seed: Seed of the choice of training windows.

    Returns:
        The figures.
    """
    rows = np.random.default_rng(seed).permutation(len(train))[:_TABLE_WINDOWS]
    seen, real = cells_of_touch(train.touch(rows)), cells_of_touch(held.touch)
    per_bar = seen.hit.shape[1] // train.windows.bars

    def means(values: np.ndarray) -> np.ndarray:
        by_bar = (values * seen.hit).reshape(-1, per_bar, NUM_CLASSES).sum(0)
        count = seen.hit.reshape(-1, per_bar, NUM_CLASSES).sum(0)
        return np.tile(by_bar / np.maximum(count, 1), (train.windows.bars, 1))

    shape = real.hit.shape
    velocity = np.rint(np.broadcast_to(means(seen.velocity), shape)).astype(np.int64)
    offset = np.broadcast_to(means(seen.offset_step), shape)
    return _fixed(real, Cells(real.hit, velocity, offset), held.step_ms)


def _fixed(real: Cells, drawn: Cells, step_ms: Float[np.ndarray, " phrase"]) -> TouchFigures:
    error = timing_error(real, drawn.offset_step, step_ms)
    return TouchFigures(*error, error.mae_ms, timing_kl(real, drawn), velocity_kl(real, drawn))


def tap_to_drum(groove: Groove, held: Held, *, temperature: float, seed: int, draws: int) -> TapFigures:
    """Measure the hits that a model draws at the steps where a drummer plays.

    Args:
        groove: The model.
        held: Held-out phrases.
        temperature: Scale of chance.
        seed: Seed of the draws.
        draws: Draws of each phrase.

    Returns:
        The figures.
    """
    real, generator = held.touch.hit, torch.Generator().manual_seed(seed)
    drawn = [
        groove.network.orchestrate(
            real.any(-1), held.condition, only_taps=True, generator=generator, temperature=temperature
        ).numpy()
        for _ in range(draws)
    ]
    hits = real.numpy()
    counts = np.stack([_counts(hits, each) for each in drawn])
    f1 = 2 * counts[..., 0] / np.maximum(counts.sum(-1), 1)
    best = np.take_along_axis(counts, f1.argmax(0)[None, :, None], 0)[0]
    return TapFigures(_f1(counts[0]), _f1(best), *_distances(groove.grid, hits, drawn[0]))


def distance_of_training(grid: Grid, train: Grooves, held: Held, *, seed: int) -> Distances:
    """Distances of as many training phrases: what other drummers differ by.

    Args:
        grid: Grid of a phrase.
        train: Training windows.
        held: Held-out phrases.
        seed: Seed of the choice of training windows.

    Returns:
        The distances.
    """
    rows = np.random.default_rng(seed).permutation(len(train))[: len(held.touch.hit)]
    return _distances(grid, held.touch.hit.numpy(), train.touch(rows).hit.numpy())


def _distances(grid: Grid, real: Bool[np.ndarray, "..."], drawn: Bool[np.ndarray, "..."]) -> Distances:
    shares = [each.sum((0, 1)) / max(each.sum(), 1) for each in (real, drawn)]
    density, syncopation = (
        abs(new / old - 1) if old else 0.0
        for old, new in zip(_means(grid, real), _means(grid, drawn), strict=True)
    )
    return Distances(density, syncopation, float(abs(shares[0] - shares[1]).sum() / 2))


def _counts(real: Bool[np.ndarray, "..."], drawn: Bool[np.ndarray, "..."]) -> Int[np.ndarray, "phrase 2"]:
    """Hits in common, and all others of both less the common ones: F1 is twice the first over their sum."""
    common = (real & drawn).sum((1, 2))
    return np.stack([common, real.sum((1, 2)) + drawn.sum((1, 2)) - common], -1)


def _f1(counts: Int[np.ndarray, "phrase 2"]) -> float:
    common, rest = counts.sum(0)
    return float(2 * common / max(common + rest, 1))


def _means(grid: Grid, hits: Bool[np.ndarray, "phrase step drum_class"]) -> tuple[float, float]:
    """Mean hits a bar and mean syncopation of phrases."""
    phrases = []
    for each in hits:
        step, drum = np.nonzero(each)
        ones = np.ones(len(step), np.int64)
        phrases.append(Phrase(grid, step, ones, CLASS_PITCHES[drum], is_drum=True))
    density = DRUM_DENSITIES[0]
    return (
        float(np.mean([density(each) for each in phrases])),
        float(np.mean([drum_syncopation(each) for each in phrases])),
    )


def classifier_accuracy(
    groove: Groove,
    shards: Shards,
    train: Grooves,
    held: Held,
    *,
    temperature: float,
    seed: int,
    windows: int = 2000,
    steps: int = 600,
) -> float:
    """Accuracy of a classifier of played and drawn touch on held-out phrases, half of them drawn.

    Args:
        groove: The model.
        shards: Shards of the training windows, which name the drummers.
        train: Training windows.
        held: Held-out phrases.
        temperature: Scale of the spread of single hits.
        seed: Seed of draws, weights and batches.
        windows: Training windows of half of the drummers that it learns from.
        steps: Length of its training.

    Returns:
        Share of phrases that it labels rightly; .5 is chance.
    """
    of_tune = ["/".join(name.split("/")[:2]) for name in shards.tune_names("train")]
    half = set(sorted(set(of_tune))[::2])
    mine = np.flatnonzero(np.isin(np.array(of_tune)[train.windows.tune], sorted(half)))
    rows = np.random.default_rng(seed).permutation(mine)[:windows]
    learned, generator = Held.of(train, rows), torch.Generator().manual_seed(seed)
    drawn, held_drawn = (
        draw(groove, each, temperature=temperature, generator=generator) for each in (learned, held)
    )
    classifier = train_classifier(learned.touch, drawn, steps=steps, seed=seed)
    return float(correct(classifier, held.touch, held_drawn).float().mean())
