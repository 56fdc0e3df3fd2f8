"""Draws from a learned prior as music: forms and latents, then token ids with their repeats and endings."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.models.flow.prior import FlowPrior
from symvae.system.codec import Codec
from symvae.system.endings import with_cadences
from symvae.system.forms import FREE, REAL, draw_forms


class Draws(NamedTuple):
    """Latents drawn from a prior, and the form that each was drawn for."""

    z: Float[Tensor, "count latent"]
    equal: Int[Tensor, "count bar"] | None
    """For each bar the first bar that it equals; None without a form."""


def draw(
    codec: Codec,
    prior: FlowPrior,
    count: int,
    generator: torch.Generator,
    *,
    form: str | None = None,
    prior_temperature: float = 1.0,
) -> Draws:
    """Draw latents.

    Args:
        codec: the model's encoder and decoder.
        prior: its learned prior.
        count: number of draws.
        generator: source of the draws, on the CPU.
        form: letters, "real" or "free" (`symvae.system.forms`); None for "real" where the prior has a table
            of forms, else "free".
        prior_temperature: scale of the noise.

    Returns:
        Draws, on the CPU; raises as `draw_forms`.
    """
    if form is None:
        form = REAL if len(prior.forms) else FREE
    equal = draw_forms(prior, form, count, generator, codec.name)
    return Draws(prior.sample(count, generator, prior_temperature, equal).cpu(), equal)


def decode(
    codec: Codec,
    prior: FlowPrior,
    draws: Draws,
    generator: torch.Generator,
    *,
    temperature: float = 0.0,
    top_p: float = 1.0,
) -> Int[Tensor, "count bar position"]:
    """Decode draws to token ids; those with a form repeat its equal bars, and end as often as tunes do.

    Args:
        codec: the model's encoder and decoder.
        prior: the prior of the draws.
        draws: latents with their forms.
        generator: source of the draws of tokens and endings, on the CPU.
        temperature, top_p: as in `Codec.decode_ids`.

    Returns:
        Token ids.
    """
    ids = codec.decode_ids(
        draws.z, temperature=temperature, top_p=top_p, generator=generator, equal=draws.equal
    )
    if draws.equal is None:
        return ids
    ends = torch.rand(len(ids), generator=generator) < prior.endings.cpu()
    # Written by the tokenizer once more: where a bar is repeated, the one before it may have ended otherwise.
    return with_cadences(codec, draws.z, codec.to_ids(codec.to_phrases(ids)), ends.tolist())
