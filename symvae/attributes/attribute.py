"""What an attribute is: one number that a musician could measure on a phrase.

An attribute states its unit, its bounds, where its definition comes from and its value on
silence, so that no definition divides by zero notes and no figure is flattered by an empty
phrase; one that needs no notes, as the tempo, states None. It knows no network: faders and
attribute vectors are built on these numbers elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from symvae.music.phrase import Phrase


@runtime_checkable
class Attribute(Protocol):
    """A measurement of one phrase: call it."""

    @property
    def name(self) -> str:
        """What users and files call it."""

    @property
    def unit(self) -> str:
        """What one of it is, in words: "notes per bar"."""

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value that any phrase can have."""

    @property
    def on_silence(self) -> float | None:
        """The value of every phrase without notes; None if such phrases differ, as in tempo."""

    @property
    def source(self) -> str:
        """Whose definition it is."""

    @property
    def summary(self) -> str:
        """One line for a person."""

    def __call__(self, phrase: Phrase) -> float:
        """The value of ``phrase``."""


@dataclass(frozen=True)
class NoteAttribute:
    """An `Attribute` defined by a function of a phrase.

    The function is only asked about phrases with at least one note, unless ``on_silence`` is None:
    then it needs no notes and is asked about silence too.
    """

    function: Callable[[Phrase], float]
    unit: str
    bounds: tuple[float, float]
    on_silence: float | None
    source: str

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    def __call__(self, phrase: Phrase) -> float:
        """The function's value, or ``on_silence`` for a phrase without notes."""
        if self.on_silence is not None and not len(phrase):
            return self.on_silence
        return float(self.function(phrase))


def attribute(
    *, unit: str, bounds: tuple[float, float], on_silence: float | None, source: str
) -> Callable[[Callable[[Phrase], float]], NoteAttribute]:
    """Make an attribute of a function: its name is the attribute's, its docstring the summary."""

    def named(function: Callable[[Phrase], float]) -> NoteAttribute:
        return NoteAttribute(function, unit, bounds, on_silence, source)

    return named
