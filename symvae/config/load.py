"""Typed configs from presets, JSON and overrides; faults name the key as the user typed it."""

import dataclasses
import math
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from symvae.config.ddsp import DdspConfig
from symvae.config.genie import GenieConfig
from symvae.config.groove import GrooveConfig
from symvae.config.limits import NAMES, TEXT
from symvae.config.oneshot import OneShotConfig
from symvae.config.oneshot_codes import OneShotCodesConfig
from symvae.config.rave import RaveConfig
from symvae.config.run import RunConfig
from symvae.config.sound import SynthConfig
from symvae.errors import ConfigError
from symvae.files.limit import shown
from symvae.files.toml_file import read_toml

T = TypeVar("T")
#: Keys of earlier releases: the present name, and a map to its value.
_RENAMED: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "prior.middle_times": ("time_sampling", lambda middle: "logit_normal" if middle else "uniform"),
}
#: Types of values in words.
_KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a word"}
_LISTS = {tuple[str, ...]: (str, "a list of words"), tuple[int, ...]: (int, "a list of whole numbers")}
#: Faults of one message.
_MOST_FAULTS = 3
_FOLDERS: dict[type, str] = {
    RunConfig: "presets",
    SynthConfig: "presets/sound",
    GrooveConfig: "presets/groove",
    GenieConfig: "presets/genie",
    OneShotConfig: "presets/oneshot",
    OneShotCodesConfig: "presets/oneshot_codes",
    RaveConfig: "presets/rave",
    DdspConfig: "presets/ddsp",
}


def presets(cls: type = RunConfig) -> list[str]:
    """Names of the presets of models, or of what another class of configs describes."""
    folder = resources.files("symvae.config") / _FOLDERS[cls]
    return sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))


def load_preset(name: str, cls: type[T] = RunConfig) -> T:  # type: ignore[assignment]
    """Load a preset by its name, or a TOML file by its path.

    Raises:
        ConfigError: There is no such preset or file, it is not TOML, or it has unknown or mistyped keys.
    """
    path = Path(name)
    if path.suffix == ".toml":
        if not path.is_file():
            raise ConfigError(
                f"There is no preset file {name}. Give an existing .toml file or one of: {_known(cls)}."
            )
        return from_dict(cls, read_toml(path, ConfigError))
    if name in presets(cls):
        text = (resources.files("symvae.config") / _FOLDERS[cls] / f"{name}.toml").read_text(encoding="utf-8")
        return from_dict(cls, tomllib.loads(text))
    raise ConfigError(f"There is no preset {name!r}. Known presets: {_known(cls)}.")


def with_overrides(config: T, overrides: list[str]) -> T:
    """Apply overrides ``section.key=value`` to a config; values are TOML, and bare words are text.

    Keys of earlier releases are translated.

    Raises:
        ConfigError: An override has no ``=``, or its key does not exist.
    """
    tree = dataclasses.asdict(config)  # type: ignore[call-overload]
    for override in overrides:
        key, equals, text = override.partition("=")
        if not equals:
            raise ConfigError(
                f"{override!r} sets nothing. Write section.key=value, as in objective.beta=0.3."
            )
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except (ValueError, RecursionError):
            value = text
        if key in _RENAMED:
            name, renew = _RENAMED[key]
            key, value = f"{key.rpartition('.')[0]}.{name}", renew(value)
        node = tree
        *sections, last = key.split(".")
        for section in sections:
            node = node.get(section) if isinstance(node, dict) else None  # type: ignore[assignment]
        if not isinstance(node, dict) or last not in node:
            raise ConfigError(f"There is no key {key!r}. Known keys: {', '.join(_keys(tree))}.")
        node[last] = value
    return from_dict(type(config), tree)


def from_dict(cls: type[T], tree: dict[str, Any], path: str = "") -> T:
    """Build a config from nested dictionaries.

    Args:
        cls: The dataclass to build.
        tree: Values by key; keys of earlier releases are translated.
        path: Prefix of the keys in messages, "model.".

    Returns:
        An instance of ``cls``; keys that are left out have their defaults.

    Raises:
        ConfigError: Keys are unknown or mistyped; one message lists them all.
    """
    faults: list[str] = []
    value = _build(cls, tree, path, faults)
    if faults:
        more = f" And {len(faults) - _MOST_FAULTS} more." if len(faults) > _MOST_FAULTS else ""
        raise ConfigError(" ".join(faults[:_MOST_FAULTS]) + more)
    return value


def _build(cls: Any, tree: dict[str, Any], path: str, faults: list[str]) -> Any:
    hints = get_type_hints(cls)
    known = {f.name for f in dataclasses.fields(cls)}
    arguments, unknown = {}, []
    for key, value in tree.items():
        if (name := f"{path}{key}") in _RENAMED:
            key, renew = _RENAMED[name]
            name, value = f"{path}{key}", renew(value)
        if key not in known:
            unknown.append(shown(name))
        elif dataclasses.is_dataclass(hints[key]):
            if isinstance(value, dict):
                arguments[key] = _build(hints[key], value, f"{name}.", faults)
            else:
                faults.append(f"{name!r} is a section, not a value.")
        else:
            arguments[key] = _checked(hints[key], name, value, faults)
    if unknown:
        some = ", ".join(unknown[:_MOST_FAULTS]) + ", …" * (len(unknown) > _MOST_FAULTS)
        faults.append(f"There is no key {some}; known here: {', '.join(sorted(known))}.")
    return None if faults else cls(**arguments)


def _checked(want: Any, name: str, value: Any, faults: list[str]) -> Any:
    """The value as the type of its key; a value of another type is a fault."""
    if want in _LISTS:
        kind, words = _LISTS[want]
        if isinstance(value, list | tuple) and all(type(each) is kind for each in value):
            NAMES.check(len(value), name)
            return tuple(value)
        faults.append(f"{name!r} is {words}, not {shown(value)}.")
    elif want is float and type(value) is int:
        return float(value) if abs(value) < 2**1000 else math.inf
    elif type(value) is not want:
        faults.append(f"{name!r} is {_KINDS[want]}, not {shown(value)}.")
    elif want is str:
        TEXT.check(len(value), name)
    return value


def _keys(tree: dict[str, Any], path: str = "") -> list[str]:
    return [
        name
        for key, value in tree.items()
        for name in (_keys(value, f"{path}{key}.") if isinstance(value, dict) else [f"{path}{key}"])
    ]


def _known(cls: type) -> str:
    return ", ".join(presets(cls))


def with_current_names(tree: dict[str, Any], path: str = "") -> dict[str, Any]:
    """Nested dictionaries of an earlier release under the names of today."""
    current = {}
    for key, value in tree.items():
        if (name := f"{path}{key}") in _RENAMED:
            key, renew = _RENAMED[name]
            value = renew(value)
        current[key] = with_current_names(value, f"{name}.") if isinstance(value, dict) else value
    return current
