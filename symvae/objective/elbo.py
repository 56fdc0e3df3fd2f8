"""The evidence lower bound, as in MusicVAE.

    total = reconstruction + beta · max(KL − free nats, 0)

The divergence is summed over z before the free nats are subtracted, so that the model itself chooses
which coordinates to use (Roberts et al. 2018, arXiv 1803.05428; free bits: Kingma et al. 2016, arXiv
1606.04934; beta: Higgins et al. 2017). Everything is in nats per phrase.
"""

from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from symvae.nn.gaussian import DiagonalGaussian
from symvae.nn.ragged import target_mask


class LossTerms(NamedTuple):
    """Means over a batch, in nats per phrase; ``regularization`` is the term of an attribute objective."""

    total: Float[Tensor, ""]
    reconstruction: Float[Tensor, ""]
    kl: Float[Tensor, ""]
    regularization: Float[Tensor, ""]


def free_nats_kl(kl_nats: Float[Tensor, " batch"], free_nats: float) -> Float[Tensor, " batch"]:
    """KL divergence above the free nats, for each phrase."""
    return (kl_nats - free_nats).clamp(min=0)


def elbo(
    logits: Float[Tensor, "batch bar position vocabulary"],
    ids: Int[Tensor, "batch bar position"],
    posterior: DiagonalGaussian,
    *,
    beta: float,
    free_nats: float,
    padding: int | None = None,
) -> LossTerms:
    """Negative evidence lower bound and its terms.

    Args:
        logits: Logits of each token, under teacher forcing.
        ids: Target token ids.
        posterior: Posterior over z, shaped (batch, latent).
        beta: Weight of the KL divergence.
        free_nats: KL divergence of a phrase that costs nothing, in nats.
        padding: Id that fills rows up; only the first of a row is a target, the end of the bar. None where
            rows are always full.

    Returns:
        The loss to minimize, and its terms.
    """
    chosen, target = logits.flatten(0, -2), ids.flatten()
    if padding is not None:
        inside = target_mask(ids, padding).flatten()
        chosen, target = chosen[inside], target[inside]
    reconstruction = functional.cross_entropy(chosen.float(), target, reduction="sum") / len(ids)
    return with_divergence(reconstruction, posterior, beta=beta, free_nats=free_nats)


def with_divergence(
    reconstruction: Float[Tensor, ""], posterior: DiagonalGaussian, *, beta: float, free_nats: float
) -> LossTerms:
    """Negative evidence lower bound, from its reconstruction term.

    Args:
        reconstruction: Mean negative log likelihood of a phrase, in nats.
        posterior: Posterior over z, shaped (batch, latent).
        beta: Weight of the KL divergence.
        free_nats: KL divergence of a phrase that costs nothing, in nats.

    Returns:
        The loss to minimize, and its terms.
    """
    kl_nats = posterior.kl_nats().sum(-1)
    total = reconstruction + beta * free_nats_kl(kl_nats, free_nats).mean()
    return LossTerms(total, reconstruction, kl_nats.mean(), total.new_zeros(()))
