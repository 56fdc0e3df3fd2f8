"""Presets: valid TOML in which one place has changed, and damaged bytes."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fuzzing.damage import NUMBERS, damaged, files, mutated_tree, pick
from symvae.config import load
from symvae.config.load import load_preset
from symvae.config.run import RunConfig
from symvae.config.sound import SynthConfig

_FOLDER = Path(load.__file__).parent / "presets"
_PRESETS = (
    "melody-2bar",
    "melody-4bar-faders",
    "piano-4bar-faders",
    "sound/synth-24k",
    "sound/synth-24k-small-vq",
)
_LITERALS = (
    *("0x" + "f" * 5_000, "9" * 5_000, "1e400", "nan", "inf", "1979-05-27", "25:61:61", "[" * 3_000, '"""'),
    *("{a = " * 200, "''''", "true", "a.b.c", "[1, [2, [3]]]", '"\\ud800"', "1_000", "-0", "+1", "0o7", "1."),
)


def mutated(rng: np.random.Generator) -> bytes:
    """Draw a preset.

    Args:
        rng: Source of the draws.

    Returns:
        Its bytes.
    """
    data = (_FOLDER / f"{pick(rng, _PRESETS)}.toml").read_bytes()
    draw = rng.random()
    if draw < 0.5:
        data = _text(mutated_tree(tomllib.loads(data.decode()), rng)).encode("utf-8", "surrogatepass")
    elif draw < 0.75:
        lines = data.decode().split("\n")
        at = int(rng.integers(len(lines)))
        lines[at] = lines[at].split("=")[0] + "= " + str(pick(rng, _LITERALS + NUMBERS))
        data = "\n".join(lines).encode()
    elif draw < 0.8:
        data = (".".join("a" * pick(rng, (10, 20_000))) + " = 1").encode()
    return damaged(data, rng) if rng.random() < 0.3 else data


def check(data: bytes) -> None:
    """Load a preset.

    Args:
        data: Content of a TOML file.
    """
    with files(preset_toml=data) as folder:
        sound = b"stft_size" in data or b"bottleneck" in data
        load_preset(str(folder / "preset.toml"), SynthConfig if sound else RunConfig)


def _text(tree: Any) -> str:
    """TOML of a tree, its sections as inline tables."""
    if not isinstance(tree, dict):
        return f"name = {_value(tree)}"
    return "\n".join(f"{_key(key)} = {_value(value)}" for key, value in tree.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return _key(value) if isinstance(value, str) else repr(value)


def _key(text: str) -> str:
    return (
        '"'
        + "".join(letter if letter.isprintable() and letter not in '"\\' else " " for letter in text)
        + '"'
    )
