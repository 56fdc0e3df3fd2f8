"""Interpolation between two phrases: evenness of the path, and plausibility of the music along it.

The protocol of Roberts et al. 2018 (arXiv 1803.05428, section 5.2, figure 5), on many pairs of held-out
phrases A and B, for four kinds of paths:

- search: the path search of `symvae.system.morph`, whose candidates are chosen by a language model;
- slerp and lerp: from A's posterior mean to B's, each step decoded greedily;
- token mixture, the data-space baseline: each token from B with probability alpha, else from A.

Distance is the share of tokens that differ from A, over the share in which B differs from A; the ideal is
the straight line from 0 to 1. Cost is nats per token under a 5-gram model (`symvae.tokens.ngram`). Two
language models learn from different halves of the training tunes: one chooses the searched path, the other
judges all paths.

Straightness is summarized twice. ``curve_deviation`` averages the curves over pairs, as the paper's figure
does, then takes the mean absolute deviation from the line. ``pair_deviation`` takes it pair by pair, then
averages; a phrase has so few tokens that no path is straight by that measure, the baseline included, which is
why both are reported. Evenness is the largest step of each pair and the share of steps that change nothing;
that the path does not merely paste the ends together is the share of the middle's bars that stand in neither.

The distance is to the phrase A itself, not to its reconstruction.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.attributes.table import measure
from symvae.corpus.shards import Shards
from symvae.errors import CorpusError
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.latent.interpolate import lerp, slerp
from symvae.latent.path_search import search_path
from symvae.system.draws import seeded
from symvae.system.morph import alphabet, candidates
from symvae.system.symvae import SymVAE
from symvae.tokens.ngram import NGram
from symvae.training.latent_fit import fit_language

Ids = Int[Tensor, "pair bar position"]

#: Melodic intervals wider than so many semitones are leaps.
LEAP_FROM = 9
#: Kinds of paths, and their names in tables.
PATHS = {"search": "path search", "slerp": "slerp", "lerp": "lerp", "token_mixture": "token mixture"}


class PathFigures(NamedTuple):
    """Straightness, evenness and cost of a set of paths."""

    distance_to_a: list[float]
    """Mean over pairs at each step; 0 at A, 1 at B."""
    curve_deviation: float
    pair_deviation: float
    nats_per_token: list[float]
    """Mean over pairs at each step."""
    middle_over_ends: float
    """Cost in the middle over the mean cost of both ends, minus 1."""
    highest_over_ends: float
    """Highest cost on the path over the mean cost of both ends, minus 1."""
    lowest_over_ends: float
    """Lowest cost on the path over the mean cost of both ends, minus 1."""
    largest_step: float
    """Largest step of a pair, as a share of the distance from A to B; mean over pairs."""
    largest_step_95: float
    """Largest step of a pair: 95th percentile over pairs."""
    unchanged_steps: float
    """Share of the steps that change nothing."""
    new_bars: float
    """Share of the middle's bars that equal the bar of neither end."""
    diatonic_share: list[float] | None = None
    """At A, in the middle and at B; mean over pairs. None where only ids were measured, here and below."""
    onset_density: list[float] | None = None
    """At A, in the middle and at B; mean over pairs."""
    leaps: list[float] | None = None
    """At A, in the middle and at B: share of the melodic intervals wider than `LEAP_FROM` semitones."""


@dataclass(frozen=True)
class Interpolation:
    """Paths of several kinds between the same pairs."""

    pairs: int
    steps: int
    seed: int
    held_out_nats_per_token: float
    """Cost of all held-out phrases, for comparison."""
    paths: dict[str, PathFigures]
    """By kind, as in `PATHS`."""


