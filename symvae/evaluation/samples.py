"""Music drawn from nothing, beside real music.

Latents are drawn from a prior and decoded greedily; the phrases are compared with held-out ones.
Several priors are measured, the standard normal of theory always among them. Every draw counts: none
is redrawn, none is filtered.

    decodes           phrases that the tokenizer could read, of all drawn (the ids are then music)
    silent            of these, phrases without a note
    canonical         spelled as the tokenizer would spell the same music (no note-off in silence)
    stands_in_train   whole phrases that stand in train, in any key: memory, or chance for plain bars
    features          mean over phrases beside the real mean, and how the distributions overlap
                      (`symvae.evaluation.overlap`); ``real_halves`` is the overlap of the held-out
                      phrases' own halves: no sample can be expected to beat it
"""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from symvae.attributes.table import measure
from symvae.errors import TokenError
from symvae.evaluation.held_out import HeldOut, stands_in
from symvae.evaluation.overlap import inter_set_overlap, overlapped_area
from symvae.evaluation.passes import Progress, silent
from symvae.music.phrase import Phrase
from symvae.system.symvae import SymVAE

FEATURES = (
    "note_density",
    "pitch_range",
    "mean_interval",
    "pitch_class_entropy",
    "diatonic_share",
    "repeated_bar_share",
    "rest_share",
)


@runtime_checkable
class Prior(Protocol):
    """Anything that latents can be drawn from."""

    def sample(
        self, count: int, generator: torch.Generator, temperature: float = 1.0
    ) -> Float[Tensor, "count latent"]:
        """Draws; ``temperature`` scales how far they stray."""


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
    real = _shuffled(measure(model.to_phrases(some.ids), FEATURES), seed)
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
    for number, (name, z) in enumerate(latents.items()):
        figures[name] = compare(model, model.decode_ids(z), real, training)
        progress("samples", (number + 1) / len(latents))
    return figures


def compare(
    model: SymVAE,
    ids: Int[Tensor, "sample bar position"],
    real: dict[str, Float[np.ndarray, " phrase"]],
    training: UInt8[np.ndarray, "window bar position"],
) -> dict[str, Any]:
    """One set of samples against the features of real phrases and against the training windows."""
    read = [(row, phrase) for row in ids.numpy() if (phrase := _phrase(model, row)) is not None]
    phrases = [phrase for _, phrase in read]
    values = measure(phrases, FEATURES)
    again = [np.array_equal(model.tokenizer.encode_phrase(phrase), row) for row, phrase in read]
    return {
        "decodes": len(phrases),
        "silent": sum(len(phrase) == 0 for phrase in phrases),
        "canonical": float(np.mean(again)),
        "stands_in_train": float(stands_in(ids.numpy().astype(np.uint8), training).mean()),
        "features": {
            name: {
                "mean": _mean(values[name]),
                "overlapped_area": overlapped_area(real[name], values[name]),
                "inter_set_overlap": inter_set_overlap(real[name], values[name]),
            }
            for name in FEATURES
        },
    }


def _phrase(model: SymVAE, row: Int[np.ndarray, "bar position"]) -> Phrase | None:
    try:
        return model.tokenizer.decode_ids(row)
    except TokenError:
        return None


def _mean(values: Float[np.ndarray, " phrase"]) -> float:
    return float(values.mean())


def _shuffled(values: dict[str, np.ndarray], seed: int) -> dict[str, np.ndarray]:
    """Phrases in random order: held-out windows come tune by tune, and halves should not."""
    return {name: np.random.default_rng(seed).permutation(column) for name, column in values.items()}
