"""Measurements of a one-shot sound, each in a unit of its own; of silence all but the loudness are nan.

    attack_ms      from a tenth to nine tenths of the highest level
    decay_sec      from there to the last moment within 30 dB of the highest level
    centroid_hz    center of gravity of the mean magnitude spectrum: brightness
    pitch_hz       strongest partial between 30 and 2,000 Hz; nan where none stands out
    noisiness      geometric over arithmetic mean of the magnitudes of a frame, weighted by its energy:
                   near 0 for a tone, 0.85 for white noise
    loudness_lufs  integrated loudness (ITU-R BS.1770); minus infinity for silence

Levels are root mean squares of 16 steps of a quarter of a millisecond, rounded to whole samples, one a step.
Sounds that a recording cuts off have the decay of the recording.
"""

import math

import numpy as np
from jaxtyping import Float

from symvae.dsp.loudness import SHORTEST_SEC, LoudnessMeter

#: Names and units of the attributes.
ATTRIBUTES = {
    "attack_ms": "ms",
    "decay_sec": "s",
    "centroid_hz": "Hz",
    "pitch_hz": "Hz",
    "noisiness": "",
    "loudness_lufs": "LUFS",
}
DECAY_DB = -30.0
#: A level is that of so many steps.
_STEP_SEC, _WIDTH = 0.00025, 16
_SIZE, _HOP = 1024, 256
_FLAT_HZ = (100.0, 16_000.0)
_PITCH_HZ = (30.0, 2_000.0)
#: Share of the power between 30 Hz and 2 kHz that lies around the strongest partial of a pitched sound.
_LEAST_PITCHED = 0.2
#: Frequencies around a partial that count as its own: a semitone, or this.
_PARTIAL_HZ = 8.0


def sound_attributes(samples: Float[np.ndarray, " sample"], sample_rate: int) -> dict[str, float]:
    """Measure a sound.

    Args:
        samples: One channel of a single stroke.
        sample_rate: Hz.

    Returns:
        The value of each of `ATTRIBUTES`.
    """
    wave = np.asarray(samples, np.float64)
    if not np.abs(wave).max(initial=0.0) > 0:
        return {**dict.fromkeys(ATTRIBUTES, math.nan), "loudness_lufs": -math.inf}
    attack_ms, decay_sec = _times(wave, sample_rate)
    spectra = _magnitudes(wave)
    return {
        "attack_ms": attack_ms,
        "decay_sec": decay_sec,
        "centroid_hz": _centroid(spectra, sample_rate),
        "pitch_hz": _pitch(wave, sample_rate),
        "noisiness": _noisiness(spectra, sample_rate),
        "loudness_lufs": _loudness(wave, sample_rate),
    }


def attack_ms(samples: Float[np.ndarray, " sample"], sample_rate: int) -> float:
    """Attack of one channel, as in `sound_attributes`; nan for silence."""
    wave = np.asarray(samples, np.float64)
    return _times(wave, sample_rate)[0] if np.abs(wave).max(initial=0.0) > 0 else math.nan


def attacks_ms(waves: Float[np.ndarray, "sound sample"], sample_rate: int) -> Float[np.ndarray, " sound"]:
    """Attack of each sound, as in `sound_attributes`; 0 for silence."""
    level = _levels(np.asarray(waves, np.float64), sample_rate)
    top = level.max(1, keepdims=True)
    steps = np.argmax(level >= 0.9 * top, 1) - np.argmax(level >= 0.1 * top, 1)
    return 1000 * _step(sample_rate) / sample_rate * steps


def pitch_hz(samples: Float[np.ndarray, " sample"], sample_rate: int) -> float:
    """Strongest partial of one channel, as in `sound_attributes`; nan without one, and for silence."""
    wave = np.asarray(samples, np.float64)
    return _pitch(wave, sample_rate) if np.abs(wave).max(initial=0.0) > 0 else math.nan


def centroid_hz(samples: Float[np.ndarray, " sample"], sample_rate: int) -> float:
    """Spectral centroid of one channel, as in `sound_attributes`; 0 for silence."""
    return _centroid(_magnitudes(np.asarray(samples, np.float64)), sample_rate)


