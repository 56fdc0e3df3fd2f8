"""Accompaniment: draw the parts of an arrangement that are missing so that they agree with those it has.

The given parts are encoded, with the others absent. The prior integrates noise to a latent whose codes of the
given parts, in all bars, are those of this target, while the codes of the others are drawn in their sight
(`symvae.models.flow.bar_guidance`, with parts in place of bars). A prior that knows how well parts agree is
asked for parts that agree as in the better quarter of its draws. Of several draws the one that is
most typical for the prior is kept; with chords, of those the one whose bass needs the fewest notes moved.
"""

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.attributes.key import home_shift
from symvae.attributes.table import PARTS_ATTRIBUTES
from symvae.errors import LatentError
from symvae.models.flow.bar_guidance import bar_guidance, flow_loss
from symvae.models.flow.prior import FlowPrior
from symvae.models.phrase.conductor import HierarchicalDecoder
from symvae.models.phrase.part_bar_decoder import PartBarDecoder
from symvae.music.arrangement import BASS, Arrangement, as_arrangement
from symvae.music.chords import Chords
from symvae.music.harmonize import bind_bass
from symvae.music.phrase import DEFAULT_VELOCITY
from symvae.system.codec import Codec
from symvae.system.draws import check_count, check_temperature

#: Weight of the share of bass notes outside the chords beside the prior's loss, in the choice of a draw.
_OUTSIDE = 1.0
#: Rank in the table of forms of the agreement of parts that is asked for.
_AGREEMENT = 0.75


class Accompanied(NamedTuple):
    """An arrangement of which some parts are given and the others are drawn."""

    arrangement: Arrangement
    """The given parts note for note, and the drawn ones."""
    moved_step: tuple[int, ...]
    """Onsets of the notes of the bass that were moved to a tone of their chord, in steps."""

    @property
    def moved(self) -> int:
        """Number of these notes."""
        return len(self.moved_step)


def accompany(
    codec: Codec,
    prior: FlowPrior | None,
    windows: Sequence[Arrangement],
    parts: Sequence[str],
    generator: torch.Generator,
    *,
    prior_temperature: float = 1.0,
    best_of: int = 4,
    chords: Sequence[Chords | None] | None = None,
) -> list[Accompanied]:
    """Draw the missing parts of windows of a song.

    All windows start from the same noise, so that equal windows get equal parts and others related ones.

    Args:
        codec: the model's encoder and decoder, of a model with parts.
        prior: its learned prior, on the codec's device.
        windows: music on the model's grid with at least one given part.
        parts: names of the parts to draw; those that a window has are drawn anew.
        generator: source of the noise, on the CPU.
        prior_temperature: scale of the noise.
        best_of: draws, of which the best is kept.
        chords: chords of each window, which the bass is bound to; None for free ones.

    Returns:
        One result for each window, at its tempo, with its given parts unchanged.

    Raises:
        LatentError: the model has no parts or no learned prior, a part is unknown, or no part is given.
    """
    names = codec.tokenizer.part_names
    if not names:
        raise LatentError(f"{codec.name} has music of one part. Choose a model of several, such as a trio.")
    if prior is None:
        raise LatentError(
            f"{codec.name} has no learned prior to draw parts with. Run `symvae train-prior` on it."
        )
    if unknown := [part for part in parts if part not in names]:
        raise LatentError(
            f"There is no part {', '.join(unknown)}. Parts of {codec.name}: {', '.join(names)}."
        )
    check_count(best_of)
    check_temperature("prior_temperature", prior_temperature)
    kept = [name for name in names if name not in parts]
    given = [window.only(kept) for window in windows]
    if not any(map(len, given)):
        raise LatentError(
            f"There is nothing to accompany: no {' or '.join(kept) or 'part'} is given. "
            "Name fewer parts to draw."
        )
    noise = prior.noise(best_of, generator, prior_temperature)
    every = chords or [None] * len(given)
    unfold = _decoder(codec).conductor.unfold.weight.detach()
    maps = unfold, torch.linalg.pinv(unfold)
    return [
        _one(codec, prior, window, parts, noise, harmony, maps)
        for window, harmony in zip(given, every, strict=True)
    ]


