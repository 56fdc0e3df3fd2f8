"""Infilling: draw the unknown bars of a phrase from the prior so that they agree with the known ones.

Each unknown bar resembles a known one, its source (`symvae.system.bar_plan`). The phrase with all sources in
place is encoded; the prior integrates noise to a latent whose known bars are those of this template, while
the others are pulled toward it (`symvae.models.flow.bar_guidance`). Where a drawn bar decodes as its source
does, the source's own tokens stay. Of several draws the one that is most typical for the prior is kept. One
that leaps at a seam is kept only if all do, in the octave that leaps least.
"""

import functools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.attributes.key import home_shift
from symvae.errors import LatentError
from symvae.models.flow.bar_guidance import bar_guidance, flow_loss, unfolding
from symvae.models.flow.prior import FlowPrior
from symvae.models.phrase.encoder import BidirectionalEncoder
from symvae.music.merge_bars import merge_bars, octaves_off, only_bars, widest_seam
from symvae.music.phrase import Phrase
from symvae.music.pitch import PIANO_PITCHES
from symvae.system.bar_plan import INFILL_PULLS, NEW, Plan, infill_plan
from symvae.system.codec import Codec
from symvae.system.draws import check_count, check_temperature

#: Mean pitches of nearly all training tunes in their home key, as MIDI note numbers.
HOME_REGISTER = (63, 83)
#: Largest interval between a given note and a drawn one beside it, in semitones.
WIDEST_SEAM = 10
#: Draws in one batch: enough to be fast, few enough for any memory.
_DRAWS_AT_ONCE = 512


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
    *,
    plans: Sequence[Sequence[Plan]] | None = None,
    best_of: int = 4,
) -> list[Filling]:
    """Draw the unknown bars of each phrase, in the key of its known bars and about as loud.

    Args:
        codec: the model's encoder and decoder.
        prior: the model's learned prior, on the codec's device.
        phrases: music on the model's grid; its notes in unknown bars are ignored.
        known: for each bar of the grid whether it stays.
        generator: source of the draws, on the CPU.
        prior_temperature: scale of the noise that draws start from.
        plans: for each phrase the plan of each of its draws; by default ``best_of`` times that of
            `symvae.system.bar_plan.infill_plan`, near to the given bars.
        best_of: draws of each phrase where no plans are given.

    Returns:
        One filling for each phrase, the best of its draws.

    Raises:
        LatentError: there is no learned prior or no phrase, ``known`` has another number of bars, or
            ``best_of`` is below 1.
    """
    if prior is None:
        raise LatentError(
            f"{codec.name} has no learned prior to fill bars with. Run `symvae train-prior` on it."
        )
    check_count(len(phrases))
    check_count(best_of)
    check_temperature("prior_temperature", prior_temperature)
    if len(known) != codec.grid.bars:
        raise LatentError(
            f"{codec.name} has {codec.grid.bars} bars, and `known` is given for {len(known)}. "
            "Give True or False for each bar."
        )
    codec.check_grid(phrases)
    if plans is None:
        plans = [
            [infill_plan(ids, known, INFILL_PULLS[0])] * best_of for ids in codec.to_ids(phrases).numpy()
        ]
    at_once = max(1, _DRAWS_AT_ONCE // len(plans[0]))
    return [
        filling
        for first in range(0, len(phrases), at_once)
        for filling in _best_fillings(
            codec,
            prior,
            phrases[first : first + at_once],
            known,
            plans[first : first + at_once],
            generator,
            prior_temperature,
        )
    ]


def infill(
    codec: Codec,
    prior: FlowPrior | None,
    phrase: Phrase,
    known: Sequence[bool],
    count: int,
    generator: torch.Generator,
    prior_temperature: float = 1.0,
    *,
    best_of: int = 4,
) -> list[Filling]:
    """Draw the unknown bars of a phrase ``count`` times, up to the fourth time more freely each.

    Every second filling takes the second likeliest given bars as the sources of the unknown ones.

    Args:
        codec, prior, known, generator, prior_temperature: as in `fill`.
        phrase: music on the model's grid.
        count: number of fillings.
        best_of: draws of each filling.

    Returns:
        ``count`` fillings; raises as `fill`.
    """
    check_count(count)
    check_count(best_of)
    ids = codec.to_ids(phrase)[0].numpy()
    ways = [infill_plan(ids, known, pull, number % 2) for number, pull in enumerate(INFILL_PULLS)]
    plans = [[ways[number % len(ways)]] * best_of for number in range(count)]
    return fill(codec, prior, [phrase] * count, known, generator, prior_temperature, plans=plans)


def _best_fillings(
    codec: Codec,
    prior: FlowPrior,
    phrases: Sequence[Phrase],
    known: Sequence[bool],
    plans: Sequence[Sequence[Plan]],
    generator: torch.Generator,
    prior_temperature: float,
) -> list[Filling]:
    """Draw each phrase by each of its plans, and choose."""
    given = [only_bars(phrase, known) for phrase in phrases]
    pitch_range = codec.tokenizer.pitch_range
    shifts = [home_shift_within(each, pitch_range) if prior.home_key else 0 for each in given]
    at_home = codec.to_ids([each.transpose(shift) for each, shift in zip(given, shifts, strict=True)])
    of = [number for number, draws in enumerate(plans) for _ in draws]
    every_plan = [plan for draws in plans for plan in draws]
    drawn = draw_bars(codec, prior, at_home[of], known, every_plan, generator, prior_temperature)
    candidates = []
    for number, decoded, kept, loss in zip(
        of, codec.to_phrases(drawn.ids), drawn.kept, drawn.loss, strict=True
    ):
        new = codec.tokenizer.restore(decoded, given[number])
        merged = (
            merge_bars(given[number], new, known, pitch_range, transpose_by=octave - shifts[number])
            for octave in (0, -12, 12)
        )
        phrase = next(merged)
        if leaps := not codec.tokenizer.polyphonic and widest_seam(phrase, known) > WIDEST_SEAM:
            phrase = min(phrase, *merged, key=functools.partial(widest_seam, known=known))
        candidates.append((number, leaps, float(loss), Filling(phrase, float(kept))))
    best = {each[0]: each for each in sorted(candidates, key=lambda each: each[:3], reverse=True)}
    return [best[number][-1] for number in range(len(phrases))]


class DrawnBars(NamedTuple):
    """Draws of the unknown bars."""

    ids: Int[Tensor, "batch bar position"]
    """Token ids, with the known bars unchanged."""
    kept: Float[Tensor, " batch"]
    """Share of the known bars' tokens that the model itself predicts."""
    loss: Float[Tensor, " batch"]
    """Flow-matching loss of the prior."""


@torch.no_grad()
def draw_bars(
    codec: Codec,
    prior: FlowPrior,
    ids: Int[Tensor, "batch bar position"],
    known: Sequence[bool],
    plans: Sequence[Plan],
    generator: torch.Generator,
    prior_temperature: float = 1.0,
) -> DrawnBars:
    """Draw the token ids of the unknown bars.

    Args:
        codec: the model's encoder and decoder.
        prior: the model's learned prior, on the codec's device.
        ids: token ids; those of unknown bars are ignored.
        known: for each bar whether it stays.
        plans: source and pull of the bars of each row.
        generator: source of the draws, on the CPU.
        prior_temperature: scale of the noise that draws start from.

    Returns:
        A draw for each row.
    """
    held = torch.tensor(known)[:, None]
    source = torch.from_numpy(np.stack([plan.source for plan in plans]))
    planned = torch.from_numpy(np.stack([plan.pull for plan in plans])).float()
    pull = 1 - (1 - planned) ** prior.guidance_scale
    template = ids.take_along_dim(source[:, :, None], 1)
    target = codec.encode_ids(template).mean
    guidance = bar_guidance(target.to(codec.device), pull.to(codec.device), _unfolding(codec, prior))
    z = prior.integrate(prior.noise(len(ids), generator, prior_temperature), guidance)
    own = codec.decode_ids(z)
    kept = (own == ids)[:, held[:, 0]].float().mean((1, 2)) if held.any() else torch.ones(len(ids))
    if codec.tokenizer.on_grid:
        as_source = (own == codec.decode_ids(target)) & (planned > NEW)[:, :, None]
        own = torch.where(as_source, template, own)
    return DrawnBars(torch.where(held, ids, own), kept, flow_loss(prior, z, generator).cpu())


def _unfolding(codec: Codec, prior: FlowPrior) -> Float[Tensor, "code latent"]:
    """Linear map of z to its bars: the prior's own, or the inverse of the encoder's."""
    learned = unfolding(prior)
    if learned is not None:
        return learned
    assert isinstance(codec.vae.encoder, BidirectionalEncoder)
    inverse = torch.linalg.pinv(codec.vae.encoder.project.weight.detach())
    # Coordinates that attributes have for themselves are the first, and belong to no bar.
    return torch.nn.functional.pad(inverse, (len(prior.active) - inverse.shape[1], 0))


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


def home_shift_within(phrase: Phrase, pitch_range: tuple[int, int] = PIANO_PITCHES) -> int:
    """Semitones to C major or A minor, and by octaves to `HOME_REGISTER`, that leave every note in the range.

    0 where there are none.
    """
    shifts = (home_shift(phrase) + 12 * octaves for octaves in (0, -1, 1, -2, 2, -3, 3))
    inside = [each for each in shifts if (octaves_off(phrase.pitch + each, pitch_range) == 0).all()]
    if not len(phrase):
        return 0
    lowest, highest = HOME_REGISTER
    mean = phrase.pitch.mean()
    return min(inside, key=lambda shift: max(lowest - mean - shift, mean + shift - highest, 0), default=0)
