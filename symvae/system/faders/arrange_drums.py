"""Arousal of drums, as a drummer raises or lowers it at a fixed tempo: on the notes, without a decode.

The two cues of `symvae.attributes.drum_arousal` move in proportion to their weights:

    rhythm density   more or less hits of the cymbal that keeps time, and ghost notes on the snare
                     (`symvae.music.arranging.drum_pattern`)
    loudness         louder or softer, with more or less accents (`symvae.music.arranging.touch`)

Kicks and full strokes on the snare stay.
"""

import numpy as np

from symvae.attributes.density import rhythm_density
from symvae.attributes.drum_arousal import DENSITY, LOUDNESS, drum_arousal
from symvae.music.arranging.drum_pattern import hit_steps, with_hit_steps
from symvae.music.arranging.touch import with_loudness
from symvae.music.locks import Lock
from symvae.music.phrase import Phrase
from symvae.system.faders.arrange import ACCENT, BISECTIONS, LOUDER
from symvae.system.faders.request import AROUSAL, asked_values

#: Farthest move along the cues, and the difference of arousal at which nothing moves.
FARTHEST, NEAR = 12.0, 0.005


def arrange_drums(phrase: Phrase, wish: float | int | str, lock: Lock | None = None) -> Phrase:
    """Arrange a drum track so that it has an arousal.

    Args:
        phrase: The drum track.
        wish: Arousal from 0 to 1, or a text with a sign for a change of its own.
        lock: What of it stays.

    Returns:
        The track arranged; where it cannot reach the arousal, as near as it comes.

    Raises:
        LatentError: The wish is no number.
    """
    own = drum_arousal(phrase)
    wanted = asked_values({AROUSAL.name: AROUSAL}, {AROUSAL.name: wish}, {AROUSAL.name: own})[AROUSAL.name]
    best, least = phrase, abs(wanted - own)
    if least < NEAR or not len(phrase):
        return phrase
    way, near, far = (1.0 if wanted > own else -1.0), 0.0, FARTHEST
    for turn in range(BISECTIONS):
        share = far if turn == 0 else (near + far) / 2
        candidate = _moved(phrase, way * share, lock)
        missing = wanted - drum_arousal(candidate)
        if abs(missing) < least:
            best, least = candidate, abs(missing)
        if missing * way > 0:
            if turn == 0:
                break
            near = share
        else:
            far = share
    return best


def _moved(phrase: Phrase, by: float, lock: Lock | None) -> Phrase:
    """Move both cues."""
    density = rhythm_density(phrase) + by * DENSITY.weight * DENSITY.deviation
    if lock is None or not lock.rhythm:
        most = phrase.grid.num_steps
        count = round(float(np.clip(density, 0, 1)) * most)
        kept = None if lock is None else lock.keeps(phrase)
        phrase = with_hit_steps(phrase, min(max(count, 1), max(most, hit_steps(phrase))), kept)
    louder = float(np.clip(by * LOUDNESS.weight * LOUDNESS.deviation, -LOUDER, LOUDER))
    return with_loudness(phrase, louder, ACCENT * louder / LOUDER)
