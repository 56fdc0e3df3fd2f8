"""Fields of a request, each checked when it is read; a fault is one sentence with the field's name."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from symvae.errors import ConfigError
from symvae.files.json_file import parse_json
from symvae.studio.reply import RefusedError

#: Longest text of a field.
MOST_LETTERS = 200
#: Largest whole number, which every random generator takes as a seed.
LARGEST = 2**63 - 1
_REMEDY = "Send an object, as the pages of the studio do."


class Fields:
    """An object of JSON.

    Args:
        values: Its values by name.
        where: Name of the object in messages.
    """

    def __init__(self, values: Any, where: str = "The request") -> None:
        if not isinstance(values, Mapping):
            raise RefusedError(400, f"{where} is no object of JSON. {_REMEDY}")
        self._values, self._where = values, where

    @classmethod
    def of_body(cls, body: bytes) -> "Fields":
        """Parse a body; an empty one has no fields."""
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise RefusedError(400, f"The request is not text in UTF-8. {_REMEDY}") from None
        return cls(parse_json(text or "{}", "The request", ConfigError, _REMEDY))

    def has(self, name: str) -> bool:
        """True if a field is given and is not null."""
        return self._values.get(name) is not None

    def number(
        self, name: str, default: float | None = None, *, low: float = -math.inf, high: float = math.inf
    ) -> float:
        """Read a finite number.

        Args:
            name: The field.
            default: The number where it is missing; without one it is required.
            low: Least number that is allowed.
            high: Greatest number that is allowed.

        Returns:
            The number.
        """
        value = self._values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
            raise self._fault(name, "a number", value)
        if not low <= value <= high:
            raise self._fault(name, f"a number from {low:g} to {high:g}", value)
        return float(value)

    def whole(
        self, name: str, default: int | None = None, *, low: int = -LARGEST, high: int = LARGEST
    ) -> int:
        """Read a whole number.

        Args:
            name: The field.
            default: The number where it is missing; without one it is required.
            low: Least number that is allowed.
            high: Greatest number that is allowed.

        Returns:
            The number.
        """
        value = self._values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._fault(name, "a whole number", value)
        if not low <= value <= high:
            raise self._fault(name, f"a whole number from {low} to {high}", value)
        return value

    def seed(self) -> int:
        """The seed; 0 where it is missing."""
        return self.whole("seed", 0, low=0)

    def text(self, name: str, default: str | None = None) -> str:
        """A text; required where there is no default."""
        value = self._values.get(name, default)
        if not isinstance(value, str) or len(value) > MOST_LETTERS:
            raise self._fault(name, f"a text of at most {MOST_LETTERS} letters", value)
        return value

    def text_or_none(self, name: str) -> str | None:
        """A text; None where it is missing, null or empty."""
        return self.text(name).strip() or None if self.has(name) else None

    def flag(self, name: str, default: bool = False) -> bool:
        """True or false."""
        value = self._values.get(name, default)
        if not isinstance(value, bool):
            raise self._fault(name, "true or false", value)
        return value

    def numbers(self, name: str) -> dict[str, float]:
        """Numbers by name; empty where the field is missing."""
        inner = Fields(self._values.get(name) or {}, f"The field {name}")
        return {each: inner.number(each) for each in inner._values}

    def objects(self, name: str, most: int) -> Iterator["Fields"]:
        """Objects of a list.

        Args:
            name: The field.
            most: Longest list that is read.

        Yields:
            Each of them.
        """
        values = self._values.get(name)
        if not isinstance(values, list) or len(values) > most:
            raise RefusedError(400, f"{self._where} needs {name}, a list of at most {most} objects.")
        for number, value in enumerate(values, start=1):
            yield Fields(value, f"Number {number} of {name}")

    def _fault(self, name: str, wanted: str, value: Any) -> RefusedError:
        found = "it is missing" if value is None else f"not {json.dumps(value):.60}"
        return RefusedError(400, f"{self._where} needs {name}, {wanted}; {found}.")


def _is_finite(value: int | float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond all floating-point numbers
        return False
