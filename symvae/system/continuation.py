"""Continuation of music of any length, a section at a time, each drawn by infilling an open end.

What a section repeats is drawn from the forms of real tunes that begin as the music so far does
(`symvae.system.section_forms`): after A and B comes A again, a variation of it, or something new.
"""

from collections.abc import Sequence

import numpy as np
import torch

from symvae.errors import LatentError, PhraseError
from symvae.models.flow.prior import FlowPrior
from symvae.music.phrase import Phrase, join
from symvae.system.bar_plan import NEW, Plan, section_bars
from symvae.system.codec import Codec
from symvae.system.draws import check_count
from symvae.system.infill import Filling, fill
from symvae.system.section_forms import next_section


def continue_phrases(
    codec: Codec,
    prior: FlowPrior | None,
    phrases: Sequence[Phrase],
    bars: int,
    generator: torch.Generator,
    prior_temperature: float = 1.0,
    *,
    best_of: int = 4,
) -> list[Filling]:
    """Append drawn bars to each phrase.

    In each turn the model sees up to three quarters of its own length of the music so far and adds a quarter.
    No note is held from one turn into the next.

    Args:
        codec: the model's encoder and decoder.
        prior: the model's learned prior, on the codec's device.
        phrases: music in the model's metre, all of the same number of bars.
        bars: number of bars to append.
        generator: source of the draws, on the CPU.
        prior_temperature: scale of the noise that draws start from.
        best_of: draws of each section, of which the best stays.

    Returns:
        One continuation for each phrase, which begins with it; ``kept`` is that of the first turn.

    Raises:
        LatentError: there is nothing to draw, or the model is too short to see and to draw.
        PhraseError: a phrase is in another metre, or not as long as the others.
    """
    length = codec.grid.bars
    if bars < 1 or length < 2:
        raise LatentError(
            f"{codec.name} cannot add {bars} bars: add 1 or more, with a model of 2 or more bars."
        )
    check_count(len(phrases))
    check_count(best_of)
    for phrase in phrases:
        if phrase.grid.metre != codec.grid.metre:
            raise PhraseError(
                f"{codec.name} continues music in {codec.grid.metre}, and this phrase is in "
                f"{phrase.grid.metre}. Choose a model of its metre."
            )
        if phrase.grid != phrases[0].grid:
            raise PhraseError("Phrases are continued together if they have equally many bars.")
    given = phrases[0].grid.bars
    results = [Filling(phrase, 1.0) for phrase in phrases]
    while (missing := given + bars - results[0].phrase.grid.bars) > 0:
        so_far = results[0].phrase.grid.bars
        section = min(section_bars(length), so_far)
        context = min(so_far, length - section)
        rest = length - context
        starts = [each.phrase.window(so_far - context, context) for each in results]
        plans = [section_plans(start, section, rest, best_of, generator) for start in starts]
        filled = fill(
            codec,
            prior,
            [join([start, Phrase(codec.grid.with_bars(rest), is_drum=start.is_drum)]) for start in starts],
            [True] * context + [False] * rest,
            generator,
            prior_temperature,
            plans=plans,
        )
        added = min(missing, section)
        results = [
            Filling(
                join([old.phrase, new.phrase.window(context, added)]),
                new.kept if so_far == given else old.kept,
            )
            for old, new in zip(results, filled, strict=True)
        ]
    return results


def section_plans(
    given: Phrase, section: int, rest: int, count: int, generator: torch.Generator
) -> list[Plan]:
    """Plans of a phrase that goes on with one section of a form; bars after it are free.

    Args:
        given: the bars before it.
        section: bars of a section.
        rest: bars that follow the given ones.
        count: number of plans, all the same but the last of several: as freely as a new section, in case
            that all others leap.
        generator: source of the draw of a form, on the CPU.

    Returns:
        ``count`` plans for the bars of the phrase.
    """
    bars, new = given.grid.bars, np.arange(rest)
    back, pull = next_section(given, section, generator)
    source = np.concatenate([np.arange(bars), bars - back * section + new % section])

    def plan(pull: float) -> Plan:
        return Plan(source, np.concatenate([np.ones(bars), np.where(new < section, pull, 0.0)]))

    return [plan(pull)] * max(1, count - 1) + [plan(NEW)] * (count > 1)
