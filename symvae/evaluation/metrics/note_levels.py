"""Levels of single notes in frequency and time: the same notes of a synthesizer and of its reference.

    band differences   energy in octave bands, summed over all notes, without the difference of the total
    rise               time until the level is within 1 dB of its largest
    softer steps       velocities at which a note is softer than at the velocity before

The largest level itself is no measure of an attack: of a held organ or string note its place is random. The
time within 1 dB of it is one where the level rises quickly there, which `has_clear_rise` tells. Of notes
below 200 Hz a window of 5 ms holds less than a period, so their rise is known to about half a period.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

#: A band of the reference this far below its loudest is left out.
AUDIBLE_DB = 50.0
_WINDOW_SEC, _STEP_SEC = 0.005, 0.001
#: Distance from the largest level at which a note has risen.
RISEN_DB = 1.0
#: A rise is clear where the level takes at most this time from 3 dB below its largest to 1 dB below.
_NEARLY_RISEN_DB, CLEAR_MS = 3.0, 50.0
#: Least loss of a softer step.
SOFTER_DB = 0.5
_LEAST_POWER = 1e-12


def band_differences_db(
    made: Float[np.ndarray, " band"], real: Float[np.ndarray, " band"]
) -> tuple[float, Float[np.ndarray, " band"]]:
    """Difference of the total level, and beyond it that of each band; nan for bands that are left out."""
    made_db, real_db = (10 * np.log10(np.maximum(power, _LEAST_POWER)) for power in (made, real))
    total = float(10 * np.log10(max(made.sum(), _LEAST_POWER) / max(real.sum(), _LEAST_POWER)))
    return total, np.where(real_db >= real_db.max() - AUDIBLE_DB, made_db - real_db - total, np.nan)


def rise_ms(wave: Float[np.ndarray, " sample"], sample_rate: int, *, within_db: float = RISEN_DB) -> float:
    """Time until the RMS level of 5 ms is near its largest for the first time.

    Args:
        wave: A note.
        sample_rate: Hz.
        within_db: Distance from the largest level.

    Returns:
        Milliseconds from the start of the wave to the center of the window; nan for silence.
    """
    step, width = max(round(_STEP_SEC * sample_rate), 1), max(round(_WINDOW_SEC * sample_rate), 1)
    energy = np.concatenate([[0.0], np.cumsum(np.square(wave, dtype=np.float64))])
    starts = np.arange(0, len(wave) - width + 1, step)
    power = energy[starts + width] - energy[starts]
    if not power.max(initial=0.0) > 0:
        return float("nan")
    first = starts[int(np.argmax(power >= power.max() * 10 ** (-within_db / 10)))]
    return float(1000 * (first + width / 2) / sample_rate)


def has_clear_rise(wave: Float[np.ndarray, " sample"], sample_rate: int) -> bool:
    """True where the level passes quickly from 3 dB below its largest to 1 dB below; False for silence."""
    nearly, risen = (rise_ms(wave, sample_rate, within_db=db) for db in (_NEARLY_RISEN_DB, RISEN_DB))
    return risen - nearly <= CLEAR_MS


def softer_steps(loudness_db: Sequence[float]) -> int:
    """Count the notes that are softer than the one before by more than `SOFTER_DB`."""
    return int((np.diff(loudness_db) < -SOFTER_DB).sum())
