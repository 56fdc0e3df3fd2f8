"""Does a sound die away as one, or as two?

A morph half-way between two instruments should be one instrument whose notes fade at a rate of its own. A
cross-fade is two instruments at once: its envelope is a sum of two decays, first the one that fades
faster, then the other that is left. So an envelope is fitted by one exponential and by two,

    a·exp(-r·t)        a·exp(-r·t) + b·exp(-s·t),        a, b ≥ 0, rates from a grid that includes 0

and the ratio of what they leave unexplained says how much the second one is needed: 1, not at all.

A piano's note fades at two rates by itself, so the ratio says little there, and of two rough envelopes that
are averaged it rises. Beside it stands the rate itself, the slope of the level in dB: a morph's
lies between those of its ends, a cross-fade keeps that of the end which rings longer.
"""

import numpy as np
from jaxtyping import Float

RATES_PER_SEC = np.concatenate([[0.0], np.geomspace(0.05, 40.0, 80)])
#: A fit within 1 % is as good as any: under that, ratios would compare rounding.
GOOD_FIT = 0.01
#: Parts of an envelope that lie 50 dB under its peak are not asked for.
_LEAST = 10 ** (-50 / 20)


def envelope(wave: Float[np.ndarray, " sample"], window: int) -> Float[np.ndarray, " frame"]:
    """Root mean square of each window, from the loudest on."""
    frames = len(wave) // window
    level = np.sqrt(np.square(wave[: frames * window].reshape(frames, window)).mean(1))
    return level[int(level.argmax()) :]


def residuals(level: Float[np.ndarray, " frame"], frame_sec: float) -> tuple[float, float]:
    """Root mean square of the relative error of the best fit of one exponential, and of two."""
    peak = float(level.max(initial=0.0))
    if peak <= 0:
        return 0.0, 0.0
    weight = 1 / np.maximum(level, peak * _LEAST)
    time_sec, wanted = np.arange(len(level)) * frame_sec, level * weight
    basis = _decays(RATES_PER_SEC, time_sec, weight)
    gram, right, whole = basis.T @ basis, basis.T @ wanted, wanted @ wanted
    power = gram.diagonal()
    # Between two rates of the grid lies another; two exponentials find it as a mixture, one has to look.
    nearest = int((right**2 / power).argmax())
    slower, quicker = RATES_PER_SEC[[max(nearest - 1, 0), min(nearest + 1, len(RATES_PER_SEC) - 1)]]
    finer = _decays(np.linspace(slower, quicker, 101), time_sec, weight)
    alone = whole - (finer.T @ wanted) ** 2 / np.square(finer).sum(0)
    first, second = np.triu_indices(len(RATES_PER_SEC), 1)
    cross = gram[first, second]
    determinant = np.maximum(power[first] * power[second] - cross**2, 1e-12)
    a = (power[second] * right[first] - cross * right[second]) / determinant
    b = (power[first] * right[second] - cross * right[first]) / determinant
    together = np.where((a >= 0) & (b >= 0), whole - a * right[first] - b * right[second], whole)
    best = float(alone.min())  # no factor is negative: nothing here is
    frames = len(level)
    return (
        float(np.sqrt(max(best, 0.0) / frames)),
        float(np.sqrt(max(min(best, float(together.min())), 0.0) / frames)),
    )


def slope_db_per_sec(wave: Float[np.ndarray, " sample"], sample_rate: int, window: int = 512) -> float:
    """Of the straight line through the envelope in dB, from its loudest on and down to 50 dB under it."""
    level = envelope(wave, window)
    peak = float(level.max(initial=0.0))
    if peak <= 0 or len(level) < 2:
        return 0.0
    level_db = 20 * np.log10(np.maximum(level / peak, _LEAST))
    return float(np.polyfit(np.arange(len(level)) * window / sample_rate, level_db, 1)[0])


def _decays(
    rates_per_sec: Float[np.ndarray, " rate"],
    time_sec: Float[np.ndarray, " frame"],
    weight: Float[np.ndarray, " frame"],
) -> Float[np.ndarray, "frame rate"]:
    return np.exp(-np.outer(time_sec, rates_per_sec)) * weight[:, None]


def slopes_ratio(wave: Float[np.ndarray, " sample"], sample_rate: int, window: int = 512) -> float:
    """How much worse one exponential fits the envelope than two; 1 where one is enough."""
    one, two = residuals(envelope(wave, window), window / sample_rate)
    return (one + GOOD_FIT) / (two + GOOD_FIT)
