"""Augmentation of arrangements: the beginning of one phrase, then the end of another, each part by itself.

Few songs have all parts, and a model learns theirs by heart. The beats of two bars make a bar that nobody
wrote, of figures that somebody did; and the bass of one song under the melody of another asks for codes that
hold each part by itself.
"""

import numpy as np
from jaxtyping import Bool, Int64, UInt

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
    """Exchange the ends of some parts for those of other windows.

    Args:
        tokenizer: Tokenizer of the parts.
        share: Share of the parts, each by itself, that go on as in another window: single bars from their
            second beat or a later one, longer windows from any bar, the first included.
        ids: Its ids.
        chance: Source of the draws.

    Returns:
        As many windows. A part stays as it is where it is absent in a bar of it or of the other window.
    """
    windows, bars = ids.shape[:2]
    steps = tokenizer.steps
    rows = ids.reshape(windows, bars, len(tokenizer.parts), steps).swapaxes(1, 2).copy()
    for row, part in enumerate(tokenizer.parts):
        own = rows[:, row].reshape(windows, bars * steps)
        other = own[chance.permutation(windows)]
        present = (own != ABSENT).all(axis=1) & (other != ABSENT).all(axis=1)
        takes = present & (chance.random(windows) < share)
        unit, least = (_STEPS_PER_BEAT, 1) if bars == 1 else (steps, 0)
        first = unit * chance.integers(least, bars * steps // unit, (windows, 1))
        late = takes[:, None] & (np.arange(bars * steps) >= first)
        spliced = np.where(late, other, own)
        if part.name != DRUMS:
            numbers = tokenizer.own_ids[row][spliced]
            spliced = np.where(late & _needless(numbers), part.ids[HOLD], spliced)
        rows[:, row] = spliced.reshape(windows, bars, steps)
    return rows.swapaxes(1, 2).reshape(ids.shape)


def _needless(own: Int64[np.ndarray, "window step"]) -> Bool[np.ndarray, "window step"]:
    """Mask of the note-offs that follow a note-off: no note sounds there any more."""
    event = np.maximum.accumulate(np.where(own != HOLD, np.arange(own.shape[1]), -1), axis=1)
    before = np.concatenate([np.full((len(own), 1), -1), event[:, :-1]], axis=1)
    last = np.take_along_axis(own, np.maximum(before, 0), axis=1)
    return (own == NOTE_OFF) & (before >= 0) & (last == NOTE_OFF)
