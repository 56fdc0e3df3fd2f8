"""Fundamental frequency by YIN, with a path over frames, in numpy.

De Cheveigné and Kawahara 2002, "YIN, a fundamental frequency estimator for speech and music", steps 1 to 5:
the cumulative mean normalized difference d'(τ) of a frame is near 0 at its period and near 1 for noise. The
best d' is the aperiodicity; its minimum is refined by a parabola. Where several periods fit into the
longest lag, the minimum at a multiple of the period is refined instead, which makes high pitches as exact
as low ones.

Instead of a threshold for each frame by itself, candidates of all frames (the deepest minima) are joined by
the path of least cost, as pYIN does (Mauch and Dixon 2014): aperiodicity, a price for longer periods, and
for each octave between two frames.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

LOWEST_HZ, HIGHEST_HZ = 55.0, 3000.0
#: Largest aperiodicity of a frame with a pitch.
VOICED = 0.25
#: Samples that are compared: 43 ms at 24 kHz.
WINDOW = 1024
_CANDIDATES = 6
#: Cost of an octave between two frames, and of an octave of longer period, beside aperiodicity.
_JUMP, _LONGER = 0.8, 0.03
#: Lowest fundamental of a search that leaves room for several periods of any note.
_LOW_ENOUGH_HZ = 220.0
#: Frames whose difference functions are in memory at once.
_FRAMES = 1024


class Pitch(NamedTuple):
    """Fundamental of each frame."""

    frequency_hz: Float[np.ndarray, " frame"]
    """Also where there is no pitch, where it is the best guess."""
    aperiodicity: Float[np.ndarray, " frame"]
    """Share of a frame's power that does not repeat with the period, about 0 to 1; 1 for silence."""

    @property
    def voiced(self) -> np.ndarray:
        """Frames with a pitch."""
        return self.aperiodicity < VOICED


def track(
    wave: Float[np.ndarray, " sample"],
    hop: int,
    sample_rate: int,
    *,
    lowest_hz: float = LOWEST_HZ,
    highest_hz: float = HIGHEST_HZ,
) -> Pitch:
    """Track the fundamental of a single voice.

    Args:
        wave: The signal.
        hop: Samples from frame to frame; frame n is centered on sample n · hop.
        sample_rate: Hz.
        lowest_hz: Lowest fundamental.
        highest_hz: Highest fundamental.

    Returns:
        The fundamental of 1 + samples // hop frames.
    """
    shortest, longest = _lags(lowest_hz, highest_hz, sample_rate)
    found = []
    for _, difference in _differences(wave, hop, longest):
        lag, cost = _candidates(difference, shortest)
        found.append((*_refined(difference, lag), cost))
    period, depth, cost = (np.concatenate(column) for column in zip(*found, strict=True))
    row = np.arange(len(cost)), _path(period, cost)
    return Pitch(sample_rate / period[row], np.minimum(depth[row], 1.0))


def track_near(
    wave: Float[np.ndarray, " sample"],
    hop: int,
    sample_rate: int,
    near_hz: Float[np.ndarray, " frame"],
    *,
    semitones: float = 0.8,
) -> Pitch:
    """Measure the fundamental of a sound whose notes are known.

    Args:
        wave: The signal.
        hop: Samples from frame to frame.
        sample_rate: Hz.
        near_hz: Fundamental of the note in each frame.
        semitones: Largest deviation from it.

    Returns:
        The fundamental of each frame.
    """
    ratio = 2 ** (semitones / 12)
    # Long enough for several periods, which refine a high pitch.
    _, longest = _lags(min(float(near_hz.min()) / ratio, _LOW_ENOUGH_HZ), HIGHEST_HZ, sample_rate)
    found = []
    for first, difference in _differences(wave, hop, longest):
        period = sample_rate / near_hz[first : first + len(difference), None]
        lag = np.arange(difference.shape[1])
        outside = (lag < np.floor(period / ratio)) | (lag > np.ceil(period * ratio))
        found.append(_refined(difference, np.where(outside, np.inf, difference).argmin(1)[:, None]))
    period, depth = (np.concatenate(column)[:, 0] for column in zip(*found, strict=True))
    return Pitch(sample_rate / period, np.minimum(depth, 1.0))


def _lags(lowest_hz: float, highest_hz: float, sample_rate: int) -> tuple[int, int]:
    return max(int(sample_rate / highest_hz), 2), int(np.ceil(sample_rate / lowest_hz)) + 2


