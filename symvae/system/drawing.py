"""Draws from a learned prior as music: forms and latents, then token ids with their repeats and endings."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.attributes.table import measure
from symvae.models.flow.prior import FlowPrior
from symvae.system.codec import Codec
from symvae.system.endings import with_cadences
from symvae.system.forms import FREE, REAL, Forms, draw_forms

#: Draws for each, where attributes are given.
TRIES = 4
#: A miss counts no more than this, in standard deviations.
FARTHEST = 3.0


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
    asked: Mapping[str, float] | None = None,
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
        asked: values of attributes that condition the prior, in their units; all others are those of
            training music, or free with the form "free".

    Returns:
        Draws, on the CPU; raises as `draw_forms`.
    """
    if form is None:
        form = REAL if len(prior.forms) else FREE
    forms = draw_forms(prior, form, count, generator, codec.name)
    if not asked:
        return draw_with(codec, prior, count, forms, generator, prior_temperature)
    row = torch.tensor([[asked.get(name, math.nan) for name in prior.conditions]])
    attributes = prior.standardized(row).expand(count, -1)
    if forms.attributes is not None:
        attributes = torch.where(attributes.isnan(), forms.attributes.cpu(), attributes)
    z = prior.sample(count, generator, prior_temperature, forms.equal, attributes)
    return Draws(z.cpu(), forms.equal)


def draw_with(
    codec: Codec,
    prior: FlowPrior,
    count: int,
    forms: Forms,
    generator: torch.Generator,
    prior_temperature: float = 1.0,
) -> Draws:
    """Draw latents with given forms.

    Of several draws with the attributes of one piece of training music, the one that has them most nearly
    stays: a flow follows its condition on average, and single draws scatter about it.

    Args:
        codec: the model's encoder and decoder.
        prior: its learned prior.
        count: number of draws.
        forms: equal bars and attributes of each.
        generator: source of the noise, on the CPU.
        prior_temperature: scale of the noise.

    Returns:
        Draws, on the CPU.
    """
    equal, wanted = forms
    if equal is None or wanted is None:
        return Draws(prior.sample(count, generator, prior_temperature, equal).cpu(), equal)
    each, asked = equal.repeat_interleave(TRIES, 0), wanted.cpu().repeat_interleave(TRIES, 0)
    z = prior.sample(TRIES * count, generator, prior_temperature, each, asked).cpu()
    measured = measure(codec.to_phrases(codec.decode_ids(z, equal=each)), prior.conditions)
    achieved = prior.standardized(torch.from_numpy(np.stack(list(measured.values()), axis=1)).float())
    miss = (achieved - asked).abs().clamp(max=FARTHEST).nansum(1).view(count, TRIES)
    return Draws(z.view(count, TRIES, -1)[torch.arange(count), miss.argmin(1)], equal)


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
