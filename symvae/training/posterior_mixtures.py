"""Mixtures of posteriors within classes, from which a prior of few sounds learns what lies between them.

A flow that learns from a few hundred posteriors draws these again. Two sounds of a class are mixed in z as
mixup does with inputs (Zhang et al. 2018, arXiv 1710.09412). Here deviations from the mean of the class are
mixed and scaled to the length that independent ones would keep, so that mixtures spread as far as sounds do.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.nn.gaussian import DiagonalGaussian


def with_mixtures(
    posterior: DiagonalGaussian, drum: Float[Tensor, "sound class"], rounds: int, *, seed: int
) -> DiagonalGaussian:
    """Append mixtures to posteriors.

    Args:
        posterior: A posterior for each sound.
        drum: 1 at the number of its class.
        rounds: Mixtures of each sound, with partners of its class at random shares.
        seed: Of partners and shares.

    Returns:
        The posteriors, then a row for each in every round; deviations of the noise are those of the sound.
    """
    chance, numbers = np.random.default_rng([seed, 3]), drum.argmax(1).numpy()
    own = {number: np.flatnonzero(numbers == number) for number in np.unique(numbers).tolist()}
    mean = torch.zeros_like(posterior.mean)
    for rows in own.values():
        mean[rows] = posterior.mean[rows].mean(0)
    away, means = posterior.mean - mean, [posterior.mean]
    for _ in range(rounds):
        partner = np.array([chance.choice(own[number]) for number in numbers.tolist()])
        share = torch.from_numpy(chance.uniform(0, 1, (len(numbers), 1)).astype(np.float32))
        length = (share.square() + (1 - share).square()).sqrt()
        means.append(mean + (share * away + (1 - share) * away[partner]) / length)
    return DiagonalGaussian(torch.cat(means), posterior.log_std.repeat(1 + rounds, 1))
