"""Morphs of arrangements: each part on its own searched path, all of them through the same latents.

The candidates are decodes of latents between the two arrangements, as for melodies (`symvae.system.morph`).
Each part is searched by itself (`symvae.latent.path_search`), so that its way is even, and the steps of all
parts stand at the same share of the way. A part that one end lacks grows out of silence, or fades into it.
"""

import numpy as np
import torch
from jaxtyping import Int, Integer

from symvae.attributes.key import home_shift, key_name
from symvae.errors import LatentError, PhraseError
from symvae.latent.path_search import Alphabet, search_path
from symvae.music.arrangement import Arrangement, as_arrangement
from symvae.system.codec import Codec
from symvae.system.morph import Morph, candidates, origin_of
from symvae.tokens.id_type import id_type
from symvae.tokens.ngram import NGram
from symvae.tokens.parts import ABSENT, PartIds, PartTokenizer


def morph_parts(
    codec: Codec,
    language: NGram | None,
    a: Arrangement,
    b: Arrangement,
    steps: int,
    *,
    generator: torch.Generator,
    noise: np.random.Generator | None = None,
    in_key: bool = False,
) -> Morph:
    """Morph one arrangement into another.

    Args:
        codec: The model's encoder and decoder, of a model with parts.
        language: Language model of the model's training music.
        a, b: The ends, equally long, of at least the model's bars.
        steps: Arrangements from end to end, both included.
        generator: Source of the candidates' noise, on the CPU.
        noise: As in `symvae.latent.path_search.search_path`.
        in_key: Transpose ``b`` to the notes of the key of ``a``; the last step alone is in its own key.

    Returns:
        The arrangements; the tempo changes in equal steps.

    Raises:
        LatentError: The model has no language model, or there are too few steps.
        PhraseError: The ends are on different grids, or shorter than the model.
    """
    if a.grid != b.grid or a.grid.metre != codec.grid.metre or a.grid.bars < codec.grid.bars:
        raise PhraseError(
            f"{codec.name} morphs arrangements of {codec.grid.bars} or more bars of {codec.grid.metre}, "
            f"both equally long, not {a.grid.bars} and {b.grid.bars}. Cut them to the same length."
        )
    if language is None:
        raise LatentError(
            f'{codec.name} has no language model to search a path with. Choose path "slerp" (--path slerp), '
            "or run `symvae evaluate --update-model` on it first."
        )
    shift = 0
    if in_key and len(a.pitched) and len(b.pitched):
        shift = (home_shift(b.pitched) - home_shift(a.pitched) + 6) % 12 - 6
    if shift and steps < 3:
        raise LatentError(f"With a change of key at the end, steps must be 3 or more, not {steps}.")
    tokenizer = codec.tokenizer
    assert isinstance(tokenizer, PartTokenizer), "a model of arrangements"
    moved = b.transpose(shift)
    # Tokenizers of several parts encode arrangements.
    start, end = (tokenizer.encode_phrase(each).astype(np.int64) for each in (a, moved))  # type: ignore[arg-type]
    rows = candidates(codec, start, end, generator)
    searched = steps - bool(shift)
    paths, costs = [], []
    for number, part in enumerate(tokenizer.parts):
        where = slice(number * tokenizer.steps, (number + 1) * tokenizer.steps)
        own = tokenizer.own_ids[number]
        if (start[:, where] == ABSENT).all() and (end[:, where] == ABSENT).all():
            paths.append(np.full((searched, *start[:, where].shape), ABSENT))
            continue
        found = search_path(
            own[start[:, where]],
            own[end[:, where]],
            own[rows[:, :, where]],
            searched,
            alphabet=_alphabet(part, language),
            unit=codec.grid.steps_per_beat,
            noise=noise,
        )
        paths.append(part.ids[found.ids])
        costs.append(found.nats_per_token)
    ids = np.concatenate(paths, axis=2)
    ids[0], ids[-1] = start, end
    arrangements = _arrangements(tokenizer, ids, a, moved)
    if shift:
        arrangements = [*arrangements, b]
    tempos = np.linspace(a.tempo_qpm, b.tempo_qpm, steps)
    arrangements = [each.with_tempo(float(qpm)) for each, qpm in zip(arrangements, tempos, strict=True)]
    again = [*range(searched), *([searched - 1] if shift else [])]
    played = played_ids(tokenizer, ids)
    distance = (played != played[0]).sum((1, 2, 3)) / max((played[-1] != played[0]).sum(), 1)
    nats = np.mean(costs, axis=0) if costs else np.zeros(searched)
    return Morph(
        arrangements,
        distance[again].tolist(),
        nats[again].tolist(),
        [origin_of(ids[step], ids[0], ids[-1]) for step in again],
        (key_name(a.pitched), key_name(b.pitched)),
        shift,
    )


def played_ids(
    tokenizer: PartTokenizer, ids: Integer[np.ndarray, "step bar position"]
) -> Int[np.ndarray, "step bar part place"]:
    """Own ids of each part; an absent part has those of silence, so that it differs only where another plays.

    Args:
        tokenizer: The tokenizer of the parts.
        ids: Rows of all parts.

    Returns:
        Own ids by part.
    """
    rows = ids.reshape(*ids.shape[:2], len(tokenizer.parts), -1)
    return np.stack([own[rows[:, :, part]] for part, own in enumerate(tokenizer.own_ids)], axis=2)


def _alphabet(part: PartIds, language: NGram) -> Alphabet:
    """Facts about a part's own ids; the language model reads them as ids of the arrangement."""
    tokens = part.tokenizer
    own = np.arange(tokens.vocabulary_size)
    first = tokens.onset_ids[0]
    in_rows = np.append(part.ids, language.vocabulary_size)  # the start mark after the part's own ids
    return Alphabet(
        own >= first,
        part.pitch,
        lambda grams: language.nats(in_rows[grams]),
        language.order,
        lambda rows: tokens.cut_out(rows.astype(id_type(tokens.vocabulary_size))),
    )


def _arrangements(
    tokenizer: PartTokenizer, ids: Integer[np.ndarray, "step bar position"], a: Arrangement, b: Arrangement
) -> list[Arrangement]:
    """Arrangements of a path, each with programs and kit of the nearer end that has the part."""
    steps, found = len(ids), []
    for step in range(steps):
        near, far = (a, b) if 2 * step < steps else (b, a)
        decoded = as_arrangement(tokenizer.decode_ids(ids[step]))
        parts = {}
        for part in tokenizer.parts:
            if part.name in decoded.parts:
                source = near if part.name in near.parts else far
                parts[part.name] = part.tokenizer.restore(decoded.parts[part.name], source.parts[part.name])
        programs = {**far.programs, **near.programs}
        found.append(Arrangement(a.grid, parts, a.tempo_qpm, programs))
    return [a, *found[1:-1], b] if steps > 1 else found
