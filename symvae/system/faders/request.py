"""Faders on phrases: from values that a musician asks for to notes, and what came of it.

A fader's coordinate is set to the calibrated position of the value asked for, the others' coordinates go
along as far as the coupling of the attributes makes them, and z is decoded once. With ``best_of`` the
result is measured, the aim corrected by what was missed, and the phrase assembled from several decodes
(`symvae.system.faders.bar_search`). What is still missed is settled (`symvae.system.faders.refine_tokens`). Music of many
voices keeps what the edit does not touch (`symvae.system.faders.edit_transfer`), and single notes settle the rest
(`symvae.system.faders.refine_notes`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from symvae.errors import LatentError
from symvae.music.phrase import Phrase
from symvae.system.faders.edit_transfer import lost_share
from symvae.system.faders.scales import Scales, measure_phrases

#: By how much of the miss the aim is corrected, one candidate each, in this order.
CORRECTIONS = (1.0, 0.5, 1.5, 2.0, 0.75, 1.25, 3.0)
#: A change of an attribute that nobody asked for counts so much of a miss of one that was: where bars of
#: melodies are chosen, where bars and notes of many voices are, and where single tokens are exchanged.
BAR_DRIFT, NOTE_DRIFT, TOKEN_DRIFT = 0.25, 0.4, 0.06
#: Where a phrase's own notes can be kept, the loss of them all counts so much, for each fader asked for
#: or held.
CONTENT_WEIGHT = 1.0


class Fader(NamedTuple):
    """A control of a model: an attribute that can be asked for in its own unit."""

    name: str
    unit: str
    summary: str
    low: float
    """The lowest value that the model can be asked for: what one training phrase in a thousand is below."""
    high: float
    """The highest: what one in a thousand is above."""
    error: float | None
    """Mean distance of asked from achieved on held-out phrases, in the unit; None before it was measured."""

    def nearest(self, value: float) -> float:
        """The value within reach that is nearest to ``value``."""
        return min(max(value, self.low), self.high)


AROUSAL = Fader(
    "arousal",
    "share of music that is calmer",
    "How excited it sounds, by way of the other faders: 0 the calmest, 1 the most excited.",
    0.0,
    1.0,
    None,
)


def asked_values(
    faders: Mapping[str, Fader],
    wishes: Mapping[str, float | int | str],
    current: Mapping[str, float],
) -> dict[str, float]:
    """Wishes as values within reach: numbers are values, texts "+5" or "-0.5" are changes of the current.

    Raises `LatentError` for a fader that does not exist and for a wish that is no number.
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
            f"{name} is set to a number, as 6, or changed by one, as +2 or -2; not to {wish!r}."
        )
    return current + value if isinstance(wish, str) and wish.strip()[:1] in "+-" else value


def targets(
    position: Float[Tensor, "batch fader"],
    wanted: Float[Tensor, "batch fader"],
    coupling: Float[Tensor, "fader fader"],
    held: Bool[Tensor, " fader"],
) -> Float[Tensor, "batch fader"]:
    """Where all faders go when some are ``wanted`` elsewhere (nan: not asked for).

    Each that was not asked for goes along with the sum of the others' moves, unless it is ``held``; what
    was asked for is met.
    """
    asked = ~wanted.isnan()
    change = torch.where(asked, wanted - position, 0.0)
    along = torch.where(held, position, position + change @ coupling)
    return torch.where(asked, wanted, along)


def with_velocities_of(phrases: Sequence[Phrase], sources: Sequence[Phrase]) -> list[Phrase]:
    """Phrases as loud as their sources: each note takes the velocity of the source's note nearest in time."""
    given = []
    for phrase, source in zip(phrases, sources, strict=True):
        if len(source):
            distance = np.abs(phrase.onset_step[:, None] - source.onset_step)
            velocity = source.velocity[distance.argmin(axis=1)]
            phrase = replace(phrase, velocity=velocity)
        given.append(phrase)
    return given


def miss(
    achieved: Float[Tensor, "batch fader"],
    wanted: Float[Tensor, "batch fader"],
    position: Float[Tensor, "batch fader"],
    drift_weight: float = BAR_DRIFT,
) -> Float[Tensor, " batch"]:
    """How far a result is from what was asked, in positions; drift of the others counts a little."""
    asked = ~wanted.isnan()
    missed = torch.where(asked, wanted - achieved, 0.0).abs().sum(-1)
    drift = torch.where(asked, 0.0, position - achieved).abs().sum(-1)
    return missed + drift_weight * drift


@dataclass(frozen=True, eq=False)
class Request:
    """Phrases, where they have their faders, and where each is wanted, as positions (nan: not asked for)."""

    scales: Scales
    phrases: Sequence[Phrase]
    position: Float[Tensor, "phrase fader"]
    wanted: Float[Tensor, "phrase fader"]

    def achieved(self, tries: Sequence[Phrase]) -> Float[Tensor, "try fader"]:
        """Where tries have their faders, as measured on them."""
        return self.scales.positions(measure_phrases(tries, self.scales.names))

    def miss(
        self, tries: Sequence[Phrase], rows: Int[Tensor, " try"], drift_weight: float = BAR_DRIFT
    ) -> Float[Tensor, " try"]:
        """How far each try is from what was asked of the phrase that it is a try at."""
        return miss(self.achieved(tries), self.wanted[rows], self.position[rows], drift_weight)

    def loss(self, tries: Sequence[Phrase], rows: Int[Tensor, " try"]) -> Float[Tensor, " try"]:
        """The miss, and what is lost of the phrase's own notes."""
        lost = [lost_share(self.phrases[row], each) for row, each in zip(rows.tolist(), tries, strict=True)]
        weight = CONTENT_WEIGHT * (~self.wanted[rows].isnan()).sum(1)
        return self.miss(tries, rows, NOTE_DRIFT) + weight * torch.tensor(lost)


def aims(
    target: Float[Tensor, "batch fader"], achieved: Float[Tensor, "batch fader"], count: int
) -> list[Float[Tensor, "batch fader"]]:
    """``count`` more aims after one that landed at ``achieved``: as much further as it fell short."""
    factors = [CORRECTIONS[i % len(CORRECTIONS)] * 1.1 ** (i // len(CORRECTIONS)) for i in range(count)]
    return [target + factor * (target - achieved) for factor in factors]
