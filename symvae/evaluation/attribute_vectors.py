"""Effect of attribute vectors on decoded music.

The protocol of Roberts et al. 2018 (arXiv 1803.05428, section 5.4, figure 7): each vector is added to and
subtracted from samples of the prior, the results are decoded and measured, and the mean change of every
attribute is reported, in its own unit and in standard deviations of the training phrases. Ideally the
diagonal is large with the sign of the move and the rest is small. Samples are from the model's learned prior,
the one that `sample` uses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.attributes.table import ATTRIBUTES, measure
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, signed, table, words
from symvae.latent.direction import move
from symvae.system.symvae import SymVAE
from symvae.training.latent_fit import LatentFit

#: By the sign of the move, direction by attribute: mean change.
Changes = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True)
class AttributeVectors:
    """Mean change of every attribute when a vector is added once ("added") or subtracted once ("taken")."""

    samples: int
    seed: int
    prior: str
    unit: dict[str, str]
    training_std: dict[str, float]
    before: dict[str, float]
    """Mean of each attribute over the samples, unmoved."""
    change: Changes
    """In the attribute's unit."""
    change_in_std: Changes
    """In standard deviations of the training phrases; undefined for an attribute that never varies."""


def attribute_vectors(
    model: SymVAE, fit: LatentFit, *, samples: int = 1000, seed: int = 0, progress: Progress = silent
) -> AttributeVectors:
    """Move prior samples along each attribute vector.

    Args:
        model: The model that decodes.
        fit: Its prior and attribute vectors.
        samples: Samples of the prior.
        seed: Of the samples.
        progress: Called with the share that is done.

    Returns:
        The change of every attribute by every vector.
    """
    names = list(fit.directions)
    z = fit.prior.sample(samples, torch.Generator().manual_seed(seed))
    before = measure_latents(model, z, names)
    change: Changes = {"added": {}, "taken": {}}
    for number, direction in enumerate(names):
        for amount, label in ((1.0, "added"), (-1.0, "taken")):
            after = measure_latents(model, move(z, fit.directions, {direction: amount}), names)
            change[label][direction] = {name: float((after[name] - before[name]).mean()) for name in names}
        progress("attribute vectors", (number + 1) / len(names))
    return AttributeVectors(
        samples=samples,
        seed=seed,
        prior="learned",
        unit={name: ATTRIBUTES[name].unit for name in names},
        training_std={name: fit.attribute_std[name] for name in names},
        before={name: float(before[name].mean()) for name in names},
        change=change,
        change_in_std={
            label: {
                direction: {
                    name: value / (fit.attribute_std[name] or float("nan")) for name, value in row.items()
                }
                for direction, row in rows.items()
            }
            for label, rows in change.items()
        },
    )


def measure_latents(
    model: SymVAE, z: Float[Tensor, "batch latent"], names: Sequence[str]
) -> dict[str, Float[np.ndarray, " batch"]]:
    """Decode latents greedily and measure the phrases.

    Args:
        model: The model that decodes.
        z: Latents.
        names: Attributes to measure.

    Returns:
        Each attribute in its own unit.
    """
    return measure(model.codec.to_phrases(model.codec.decode_ids(z)), names)


def tables(part: dict[str, Any]) -> str:
    """Table of `AttributeVectors` as stored in metrics.json."""
    names = list(part["unit"])
    rows = [
        [
            f"{sign} {words(direction)}",
            *(signed(part["change_in_std"][label][direction][name]) for name in names),
        ]
        for direction in names
        for label, sign in (("added", "+"), ("taken", "−"))
    ]
    return section(
        "Attribute vectors",
        f"Mean change over {part['samples']} prior samples, in standard deviations of the training phrases,"
        " when the vector of the row is added or subtracted once.",
        table(["vector", *(words(name) for name in names)], rows),
    )
