"""Form: which sections of a phrase repeat earlier ones, in letters, and which bars.

Letters name the sections of a tune in the order in which they are new, as in any textbook: AABA, ABAC. Here a
section repeats another one if the same pitches sound at `ALIKE` of its steps or more, as in `bar_similarity`;
between sections of folk tunes this share is seldom near the threshold. Variations in another key or register
count as new.
"""

import numpy as np
from jaxtyping import Float, Int64

from symvae.attributes.repetition import notes_by_bar, sounding
from symvae.music.phrase import Phrase

#: Share of equal steps from which a section is a repeat.
ALIKE = 0.7
SECTION_BARS = 4
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def form(phrase: Phrase, section_bars: int = SECTION_BARS) -> str:
    """Form of a phrase in letters, one for each section: "ABAC".

    Args:
        phrase: Music on any grid; bars after the last whole section are left out.
        section_bars: Bars of a section; longer ones where there would be more sections than letters.

    Returns:
        The letters; a section is compared with the first one of each earlier letter.
    """
    bars = phrase.grid.bars
    section_bars = max(section_bars, -(-bars // len(_LETTERS)))
    count = bars // section_bars
    alike = section_likeness(phrase, section_bars)
    first: list[int] = []
    letters = ""
    for section in range(count):
        found = int(np.argmax(alike[section, first])) if first else 0
        if not first or alike[section, first[found]] < ALIKE:
            found = len(first)
            first.append(section)
        letters += _LETTERS[found]
    return letters


def section_likeness(phrase: Phrase, section_bars: int) -> Float[np.ndarray, "section other"]:
    """Share of steps at which the same pitches sound in two sections, or none in either.

    Args:
        phrase: Music on any grid.
        section_bars: Bars of a section.
    """
    count, steps = phrase.grid.bars // section_bars, section_bars * phrase.grid.steps_per_bar
    sections = sounding(phrase)[: count * steps].reshape(count, steps, 2)
    return (sections[:, None] == sections[None]).all(-1).mean(-1)


def equal_bars(phrase: Phrase) -> Int64[np.ndarray, " bar"]:
    """For each bar the first bar with the same notes, or the bar itself.

    Bars are compared as by `repeated_bar_share`: a bar in which no note starts equals no other.
    """
    first: dict[bytes, int] = {}
    numbers = np.arange(phrase.grid.bars)
    for bar, notes in notes_by_bar(phrase).items():
        numbers[bar] = first.setdefault(notes, bar)
    return numbers
