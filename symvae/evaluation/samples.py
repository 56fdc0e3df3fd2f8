"""Samples of a model's priors compared with held-out music.

Latents are drawn from a prior and decoded greedily, with forms and endings where the prior knows them;
`symvae.evaluation.sample_set` compares the phrases with held-out ones and with the training set. Several
priors are measured, the standard normal always among them. Every draw counts: none is redrawn or filtered.

References: ``real_halves``, the overlap of two halves of the held-out phrases, an upper bound for that of any
sample; and ``real_runs_in_train``, the runs of four bars that held-out phrases share with the training set,
which is no memorization.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int, UInt
from torch import Tensor

from symvae.attributes.table import measure
from symvae.evaluation.forms import FormFigures, form_figures, form_table
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.memorization import TrainingRuns
from symvae.evaluation.metrics.overlap import overlapped_area, shared_mass
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table, words
from symvae.evaluation.sample_set import (
    LONG_BARS,
    LongReference,
    SetFigures,
    as_stored,
    compare,
    features_of,
    mean,
    mean_overlap,
    onset_histogram,
)
from symvae.models.flow.prior import FlowPrior
from symvae.system.codec import Codec
from symvae.system.drawing import decode, draw
from symvae.system.symvae import SymVAE


@runtime_checkable
class Prior(Protocol):
    """A distribution of latents."""

    def sample(
        self, count: int, generator: torch.Generator, temperature: float = 1.0
    ) -> Float[Tensor, "count latent"]:
        """Draw latents.

        Args:
            count: Number of draws.
            generator: Source of randomness.
            temperature: Scale of the noise.

        Returns:
            The draws.
        """


@dataclass(frozen=True)
class PriorSamples:
    """Samples of several priors."""

    samples: int
    """Draws of each prior."""
    real_phrases: int
    seed: int
    temperature: float
    """Of the decoder."""
    real: dict[str, float]
    """Mean of each feature over the held-out phrases."""
    real_halves: dict[str, float]
    real_runs_in_train: float | None
    priors: dict[str, SetFigures]
    real_forms: FormFigures | None = None

    def to_json(self) -> dict[str, Any]:
        """Fields as in metrics.json: each prior is a key beside the others."""
        fields = {name: value for name, value in vars(self).items() if value is not None}
        return fields | fields.pop("priors")


def prior_samples(
    model: SymVAE,
    windows: HeldOut,
    training: UInt[np.ndarray, "window bar position"],
    priors: Mapping[str, Prior],
    *,
    samples: int = 2000,
    seed: int = 0,
    progress: Progress = silent,
) -> PriorSamples:
    """Compare samples of each prior, and of "gaussian", with held-out phrases.

    Args:
        model: The model that decodes.
        windows: Held-out windows; up to ``samples`` of them are drawn.
        training: Training windows.
        priors: Priors by name.
        samples: Draws of each prior.
        seed: Of the draws and of the choice of windows.
        progress: Called with the share that is done.

    Returns:
        Figures of each prior.
    """
    codec, chosen = model.codec, windows.draw(samples, seed)
    # In random order: held-out windows come tune by tune, and halves should not.
    chosen = chosen.take(np.random.default_rng(seed).permutation(len(chosen.ids)))
    phrases = codec.to_phrases(chosen.ids)
    is_long = chosen.ids.shape[1] >= LONG_BARS
    real = measure(phrases, features_of(model.tokenizer, long=is_long))
    real_halves = {name: overlapped_area(*np.array_split(values, 2)) for name, values in real.items()}
    generator = torch.Generator().manual_seed(seed)
    drawn = {name: _draw(codec, prior, samples, generator) for name, prior in priors.items()}
    drawn["gaussian"] = codec.decode_ids(torch.randn((samples, model.latent_size), generator=generator))
    reference = real_runs = real_forms = None
    if is_long:
        half = -(-len(phrases) // 2)  # as array_split cuts
        halves = shared_mass(onset_histogram(phrases[:half]), onset_histogram(phrases[half:]))
        real_halves |= {
            "onset_histogram": halves,
            "overlapped_area_mean": mean_overlap(real_halves, halves),
        }
        real_forms = form_figures(phrases, ends=chosen.ends_tune)
        runs = TrainingRuns(training, model.tokenizer)
        reference = LongReference(onset_histogram(phrases), runs, real_forms)
        real_runs = mean(runs.occur_in(as_stored(chosen.ids, model.tokenizer)))
    figures = {}
    for number, (name, ids) in enumerate(drawn.items()):
        figures[name] = compare(model, ids, real, training, reference)
        progress("samples", (number + 1) / len(drawn))
    return PriorSamples(
        samples=samples,
        real_phrases=len(chosen.ids),
        seed=seed,
        temperature=0.0,
        real={name: mean(values) for name, values in real.items()},
        real_halves=real_halves,
        real_runs_in_train=real_runs,
        priors=figures,
        real_forms=real_forms,
    )


def _draw(
    codec: Codec, prior: Prior, samples: int, generator: torch.Generator
) -> Int[Tensor, "sample bar position"]:
    """Token ids as `SymVAE.sample` gives them: with forms where the prior knows them."""
    if not isinstance(prior, FlowPrior):
        return codec.decode_ids(prior.sample(samples, generator))
    return decode(codec, prior, draw(codec, prior, samples, generator), generator)


def tables(part: dict[str, Any]) -> str:
    """Tables of `PriorSamples` as stored in metrics.json."""
    priors = {"learned": "learned", "gaussian": "Gaussian"}
    is_long = "runs_in_train" in part["learned"]
    return section(
        "Prior samples",
        f"{part['samples']} greedy samples of each prior against {part['real_phrases']} held-out phrases:"
        " means, and overlapped area of both distributions."
        + is_long
        * " Mean overlap: over density, range, interval, entropy, bar similarity and onset positions.",
        _feature_table(part, priors, is_long),
        *_form_tables(part, priors),
        _count_table(part, priors, is_long),
    )


def _form_tables(part: dict[str, Any], priors: dict[str, str]) -> list[str]:
    """None in figures of short phrases, and in those that were measured before forms were."""
    if "real_forms" not in part:
        return []
    return [form_table(part["real_forms"], {label: part[name]["forms"] for name, label in priors.items()})]


def _feature_table(part: dict[str, Any], priors: dict[str, str], is_long: bool) -> str:
    rows = [
        [
            words(name),
            f"{part['real'][name]:.3f}",
            *(f"{part[prior]['features'][name]['mean']:.3f}" for prior in priors),
            *(share(part[prior]["features"][name]["overlapped_area"]) for prior in priors),
            share(part["real_halves"][name]),
        ]
        for name in part["real"]
    ]
    if is_long:
        rows += [
            [
                label,
                *("–" for _ in ("real", *priors)),
                *(share(part[prior][figure]) for prior in priors),
                share(part["real_halves"][figure]),
            ]
            for figure, label in (
                ("onset_histogram", "onset positions in the bar"),
                ("overlapped_area_mean", "mean overlap"),
            )
        ]
    head = ["feature", "real", *(f"{label} prior" for label in priors.values())]
    head += [*(f"overlap, {label}" for label in priors.values()), "overlap, real halves"]
    return table(head, rows)


def _count_table(part: dict[str, Any], priors: dict[str, str], is_long: bool) -> str:
    rows = [
        [
            label,
            *(str(part[prior][count]) for count in ("decodes", "silent")),
            share(part[prior]["stands_in_train"]),
            *([share(part[prior]["runs_in_train"])] if is_long else []),
        ]
        for prior, label in priors.items()
    ]
    if is_long:
        rows.append(["held-out phrases", "–", "–", "–", share(part["real_runs_in_train"])])
    head = ["prior", "decoded", "silent", "whole phrase in training set"]
    return table(head + is_long * ["four bars in training set"], rows)
