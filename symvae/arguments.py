"""Types of arguments, checked at the front door by the annotations that stand there.

    @checked
    def sample(self, count: int, *, temperature: float = 0.0) -> list[Phrase]: ...

    model.sample("8")    ArgumentError: count is a whole number, not '8' (str).

Checked are numbers, texts, paths, truth values, mappings, iterables and symvae's own classes, and unions of
these; numpy's numbers count as numbers. Whatever else an annotation says, such as the shape of a tensor, is
left to the function.
"""

import inspect
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin

from symvae.errors import ArgumentError

_Door = TypeVar("_Door", bound=Callable[..., Any])


class _Kind(NamedTuple):
    accepts: type
    words: str
    number: Callable[[Any], Any] | None = None


_KINDS: dict[Any, _Kind] = {
    int: _Kind(Integral, "a whole number", int),
    float: _Kind(Real, "a number", float),
    bool: _Kind(bool, "True or False"),
    str: _Kind(str, "a text"),
    NoneType: _Kind(NoneType, "None"),
    os.PathLike: _Kind(os.PathLike, "a path"),
    **dict.fromkeys((dict, Mapping), _Kind(Mapping, "a mapping")),
    **dict.fromkeys((list, Sequence, Iterable), _Kind(Iterable, "a list")),
}


def checked(door: _Door) -> _Door:
    """Check the arguments of a function, or of every public method of a class.

    Args:
        door: The function or class.

    Returns:
        A function that raises `ArgumentError` for an argument of a wrong type; the class itself.
    """
    if isinstance(door, type):
        for name, member in list(vars(door).items()):
            if name.startswith("_"):
                continue
            if isinstance(member, classmethod):
                setattr(door, name, classmethod(checked(member.__func__)))
            elif inspect.isfunction(member):
                setattr(door, name, checked(member))
        return door
    signature = inspect.signature(door)
    kinds = {
        name: kinds
        for name, parameter in signature.parameters.items()
        if (kinds := _kinds_of(parameter.annotation))
    }

    @wraps(door)
    def call(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        for name in bound.arguments.keys() & kinds.keys():
            bound.arguments[name] = _checked(name, bound.arguments[name], kinds[name])
        return door(*bound.args, **bound.kwargs)

    return call  # type: ignore[return-value]


def _kinds_of(annotation: Any) -> list[_Kind]:
    """The kinds of a plain annotation; none if any part of it is not plain."""
    if get_origin(annotation) in (Union, UnionType):
        each = [_kinds_of(member) for member in get_args(annotation)]
        return [kind for kinds in each for kind in kinds] if all(each) else []
    if isinstance(annotation, type) and issubclass(annotation, os.PathLike):
        annotation = os.PathLike
    plain = NoneType if annotation is None else get_origin(annotation) or annotation
    if isinstance(plain, type) and plain.__module__.startswith("symvae."):
        return [_Kind(plain, f"a {plain.__name__}")]
    return [_KINDS[plain]] if plain in _KINDS else []


def _checked(name: str, value: Any, kinds: list[_Kind]) -> Any:
    """The value, numpy's numbers as Python's own."""
    for kind in kinds:
        if _is(value, kind):
            return value if isinstance(value, int | float) or kind.number is None else kind.number(value)
    words = " or ".join(dict.fromkeys(kind.words for kind in kinds))
    raise ArgumentError(f"{name} is {words}, not {value!r:.60} ({type(value).__name__}).")


def _is(value: Any, kind: _Kind) -> bool:
    for narrow in (bool, str):  # to Python True is a number too, and a text a list of letters
        if isinstance(value, narrow):
            return kind.accepts is narrow
    return isinstance(value, kind.accepts)
