"""Bars that are known, bars that are not: a draw from the prior that agrees with what is known.

While the prior carries noise to music, every guess of where it will end is decoded, the known bars are put
back in place, and the guess moves by as much as that changes its encoding:

    guess ← guess + encode(decode(guess) with the known bars) − encode(decode(guess))

So the unknown bars are drawn in sight of the known ones, without a gradient and without any further network:
replacement, as Lugmayr et al. 2022 inpaint pictures (RePaint, arXiv 2201.09865), here through the VAE.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from symvae.attributes.key import home_shift
from symvae.models.flow.prior import FlowPrior
from symvae.music.phrase import DEFAULT_VELOCITY, Phrase
from symvae.system.codec import Codec
from symvae.tokens.melody_grid import PIANO_MAX_PITCH, PIANO_MIN_PITCH


class Filling(NamedTuple):
    """A phrase of which some bars are given and some are drawn."""

    phrase: Phrase
    kept: float
    """The share of the given bars' tokens that the model itself said, 0 to 1; the phrase has them all."""


@torch.no_grad()
def infill_ids(
    codec: Codec,
    prior: FlowPrior,
    ids: Int[Tensor, "batch bar position"],
    known: Bool[Tensor, " bar"],
    *,
    generator: torch.Generator,
    prior_temperature: float = 1.0,
) -> tuple[Int[Tensor, "batch bar position"], Float[Tensor, " batch"]]:
    """A draw for each row of ``ids``: its ``known`` bars stay; what stands in the others is not looked at.

    The second value is the share of the known bars' tokens that the model said by itself.
    """
    held = known[None, :, None]

    def guidance(guess: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch latent"]:
        own = codec.decode_ids(guess)
        given, drawn = codec.encode_ids(torch.where(held, ids, own)).mean, codec.encode_ids(own).mean
        return guess + given.to(guess.device) - drawn.to(guess.device)

    own = codec.decode_ids(prior.integrate(prior.noise(len(ids), generator, prior_temperature), guidance))
    kept = (own == ids)[:, known].float().mean((1, 2)) if known.any() else torch.ones(len(ids))
    return torch.where(held, ids, own), kept


def only_bars(phrase: Phrase, known: Sequence[bool]) -> Phrase:
    """The notes that start in the known bars."""
    inside = np.array(known)[phrase.onset_step // phrase.grid.steps_per_bar]
    return phrase.select(inside)


def shift_home(phrase: Phrase) -> int:
    """`home_shift`, or an octave beside it where the phrase would leave the piano; 0 where all would."""
    shift = home_shift(phrase)
    ways = (shift, shift - 12, shift + 12)
    return next((way for way in ways if (_octaves_off(phrase.pitch + way) == 0).all()), 0)


def put_together(given: Phrase, drawn: Phrase, known: Sequence[bool]) -> Phrase:
    """The given notes as they are, and of the drawn ones those that start in drawn bars.

    A drawn note ends with its stretch of drawn bars at the latest; a given one that sounds on into drawn bars
    ends where a drawn note starts. Drawn notes are as loud as the given ones usually are, and stay on the
    piano.
    """
    bars, length = len(known), given.grid.steps_per_bar
    stretch_end = [next((later for later in range(bar, bars) if known[later]), bars) for bar in range(bars)]
    inside = ~np.array(known)[drawn.onset_step // length]
    onset, pitch = drawn.onset_step[inside], drawn.pitch[inside]
    end = np.minimum(drawn.end_step[inside], np.array(stretch_end)[onset // length] * length)
    next_drawn = np.append(onset, given.grid.num_steps)[np.searchsorted(onset, given.onset_step)]
    loud = int(np.median(given.velocity)) if len(given) else DEFAULT_VELOCITY
    return Phrase(
        given.grid,
        np.concatenate([given.onset_step, onset]),
        np.concatenate([np.minimum(given.end_step, next_drawn) - given.onset_step, end - onset]),
        np.concatenate([given.pitch, pitch - 12 * _octaves_off(pitch)]),
        np.concatenate([given.velocity, np.full(len(onset), loud)]),
        given.tempo_qpm,
    )


def _octaves_off(pitch: Int[np.ndarray, " note"]) -> Int[np.ndarray, " note"]:
    """By how many octaves each pitch lies above the piano (below it: negative)."""
    above = np.maximum(0, -((PIANO_MAX_PITCH - pitch) // 12))
    below = np.maximum(0, -((pitch - PIANO_MIN_PITCH) // 12))
    return above - below
