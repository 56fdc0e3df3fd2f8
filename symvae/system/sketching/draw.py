"""Bars filled in from a sketch: decoded one after the other, each in the context of all others.

    known bars and sketches ─ encoders ─ codes ─ inpainter ─ bar decoder under a rule ─ the bar
                                           └────────── encoder ◄── the bar, from now on known ──┘

Of several draws the one stays that holds the sketch best, and of these the most likely one.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from symvae.errors import LatentError
from symvae.models.sketch.factors import CONTINUE, EVENT, STOP, order_of, pattern_of
from symvae.models.sketch.inpainter import Known
from symvae.models.sketch.sketch_vae import SketchVAE
from symvae.music.bar_sketch import FREE, ONSET, REST, BarSketch
from symvae.music.merge_bars import merge_bars, only_bars
from symvae.music.phrase import Phrase
from symvae.system.codec import Codec
from symvae.system.sketching.held import Held, held
from symvae.system.sketching.rule import BarRule

#: Nucleus of draws.
TOP_P = 0.9


class Sketched(NamedTuple):
    """A phrase with bars that were filled in from a sketch."""

    phrase: Phrase
    held: Held
    """Shares of the sketch that the bars hold."""
    nats: float
    """Cost of the new bars under the model, in nats; less is more likely."""


@torch.no_grad()
def fill_in(
    codec: Codec,
    network: SketchVAE,
    phrases: Sequence[Phrase],
    sketches: Sequence[Mapping[int, BarSketch]],
    count: int,
    generator: torch.Generator,
    *,
    strict: bool = False,
    temperature: float = 1.0,
    best_of: int = 4,
) -> list[list[Sketched]]:
    """Fill in bars of phrases.

    Args:
        codec: tokenizer and grid of the model.
        network: its sketch model.
        phrases: music on the model's grid; notes of bars to fill are ignored.
        sketches: for each phrase the bars to fill, from 0, with their sketches.
        count: results for each phrase.
        generator: source of the draws.
        strict: hold every sketch exactly.
        temperature: of all results but the first, which takes the most likely token at each step.
        best_of: draws of each of these.

    Returns:
        For each phrase its results.

    Raises:
        LatentError: a sketch cannot be held.
    """
    return [
        _fill_one(codec, network, *each, count, generator, strict, temperature, best_of)
        for each in zip(phrases, sketches, strict=True)
    ]


def _fill_one(
    codec: Codec,
    network: SketchVAE,
    phrase: Phrase,
    sketches: Mapping[int, BarSketch],
    count: int,
    generator: torch.Generator,
    strict: bool,
    temperature: float,
    best_of: int,
) -> list[Sketched]:
    """Fill in one phrase: a greedy draw, then ``best_of`` draws of each other result."""
    tokens = codec.tokenizer
    known = [bar not in sketches for bar in range(codec.grid.bars)]
    given = only_bars(phrase, known)
    ids = codec.to_ids([given])
    batches = [(1, 0.0)] + ([((count - 1) * best_of, temperature)] if count > 1 else [])
    rows, costs = [], []
    for draws, heat in batches:
        drawn = draw_bars(codec, network, ids.repeat(draws, 1, 1), sketches, generator, strict, heat)
        rows.append(drawn.ids)
        costs.append(drawn.nats)
    results = []
    new = codec.to_phrases(torch.cat(rows))
    for decoded, nats in zip(new, torch.cat(costs).tolist(), strict=True):
        merged = merge_bars(given, decoded, known, tokens.pitch_range)
        results.append(Sketched(merged, held(decoded, sketches), nats))
    if strict and (broken := max(results, key=lambda each: each.held.share)).held.share < 1:
        raise LatentError(
            f"The sketch cannot be held in the range of {codec.name}, MIDI {tokens.pitch_range[0]} to "
            f"{tokens.pitch_range[1]}: {broken.held.fault}. Change it there, or leave --strict out."
        )
    choice = [results[0]]
    for first in range(1, len(results), best_of):
        choice.append(min(results[first : first + best_of], key=lambda each: (-each.held.share, each.nats)))
    return choice


class DrawnBars(NamedTuple):
    """Draws of the missing bars of one phrase."""

    ids: Int[Tensor, "row bar position"]
    nats: Float[Tensor, " row"]
    """Cost of the drawn bars, in nats, without the costs of the sketch."""


@torch.no_grad()
def draw_bars(
    codec: Codec,
    network: SketchVAE,
    ids: Int[Tensor, "row bar position"],
    sketches: Mapping[int, BarSketch],
    generator: torch.Generator,
    strict: bool,
    temperature: float,
) -> DrawnBars:
    """Draw missing bars in order, each fed back as a known one.

    Args:
        codec: tokenizer and grid of the model.
        network: its sketch model.
        ids: token ids; those of missing bars are ignored.
        sketches: the missing bars, from 0, with their sketches.
        generator: source of the draws.
        strict: forbid what a sketch does not allow.
        temperature: of the decoder; 0 takes the most likely token.

    Returns:
        A draw for each row.
    """
    tokens = codec.tokenizer
    ids, bars = ids.clone(), codec.grid.bars
    order, pattern = order_of(ids), pattern_of(ids)
    known = Known(*(torch.tensor([bar not in sketches for bar in range(bars)]) for _ in range(2)))
    for bar, sketch in sketches.items():
        if sketch.pitches is not None and None not in sketch.pitches:
            order[:, bar] = CONTINUE
            first = EVENT - tokens.pitch_range[0]
            notes = [first + pitch for pitch in sketch.pitches if pitch is not None]
            order[:, bar, : len(notes)] = torch.tensor(notes, dtype=order.dtype)
            known.pitch[bar] = True
        if sketch.rhythm is not None:
            pattern[:, bar] = pattern_in(sketch.rhythm, sounding=True)
            known.rhythm[bar] = True
    nats = torch.zeros(len(ids))
    for bar in sorted(sketches):
        codes = network.encode_factors(order, pattern).means(bars)
        masks = Known(*(mask.expand(len(ids), -1) for mask in known))
        embedding = network.bars(codes, masks, temperature, generator)[:, bar]
        rule = BarRule(
            sketches[bar], tokens, codec.grid, strict=strict, sounding=sounding_before(ids[:, :bar])
        )
        top_p = TOP_P if temperature else 1.0
        drawn = network.decoder.generate(embedding, temperature, top_p, generator, rule)
        log_probability = network.decoder(embedding, drawn).log_softmax(-1)
        nats -= log_probability.gather(-1, drawn[..., None])[..., 0].sum(-1)
        ids[:, bar], order[:, bar], pattern[:, bar] = drawn, order_of(drawn), pattern_of(drawn)
        known.pitch[bar] = known.rhythm[bar] = True
    return DrawnBars(ids, nats)


def pattern_in(rhythm: Sequence[int], *, sounding: bool) -> Int[Tensor, " position"]:
    """Ids of a rhythm as `pattern_of` gives them: a rest is a note-off where a note sounded, else a hold.

    Args:
        rhythm: states of the steps of a bar.
        sounding: a note sounds before it.

    Returns:
        One id a step.
    """
    ids = []
    for state in rhythm:
        ends = state == REST and sounding
        ids.append(ONSET if state == ONSET else STOP if ends else CONTINUE)
        sounding = state == ONSET or (sounding and not ends)
    return torch.tensor(ids)


def sounding_before(ids: Int[Tensor, "row bar position"]) -> Bool[Tensor, " row"]:
    """Mask of the rows in which a note sounds when these bars end."""
    flat = ids.flatten(1)
    if not flat.shape[1]:
        return torch.zeros(len(flat), dtype=torch.bool)
    places = torch.arange(flat.shape[1]).masked_fill(flat == CONTINUE, -1)
    last = places.max(1).values
    return (last >= 0) & (flat.gather(1, last.clamp(min=0)[:, None])[:, 0] >= EVENT)


def free(bars: Sequence[int]) -> dict[int, BarSketch]:
    """Sketches that ask nothing of these bars."""
    return dict.fromkeys(bars, FREE)
