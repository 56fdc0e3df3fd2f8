"""Forms of draws: which bars are equal, from letters or as in the training music.

Letters name sections of equal length. Equal letters are equal bars; a prime varies a section as tunes do, by
the same beginning and another end: the first half of A' equals that of A, and A'' has a third end.
"""

import math
import re
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.errors import LatentError
from symvae.models.flow.prior import FlowPrior

REAL, FREE = "real", "free"
#: Attributes that letters decide.
REPETITION = {"bar_similarity", "repeated_bar_share"}


class Forms(NamedTuple):
    """Forms of draws."""

    equal: Int[Tensor, "count bar"] | None
    """For each bar the first bar that it equals; None without a form."""
    attributes: Float[Tensor, "count attribute"] | None
    """Attributes of training music, standardized; nan where one is free, None where all are."""


def draw_forms(
    prior: FlowPrior, form: str, count: int, generator: torch.Generator, name: str = "The model"
) -> Forms:
    """Draw the equal bars of each of ``count`` phrases, and attributes that go with them.

    Args:
        prior: a prior over bars.
        form: letters, `REAL` for the forms of the training music, or `FREE` for none.
        count: number of phrases.
        generator: source of the draws, on the CPU.
        name: the model's name, for error messages.

    Returns:
        The forms; attributes, under a prior that they condition, are those of training music: of the window
        that has the form, or with letters of any, but for its repeats.

    Raises:
        LatentError: the prior knows no bars, or the letters do not fit them.
    """
    if form == FREE:
        return Forms(None, None)
    table = prior.forms.cpu().long()
    bars = table.shape[1]
    if not bars:
        raise LatentError(
            f"{name} has no prior over bars, so its phrases have no form. Choose another model, or the form "
            f"{FREE!r}."
        )
    if form != REAL:
        equal = torch.tensor(lettered(form, bars, name)).expand(count, -1)
        if not len(prior.attributes):
            return Forms(equal, None)
        rows = torch.randint(len(table), (count,), generator=generator)
        told_by_form = torch.tensor([name in REPETITION for name in prior.conditions])
        return Forms(equal, prior.attributes[rows].cpu().masked_fill(told_by_form, math.nan))
    if not len(table):
        raise LatentError(
            f"The prior of {name} has no table of forms. Run `symvae train-prior` on it, name a form in "
            f"letters, or choose the form {FREE!r}."
        )
    rows = torch.randint(len(table), (count,), generator=generator)
    return Forms(table[rows], prior.attributes[rows] if len(prior.attributes) else None)


def lettered(form: str, bars: int, name: str = "The model") -> list[int]:
    """Equal bars of a form in letters.

    Args:
        form: a letter for each section, with primes: "AABA", "AA'BA".
        bars: number of bars.
        name: the model's name, for error messages.

    Returns:
        For each bar the first bar that it equals.

    Raises:
        LatentError: these are no letters, or the bars cannot be divided by them.
    """
    sections = re.findall(r"([A-Z])('*)", form)
    if not sections or "".join(map("".join, sections)) != form:
        raise LatentError(
            f"{form!r:.40} is no form. Name its sections with letters and primes, such as AABA or AA'BA, "
            f"or choose {REAL!r} or {FREE!r}."
        )
    length, rest = divmod(bars, len(sections))
    if rest:
        raise LatentError(
            f"{name} draws {bars} bars, which {len(sections)} sections cannot share equally. Choose a form "
            f"with another number of letters, or {FREE!r}."
        )
    first: dict[tuple[str, int], int] = {}
    numbers: list[int] = []
    for letter, primes in sections:
        for bar in range(length):
            own = letter + primes * (bar >= length // 2)
            numbers.append(first.setdefault((own, bar), len(numbers)))
    return numbers
