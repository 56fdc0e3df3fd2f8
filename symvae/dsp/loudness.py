"""Integrated loudness by ITU-R BS.1770-4, in LUFS.

Samples pass the two filters of K-weighting, which model the head and the ear. Their power is measured in
blocks of 400 ms, one every 100 ms; the absolute gate drops blocks below −70 LUFS, the relative gate those
10 LU below the mean of the rest. A full-scale sine of 997 Hz in one channel has −3.01 LUFS.

The standard gives the filters' coefficients at 48 kHz only. Here they are derived, at any rate, from the
underlying analog filters, as in libebur128; at 48 kHz they equal the standard's to the eighth digit, at 24
kHz the loudness of that sine is off by 0.02 LU, at 16 kHz by 0.04. All channels have equal weight, which is
right for mono and stereo; the standard weighs surround channels more.
"""

import math

import numpy as np
from jaxtyping import Float

ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
_STEP_SEC = 0.1
_STEPS_A_BLOCK = 4
#: Shortest sound that has a loudness.
SHORTEST_SEC = 0.41
_SHELF_HZ = 1681.974450955533
_HIGH_PASS_HZ = 38.13547087602444


class LoudnessMeter:
    """Measures a sound that comes in blocks of any length."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._filters = k_weighting(sample_rate)
        self._memory = np.zeros((len(self._filters), channels, 2))
        self._step = round(_STEP_SEC * sample_rate)
        self._rest = np.zeros(0)
        self._steps: list[np.ndarray] = []

    def add(self, samples: Float[np.ndarray, "channel sample"]) -> None:
        """Add the next samples."""
        from scipy.signal import sosfilt  # takes half a second to import

        if not samples.size:
            return
        weighted, self._memory = sosfilt(self._filters, samples.astype(np.float64), axis=1, zi=self._memory)
        power = np.concatenate([self._rest, np.square(weighted).sum(0)])
        whole = len(power) // self._step * self._step
        self._steps.append(power[:whole].reshape(-1, self._step).mean(1))
        self._rest = power[whole:]

    def integrated_lufs(self) -> float:
        """Loudness of all samples; minus infinity for silence and for less than one block of 400 ms."""
        steps = np.concatenate([np.zeros(0), *self._steps])
        if len(steps) < _STEPS_A_BLOCK:
            return -math.inf
        power = np.convolve(steps, np.full(_STEPS_A_BLOCK, 1 / _STEPS_A_BLOCK), "valid")
        power = power[power > _power(ABSOLUTE_GATE_LUFS)]
        if not len(power):
            return -math.inf
        power = power[power > power.mean() * 10 ** (RELATIVE_GATE_LU / 10)]
        return _lufs(float(power.mean()))


def k_weighting(sample_rate: int) -> Float[np.ndarray, "2 6"]:
    """The two filters of K-weighting as second-order sections: a high shelf and a high pass."""
    k, q = _warped(_SHELF_HZ, sample_rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    shelf = [high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k, *_poles(k, q)]
    k, q = _warped(_HIGH_PASS_HZ, sample_rate), 0.5003270373238773
    # The standard sets the high pass's numerator to 1, -2, 1 at 48 kHz, which has a slight gain that its
    # constant -0.691 compensates: the same gain is used at every rate.
    gain = _poles(_warped(_HIGH_PASS_HZ, 48_000), q)[0]
    high_pass = [gain, -2 * gain, gain, *_poles(k, q)]
    return np.array([[number / section[3] for number in section] for section in (shelf, high_pass)])


def _warped(corner_hz: float, sample_rate: int) -> float:
    """Corner frequency prewarped for the bilinear transform."""
    return math.tan(math.pi * corner_hz / sample_rate)


def _poles(k: float, q: float) -> list[float]:
    """Denominator of a second-order filter with corner ``k`` and quality ``q``."""
    return [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k]


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))
