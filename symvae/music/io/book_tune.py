"""One tune of a tune book, as a form of music."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class BookTune:
    """A tune of an ABC file that holds several."""

    book: Any
    """The file: a path, "-", its contents, or an open file."""
    tune: str | int
    """Number or title of the tune."""


def in_book(music: Any, tune: str | int | None) -> Any:
    """The tune of a book, or the music itself where no tune is chosen."""
    return music if tune is None else BookTune(music, tune)
