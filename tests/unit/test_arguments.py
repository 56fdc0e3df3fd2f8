"""Arguments are checked by the annotations of the front door."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from symvae.arguments import checked
from symvae.errors import ArgumentError
from symvae.music.grid import Grid

Own = TypeVar("Own")


@checked
def door(
    count: int = 1,
    share: float | None = None,
    *,
    name: str | Path = "x",
    force: bool = False,
    values: Mapping[str, float] = {},
    items: Iterable[int] = (),
    grid: Grid | None = None,
    anything: Any = None,
) -> tuple:
    """Take one of each."""
    return count, share, name, force, values, list(items), grid, anything


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"count": "8"}, "count is a whole number, not '8' (str)."),
        ({"count": 2.0}, "count is a whole number, not 2.0 (float)."),
        ({"count": True}, "count is a whole number, not True (bool)."),
        ({"share": "half"}, "share is a number or None, not 'half' (str)."),
        ({"name": 3}, "name is a text or a path, not 3 (int)."),
        ({"force": 1}, "force is True or False, not 1 (int)."),
        ({"values": [1]}, "values is a mapping, not [1] (list)."),
        ({"items": "1-4"}, "items is a list, not '1-4' (str)."),
        ({"items": 3}, "items is a list, not 3 (int)."),
        ({"grid": "4/4"}, "grid is a Grid or None, not '4/4' (str)."),
    ],
)
def test_a_wrong_type_is_named_with_the_right_one(arguments, sentence: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        door(**arguments)
    assert str(refused.value) == sentence
    assert isinstance(refused.value, TypeError)


def test_right_types_pass_and_numbers_become_python_s() -> None:
    assert door() == (1, None, "x", False, {}, [], None, None)
    found = door(
        np.int64(3), np.float32(0.5), name=Path("y"), items=(n for n in (1, 2)), grid=Grid(2), anything=door
    )
    assert found == (3, 0.5, Path("y"), False, {}, [1, 2], Grid(2), door)
    assert [type(each) for each in found[:2]] == [int, float]
    assert type(door(share=1)[1]) is int


def test_of_a_class_the_public_methods_are_checked() -> None:
    @checked
    class House:
        @classmethod
        def build(cls, rooms: int) -> int:
            return rooms

        @staticmethod
        def window(width: str) -> str:
            return width

        def open(self: Own, doors: int) -> Own:
            return self

        def _inside(self, doors: int) -> Any:
            return doors

    house = House()
    assert (House.build(2), house.open(1), house._inside("any"), House.window("wide")) == (
        2,
        house,
        "any",
        "wide",
    )
    for call in (lambda: House.build("two"), lambda: house.open(None)):
        with pytest.raises(ArgumentError, match="is a whole number"):
            call()
