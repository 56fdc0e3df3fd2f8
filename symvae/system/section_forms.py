"""Forms of tunes: what a section repeats, given the sections before it.

A section of a tune is new, repeats an earlier one, or varies it: here it repeats the one with which it shares
the most steps at which the same pitch sounds, if these are `SAME_FROM` of its steps or more, and varies it
from `VARIED_FROM` on. A form is written as "AB1'2": two new sections, the first one varied, the second one
again. ``section_forms.csv`` has the share of each form among all windows of sixteen bars, in sections of
four, of the training tunes of the released models, by metre; `benchmarks/generate/section_forms.py` writes
it.
"""

import csv
import functools
import re
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Int

from symvae.music.phrase import Phrase
from symvae.system.bar_plan import NEW, SAME, VARIED

SAME_FROM = 0.9
VARIED_FROM = 0.5


class Section(NamedTuple):
    """A section of a form."""

    like: int | None
    """Number of the earlier section that it repeats or varies, from 0; None if it is new."""
    varied: bool = False


Form = list[Section]


def form(phrase: Phrase, section_bars: int) -> Form:
    """Sections of a phrase.

    Args:
        phrase: music; of a polyphonic phrase the latest and highest notes count.
        section_bars: bars of a section; sections are counted back from the end of the phrase.

    Returns:
        The sections; none of a phrase that is shorter.
    """
    steps = section_bars * phrase.grid.steps_per_bar
    count = phrase.grid.num_steps // steps
    sections = _sounding(phrase)[phrase.grid.num_steps - count * steps :].reshape(count, steps)
    found = []
    for number, section in enumerate(sections):
        alike = (sections[:number] == section).mean(-1)
        nearest = int(alike.argmax()) if number else 0
        if number and alike[nearest] >= VARIED_FROM:
            found.append(Section(nearest, bool(alike[nearest] < SAME_FROM)))
        else:
            found.append(Section(None))
    return found


def spelled(sections: Form) -> str:
    """A form as in the table, "AB1'2"."""
    letters = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return "".join(
        next(letters) if like is None else str(like + 1) + "'" * varied for like, varied in sections
    )


def in_letters(sections: Form) -> str:
    """A form as musicians write it, "ABA'B": a repeat has the letter of its like, a variation a prime.

    After Z come A2 to Z2, and so on.
    """
    first = _first_alike(sections)
    names = {
        number: chr(ord("A") + rank % 26) + str(rank // 26 + 1) * (rank >= 26)
        for rank, number in enumerate(dict.fromkeys(first))
    }
    return "".join(
        names[number] + "'" * section.varied for number, section in zip(first, sections, strict=True)
    )


def next_section(given: Phrase, section_bars: int, generator: torch.Generator) -> tuple[int, float]:
    """Draw what the section after a phrase repeats, as in the forms that begin like the phrase.

    Args:
        given: the music before it, of one section or more; the last three count.
        section_bars: bars of a section.
        generator: source of the draw, on the CPU.

    Returns:
        How many sections back the one lies that it is like, and its pull (`symvae.system.bar_plan`). Two
        sections in a row never repeat two others as they are.
    """
    bars = min(given.grid.bars // section_bars, 3) * section_bars
    last = given.window(given.grid.bars - bars, bars)
    start = form(last, section_bars)
    count = len(start)
    same_start = [
        (sections[count], share)
        for sections, share in forms(given.grid.metre)
        if _first_alike(sections[:count]) == _first_alike(start)
    ]
    weights = torch.tensor([share for _, share in same_start])
    drawn, _ = same_start[int(torch.multinomial(weights, 1, generator=generator))]
    if drawn.like is None:
        return min(2, count), NEW
    back = count - drawn.like
    varied = drawn.varied or _repeats(last, back, section_bars)
    return back, VARIED if varied else SAME


@functools.cache
def forms(metre: str) -> list[tuple[Form, float]]:
    """Forms of four sections in a metre, each with its share."""
    text = files("symvae.system").joinpath("section_forms.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["metre"] == metre]
    return [(_parsed(row["form"]), float(row["share"])) for row in rows]


def _parsed(text: str) -> Form:
    return [
        Section(int(number) - 1, bool(prime)) if number else Section(None)
        for number, prime in re.findall("[A-Z]|([0-9])('?)", text)
    ]


def _first_alike(sections: Form) -> list[int]:
    """The first of the sections that are alike, for each section."""
    first: list[int] = []
    for number, section in enumerate(sections):
        first.append(number if section.like is None else first[section.like])
    return first


def _repeats(given: Phrase, back: int, section_bars: int) -> bool:
    """True if the last section repeats the one ``back`` sections earlier note by note."""
    last = given.grid.bars - section_bars
    earlier = last - back * section_bars
    return earlier >= 0 and given.window(earlier, section_bars) == given.window(last, section_bars)


def _sounding(phrase: Phrase) -> Int[np.ndarray, " step"]:
    """Pitch that sounds at each step; -1 in silence."""
    pitch = np.full(phrase.grid.num_steps, -1)
    for onset, end, note in zip(phrase.onset_step, phrase.end_step, phrase.pitch, strict=True):
        pitch[onset:end] = note
    return pitch
