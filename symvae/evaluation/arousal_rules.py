"""Rules that make music calmer or more exciting without a model: baselines of the arousal fader.

Each takes phrases and a position from 0, calm, to 1, excited; at .5 nothing changes.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool

from symvae.music.phrase import Phrase

#: Largest relative change of tempo, velocity and number of notes.
STRENGTH = 0.35


def speed_up(phrases: Sequence[Phrase], position: float) -> list[Phrase]:
    """Change the tempo alone, by up to 35 % either way."""
    return [phrase.with_tempo(phrase.tempo_qpm * _factor(position)) for phrase in phrases]


def thin_out(phrases: Sequence[Phrase], position: float) -> list[Phrase]:
    """Remove notes on the weakest sixteenths to calm; above .5 nothing changes, since no note is added."""
    keep = min(1.0, _factor(position))
    return [_strongest(phrase, keep) for phrase in phrases]


def all_rules(phrases: Sequence[Phrase], position: float) -> list[Phrase]:
    """Change tempo, number of notes and velocity together."""
    phrases = thin_out(speed_up(phrases, position), position)
    louder = [np.clip(np.round(p.velocity * _factor(position)), 1, 127).astype(np.int64) for p in phrases]
    return [replace(phrase, velocity=velocity) for phrase, velocity in zip(phrases, louder, strict=True)]


def thin_and_velocity(phrases: Sequence[Phrase], position: float) -> list[Phrase]:
    """Change number of notes and velocity, not the tempo."""
    changed = all_rules(phrases, position)
    return [new.with_tempo(old.tempo_qpm) for new, old in zip(changed, phrases, strict=True)]


def _factor(position: float) -> float:
    return float(1 + STRENGTH * (2 * position - 1))


def _strongest(phrase: Phrase, share: float) -> Phrase:
    if not len(phrase):
        return phrase
    step = phrase.onset_step % phrase.grid.steps_per_bar
    weakness = np.where(step % 4 == 0, 0, np.where(step % 2 == 0, 1, 2))
    order = np.lexsort((phrase.onset_step, weakness))
    keep: Bool[np.ndarray, " note"] = np.zeros(len(phrase), bool)
    keep[order[: max(1, round(share * len(phrase)))]] = True
    return phrase.select(keep)
