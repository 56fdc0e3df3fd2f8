"""Infilling: draw the unknown bars of a phrase from the prior so that they agree with the known ones.

While the prior integrates noise to a latent, each estimate of the end of the path is decoded, the known bars
are put back, and the estimate moves by as much as that changes its encoding:

    z ← z + encode(decode(z) with the known bars) − encode(decode(z))

This conditions on the known bars without a gradient and without another network: replacement, as Lugmayr
et al. 2022 inpaint images (RePaint, arXiv 2201.09865), here through the VAE.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from symvae.attributes.key import home_shift
from symvae.errors import LatentError
from symvae.models.flow.prior import FlowPrior
from symvae.music.phrase import DEFAULT_VELOCITY, Phrase
from symvae.music.pitch import PIANO_PITCHES
from symvae.system.codec import Codec
from symvae.system.draws import check_count, check_temperature


class Filling(NamedTuple):
    """A phrase of which some bars are given and some are drawn."""

    phrase: Phrase
    kept: float
    """Share of the given bars' tokens that the model itself predicts, 0 to 1; the phrase has all of them."""


def fill(
    codec: Codec,
    prior: FlowPrior | None,
    phrases: Sequence[Phrase],
    known: Sequence[bool],
    generator: torch.Generator,
    prior_temperature: float = 1.0,
) -> list[Filling]:
    """Draw the unknown bars of each phrase, in the key of its known bars and about as loud.

    Args:
        codec: the model's encoder and decoder.
        prior: the model's learned prior, on the codec's device.
        phrases: music on the model's grid; its notes in unknown bars are ignored.
        known: for each bar of the grid whether it stays.
        generator: source of the draws, on the CPU.
        prior_temperature: scale of the noise that draws start from.

    Returns:
        One filling for each phrase.

    Raises:
        LatentError: there is no learned prior or no phrase, or ``known`` has another number of bars.
    """
    if prior is None:
        raise LatentError(
            f"{codec.name} has no learned prior to fill bars with. Run `symvae train-prior` on it."
        )
    check_count(len(phrases))
    check_temperature("prior_temperature", prior_temperature)
    if len(known) != codec.grid.bars:
        raise LatentError(
            f"{codec.name} has {codec.grid.bars} bars, and `known` is given for {len(known)}. "
            "Give True or False for each bar."
        )
    codec.check_grid(phrases)
    given = [only_bars(phrase, known) for phrase in phrases]
    pitch_range = codec.tokenizer.pitch_range
    shifts = [home_shift_within(each, pitch_range) if prior.home_key else 0 for each in given]
    ids, kept = infill_ids(
        codec,
        prior,
        codec.to_ids([each.transpose(shift) for each, shift in zip(given, shifts, strict=True)]),
        torch.tensor(known),
        generator,
        prior_temperature,
    )
    return [
        Filling(merge_bars(old, new.transpose(-shift), known, pitch_range), float(share))
        for new, shift, old, share in zip(codec.to_phrases(ids), shifts, given, kept, strict=True)
    ]


