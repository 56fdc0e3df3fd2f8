"""Join the fragments between bar lines into whole measures.

A bar line may fall in the middle of a measure: a repeat sign before a pickup, a double bar, a bracket.
Fragments are joined as long as they fit: the end of a section and the pickup of the next, or of its own
repeat, make one measure. An incomplete measure is

    a pickup           at the start, or after a section that ended on a full measure
    a section's end    if nothing follows to fill it: filled with rest, as the last bar of a tune is
    a fault            anywhere else, as is a bar that is too long
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symvae.corpus.notation.bar import WrittenBar, WrittenNote
from symvae.music.metre import GRID_BARS
from symvae.music.reason import Reason


@dataclass
class Measure:
    """A whole measure, or a fault with its reason. A pickup begins with the rest that fills it.

    ``metre`` is None for a metre without a grid. ``number`` is that of its last written bar.
    """

    metre: tuple[int, int] | None
    notes: list[WrittenNote]
    number: int
    fault: Reason | None = None
    detail: str = ""
    is_pickup: bool = False


def measures(bars: Sequence[WrittenBar]) -> Iterator[Measure]:
    """Join bars in playing order into measures."""
    pending: list[WrittenBar] = []
    may_be_pickup = True
    for bar in bars:
        full = bar.full_step
        metre = "no metre" if bar.metre is None else f"{bar.metre[0]}/{bar.metre[1]}"
        if full is None or metre not in GRID_BARS:
            if pending:
                yield _incomplete(pending, may_be_pickup)
            yield Measure(None, [], bar.number, Reason.METRE_NOT_SUPPORTED, metre)
            pending, may_be_pickup = [], True
            continue
        if pending and (pending[0].metre != bar.metre or _length(pending) + bar.length_step > full):
            yield _incomplete(pending, may_be_pickup)
            may_be_pickup = _ends(pending[-1]) or pending[0].metre != bar.metre
            pending = []
        pending.append(bar)
        fault = _fault(pending)
        if fault or _length(pending) == full:
            yield fault or Measure(bar.metre, _notes(pending), bar.number)
            pending, may_be_pickup = [], _ends(bar)
    if pending:
        yield _filled(pending)


def _fault(pending: list[WrittenBar]) -> Measure | None:
    """The fault of an unfinished measure: a second voice, or too many notes; None if it has none."""
    bar, full = pending[-1], pending[0].full_step
    assert full is not None
    if bar.problem:
        return Measure(bar.metre, [], bar.number, Reason.POLYPHONIC, bar.problem)
    if _length(pending) > full:
        return _wrong_length(pending)
    return None


def _incomplete(pending: list[WrittenBar], may_be_pickup: bool) -> Measure:
    last, missing = pending[-1], _missing(pending)
    if may_be_pickup:
        rest = WrittenNote(None, missing)
        return Measure(last.metre, [rest, *_notes(pending)], last.number, is_pickup=True)
    if _ends(last):
        return _filled(pending)
    return _wrong_length(pending)


def _filled(pending: list[WrittenBar]) -> Measure:
    rest = WrittenNote(None, _missing(pending))
    return Measure(pending[-1].metre, [*_notes(pending), rest], pending[-1].number)


def _wrong_length(pending: list[WrittenBar]) -> Measure:
    detail = f"a bar of {_length(pending)} sixteenths, not {pending[0].full_step}"
    return Measure(pending[-1].metre, [], pending[-1].number, Reason.OFF_GRID, detail)


def _missing(pending: list[WrittenBar]) -> Fraction:
    full = pending[0].full_step
    assert full is not None
    return full - _length(pending)


def _ends(bar: WrittenBar) -> bool:
    return bar.ends_section or bar.closes_repeat


def _length(bars: Sequence[WrittenBar]) -> Fraction:
    return sum((bar.length_step for bar in bars), Fraction(0))


def _notes(bars: Sequence[WrittenBar]) -> list[WrittenNote]:
    return [note for bar in bars for note in bar.notes]
