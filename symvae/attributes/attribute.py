"""The interface of an attribute: one number that a musician can measure on a phrase.

Most are of single phrases, and of an arrangement they measure the lead; some are of what its parts have in
common.

An attribute states its unit, its bounds, the source of its definition and its value on silence, so that
no definition divides by zero notes and no figure gains from an empty phrase. An attribute that needs no
notes, as the tempo, states None. It knows no network: faders and attribute vectors build on these numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from symvae.music.arrangement import AnyPhrase, Arrangement, lead_of
from symvae.music.phrase import Phrase


@runtime_checkable
class Attribute(Protocol):
    """A measurement of one phrase, by a call."""

    @property
    def name(self) -> str:
        """Name in commands and files."""

    @property
    def unit(self) -> str:
        """Unit in words: "notes per bar"."""

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest value of any phrase."""

    @property
    def on_silence(self) -> float | None:
        """Value of every phrase without notes; None if such phrases differ, as in tempo."""

    @property
    def source(self) -> str:
        """Paper that the definition is taken from, or "symvae"."""

    @property
    def summary(self) -> str:
        """Definition in one line."""

    def __call__(self, phrase: AnyPhrase) -> float:
        """Measure ``phrase``."""


class _OfFunction:
    """Name and summary of a function."""

    function: Callable[..., float]

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.function.__name__

    @property
    def summary(self) -> str:
        """First line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]


@dataclass(frozen=True)
class NoteAttribute(_OfFunction):
    """An `Attribute` defined by a function of a phrase.

    The function is called with phrases of at least one note, unless ``on_silence`` is None: then it needs no
    notes and is called with silence, too.
    """

    function: Callable[[Phrase], float]
    unit: str
    bounds: tuple[float, float]
    on_silence: float | None
    source: str

    def __call__(self, phrase: AnyPhrase) -> float:
        """Value of the function, or ``on_silence`` for a phrase without notes."""
        lead = lead_of(phrase)
        if self.on_silence is not None and not len(lead):
            return self.on_silence
        return float(self.function(lead))


@dataclass(frozen=True)
class PartsAttribute(_OfFunction):
    """An `Attribute` of several parts together, defined by a function of an arrangement.

    The function is called with arrangements that have all of these parts; single phrases have none.
    """

    function: Callable[[Arrangement], float]
    parts: tuple[str, ...]
    unit: str
    bounds: tuple[float, float]
    on_silence: float
    """Value where one of the parts does not play."""
    source: str

    def __call__(self, phrase: AnyPhrase) -> float:
        """Value of the function, or ``on_silence`` for music without one of the parts."""
        if not isinstance(phrase, Arrangement) or not set(self.parts) <= set(phrase.parts):
            return self.on_silence
        return float(self.function(phrase))


def attribute(
    *, unit: str, bounds: tuple[float, float], on_silence: float | None, source: str
) -> Callable[[Callable[[Phrase], float]], NoteAttribute]:
    """Turn a function of a phrase into an attribute of its name, with its docstring as summary.

    Args:
        unit: Unit in words, "notes per bar".
        bounds: Lowest and highest value of any phrase.
        on_silence: Value of phrases without notes; None where the function takes them.
        source: Paper that the definition is taken from, or "symvae".

    Returns:
        A decorator.
    """

    def named(function: Callable[[Phrase], float]) -> NoteAttribute:
        return NoteAttribute(function, unit, bounds, on_silence, source)

    return named


def parts_attribute(
    *, parts: tuple[str, ...], unit: str, bounds: tuple[float, float], on_silence: float, source: str
) -> Callable[[Callable[[Arrangement], float]], PartsAttribute]:
    """Turn a function of an arrangement into an attribute of its name, with its docstring as summary.

    Args:
        parts: The parts that it needs, of `symvae.music.arrangement.PARTS`.
        unit: Unit in words.
        bounds: Lowest and highest value of any arrangement.
        on_silence: Value where one of the parts does not play.
        source: Paper that the definition is taken from, or "symvae".

    Returns:
        A decorator.
    """

    def named(function: Callable[[Arrangement], float]) -> PartsAttribute:
        return PartsAttribute(function, parts, unit, bounds, on_silence, source)

    return named
