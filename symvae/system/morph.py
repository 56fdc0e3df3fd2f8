"""Morphs: paths between melodies on which every step is a melody (`symvae.latent.path_search`).

The candidates are decodes of latents on the sphere between the two posterior means, and around it. Melodies
longer than the model are seen through windows that overlap, and searched as a whole.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int, Integer
from torch import Tensor

from symvae.attributes.key import home_shift, key_name
from symvae.errors import LatentError, PhraseError
from symvae.latent.interpolate import slerp
from symvae.latent.path_search import Alphabet, SearchedPath, search_path
from symvae.music.phrase import DEFAULT_VELOCITY, Phrase
from symvae.system.codec import Codec
from symvae.system.holds import HELD, hold
from symvae.tokens.id_type import id_type
from symvae.tokens.ngram import NGram
from symvae.tokens.tokenizer import Tokenizer

#: Latents between the ends, and deviations of the noise added to all of them, by the bars of the model: half
#: a second of decoding at most.
_POINTS = {4: (19, (0.0, 0.3, 0.45, 0.6)), 16: (11, (0.0, 0.3))}


class Origin(NamedTuple):
    """Shares of the tokens of one step, by where they stand; they sum to 1."""

    both: float
    """At their place in both ends."""
    start: float
    """In the first melody only."""
    end: float
    """In the last melody only."""
    new: float
    """In neither."""


class Morph(NamedTuple):
    """Melodies from one to another."""

    phrases: list[Any]
    """Phrases or arrangements, both ends exact."""
    distance: list[float]
    """By step: tokens that differ from the first melody, over those in which the last one does."""
    nats_per_token: list[float]
    """By step: cost under the model's language model of its training music."""
    origin: list[Origin]
    keys: tuple[str, str]
    """Keys found in both ends, "D major"; empty for silence."""
    transposed: int
    """Semitones by which the last melody is transposed on the way."""


def morph(
    codec: Codec,
    language: NGram | None,
    a: Phrase,
    b: Phrase,
    steps: int,
    *,
    generator: torch.Generator,
    noise: np.random.Generator | None = None,
    keep: str | None = None,
    in_key: bool = False,
    tunes: tuple[Phrase, Phrase] | None = None,
) -> Morph:
    """Morph one melody into another.

    Args:
        codec: The model's encoder and decoder, for a tokenizer on a grid.
        language: Language model of the model's training music.
        a, b: The ends: equally long, of at least the model's bars.
        steps: Phrases from end to end, both included.
        generator: Source of the candidates' noise, on the CPU.
        noise: As in `symvae.latent.path_search.search_path`.
        keep: "rhythm" or "pitch" of ``a``, which all phrases keep; the last one then has only the other
            of ``b``.
        in_key: Transpose ``b`` to the notes of the key of ``a``; the last phrase alone is in its own key.
        tunes: Music in which the keys of ``a`` and ``b`` are found; by default they themselves.

    Returns:
        The phrases; the tempo changes in equal steps.

    Raises:
        LatentError: The model has no language model, or a setting is unknown.
        PhraseError: The ends are on different grids, or shorter than the model.
    """
    if a.grid != b.grid or a.grid.metre != codec.grid.metre or a.grid.bars < codec.grid.bars:
        raise PhraseError(
            f"{codec.name} morphs melodies of {codec.grid.bars} or more bars of {codec.grid.metre}, both "
            f"equally long, not {a.grid.bars} bars of {a.grid.metre} and {b.grid.bars} of {b.grid.metre}. "
            "Cut them to the same length, or choose another model."
        )
    if keep not in (None, *HELD):
        raise LatentError(f'A morph keeps "rhythm" or "pitch", not {keep!r}.')
    if keep == "pitch" and in_key:
        raise LatentError(
            "All phrases that keep the pitches of the first melody are in its key. Leave out one of keep and "
            "in_key (--keep, --in-key)."
        )
    if language is None:
        raise LatentError(
            f'{codec.name} has no language model to search a path with. Choose path "slerp" (--path slerp), '
            "or for a melody model run `symvae evaluate --update-model` on it first."
        )
    tunes = tunes or (a, b)
    shift = _shift_to_key(*tunes, b, codec.tokenizer) if in_key and all(map(len, tunes)) else 0
    moves_on = shift != 0
    if moves_on and steps < 3:
        raise LatentError(f"With a change of key at the end, steps must be 3 or more, not {steps}.")
    moved = b.transpose(shift)
    start, end = (codec.tokenizer.encode_phrase(phrase) for phrase in (a, moved))
    rows = candidates(codec, start, end, generator)
    if keep:
        onsets = codec.tokenizer.onset_ids
        end, rows = hold(end[None], start, keep, onsets)[0], hold(rows, start, keep, onsets)
    found = search_path(
        start,
        end,
        rows,
        steps - moves_on,
        alphabet=alphabet(codec.tokenizer, language),
        unit=codec.grid.steps_per_beat,
        noise=noise,
    )
    phrases = _phrases(codec.tokenizer, found, a, b)
    if not keep:
        phrases[-1] = moved.with_tempo(phrases[-1].tempo_qpm)
    if moves_on:
        last = phrases[-1].transpose(-shift)
        phrases = [*phrases, last if keep else b]
        phrases = [
            phrase.with_tempo(qpm)
            for phrase, qpm in zip(phrases, np.linspace(a.tempo_qpm, b.tempo_qpm, steps), strict=True)
        ]
    again = [-1] if moves_on else []
    return Morph(
        phrases,
        found.distance[[*range(len(found.ids)), *again]].tolist(),
        found.nats_per_token[[*range(len(found.ids)), *again]].tolist(),
        [
            origin_of(found.ids[step], found.ids[0], found.ids[-1])
            for step in [*range(len(found.ids)), *again]
        ],
        (key_name(tunes[0]), key_name(tunes[1])),
        shift,
    )