def _differences(
    wave: Float[np.ndarray, " sample"], hop: int, longest: int
) -> "Iterator[tuple[int, Float[np.ndarray, 'frame lag']]]":
    """d'(τ) for lags from 0 to ``longest``, some frames at a time, with the number of the first."""
    span = WINDOW + longest
    padded = np.pad(np.asarray(wave, np.float32), (span // 2, span))
    views = np.lib.stride_tricks.sliding_window_view(padded, span)[::hop][: 1 + len(wave) // hop]
    for first in range(0, len(views), _FRAMES):
        yield first, _difference(views[first : first + _FRAMES], longest)


def _difference(frames: Float[np.ndarray, "frame span"], longest: int) -> Float[np.ndarray, "frame lag"]:
    # Imported on demand: scipy's transforms keep single precision.
    from scipy.fft import irfft, next_fast_len, rfft

    size = next_fast_len(frames.shape[1], real=True)
    correlation = irfft(rfft(frames, size) * rfft(frames[:, :WINDOW], size).conj(), size)[:, : longest + 1]
    energy = np.cumsum(np.square(frames, dtype=np.float64), 1)
    powers = energy[:, WINDOW - 1 : WINDOW + longest].copy()
    powers[:, 1:] -= energy[:, :longest]
    difference = np.maximum(powers[:, :1] + powers - 2 * correlation, 0)
    mean = np.cumsum(difference[:, 1:], 1) / np.arange(1, longest + 1)
    # Frames below -100 dB are silent, and have no period.
    quiet = powers[:, :1] < WINDOW * 1e-10
    normal = np.where(quiet, 1.0, difference[:, 1:] / np.maximum(mean, 1e-12))
    return np.concatenate([np.ones((len(frames), 1)), normal], 1)


def _candidates(
    difference: Float[np.ndarray, "frame lag"], shortest: int
) -> tuple[Int[np.ndarray, "frame candidate"], Float[np.ndarray, "frame candidate"]]:
    """The deepest minima of each frame, with their costs."""
    inner = difference[:, shortest:-1]
    minimum = (inner <= difference[:, shortest - 1 : -2]) & (inner < difference[:, shortest + 1 :])
    longer = _LONGER * np.log2(np.arange(inner.shape[1]) + shortest)
    cost = np.where(minimum, inner, 2 + inner) + longer
    lag = np.argpartition(cost, _CANDIDATES, 1)[:, :_CANDIDATES]
    return lag + shortest, np.take_along_axis(cost, lag, 1)


def _path(
    period: Float[np.ndarray, "frame candidate"], cost: Float[np.ndarray, "frame candidate"]
) -> Int[np.ndarray, " frame"]:
    """The candidate of each frame on the cheapest path (Viterbi)."""
    octave = np.log2(period)
    total, back = cost[0], np.zeros(period.shape, np.int64)
    for frame in range(1, len(period)):
        reach = total[:, None] + _JUMP * np.abs(octave[frame - 1][:, None] - octave[frame])
        back[frame] = reach.argmin(0)
        total = reach.min(0) + cost[frame]
    path = np.zeros(len(period), np.int64)
    path[-1] = int(total.argmin())
    for frame in range(len(period) - 1, 0, -1):
        path[frame - 1] = back[frame, path[frame]]
    return path


def _refined(
    difference: Float[np.ndarray, "frame lag"], lag: Int[np.ndarray, "frame candidate"]
) -> tuple[Float[np.ndarray, "frame candidate"], Float[np.ndarray, "frame candidate"]]:
    """Periods in parts of a sample, from the largest power-of-two multiple of each lag; and their depths."""
    depth = np.take_along_axis(difference, lag, 1)
    period, last = _vertex(difference, lag), difference.shape[1] - 2
    for times in (2, 4, 8):
        several = np.rint(times * period).astype(np.int64)
        around = np.clip(several[..., None] + np.arange(-1, 2), 1, last)
        rows = np.arange(len(lag))[:, None, None]
        several = np.take_along_axis(around, difference[rows, around].argmin(-1)[..., None], 2)[..., 0]
        as_deep = np.take_along_axis(difference, several, 1) < depth + 0.02
        fits = times * period < last
        period = np.where(fits & as_deep, _vertex(difference, several) / times, period)
    return period, depth


def _vertex(
    difference: Float[np.ndarray, "frame lag"], lag: Int[np.ndarray, "frame candidate"]
) -> Float[np.ndarray, "frame candidate"]:
    """Vertex of the parabola through three neighboring lags."""
    lag = np.clip(lag, 1, difference.shape[1] - 2)
    left, middle, right = (np.take_along_axis(difference, lag + shift, 1) for shift in (-1, 0, 1))
    bend = left - 2 * middle + right
    offset = np.where(bend > 1e-12, (left - right) / np.where(bend > 1e-12, 2 * bend, 1.0), 0.0)
    return lag + np.clip(offset, -1, 1)
