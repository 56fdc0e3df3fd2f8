"""What a model needs to know of its own latent space: a prior to draw from, and attribute vectors.

Both are fitted to training phrases only, each transposed at random as in training: users play in all
keys, and the direction of C-major membership exists only where keys vary. Priors are fitted to
posterior draws, not means, because the decoder learned on draws. Two are fitted: a mixture of
Gaussians, of a few numbers of components the one that gives unseen draws the highest density, in
seconds; and, if asked for, a flow (`symvae.latent.flow`), which takes a minute and draws better music.
Attribute vectors are differences of posterior means (`symvae.latent.direction`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.attributes.table import measure
from symvae.corpus.shards import Shards
from symvae.errors import LatentError
from symvae.evaluation.held_out import training_phrases
from symvae.evaluation.passes import Progress, encode, silent
from symvae.latent.direction import attribute_vector
from symvae.latent.flow import FlowPrior, fit_flow
from symvae.latent.prior import MixturePrior, fit_mixture
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.symvae import SymVAE

#: The attributes of Roberts et al. 2018, section 5.4.
ATTRIBUTES = ("c_major_membership", "note_density", "mean_interval", "syncopation_8th", "syncopation_16th")
COMPONENTS = (1, 4, 10)


class LatentFit(NamedTuple):
    """What ships with a model, and how it was found."""

    mixture: MixturePrior
    flow: FlowPrior | None
    directions: dict[str, Float[Tensor, " latent"]]
    attribute_std: dict[str, float]
    """Standard deviation of each attribute over the training phrases."""
    nats_of_components: dict[int, float]
    """Mean log density of unseen draws under the mixtures tried, by their number of components."""
    posterior: DiagonalGaussian
    """Of the training phrases that were used."""
    seed: int

    @property
    def prior(self) -> MixturePrior | FlowPrior:
        """The better of the priors fitted: what samples are drawn from."""
        return self.mixture if self.flow is None else self.flow

    def tensors(self) -> dict[str, Tensor]:
        """As `symvae.system.checkpoint.save_latent` stores it."""
        mixture = {f"prior.{name}": getattr(self.mixture, name) for name in ("weight", "mean", "cholesky")}
        flow = {} if self.flow is None else self.flow.state_dict()
        return {
            **mixture,
            **{f"flow.{name}": tensor for name, tensor in flow.items()},
            **{f"direction.{name}": vector for name, vector in self.directions.items()},
        }


def fit_latent(
    model: SymVAE,
    shards: Shards,
    *,
    phrases: int = 20_000,
    components: Sequence[int] = COMPONENTS,
    flow_steps: int = 0,
    seed: int = 0,
    progress: Progress = silent,
) -> LatentFit:
    """Priors and directions from up to ``phrases`` training phrases; no flow for ``flow_steps`` 0."""
    ids = training_phrases(shards, model.config, phrases, seed)
    posterior = encode(model, ids)
    progress("latent fit", 0.1)
    generator = torch.Generator().manual_seed(seed)
    mixture, nats = choose_mixture(posterior.sample(generator), components, generator)
    progress("latent fit", 0.2)

    def watch(share: float) -> None:
        progress("latent fit", 0.2 + 0.7 * share)

    flow = fit_flow(posterior, steps=flow_steps, seed=seed, watch=watch) if flow_steps else None
    values = measure(model.to_phrases(ids), ATTRIBUTES)
    directions = {}
    for name, of_phrase in values.items():
        try:
            directions[name] = attribute_vector(posterior.mean, torch.from_numpy(of_phrase))
        except LatentError:  # an attribute that this music never varies has no direction to ship
            continue
    progress("latent fit", 1.0)
    spread = {name: float(np.std(of_phrase)) for name, of_phrase in values.items()}
    return LatentFit(mixture, flow, directions, spread, nats, posterior, seed)


def choose_mixture(
    z: Float[Tensor, "phrase latent"],
    components: Sequence[int],
    generator: torch.Generator,
) -> tuple[MixturePrior, dict[int, float]]:
    """The mixture that gives a held-out tenth of ``z`` the highest density, and what each number gave."""
    held_out = max(1, len(z) // 10)
    seen, unseen = z[held_out:], z[:held_out]
    tried: dict[int, float] = {}
    best: MixturePrior | None = None
    for count in components:
        if len(seen) < 10 * count:
            continue  # too few phrases for so many components
        mixture = fit_mixture(seen, count, generator, iterations=1 if count == 1 else 12)
        tried[count] = float(mixture.log_prob(unseen).mean())
        if best is None or tried[count] == max(tried.values()):
            best = mixture
    if best is None:
        raise LatentError(f"{len(z)} phrases are too few to fit a prior. Use more training music.")
    return best, tried