def loudness_lufs(samples: Float[np.ndarray, " sample"], sample_rate: int) -> float:
    """Integrated loudness of one channel, as in `sound_attributes`; minus infinity for silence."""
    wave = np.asarray(samples, np.float64)
    return _loudness(wave, sample_rate) if np.abs(wave).max(initial=0.0) > 0 else -math.inf


def _times(wave: Float[np.ndarray, " sample"], sample_rate: int) -> tuple[float, float]:
    """Attack in milliseconds and decay in seconds."""
    level = _levels(wave[None], sample_rate)[0]
    top = int(level.argmax())
    start = int(np.argmax(level >= 0.1 * level[top]))
    full = int(np.argmax(level >= 0.9 * level[top]))
    last = int(np.flatnonzero(level >= level[top] * 10 ** (DECAY_DB / 20))[-1])
    step_sec = _step(sample_rate) / sample_rate
    return 1000 * step_sec * (full - start), step_sec * max(last - full, 0)


def _levels(waves: Float[np.ndarray, "sound sample"], sample_rate: int) -> Float[np.ndarray, "sound step"]:
    """Root mean squares of the 4 ms before the end of each step."""
    step = _step(sample_rate)
    count = waves.shape[1] // step
    power = np.zeros((len(waves), _WIDTH + count))
    by_step = waves[:, : count * step].reshape(len(waves), count, step)
    np.cumsum(np.einsum("ijk,ijk->ij", by_step, by_step), axis=1, out=power[:, _WIDTH:])
    return np.sqrt(np.maximum(power[:, _WIDTH:] - power[:, :-_WIDTH], 0) / (_WIDTH * step))


def _step(sample_rate: int) -> int:
    return max(round(_STEP_SEC * sample_rate), 1)


def _magnitudes(wave: Float[np.ndarray, " sample"]) -> Float[np.ndarray, "frame bin"]:
    padded = np.pad(wave.astype(np.float32), (_SIZE // 2, _SIZE))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_HOP]
    return np.abs(np.fft.rfft(frames * np.hanning(_SIZE + 1)[:-1].astype(np.float32), axis=1))


def _centroid(spectra: Float[np.ndarray, "frame bin"], sample_rate: int) -> float:
    mean = spectra.mean(0)
    hz = np.arange(len(mean)) * sample_rate / _SIZE
    return float((hz * mean).sum() / max(float(mean.sum()), 1e-12))


def _noisiness(spectra: Float[np.ndarray, "frame bin"], sample_rate: int) -> float:
    low, high = (round(hz * _SIZE / sample_rate) for hz in _FLAT_HZ)
    band = spectra[:, low : min(high, spectra.shape[1])] + 1e-12
    flatness = np.exp(np.log(band).mean(1)) / band.mean(1)
    energy = np.square(band).sum(1)
    return float((energy * flatness).sum() / energy.sum())


def _pitch(wave: Float[np.ndarray, " sample"], sample_rate: int) -> float:
    size = 2 ** math.ceil(math.log2(max(len(wave), sample_rate)))
    power = np.square(np.abs(np.fft.rfft(wave, size)))
    hz = np.arange(len(power)) * sample_rate / size
    heard = (hz >= _PITCH_HZ[0]) & (hz <= _PITCH_HZ[1])
    top = int(np.argmax(np.where(heard, power, 0)))
    near = np.abs(hz - hz[top]) <= max(0.06 * hz[top], _PARTIAL_HZ)
    if power[near & heard].sum() < _LEAST_PITCHED * power.sum():
        return math.nan
    # The peak of a parabola through three bins on a logarithmic scale.
    before, here, after = np.log(power[top - 1 : top + 2] + 1e-30)
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float((top + shift) * sample_rate / size)


def _loudness(wave: Float[np.ndarray, " sample"], sample_rate: int) -> float:
    meter = LoudnessMeter(sample_rate, channels=1)
    peak = float(np.abs(wave).max())
    meter.add((wave / peak)[None])
    meter.add(np.zeros((1, max(round(SHORTEST_SEC * sample_rate) - len(wave), 0))))
    return meter.integrated_lufs() + 20 * math.log10(peak)
