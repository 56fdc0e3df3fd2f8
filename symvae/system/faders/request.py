"""Faders and requests in a musician's units: ``{"register": 64.0}`` or, as a change, ``{"register": "+5"}``.

A fader is an attribute that a model can control, with the range of values that its training phrases had.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import numpy as np

from symvae.attributes.table import ATTRIBUTES
from symvae.errors import LatentError
from symvae.system.faders.scales import Scales
from symvae.tokens.tokenizer import Tokenizer

#: By fader name a value, or a text with a sign for a change of the current value.
Wishes = Mapping[str, float | int | str]
#: Other names of faders.
SHORT_NAMES = {"syncopation": "drum_syncopation"}
Value = TypeVar("Value")
#: Ends of a fader's range as normal quantiles: one training phrase in a thousand lies beyond either.
REACH = 3.09


class Fader(NamedTuple):
    """A control of a model: an attribute that can be set in its own unit."""

    name: str
    unit: str
    summary: str
    low: float
    """The lowest value that can be requested: one training phrase in a thousand lies below."""
    high: float
    """The highest value that can be requested: one training phrase in a thousand lies above."""
    error: float | None
    """Mean absolute error on held-out phrases, in the unit; None before it was measured."""

    def nearest(self, value: float) -> float:
        """Clip ``value`` to the fader's range."""
        return min(max(value, self.low), self.high)


def full_name(fader: str) -> str:
    """Return the name of a fader that may be given by a short one."""
    return SHORT_NAMES.get(fader, fader)


def by_full_name(wishes: Mapping[str, Value]) -> dict[str, Value]:
    """Return wishes with the full names of their faders.

    Raises:
        LatentError: A fader is named twice, by its short and by its full name.
    """
    named = {full_name(name): wish for name, wish in wishes.items()}
    if len(named) < len(wishes):
        twice = next(short for short, full in SHORT_NAMES.items() if short in wishes and full in wishes)
        raise LatentError(f"{twice} and {SHORT_NAMES[twice]} are one fader. Keep one of them.")
    return named


AROUSAL = Fader(
    "arousal",
    "share of music that is calmer",
    "How excited it sounds, by way of the other faders: 0 the calmest, 1 the most excited.",
    0.0,
    1.0,
    None,
)


def faders_of(scales: Scales) -> dict[str, Fader]:
    """Describe the faders of a model by name, arousal last where it was learned."""
    errors = scales.error or (None,) * len(scales.names)
    columns = zip(scales.names, scales.calibrations, errors, strict=True)
    faders = {
        name: Fader(
            name,
            ATTRIBUTES[name].unit,
            ATTRIBUTES[name].summary,
            low=float(scale.value_at(np.array([-REACH]))[0]),
            high=float(scale.value_at(np.array([REACH]))[0]),
            error=error,
        )
        for name, scale, error in columns
    }
    return faders if scales.arousal is None else {**faders, AROUSAL.name: AROUSAL}


def model_faders(scales: Scales | None, tokenizer: Tokenizer) -> dict[str, Fader]:
    """Describe the faders of a model by name; drums have an arousal that needs no training."""
    faders = {} if scales is None else faders_of(scales)
    return {**faders, AROUSAL.name: AROUSAL} if tokenizer.drums else faders


def asked_values(
    faders: Mapping[str, Fader], wishes: Wishes, current: Mapping[str, float]
) -> dict[str, float]:
    """Resolve requests to values within the faders' ranges.

    Args:
        faders: the model's faders by name.
        wishes: by name a value, or a text with a sign ("+5", "-0.5") for a change of the current value.
        current: the phrase's value of each requested fader, in its unit.

    Returns:
        The requested value of each fader in ``wishes``, clipped to its range.

    Raises:
        LatentError: a fader does not exist, or a wish is no number.
    """
    unknown = sorted(set(wishes) - set(faders))
    if unknown:
        raise LatentError(f"There is no fader {', '.join(unknown)}. Known faders: {', '.join(faders)}.")
    return {name: faders[name].nearest(_value(name, wish, current[name])) for name, wish in wishes.items()}


def _value(name: str, wish: float | int | str, current: float) -> float:
    try:
        value = float(wish)
    except (ValueError, TypeError, OverflowError):
        value = float("nan")
    if not np.isfinite(value):
        raise LatentError(
            f"Set {name} to a number, such as 6, or change it by one, such as +2 or -2; {wish!r} is neither."
        )
    return current + value if isinstance(wish, str) and wish.strip()[:1] in "+-" else value
