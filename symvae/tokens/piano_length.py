"""Lengths of piano bars in tokens, and phrases thinned to the longest row."""

import numpy as np
from jaxtyping import Bool, Int64

from symvae.music.phrase import Phrase
from symvae.tokens.piano_vocabulary import STEPS_PER_BAR, TOKENS_PER_BAR


def token_counts(phrase: Phrase) -> Int64[np.ndarray, " bar"]:
    """Number of tokens of each bar."""
    bar = phrase.onset_step // STEPS_PER_BAR
    weight = 3 + opens_position(phrase)
    return 1 + np.bincount(bar, weight, phrase.grid.bars).astype(np.int64)


def thin(phrase: Phrase) -> Phrase:
    """Drop the softest notes of bars that exceed a row, and of these the shortest first."""
    over = np.flatnonzero(token_counts(phrase) > TOKENS_PER_BAR)
    keep = np.ones(len(phrase), bool)
    bar = phrase.onset_step // STEPS_PER_BAR
    for crowded in over.tolist():
        inside = np.flatnonzero(bar == crowded)
        loudest = inside[np.lexsort((phrase.duration_step[inside], phrase.velocity[inside]))[::-1]]
        tokens = 1
        steps = {crowded * STEPS_PER_BAR}
        for note in loudest:
            step = int(phrase.onset_step[note])
            tokens += 3 + (step not in steps)
            keep[note] = tokens <= TOKENS_PER_BAR
            steps.add(step)
    return phrase.select(keep)


def opens_position(phrase: Phrase) -> Bool[np.ndarray, " note"]:
    """Mask of the notes with a Position before them: the first of a step, except at the start of a bar."""
    new = np.ones(len(phrase), bool)
    new[1:] = phrase.onset_step[1:] != phrase.onset_step[:-1]
    return new & (phrase.onset_step % STEPS_PER_BAR != 0)