def interpolation(
    model: SymVAE,
    windows: HeldOut,
    shards: Shards,
    *,
    pairs: int = 300,
    steps: int = 11,
    seed: int = 0,
    progress: Progress = silent,
) -> Interpolation:
    """Measure paths between pairs of held-out phrases.

    Args:
        model: A model whose tokenizer is on a grid.
        windows: Held-out windows from which pairs are drawn.
        shards: Music whose training tunes both language models learn from.
        pairs: Pairs of different phrases, at most.
        steps: Points of a path, both ends included.
        seed: Of the choice of pairs, of candidates and of the baseline.
        progress: Called with the share that is done.

    Returns:
        Figures of all kinds of paths.
    """
    chooser, judge = (fit_language(shards, slice(half, None, 2)) for half in (0, 1))
    first, second = choose_pairs(windows.ids, pairs, seed)
    a, b = windows.ids[first], windows.ids[second]
    start, end = model.codec.encode_ids(a).mean, model.codec.encode_ids(b).mean
    paths = {"search": _searched(model, a, b, chooser, steps, seed, progress)}
    for name, path in (("slerp", slerp), ("lerp", lerp)):
        z = torch.stack([path(x, y, steps) for x, y in zip(start, end, strict=True)], dim=1)
        paths[name] = torch.stack([model.codec.decode_ids(row) for row in z])
    paths["token_mixture"] = token_mixture(a, b, steps, seed)
    return Interpolation(
        pairs=len(first),
        steps=steps,
        seed=seed,
        held_out_nats_per_token=float(judge.nats_per_token(windows.ids.numpy()).mean()),
        paths={
            name: _with_music(path_figures(path, a, b, judge), model, path) for name, path in paths.items()
        },
    )


def _searched(
    model: SymVAE, a: Ids, b: Ids, language: NGram, steps: int, seed: int, progress: Progress
) -> Int[Tensor, "step pair bar position"]:
    letters = alphabet(model.tokenizer, language)
    paths = []
    for number, (start, end) in enumerate(zip(a.numpy(), b.numpy(), strict=True)):
        rows = candidates(model.codec, start, end, seeded(seed))
        unit = model.grid.steps_per_beat
        paths.append(search_path(start, end, rows, steps, alphabet=letters, unit=unit).ids)
        progress("interpolation", (number + 1) / len(a))
    return torch.from_numpy(np.stack(paths, axis=1))


def choose_pairs(
    ids: Int[Tensor, "phrase bar position"], pairs: int, seed: int
) -> tuple[Int[Tensor, " pair"], Int[Tensor, " pair"]]:
    """Draw pairs of different phrases.

    Args:
        ids: The phrases.
        pairs: Pairs to draw, at most.
        seed: Of the draw.

    Returns:
        Indices of the first and of the second phrase of each pair.

    Raises:
        CorpusError: If no two phrases differ.
    """
    if not len(ids) or (ids == ids[0]).all():
        raise CorpusError(f"No two of these {len(ids)} held-out phrases differ. Prepare more music.")
    rng = np.random.default_rng(seed)
    first = rng.integers(0, len(ids), 2 * pairs)
    second = rng.integers(0, len(ids), 2 * pairs)
    differ = (ids[first] != ids[second]).flatten(1).any(1).numpy()
    return torch.from_numpy(first[differ][:pairs]), torch.from_numpy(second[differ][:pairs])


def token_mixture(
    a: Int[Tensor, "pair bar position"], b: Int[Tensor, "pair bar position"], steps: int, seed: int
) -> Int[Tensor, "step pair bar position"]:
    """Data-space baseline: paths whose tokens come from ``b`` with growing probability.

    Args:
        a: First phrase of each pair.
        b: Second phrase of each pair.
        steps: Points of a path, both ends included.
        seed: Of the random choice of tokens.

    Returns:
        The paths; the first step is ``a``, the last is ``b``.
    """
    generator = torch.Generator().manual_seed(seed)
    from_b = [torch.rand(a.shape, generator=generator) < alpha for alpha in np.linspace(0, 1, steps)]
    return torch.stack([torch.where(mask, b, a) for mask in from_b])


