"""Limits: upper bounds on what a file may declare or hold, as data.

Nothing that a person plays, writes or trains comes near them; a damaged or hostile file passes them at once,
and then fills the memory. Each reader keeps its rows in a module named ``limits`` beside it and counts while
it reads. docs/limits.md is the table of all rows, written by benchmarks/limits_table.py.
"""

import reprlib
from typing import NamedTuple

from symvae.errors import SymvaeError
from symvae.files.raised import raised

MIB = 2**20
#: Units of sizes of files.
BYTES = {"KiB": 2**10, "MiB": MIB}


class _Row(NamedTuple):
    code: str
    """Name of the row; `SymvaeError.limit` of the error has it."""
    most: int
    """The largest value that is read."""
    unit: str
    """Unit of the value."""
    reason: str
    """The reason for the value."""
    message: str
    """The error, with fields ``where``, ``count``, ``least`` and ``most``."""
    error: type[SymvaeError] = SymvaeError
    """Class of the error."""
    least: int = 0
    """The smallest value that is read."""
    flag: str = ""
    """Option of the command line that raises the limit, where there is one of its own."""


class Limit(_Row):
    """An upper bound, and a lower one where there is one."""

    __slots__ = ()

    @property
    def most(self) -> int:  # type: ignore[override]
        """The largest value that is read: that of the row, or the one that the user has raised it to."""
        return raised().get(self.code, self[1])

    def check(
        self,
        count: int | float,
        where: object,
        *,
        most: int | float | None = None,
        error: type[SymvaeError] | None = None,
    ) -> None:
        """Compare a count with the bounds.

        Args:
            count: The count, in the limit's unit.
            where: Name of the file in the message.
            most: A limit that the user has raised.
            error: Class of the error, of readers that several kinds of files share.

        Raises:
            SymvaeError: The count is out of bounds; of the limit's own class, or of ``error``.
        """
        most = self.most if most is None else most
        if self.least <= count <= most:
            return
        numbers = {"count": in_words(count), "least": in_words(self.least), "most": in_words(most)}
        fault = (error or self.error)(self.message.format(where=where, **numbers))
        fault.limit = self.code
        raise fault


def in_words(number: int | float) -> str:
    """A number without decimals from 10 on, and in words where it has hundreds of digits."""
    if number > 1e15:
        return "more than 1000000000000000"
    return f"{number:.0f}" if abs(number) >= 10 or float(number).is_integer() else f"{number:.1f}"


def shown(value: object, most: int = 60) -> str:
    """Text of a foreign value for a message: on one line, printable, and shortened.

    Args:
        value: A text, or a value of JSON or TOML.
        most: Characters of the result.

    Returns:
        The value as Python writes it, the middle left out where that is longer.
    """
    text = _Short().repr(value)
    return text if len(text) <= most else f"{text[: most // 2 - 1]}…{text[-(most // 2) :]}"


class _Short(reprlib.Repr):
    """Writes nested values to a small depth, so that no value of a file is too deep or too long."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother = 2, 60, 60

    def repr_int(self, number: int, level: int) -> str:
        """Python refuses to write a number of more than 4,300 digits, which hexadecimal TOML can hold."""
        return (
            super().repr_int(number, level)
            if number.bit_length() < 1000
            else "a number of 300 digits or more"
        )
