"""How loud a sound is to a listener: integrated loudness by ITU-R BS.1770-4, in LUFS.

Samples pass two filters that stand for the head and for the ear ("K-weighting"); their power is taken in
blocks of 400 ms, one every 100 ms; blocks that are silent (under −70 LUFS), and then those that are 10 LU
under the mean of the rest, do not count. A sine of 997 Hz at full scale in one channel has −3.01 LUFS.

The standard gives the filters' coefficients at 48 kHz only. Here they come, at any rate, from the analog
filters behind them, as in libebur128; at 48 kHz they are the standard's to the eighth digit, at 24 kHz that
sine is off by 0.02 LU, at 16 kHz by 0.04. Channels count alike: right for mono and stereo, while the standard
gives surround channels more.
"""

import math

import numpy as np
from jaxtyping import Float

from symvae.dsp.audio import Audio

ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
_STEP_SEC = 0.1
_STEPS_A_BLOCK = 4
#: What is shorter has no loudness.
SHORTEST_SEC = 0.41
_SHELF_HZ = 1681.974450955533
_HIGH_PASS_HZ = 38.13547087602444


class LoudnessMeter:
    """Takes a sound block by block, each as long as it likes, and tells at the end how loud it was."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._filters = k_weighting(sample_rate)
        self._memory = np.zeros((len(self._filters), channels, 2))
        self._step = round(_STEP_SEC * sample_rate)
        self._rest = np.zeros(0)
        self._steps: list[np.ndarray] = []

    def add(self, samples: Float[np.ndarray, "channel sample"]) -> None:
        """Hear the next samples."""
        from scipy.signal import sosfilt  # half a second, which not every command has to spend

        if not samples.size:
            return
        heard, self._memory = sosfilt(self._filters, samples.astype(np.float64), axis=1, zi=self._memory)
        power = np.concatenate([self._rest, np.square(heard).sum(0)])
        whole = len(power) // self._step * self._step
        self._steps.append(power[:whole].reshape(-1, self._step).mean(1))
        self._rest = power[whole:]

    def integrated_lufs(self) -> float:
        """Of all that was heard; minus infinity for silence, and for less than one block of 400 ms."""
        steps = np.concatenate([np.zeros(0), *self._steps])
        if len(steps) < _STEPS_A_BLOCK:
            return -math.inf
        power = np.convolve(steps, np.full(_STEPS_A_BLOCK, 1 / _STEPS_A_BLOCK), "valid")
        power = power[power > _power(ABSOLUTE_GATE_LUFS)]
        if not len(power):
            return -math.inf
        power = power[power > power.mean() * 10 ** (RELATIVE_GATE_LU / 10)]
        return _lufs(float(power.mean()))


def integrated_lufs(audio: Audio) -> float:
    """How loud a whole sound is."""
    meter = LoudnessMeter(audio.sample_rate, len(audio.samples))
    meter.add(audio.samples)
    return meter.integrated_lufs()


def k_weighting(sample_rate: int) -> Float[np.ndarray, "2 6"]:
    """Both filters as second-order sections: a shelf for the head, a high pass for the ear."""
    k, q = _warped(_SHELF_HZ, sample_rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    shelf = [high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k, *_poles(k, q)]
    k, q = _warped(_HIGH_PASS_HZ, sample_rate), 0.5003270373238773
    # At 48 kHz the standard leaves the high pass's numerator at 1, -2, 1, a hair of gain, which its -0.691
    # allows for: the same gain at every rate.
    gain = _poles(_warped(_HIGH_PASS_HZ, 48_000), q)[0]
    high_pass = [gain, -2 * gain, gain, *_poles(k, q)]
    return np.array([[number / section[3] for number in section] for section in (shelf, high_pass)])


def _warped(corner_hz: float, sample_rate: int) -> float:
    """The corner as the bilinear transform wants it."""
    return math.tan(math.pi * corner_hz / sample_rate)


def _poles(k: float, q: float) -> list[float]:
    """The denominator of a filter with corner ``k`` and quality ``q``."""
    return [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k]


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))
