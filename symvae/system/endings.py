"""Endings: give draws a cadence, the last bar that the decoder finds most likely among those with one.

A prior learned from windows of tunes ends its draws as windows do, anywhere. The candidates differ from a
draw in its last bar alone: from the first beat, or from the middle of a bar of two or four beats, the tonic
nearest to the note before lasts until the end. There, and so near, are most cadences of real tunes. The
decoder's likelihood under z chooses, so that the bar stays as near to the drawn one as a cadence allows.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.attributes.cadence import cadence
from symvae.attributes.key import key_of
from symvae.music.phrase import Phrase
from symvae.system.codec import Codec


def with_cadences(
    codec: Codec,
    z: Float[Tensor, "batch latent"],
    ids: Int[Tensor, "batch bar position"],
    chosen: Sequence[bool],
) -> Int[Tensor, "batch bar position"]:
    """Give some phrases a cadence.

    Args:
        codec: the model's encoder and decoder.
        z: latents of the phrases.
        ids: token ids of the phrases.
        chosen: for each phrase whether it shall end with a cadence.

    Returns:
        Token ids that differ in the last bar of chosen phrases; phrases without notes, and those that no
        candidate gives a cadence, stay.
    """
    ids = ids.clone()
    for row, phrase in enumerate(codec.to_phrases(ids)):
        if not chosen[row] or not len(phrase) or cadence(phrase):
            continue
        ended = [each for each in cadences(phrase, codec.tokenizer.pitch_range) if cadence(each)]
        if ended:
            candidates = codec.to_ids(ended)
            ids[row] = candidates[_likelihood(codec, z[row], candidates).argmax()]
    return ids


def cadences(phrase: Phrase, pitch_range: tuple[int, int]) -> Iterator[Phrase]:
    """Yield the candidates for a phrase of one line.

    Args:
        phrase: music with at least one note.
        pitch_range: lowest and highest MIDI pitch.
    """
    grid, tonic = phrase.grid, key_of(phrase).tonic
    bar, end = grid.num_steps - grid.steps_per_bar, grid.num_steps
    for step in (bar, *([bar + grid.steps_per_bar // 2] if grid.beats_per_bar % 2 == 0 else [])):
        before = phrase.select(phrase.onset_step < step)
        near = int((before if len(before) else phrase).pitch[-1])
        for pitch in {near - (near - tonic) % 12, near + (tonic - near) % 12}:
            if abs(pitch - near) <= 6 and pitch_range[0] <= pitch <= pitch_range[1]:
                yield phrase.with_notes(
                    np.append(before.onset_step, step),
                    np.append(np.minimum(before.duration_step, step - before.onset_step), end - step),
                    np.append(before.pitch, pitch),
                    np.append(before.velocity, phrase.velocity[-1]),
                )


def _likelihood(
    codec: Codec, z: Float[Tensor, " latent"], ids: Int[Tensor, "candidate bar position"]
) -> Float[Tensor, " candidate"]:
    """Log likelihood of the last bar of each candidate."""
    scores = codec.log_probability(z.expand(len(ids), -1), ids)
    each = [score[-1].gather(1, rows[-1][:, None]).sum() for score, rows in zip(scores, ids, strict=True)]
    return torch.stack(each)
