"""The evidence lower bound, as MusicVAE trains it.

    total = reconstruction + beta · max(KL − free nats, 0)

The divergence is summed over z before the free nats are taken, so that the model itself chooses
which coordinates to use (Roberts et al. 2018, arXiv 1803.05428; free bits: Kingma et al. 2016, arXiv
1606.04934; beta: Higgins et al. 2017). Everything is in nats per phrase.
"""

from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from symvae.nn.gaussian import DiagonalGaussian
from symvae.nn.ragged import target_mask

_NOT_LEARNED = -1


class LossTerms(NamedTuple):
    """Batch means, in nats per phrase; ``regularization`` is what an attribute objective adds."""

    total: Float[Tensor, ""]
    reconstruction: Float[Tensor, ""]
    kl: Float[Tensor, ""]
    regularization: Float[Tensor, ""]


def free_nats_kl(kl_nats: Float[Tensor, " batch"], free_nats: float) -> Float[Tensor, " batch"]:
    """The part of each phrase's divergence that costs anything."""
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
    """The negative bound to minimize, and its terms.

    In rows that ``padding`` fills up, only its first is learned: it says that the bar is over.
    """
    target = ids if padding is None else ids.masked_fill(~target_mask(ids, padding), _NOT_LEARNED)
    reconstruction = functional.cross_entropy(
        logits.float().flatten(0, -2), target.flatten(), reduction="sum", ignore_index=_NOT_LEARNED
    ) / len(ids)
    kl_nats = posterior.kl_nats().sum(-1)
    total = reconstruction + beta * free_nats_kl(kl_nats, free_nats).mean()
    return LossTerms(total, reconstruction, kl_nats.mean(), total.new_zeros(()))