def _one(
    codec: Codec,
    prior: FlowPrior,
    given: Arrangement,
    parts: Sequence[str],
    noise: Float[Tensor, "draw latent"],
    chords: Chords | None,
    maps: tuple[Float[Tensor, "code latent"], Float[Tensor, "latent code"]],
) -> Accompanied:
    """Draw one window several times and choose; ``maps`` lead from z to the codes of bars and back."""
    shift = home_shift(given.pitched) if prior.home_key and len(given.pitched) else 0
    target = codec.encode(given.transpose(shift)).mean.to(codec.device)
    pull = _pull(codec, given.parts).to(codec.device)
    draws = len(noise)
    guidance = bar_guidance(target.expand(draws, -1), pull.expand(draws, -1), *maps)
    z = prior.integrate(noise, guidance, _agreeing(prior, draws))
    loss = flow_loss(prior, z, torch.Generator().manual_seed(0)).cpu()
    results = []
    for number, drawn in enumerate(codec.to_phrases(codec.decode_ids(z), given.tempo_qpm)):
        new = as_arrangement(drawn).only(parts).transpose(-shift)
        moved_step: tuple[int, ...] = ()
        if chords is not None and BASS in new.parts:
            bound = bind_bass(new.parts[BASS], chords)
            moved_step = tuple(bound.onset_step[bound.pitch != new.parts[BASS].pitch].tolist())
            new = new.with_parts({**new.parts, BASS: bound})
        cost = float(loss[number]) + _OUTSIDE * len(moved_step) / max(1, len(new.part(BASS)))
        results.append((cost, number, Accompanied(_together(given, new), moved_step)))
    return min(results, key=lambda each: each[:2])[-1]


def _agreeing(prior: FlowPrior, draws: int) -> Float[Tensor, "draw attribute"] | None:
    """Attributes of parts that agree well, standardized, and nan for all others; None if none is known."""
    if not len(prior.attributes) or not set(PARTS_ATTRIBUTES) & set(prior.conditions):
        return None
    asked = prior.attributes.quantile(_AGREEMENT, dim=0)
    of_parts = torch.tensor([name in PARTS_ATTRIBUTES for name in prior.conditions], device=asked.device)
    return asked.masked_fill(~of_parts, math.nan).expand(draws, -1)


def _together(given: Arrangement, new: Arrangement) -> Arrangement:
    """Both, the new parts about as loud as the given ones."""
    heard = np.concatenate([phrase.velocity for phrase in given.parts.values()] or [np.zeros(0)])
    loudness = int(np.median(heard)) if len(heard) else DEFAULT_VELOCITY
    drawn = {
        name: phrase.with_notes(
            phrase.onset_step, phrase.duration_step, phrase.pitch, np.full(len(phrase), loudness)
        )
        for name, phrase in new.parts.items()
    }
    return given.with_parts({**given.parts, **drawn})


def _pull(codec: Codec, given: Collection[str]) -> Float[Tensor, "one coordinate"]:
    """1 for the coordinates of the codes of given parts in all bars, 0 for the others."""
    bar = _decoder(codec).bar
    assert isinstance(bar, PartBarDecoder), "its tokenizer has parts"
    sizes = zip(codec.tokenizer.part_names, bar.code_sizes, strict=True)
    mask = torch.cat([torch.full((size,), float(name in given)) for name, size in sizes])
    return mask.repeat(codec.grid.bars)[None]


def _decoder(codec: Codec) -> HierarchicalDecoder:
    decoder = codec.vae.decoder
    assert isinstance(decoder, HierarchicalDecoder), "a model of parts is hierarchical"
    return decoder
