"""Continuation of music of any length: a few bars at a time, drawn by infilling an open end."""

import torch

from symvae.errors import LatentError, PhraseError
from symvae.models.flow.prior import FlowPrior
from symvae.music.phrase import Phrase, join
from symvae.system.codec import Codec
from symvae.system.draws import check_count
from symvae.system.infill import Filling, fill


def continue_phrase(
    codec: Codec,
    prior: FlowPrior | None,
    phrase: Phrase,
    bars: int,
    count: int,
    generator: torch.Generator,
    prior_temperature: float = 1.0,
) -> list[Filling]:
    """Append ``bars`` drawn bars to a phrase, ``count`` times.

    In each turn the model sees up to half its own length of the music so far, more where fewer bars are
    missing. No note is held from one turn into the next.

    Args:
        codec: the model's encoder and decoder.
        prior: the model's learned prior, on the codec's device.
        phrase: music of any number of bars, in the model's metre.
        bars: number of bars to append.
        count: number of continuations.
        generator: source of the draws, on the CPU.
        prior_temperature: scale of the noise that draws start from.

    Returns:
        Continuations that begin with the phrase; ``kept`` is that of the first turn.

    Raises:
        LatentError: there is nothing to draw, or the model is too short to see and to draw.
        PhraseError: the phrase is in another metre.
    """
    length = codec.grid.bars
    if bars < 1 or length < 2:
        raise LatentError(
            f"{codec.name} cannot add {bars} bars: add 1 or more, with a model of 2 or more bars."
        )
    check_count(count)
    if phrase.grid.metre != codec.grid.metre:
        raise PhraseError(
            f"{codec.name} continues music in {codec.grid.metre}, and this phrase is in {phrase.grid.metre}. "
            "Choose a model of its metre."
        )
    results, kept = [phrase] * count, [1.0] * count
    while (missing := phrase.grid.bars + bars - results[0].grid.bars) > 0:
        context = min(phrase.grid.bars, max(length // 2, length - missing))
        rest = length - context
        starts = [each.window(each.grid.bars - context, context) for each in results]
        open_ended = [join([start, Phrase(codec.grid.with_bars(rest))]) for start in starts]
        known = [True] * context + [False] * rest
        filled = fill(codec, prior, open_ended, known, generator, prior_temperature)
        if results[0] is phrase:
            kept = [new.kept for new in filled]
        results = [
            join([old, new.phrase.window(context, min(missing, rest))])
            for old, new in zip(results, filled, strict=True)
        ]
    return [Filling(*each) for each in zip(results, kept, strict=True)]
