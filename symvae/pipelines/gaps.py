"""Windows back in a row: silence takes the place of windows between them that were dropped."""

from collections.abc import Sequence
from typing import NamedTuple

from symvae.music.arrangement import AnyPhrase
from symvae.music.reading import Reading


class Row(NamedTuple):
    """Phrases in a row, in the places of their windows."""

    phrases: list[AnyPhrase]
    silent: list[tuple[int, int]]
    """Bars of the file that became silence: (first, one after the last), from 0."""


def fill_gaps(reading: Reading, results: Sequence[AnyPhrase]) -> Row:
    """Place results where their windows were in the file.

    Args:
        reading: Windows that the results were made from.
        results: One phrase for each window.

    Returns:
        The results in a row, with silent phrases for dropped windows between them.
    """
    row: list[AnyPhrase] = []
    silent: list[tuple[int, int]] = []
    last_end = span = 0
    for phrase, start, end in zip(results, reading.start_bar, reading.end_bar, strict=True):
        gap = start - last_end if row else 0
        if gap > 0:
            row += [phrase.silent()] * max(1, round(gap / span))
            silent.append((last_end, start))
        row.append(phrase)
        last_end, span = end, end - start
    return Row(row, silent)
