"""Do the attribute vectors move what they are named for, and only that?

The table of Roberts et al. 2018 (arXiv 1803.05428, section 5.4, figure 7): each direction is added to
and taken from draws of the prior, the results are decoded and measured, and the mean change of every
attribute is reported, in its own unit and in standard deviations of the training phrases. The
diagonal should be large with the sign of the move, the rest small. Draws are from the model's learned
prior, the one that `sample` uses.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.attributes.table import ATTRIBUTES, measure
from symvae.evaluation.batching import Progress, silent
from symvae.latent.direction import move
from symvae.system.symvae import SymVAE
from symvae.training.latent_fit import LatentFit


def attribute_vectors(
    model: SymVAE, fit: LatentFit, *, samples: int = 1000, seed: int = 0, progress: Progress = silent
) -> dict[str, Any]:
    """Row: the direction added or taken away. Column: the attribute whose mean change is given."""
    names = list(fit.directions)
    z = fit.prior.sample(samples, torch.Generator().manual_seed(seed))
    before = measure_latents(model, z, names)
    change: dict[str, dict[str, dict[str, float]]] = {}
    for number, direction in enumerate(names):
        for amount, label in ((1.0, "added"), (-1.0, "taken")):
            after = measure_latents(model, move(z, fit.directions, {direction: amount}), names)
            change.setdefault(label, {})[direction] = {
                name: float((after[name] - before[name]).mean()) for name in names
            }
        progress("attribute vectors", (number + 1) / len(names))
    in_std = {
        label: {
            direction: {
                name: value / (fit.attribute_std[name] or float("nan")) for name, value in row.items()
            }
            for direction, row in table.items()
        }
        for label, table in change.items()
    }
    return {
        "samples": samples,
        "seed": seed,
        "prior": "learned",
        "unit": {name: ATTRIBUTES[name].unit for name in names},
        "training_std": {name: fit.attribute_std[name] for name in names},
        "before": {name: float(before[name].mean()) for name in names},
        "change": change,
        "change_in_std": in_std,
    }


def measure_latents(model: SymVAE, z: Float[Tensor, "batch latent"], names: list[str]) -> dict[str, Any]:
    """The attributes of the phrases that ``z`` decodes to, greedily."""
    return measure(model.to_phrases(model.decode_ids(z)), names)