@torch.no_grad()
def infill_ids(
    codec: Codec,
    prior: FlowPrior,
    ids: Int[Tensor, "batch bar position"],
    known: Bool[Tensor, " bar"],
    generator: torch.Generator,
    prior_temperature: float = 1.0,
) -> tuple[Int[Tensor, "batch bar position"], Float[Tensor, " batch"]]:
    """Draw the token ids of the unknown bars.

    Args:
        codec: the model's encoder and decoder.
        prior: the model's learned prior, on the codec's device.
        ids: token ids; those of unknown bars are ignored.
        known: for each bar whether it stays.
        generator: source of the draws, on the CPU.
        prior_temperature: scale of the noise that draws start from.

    Returns:
        Token ids with the known bars unchanged, and the share of the known bars' tokens that the model
        itself predicts.
    """
    held = known[None, :, None]

    def guidance(z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch latent"]:
        own = codec.decode_ids(z)
        given, drawn = codec.encode_ids(torch.where(held, ids, own)).mean, codec.encode_ids(own).mean
        return z + given.to(z.device) - drawn.to(z.device)

    own = codec.decode_ids(prior.integrate(prior.noise(len(ids), generator, prior_temperature), guidance))
    kept = (own == ids)[:, known].float().mean((1, 2)) if known.any() else torch.ones(len(ids))
    return torch.where(held, ids, own), kept


def known_bars(unknown: Iterable[int], bars: int) -> list[bool]:
    """Turn the numbers of the bars to fill, from 0, into a flag for each of ``bars`` bars.

    Raises:
        LatentError: there is no bar to fill or none that stays, or a number is out of range.
    """
    numbers = set(unknown)
    if not numbers or not numbers < set(range(bars)):
        raise LatentError(
            f"Bars to fill are numbers from 0 to {bars - 1}, and not all of them; {sorted(numbers)} cannot "
            "be filled. For a whole new phrase use `sample`."
        )
    return [bar not in numbers for bar in range(bars)]


def only_bars(phrase: Phrase, known: Sequence[bool]) -> Phrase:
    """Keep the notes that start in known bars."""
    inside = np.array(known)[phrase.onset_step // phrase.grid.steps_per_bar]
    return phrase.select(inside)


def home_shift_within(phrase: Phrase, pitch_range: tuple[int, int] = PIANO_PITCHES) -> int:
    """Semitones to C major or A minor that leave every note in the range; 0 where there are none."""
    shift = home_shift(phrase)
    candidates = (shift, shift - 12, shift + 12)
    return next(
        (each for each in candidates if (_octaves_off(phrase.pitch + each, pitch_range) == 0).all()), 0
    )


def merge_bars(
    given: Phrase, drawn: Phrase, known: Sequence[bool], pitch_range: tuple[int, int] = PIANO_PITCHES
) -> Phrase:
    """Combine the given notes with the drawn notes that start in unknown bars.

    A drawn note ends with its run of unknown bars at the latest; a given note held into unknown bars ends
    where a drawn one starts. Drawn notes have the median velocity of the given ones, and those beyond the
    range move in by octaves.

    Args:
        given: notes of the known bars.
        drawn: a phrase on the same grid; its notes in known bars are dropped.
        known: for each bar whether it is given.
        pitch_range: lowest and highest MIDI pitch of drawn notes.

    Returns:
        One phrase at the tempo of ``given``.
    """
    bars, length = len(known), given.grid.steps_per_bar
    run_end = [next((later for later in range(bar, bars) if known[later]), bars) for bar in range(bars)]
    inside = ~np.array(known)[drawn.onset_step // length]
    onset, pitch = drawn.onset_step[inside], drawn.pitch[inside]
    end = np.minimum(drawn.end_step[inside], np.array(run_end)[onset // length] * length)
    next_drawn = np.append(onset, given.grid.num_steps)[np.searchsorted(onset, given.onset_step)]
    velocity = int(np.median(given.velocity)) if len(given) else DEFAULT_VELOCITY
    return Phrase(
        given.grid,
        np.concatenate([given.onset_step, onset]),
        np.concatenate([np.minimum(given.end_step, next_drawn) - given.onset_step, end - onset]),
        np.concatenate([given.pitch, pitch - 12 * _octaves_off(pitch, pitch_range)]),
        np.concatenate([given.velocity, np.full(len(onset), velocity)]),
        given.tempo_qpm,
    )


def _octaves_off(pitch: Int[np.ndarray, " note"], pitch_range: tuple[int, int]) -> Int[np.ndarray, " note"]:
    """Octaves by which each pitch lies above the range (negative: below)."""
    lowest, highest = pitch_range
    above = np.maximum(0, -((highest - pitch) // 12))
    below = np.maximum(0, -((pitch - lowest) // 12))
    return above - below
