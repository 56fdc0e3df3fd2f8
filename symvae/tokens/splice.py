"""Augmentation of bars: the first beats of one bar, then the rest of another.

Few songs have all parts, and a model of bars learns theirs by heart. The halves of two bars make a bar that
nobody wrote, of figures that somebody did: the codes must tell what happens on each beat.
"""

import numpy as np
from jaxtyping import Int64, UInt

from symvae.music.arrangement import DRUMS
from symvae.tokens.melody_grid import HOLD, NOTE_OFF
from symvae.tokens.parts import ABSENT, PartTokenizer

_STEPS_PER_BEAT = 4


def splice_parts(
    tokenizer: PartTokenizer,
    share: float,
    ids: UInt[np.ndarray, "window bar position"],
    chance: np.random.Generator,
) -> UInt[np.ndarray, "window bar position"]:
    """Exchange the last beats of some bars for those of other windows, each part by itself.

    Args:
        tokenizer: Tokenizer of the parts.
        share: Share of the bars of each part that take their last beats, one or more, from another window.
        ids: Its ids.
        chance: Source of the draws.

    Returns:
        As many windows. A bar stays as it is where the part is absent in it or in the other window.
    """
    steps = tokenizer.steps
    rows = ids.reshape(*ids.shape[:2], len(tokenizer.parts), steps).copy()
    for row, part in enumerate(tokenizer.parts):
        own = rows[:, :, row]
        other = own[chance.permutation(len(own))]
        beat = _STEPS_PER_BEAT * chance.integers(1, steps // _STEPS_PER_BEAT, own.shape[:2])
        takes = (chance.random(own.shape[:2]) < share) & (own[..., 0] != ABSENT) & (other[..., 0] != ABSENT)
        late = takes[..., None] & (np.arange(steps) >= beat[..., None])
        spliced = np.where(late, other, own)
        if part.name != DRUMS:
            numbers = tokenizer.own_ids[row][spliced]
            spliced = np.where(late & _needless(numbers), part.ids[HOLD], spliced)
        rows[:, :, row] = spliced
    return rows.reshape(ids.shape)


def _needless(own: Int64[np.ndarray, "window bar step"]) -> np.ndarray:
    """Mask of the note-offs that follow a note-off in their bar: no note sounds there any more."""
    steps = np.arange(own.shape[-1])
    event = np.maximum.accumulate(np.where(own != HOLD, steps, -1), axis=-1)
    before = np.concatenate([np.full((*own.shape[:2], 1), -1), event[..., :-1]], axis=-1)
    last = np.take_along_axis(own, np.maximum(before, 0), axis=-1)
    return (own == NOTE_OFF) & (before >= 0) & (last == NOTE_OFF)
