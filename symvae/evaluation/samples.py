"""Music drawn from nothing, beside real music.

Latents are drawn from a prior and decoded greedily; the phrases are compared with held-out ones.
Several priors are measured, the standard normal of theory always among them. Every draw counts: none
is redrawn, none is filtered.

    decodes           phrases that the tokenizer could read, of all drawn (the ids are then music)
    silent            of these, phrases without a note
    canonical         spelled as the tokenizer would spell the same music (no note-off in silence)
    stands_in_train   whole phrases that stand in train, in any key: memory, or chance for plain bars
    features          mean over phrases beside the real mean, and how the distributions overlap
                      (`symvae.evaluation.metrics.overlap`); ``real_halves`` is the overlap of the held-out
                      phrases' own halves: no sample can be expected to beat it

A long phrase can be right in each of these and still be no tune, so of four bars or more it is also asked

    bar_similarity        one more feature: does it come back to what it has said?
    onset_histogram       how the places in the bar where notes start are shared out, all phrases together:
                          the mass that samples and real phrases have in common
    overlapped_area_mean  one number of several, to compare models by: the mean overlap of `OVERLAPPED`
    runs_in_train         phrases of which some four bars in a row stand in train, in any key
                          (`symvae.evaluation.metrics.memorization`); ``real_runs_in_train`` is the share of the held-out
                          phrases: what tunes have in common without anyone's memory
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int, Int64, UInt8
from torch import Tensor

from symvae.attributes.table import measure
from symvae.errors import TokenError
from symvae.evaluation.batching import Progress, silent
from symvae.evaluation.held_out import HeldOut, stands_in
from symvae.evaluation.metrics.memorization import RUN_BARS, KnownRuns
from symvae.evaluation.metrics.overlap import inter_set_overlap, overlapped_area, shared_mass
from symvae.music.phrase import Phrase
from symvae.system.symvae import SymVAE

FEATURES = (
    "onset_density",
    "pitch_range",
    "mean_interval",
    "pitch_class_entropy",
    "diatonic_share",
    "repeated_bar_share",
    "rest_share",
)
LONG_BARS = RUN_BARS
LONG_FEATURES = (*FEATURES, "bar_similarity")
OVERLAPPED = (
    "onset_density",
    "pitch_range",
    "mean_interval",
    "pitch_class_entropy",
    "onset_histogram",
    "bar_similarity",
)


@runtime_checkable
class Prior(Protocol):
    """Anything that latents can be drawn from."""

    def sample(
        self, count: int, generator: torch.Generator, temperature: float = 1.0
    ) -> Float[Tensor, "count latent"]:
        """Draws; ``temperature`` scales how far they stray."""


class LongPhrases(NamedTuple):
    """What samples of four bars or more are also held against."""

    onsets: Int64[np.ndarray, " position"]
    """Where in the bar the notes of the real phrases start."""
    runs: KnownRuns


def prior_samples(
    model: SymVAE,
    windows: HeldOut,
    training: UInt8[np.ndarray, "window bar position"],
    priors: Mapping[str, Prior],
    *,
    samples: int = 2000,
    seed: int = 0,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Figures of each prior, and of "gaussian", against up to ``samples`` held-out phrases."""
    some = windows.some(samples, seed)
    # In random order: held-out windows come tune by tune, and halves should not.
    order = np.random.default_rng(seed).permutation(len(some.ids))
    phrases = model.to_phrases(some.ids[torch.from_numpy(order)])
    is_long = some.ids.shape[1] >= LONG_BARS
    real = measure(phrases, LONG_FEATURES if is_long else FEATURES)
    generator = torch.Generator().manual_seed(seed)
    latents = {name: prior.sample(samples, generator) for name, prior in priors.items()}
    latents["gaussian"] = torch.randn((samples, model.latent_size), generator=generator)
    figures: dict[str, Any] = {
        "samples": samples,
        "real_phrases": len(some.ids),
        "seed": seed,
        "temperature": 0.0,
        "real": {name: _mean(values) for name, values in real.items()},
        "real_halves": {name: overlapped_area(*np.array_split(values, 2)) for name, values in real.items()},
    }
    long = None
    if is_long:
        half = -(-len(phrases) // 2)  # as array_split cuts
        halves = shared_mass(onset_histogram(phrases[:half]), onset_histogram(phrases[half:]))
        figures["real_halves"] |= _with_mean(figures["real_halves"], halves)
        long = LongPhrases(onset_histogram(phrases), KnownRuns(training, model.tokenizer))
        figures["real_runs_in_train"] = _mean(long.runs.stand_in(_as_bytes(some.ids)))
    for number, (name, z) in enumerate(latents.items()):
        figures[name] = compare(model, model.decode_ids(z), real, training, long)
        progress("samples", (number + 1) / len(latents))
    return figures


def compare(
    model: SymVAE,
    ids: Int[Tensor, "sample bar position"],
    real: dict[str, Float[np.ndarray, " phrase"]],
    training: UInt8[np.ndarray, "window bar position"],
    long: LongPhrases | None = None,
) -> dict[str, Any]:
    """One set of samples against the features of real phrases and against the training windows."""
    read = [(row, phrase) for row in ids.numpy() if (phrase := _phrase(model, row)) is not None]
    phrases = [phrase for _, phrase in read]
    values = measure(phrases, real)
    again = [np.array_equal(model.tokenizer.encode_phrase(phrase), row) for row, phrase in read]
    figures: dict[str, Any] = {
        "decodes": len(phrases),
        "silent": sum(len(phrase) == 0 for phrase in phrases),
        "canonical": float(np.mean(again)),
        "stands_in_train": float(stands_in(_as_bytes(ids), training, model.tokenizer).mean()),
        "features": {
            name: {
                "mean": _mean(values[name]),
                "overlapped_area": overlapped_area(real[name], values[name]),
                "inter_set_overlap": inter_set_overlap(real[name], values[name]),
            }
            for name in real
        },
    }
    if long is not None:
        areas = {name: feature["overlapped_area"] for name, feature in figures["features"].items()}
        figures |= _with_mean(areas, shared_mass(onset_histogram(phrases), long.onsets))
        figures["runs_in_train"] = _mean(long.runs.stand_in(_as_bytes(ids)))
    return figures


def onset_histogram(phrases: Sequence[Phrase]) -> Int64[np.ndarray, " position"]:
    """How many notes of all phrases together start at each place in the bar."""
    length = phrases[0].grid.steps_per_bar
    return np.bincount(np.concatenate([p.onset_step for p in phrases]) % length, minlength=length)


def _with_mean(areas: dict[str, float], onset_overlap: float) -> dict[str, float]:
    """The overlap of the onset histograms, and the mean overlap of all that are `OVERLAPPED`."""
    areas = {**areas, "onset_histogram": onset_overlap}
    return {
        "onset_histogram": onset_overlap,
        "overlapped_area_mean": float(np.mean([areas[name] for name in OVERLAPPED])),
    }


def _phrase(model: SymVAE, row: Int[np.ndarray, "bar position"]) -> Phrase | None:
    try:
        return model.tokenizer.decode_ids(row)
    except TokenError:
        return None


def _as_bytes(ids: Int[Tensor, "phrase bar position"]) -> UInt8[np.ndarray, "phrase bar position"]:
    return ids.numpy().astype(np.uint8)


def _mean(values: np.ndarray) -> float:
    return float(values.mean())
