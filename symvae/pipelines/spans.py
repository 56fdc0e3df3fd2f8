"""Bars of the windows of a reading, as numbers and in words."""

from symvae.music.bars import bars_in_words
from symvae.music.reading import Reading


def bar_spans(reading: Reading) -> list[tuple[int, int]]:
    """Bars of each phrase of a reading.

    Args:
        reading: Phrases of a file.

    Returns:
        (first bar, one after the last), from 0.
    """
    return list(zip(reading.start_bar, reading.end_bar, strict=True))


def spans_of(reading: Reading) -> list[str]:
    """First and last bar of each phrase of a reading as "3-4".

    Args:
        reading: Phrases of a file.

    Returns:
        The bars, from 1.
    """
    return [f"{start + 1}-{end}" for start, end in bar_spans(reading)]


def titles_of(reading: Reading) -> list[str]:
    """Bars of each phrase of a reading in words: "bars 3-4", or "bar 3".

    Args:
        reading: Phrases of a file.

    Returns:
        The words; bars count from 1.
    """
    return [bars_in_words([span]) for span in bar_spans(reading)]
