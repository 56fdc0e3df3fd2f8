"""One-shot drums in the form that all of them share: mono, 44.1 kHz, one second, onset and peak aligned.

The onset is the first sample within 30 dB of the peak. It is put at sample `ONSET`, after a short fade-in, so
that a network need not learn where a sound starts. The peak is 1: how hard a drum was hit is heard in its
timbre, and its level is a matter of mixing.
"""

import numpy as np
from jaxtyping import Float

from symvae.dsp.audio import Audio
from symvae.dsp.wav import SILENCE, resample
from symvae.errors import AudioError

SAMPLE_RATE = 44_100
#: Length of a one-shot: 171 hops of 256 samples, 0.993 s.
SAMPLES = 43_776
#: Sample at which the onset is put.
ONSET = 64
#: Level of the onset below the peak.
ONSET_DB = -30.0
#: Shortest sound, from its onset on.
SHORTEST_SEC = 0.01
#: Longest recording that is searched for an onset.
LONGEST_SEC = 60.0
_CUT_FADE_SEC, _END_FADE_SEC = 0.05, 0.005
#: Share of its energy that a downmix may lose before one channel is taken instead.
_LEAST_ENERGY = 0.25


def one_shot(audio: Audio) -> Float[np.ndarray, " sample"]:
    """Bring a recording into the form of a one-shot.

    Args:
        audio: A recording of one stroke.

    Returns:
        `SAMPLES` samples with a peak of 1.

    Raises:
        AudioError: It is silent, or shorter than `SHORTEST_SEC`.
    """
    wave = resample(Audio(_mono(audio.samples)[None], audio.sample_rate), SAMPLE_RATE).samples[0]
    peak = float(np.abs(wave).max(initial=0.0))
    if peak <= SILENCE:
        raise AudioError("The sound is silent. Give a recording of one stroke.")
    onset = int(np.argmax(np.abs(wave) >= peak * 10 ** (ONSET_DB / 20)))
    if len(wave) - onset < SHORTEST_SEC * SAMPLE_RATE:
        raise AudioError(
            f"The sound lasts {1000 * (len(wave) - onset) / SAMPLE_RATE:.0f} ms. "
            f"Give a recording of {1000 * SHORTEST_SEC:.0f} ms or more."
        )
    return aligned(wave, onset)


def aligned(wave: Float[np.ndarray, " any"], onset: int) -> Float[np.ndarray, " sample"]:
    """Put the onset of a sound at `ONSET`, fade both ends, and scale its peak to 1.

    Args:
        wave: Samples at `SAMPLE_RATE`.
        onset: Number of the sample at which the sound starts.

    Returns:
        `SAMPLES` samples.
    """
    first = max(onset - ONSET, 0)
    kept = np.array(wave[first : first + SAMPLES - (ONSET - onset + first)], np.float64)
    lead = onset - first
    kept[:lead] *= fade(lead)
    cut = len(wave) > first + len(kept)
    length = min(round((_CUT_FADE_SEC if cut else _END_FADE_SEC) * SAMPLE_RATE), len(kept) - lead)
    kept[len(kept) - length :] *= fade(length)[::-1]
    sound = np.zeros(SAMPLES)
    sound[ONSET - lead : ONSET - lead + len(kept)] = kept
    return (sound / max(float(np.abs(sound).max()), 1e-9)).astype(np.float32)


def fade(length: int) -> Float[np.ndarray, " length"]:
    """Half a cosine from 0 to 1."""
    return 0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / max(length, 1))


def _mono(samples: Float[np.ndarray, "channel sample"]) -> Float[np.ndarray, " sample"]:
    """Mean of the channels; the loudest one where they cancel each other."""
    mean = samples.mean(0)
    energy = np.square(samples.astype(np.float64)).sum(1)
    if np.square(mean.astype(np.float64)).sum() < _LEAST_ENERGY * energy.mean():
        return samples[int(energy.argmax())]
    return mean