def path_figures(path: Int[Tensor, "step pair bar position"], a: Ids, b: Ids, judge: NGram) -> PathFigures:
    """Measure any paths from ``a`` to ``b``.

    Args:
        path: Token ids of each step.
        a: First phrase of each pair.
        b: Second phrase of each pair.
        judge: Language model, other than one that chose the paths.

    Returns:
        Straightness, evenness and cost.
    """
    distance = hamming_share(path, a, b)
    line = np.linspace(0, 1, len(path))
    cost = np.array([judge.nats_per_token(step.numpy()).mean() for step in path])
    ends = (cost[0] + cost[-1]) / 2
    middle = path[len(path) // 2]
    moved = (path[1:] != path[:-1]).flatten(2).sum(-1) / (b != a).flatten(1).sum(-1)
    largest = moved.max(0).values.double()
    return PathFigures(
        distance_to_a=distance.mean(axis=1).tolist(),
        curve_deviation=float(np.abs(distance.mean(axis=1) - line).mean()),
        pair_deviation=float(np.abs(distance - line[:, None]).mean()),
        nats_per_token=cost.tolist(),
        middle_over_ends=float(np.interp(0.5, line, cost) / ends - 1),
        highest_over_ends=float(cost.max() / ends - 1),
        lowest_over_ends=float(cost.min() / ends - 1),
        largest_step=float(largest.mean()),
        largest_step_95=float(largest.quantile(0.95)),
        unchanged_steps=float((moved == 0).double().mean()),
        new_bars=float(((middle != a).any(-1) & (middle != b).any(-1)).double().mean()),
    )


def _with_music(
    figures: PathFigures, model: SymVAE, path: Int[Tensor, "step pair bar position"]
) -> PathFigures:
    """Add what is measured on the pitched music of both ends and the middle; drums have none of it."""
    if model.tokenizer.drums:
        return figures
    steps = path[[0, len(path) // 2, -1]]
    measured = [measure(model.to_phrases(ids), ("diatonic_share", "onset_density")) for ids in steps]
    return figures._replace(
        diatonic_share=[float(each["diatonic_share"].mean()) for each in measured],
        onset_density=[float(each["onset_density"].mean()) for each in measured],
        leaps=[_leaps(model, ids) for ids in steps],
    )


def _leaps(model: SymVAE, ids: Ids) -> float:
    intervals = np.concatenate([np.diff(phrase.pitch) for phrase in model.to_phrases(ids)])
    return float((np.abs(intervals) > LEAP_FROM).mean()) if len(intervals) else 0.0


def hamming_share(
    path: Int[Tensor, "step pair bar position"],
    a: Int[Tensor, "pair bar position"],
    b: Int[Tensor, "pair bar position"],
) -> Float[np.ndarray, "step pair"]:
    """Hamming distance from ``a``, over that from ``a`` to ``b``.

    Args:
        path: Token ids of each step.
        a: First phrase of each pair.
        b: Second phrase of each pair; it differs from ``a``.

    Returns:
        The ratio at each step of each pair: 0 at ``a``, 1 at ``b``.
    """
    differing = (path != a).flatten(2).sum(-1).double()
    return (differing / (b != a).flatten(1).sum(-1)).numpy()


def tables(part: dict[str, Any]) -> str:
    """Table of an `Interpolation` as stored in metrics.json; empty for one of an earlier release."""
    if "paths" not in part:
        return ""
    rows = [[label, *path_cells(part["paths"][name])] for name, label in PATHS.items()]
    return section(
        "Interpolation",
        f"{part['pairs']} pairs of held-out phrases A and B, {part['steps']} steps. Deviation of the Hamming"
        " distance to A from the straight line, as a share of the distance from A to B: of the mean curve,"
        " and pair by pair. Cost under a 5-gram model of one half of the training tunes (held-out phrases:"
        f" {part['held_out_nats_per_token']:.3f} nats a token), relative to the mean of both ends: in the"
        " middle, and the lowest and highest of any step; the searched path was chosen by a model of the"
        " other half. Largest step of a pair: mean and 95th percentile.",
        table(["path", *PATH_COLUMNS], rows),
    )


PATH_COLUMNS = (
    "curve",
    "pairs",
    "cost in the middle",
    "lowest to highest",
    "unchanged steps",
    "largest step",
    "new bars",
    "diatonic: ends, middle",
    "onsets: ends, middle",
    "leaps: ends, middle",
)


def path_cells(figures: dict[str, Any]) -> list[str]:
    """Cells of a table below `PATH_COLUMNS`, from a `PathFigures` as stored in metrics.json."""
    music = [figures.get(name) for name in ("diatonic_share", "onset_density", "leaps")]
    return [
        share(figures["curve_deviation"]),
        share(figures["pair_deviation"]),
        f"{100 * figures['middle_over_ends']:+.1f} %",
        f"{100 * figures['lowest_over_ends']:+.1f} to {100 * figures['highest_over_ends']:+.1f} %",
        share(figures["unchanged_steps"]),
        f"{share(figures['largest_step'])}, {share(figures['largest_step_95'])}",
        share(figures["new_bars"]),
        *(f"{share((each[0] + each[2]) / 2)}, {share(each[1])}" if each else "–" for each in music),
    ]
