"""The latent space of a trained model: a prior to draw from, attribute vectors, and a language model.

The first two are fitted to training phrases only, each transposed at random as in training: users play in
all keys, and the direction of C-major membership exists only where keys vary. The prior is fitted to
posterior draws, not means, because the decoder was trained on draws; attribute vectors are differences of
posterior means (`symvae.latent.direction`).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.attributes.table import measure
from symvae.corpus.dataset import windows
from symvae.corpus.shards import Shards
from symvae.errors import LatentError
from symvae.latent.direction import attribute_vector
from symvae.models.flow.prior import FlowPrior
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.artifacts import load_prior
from symvae.system.symvae import SymVAE
from symvae.tokens.ngram import NGram, shifts_of
from symvae.tokens.part_sequences import part_sequences
from symvae.training.data import training_phrases
from symvae.training.tasks.flow_matching import fit_flow

#: The attributes of Roberts et al. 2018, section 5.4, and those of drums; a model has those of its music.
ATTRIBUTES = (
    "c_major_membership",
    "onset_density",
    "mean_interval",
    "syncopation_8th",
    "syncopation_16th",
    "drum_density",
    "kick_density",
    "hihat_density",
    "drum_syncopation",
)


class LatentFit(NamedTuple):
    """The prior and the attribute vectors that ship with a model."""

    prior: FlowPrior
    directions: dict[str, Float[Tensor, " latent"]]
    attribute_std: dict[str, float]
    """Standard deviation of each attribute over the training phrases."""
    posterior: DiagonalGaussian
    """Posteriors of the training phrases that were used."""
    seed: int
    language: NGram
    """Language model of the training music in every key."""
    fitted: bool = True
    """True where the prior was fitted here; one of `symvae train-prior` has a file of its own."""

    def tensors(self) -> dict[str, Tensor]:
        """Tensors by name, for `symvae.system.artifacts.save_latent`."""
        return {
            **{f"prior.{name}": tensor for name, tensor in self.prior.state_dict().items() if self.fitted},
            **{f"direction.{name}": vector for name, vector in self.directions.items()},
        }


def fit_latent(
    model: SymVAE,
    shards: Shards,
    *,
    phrases: int = 20_000,
    prior_steps: int = 4000,
    seed: int = 0,
    watch: Callable[[float], None] = lambda share: None,
) -> LatentFit:
    """Fit attribute vectors, and a prior if the model has none of its own.

    Args:
        model: A trained model; it stays as it is.
        shards: Prepared music that fits the model.
        phrases: Training phrases to fit to; all if there are fewer.
        prior_steps: Steps of the prior's training.
        seed: Seed of the phrases, their transpositions and the prior.
        watch: Called with the share of the work that is done, from 0 to 1.

    Returns:
        The prior and the attribute vectors; an attribute that never varies in the phrases has none.
    """
    shards.check_fit(model.config.model)
    ids = training_phrases(shards, model.config, phrases, seed)
    posterior = model.codec.encode_ids(ids)
    watch(0.1)
    own = load_prior(
        model.folder, latent=model.latent_size, conditions=model.config.prior.attributes, vae=model.vae
    )
    prior = own or fit_flow(
        posterior, steps=prior_steps, seed=seed, watch=lambda share: watch(0.1 + 0.8 * share)
    )
    names = [name for name in ATTRIBUTES if name in model.tokenizer.attributes]
    values = measure(model.to_phrases(ids), names)
    directions = {}
    for name, of_phrase in values.items():
        try:
            directions[name] = attribute_vector(posterior.mean, torch.from_numpy(of_phrase))
        except LatentError:  # the attribute never varies in this music
            continue
    watch(1.0)
    std = {name: float(np.std(of_phrase)) for name, of_phrase in values.items()}
    return LatentFit(prior, directions, std, posterior, seed, fit_language(shards), own is None)


def fit_language(shards: Shards, tunes: slice = slice(None)) -> NGram:
    """Fit a language model to training tunes, in windows of two bars: short tunes count, too.

    Args:
        shards: Prepared music.
        tunes: The tunes to learn from, by their numbers.

    Returns:
        The language model.
    """
    found = windows(shards, "train", 2)
    tokenizer = shards.tokenizer
    chosen = np.isin(found.tune, np.arange(len(found.split.tune_start) - 1)[tunes])
    return NGram.fit(
        part_sequences(found[np.flatnonzero(chosen)], tokenizer),
        pitch_ids=tokenizer.pitch_ids,
        vocabulary_size=tokenizer.vocabulary_size,
        shifts=shifts_of(tokenizer.pitch_ids),
    )
