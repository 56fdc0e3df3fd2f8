"""Arousal of polyphonic music, as an arranger raises or lowers it: on the notes themselves, without a decode.

The mixture (`symvae.latent.arousal`) has a direction through the faders. Each fader on it that a person would
name is carried out on the notes:

    rhythm density, notes per bar   a denser or sparser pattern of the accompaniment (`arranging.pattern`)
    articulation                    shorter or longer notes (`arranging.touch`)
    velocity                        louder or softer, with more or less accents (`arranging.touch`), and the
                                    bass doubled an octave below (`arranging.octaves`)
    tempo                           the tempo

The melody keeps its notes, and the chords stay. Notes cannot follow every fader as far as they should; so the
phrase is moved along the direction until its own score is the one that was asked for.
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float

from symvae.latent.arousal import Arousal
from symvae.music.arranging.octaves import with_bass_octaves
from symvae.music.arranging.pattern import onsets_of, with_onsets
from symvae.music.arranging.touch import with_articulation, with_loudness
from symvae.music.locks import Lock
from symvae.music.phrase import Phrase
from symvae.system.faders.request import AROUSAL, asked_values
from symvae.system.faders.scales import Scales, measure_phrases

#: Farthest move of the fader that moves least, in positions; the others stop at the ends of their scales.
FARTHEST = 8.0
BISECTIONS = 8
#: Difference of score at which nothing moves.
NEAR = 0.02
#: Most change of the mean velocity, and of the accent between two metrical levels.
LOUDER, ACCENT = 48.0, 4.0
#: Range of mean velocities that arousal asks for.
SOFTEST, LOUDEST = 36.0, 116.0
#: Most of a rest that is filled, and of a note that is cut off.
LEGATO, STACCATO = 0.9, 0.6
#: Fastest run of notes, in onsets a second.
FASTEST = 11.0
#: Change of the mean velocity from which the bass is doubled.
WEIGHTY = 12.0


def arrange(
    scales: Scales,
    phrase: Phrase,
    arousal: float,
    held: Bool[np.ndarray, " fader"] | None = None,
    lock: Lock | None = None,
) -> Phrase:
    """Arrange a phrase so that it has an arousal.

    Args:
        scales: Faders with an arousal.
        phrase: Polyphonic music.
        arousal: The arousal to reach, 0 to 1.
        held: Faders that stay.
        lock: What of the phrase stays beside its melody.

    Returns:
        The phrase arranged; where its notes cannot reach the arousal, as near as they come.
    """
    assert scales.arousal is not None
    mixture = scales.arousal
    move = mixture.direction(held)
    own = measure_phrases([phrase], scales.names)
    now = dict(zip(scales.names, own[0].tolist(), strict=True))
    here = scales.positions(own).double().numpy()[0]
    gap = float(mixture.score_of(np.array([arousal]))[0] - mixture.score(here[None])[0])
    if abs(gap) < NEAR or not move.any() or not len(phrase):
        return phrase
    way = np.sign(gap) * move
    near, far = 0.0, FARTHEST / float(abs(move)[move != 0].min())
    best, least = phrase, abs(gap)
    for turn in range(BISECTIONS):
        share = far if turn == 0 else (near + far) / 2
        candidate = _moved(scales, phrase, now, here, here + share * way, lock)
        missing = gap - _gained(mixture, scales, candidate, here)
        if abs(missing) < least:
            best, least = candidate, abs(missing)
        if np.sign(missing) == np.sign(gap):
            if turn == 0:
                break
            near = share
        else:
            far = share
    return best


def asked_arousal(scales: Scales, phrase: Phrase, wish: float | int | str) -> float:
    """Resolve a request for arousal: a value, or a change of the phrase's own.

    Args:
        scales: Faders with an arousal.
        phrase: The phrase.
        wish: A value, or a text with a sign.

    Returns:
        The arousal to reach, 0 to 1.

    Raises:
        LatentError: The wish is no number.
    """
    assert scales.arousal is not None
    own = float(scales.arousal.of(_positions(scales, phrase)[None])[0])
    return asked_values({AROUSAL.name: AROUSAL}, {AROUSAL.name: wish}, {AROUSAL.name: own})[AROUSAL.name]


def _gained(mixture: Arousal, scales: Scales, phrase: Phrase, here: Float[np.ndarray, " fader"]) -> float:
    """Score that a candidate has gained."""
    return float((_positions(scales, phrase) - here) @ mixture.weights)


def _positions(scales: Scales, phrase: Phrase) -> Float[np.ndarray, " fader"]:
    return scales.positions(measure_phrases([phrase], scales.names)).double().numpy()[0]


def _moved(
    scales: Scales,
    phrase: Phrase,
    own: Mapping[str, float],
    here: Float[np.ndarray, " fader"],
    there: Float[np.ndarray, " fader"],
    lock: Lock | None,
) -> Phrase:
    """Carry out a move of the faders on the notes, as far as these can follow."""
    aim = {}
    for name, scale, old, new in zip(scales.names, scales.calibrations, here, there, strict=True):
        if old != new:  # beyond the ends of a scale its values say nothing
            value = float(scale.value_at(np.array([new]))[0])
            aim[name] = max(value, own[name]) if new > old else min(value, own[name])
    if "tempo" in aim:
        phrase = phrase.with_tempo(aim["tempo"])
    phrase = _with_pattern(phrase, own, aim, None if lock is None else lock.keeps(phrase))
    if lock is not None:
        phrase = lock.restore(phrase).without_overlaps()
    if "mean_velocity" in aim:
        phrase = _with_dynamics(phrase, own["mean_velocity"], aim["mean_velocity"])
    if "articulation" in aim:
        phrase = _with_lengths(phrase, aim["articulation"])
    return phrase


def _with_pattern(
    phrase: Phrase,
    own: Mapping[str, float],
    aim: Mapping[str, float],
    kept: Bool[np.ndarray, " note"] | None,
) -> Phrase:
    """Meet rhythm density or notes per bar, whichever moves farther; no run of notes is too fast to play."""
    ratio = [aim[name] / own[name] for name in ("rhythm_density", "notes_per_bar") if name in aim]
    if not ratio:
        return phrase
    present, most = onsets_of(phrase), FASTEST * phrase.step_sec * phrase.grid.num_steps
    wanted = present * max(ratio, key=lambda each: abs(np.log(each)))
    return with_onsets(phrase, round(min(wanted, max(most, present), phrase.grid.num_steps)), kept)


def _with_dynamics(phrase: Phrase, own: float, aim: float) -> Phrase:
    """Play louder with more accents and a doubled bass, or softer with less accents."""
    aim = float(np.clip(aim, min(own, SOFTEST), max(own, LOUDEST)))
    louder = float(np.clip(aim - own, -LOUDER, LOUDER))
    if louder > WEIGHTY:
        phrase = with_bass_octaves(phrase)
    return with_loudness(phrase, louder + own - float(phrase.velocity.mean()), ACCENT * louder / LOUDER)


def _with_lengths(phrase: Phrase, aim: float) -> Phrase:
    """Play more legato or more staccato."""
    now = float(measure_phrases([phrase], ["articulation"])[0, 0])
    longer = min((aim - now) / max(1 - now, 1e-6), LEGATO) if aim > now else max(aim / now - 1, -STACCATO)
    return with_articulation(phrase, longer)