def morph_corners(way: Callable[[Any, Any], list[Any]], corners: list[Any]) -> list[list[Any]]:
    """Morph down both sides of a square, then across each row.

    Args:
        way: Morphs one phrase or arrangement into another, both included.
        corners: Top left, top right, bottom left, bottom right.

    Returns:
        Phrases row by row.
    """
    top_left, top_right, bottom_left, bottom_right = corners
    sides = zip(way(top_left, bottom_left), way(top_right, bottom_right), strict=True)
    return [way(left, right) for left, right in sides]


def alphabet(tokenizer: Tokenizer, language: NGram) -> Alphabet:
    """Facts about a tokenizer's ids, and their language model."""
    ids = np.arange(tokenizer.vocabulary_size)
    first, last = tokenizer.onset_ids
    pitched = tokenizer.pitch_ids[0] <= tokenizer.pitch_ids[1]
    return Alphabet(
        (ids >= first) & (ids <= last),
        # Ids that are no pitches, as those of drums, are all of one: they neither leap nor leave a scale.
        ids - tokenizer.pitch_ids[0] + tokenizer.pitch_range[0] if pitched else np.zeros_like(ids),
        language.nats,
        language.order,
        lambda rows: tokenizer.cut_out(rows.astype(id_type(tokenizer.vocabulary_size))),
    )


def candidates(
    codec: Codec,
    start: Integer[np.ndarray, "bar position"],
    end: Integer[np.ndarray, "bar position"],
    generator: torch.Generator,
) -> Integer[np.ndarray, "candidate bar position"]:
    """Decode latents between two melodies, and around them.

    Args:
        codec: The model's encoder and decoder.
        start, end: Token ids of the ends, of at least the model's bars.
        generator: Source of the noise, on the CPU.

    Returns:
        Token ids. Windows of long melodies are decoded each by itself and put one after the other.
    """
    bars = codec.grid.bars
    starts = _window_starts(len(start), bars)
    windows = torch.from_numpy(
        np.stack([each[at : at + bars] for each in (start, end) for at in starts]).astype(np.int64)
    )
    from_z, to_z = codec.encode_ids(windows).mean.chunk(2)
    points, deviations = _POINTS[min((size for size in _POINTS if size >= bars), default=max(_POINTS))]
    path = torch.stack([slerp(*pair, points + 2)[1:-1] for pair in zip(from_z, to_z, strict=True)], 1)
    z = torch.cat([path + sd * torch.randn(path.shape, generator=generator) for sd in deviations])
    return _in_a_row(codec.decode_ids(z.flatten(0, 1)), starts, len(start))


def _window_starts(length: int, bars: int) -> list[int]:
    """First bars of windows that cover ``length`` bars; the last one overlaps where they do not fit."""
    return [*range(0, length - bars, bars), length - bars]


def _in_a_row(
    ids: Int[Tensor, "row_of_windows window_bar position"], starts: list[int], length: int
) -> Integer[np.ndarray, "candidate bar position"]:
    bars, positions = ids.shape[1:]
    windows = ids.reshape(-1, len(starts), bars, positions).numpy()
    result = np.empty((len(windows), length, positions), np.int64)
    for index, at in enumerate(starts):
        result[:, at : at + bars] = windows[:, index]
    return result


def _shift_to_key(here: Phrase, there: Phrase, b: Phrase, tokenizer: Tokenizer) -> int:
    """Semitones from the notes of the key there to those here, at most six if ``b`` then fits the range."""
    shift = (home_shift(there) - home_shift(here) + 6) % 12 - 6
    lowest, highest = tokenizer.pitch_range
    fits = [
        each
        for each in (shift, shift - 12, shift + 12)
        if not len(b) or (b.pitch.min() + each >= lowest and b.pitch.max() + each <= highest)
    ]
    return fits[0] if fits else 0


def _phrases(tokenizer: Tokenizer, found: SearchedPath, a: Phrase, b: Phrase) -> list[Phrase]:
    """Phrases of a path, with tempo and loudness between the ends, each restored from the nearer one."""
    loudness = [float(np.median(each.velocity)) if len(each) else DEFAULT_VELOCITY for each in (a, b)]
    steps = len(found.ids)
    phrases = [
        tokenizer.decode_ids(ids, tempo_qpm=float(qpm), velocity=round(velocity))
        for ids, qpm, velocity in zip(
            found.ids,
            np.linspace(a.tempo_qpm, b.tempo_qpm, steps),
            np.linspace(loudness[0], loudness[1], steps),
            strict=True,
        )
    ]
    nearer = [a if 2 * step < steps else b for step in range(steps)]
    return [a, *map(tokenizer.restore, phrases[1:], nearer[1:])]


def origin_of(
    ids: Int[np.ndarray, "bar position"],
    start: Int[np.ndarray, "bar position"],
    end: Int[np.ndarray, "bar position"],
) -> Origin:
    """Shares of the tokens of a step by where they stand.

    Args:
        ids: Token ids of the step.
        start: Those of the first step.
        end: Those of the last one.

    Returns:
        The shares.
    """
    in_start, in_end = ids == start, ids == end
    shares: list[Float[np.ndarray, ""]] = [
        (in_start & in_end).mean(),
        (in_start & ~in_end).mean(),
        (in_end & ~in_start).mean(),
        (~in_start & ~in_end).mean(),
    ]
    return Origin(*map(float, shares))
