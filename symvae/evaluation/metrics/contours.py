"""Distances of contours: loudness and fundamental of a resynthesized line from those of the original.

Engel et al. 2020 (arXiv 2001.04643), section 5.1 and table 1.

loudness L1   mean over frames of |difference| of scaled loudness, 1 + dB / 80, A-weighted power on a scale
              from 0 at -80 dB to 1 at 0 dB, a sine of 1 kHz at full scale
              (`symvae.dsp.perceived_loudness`). A value of .07 is 5.6 dB.
f0 L1         mean over frames of |difference| of MIDI pitch, in semitones, over frames in which both sounds
              have a pitch (aperiodicity below `symvae.dsp.yin.VOICED`); the paper measures with CREPE, here
              it is YIN, within three semitones of the note. A value of .02 is 2 cents. Networks see pitch
              scaled as MIDI pitch / 127, in which units the same distance is a 127th; both are reported.
f0 outliers   share of frames with a pitch in the original that have none in the resynthesis.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.dsp.pitch import hz_to_pitch
from symvae.dsp.yin import Pitch


class PitchDistance(NamedTuple):
    """Distance of two fundamentals."""

    semitones: float
    """Mean over frames in which both sounds have a pitch; 0 without any."""
    outliers: float
    """Share of frames whose pitch was lost; 0 without any."""
    frames: int
    """Frames with a pitch in both sounds."""


def loudness_l1(made: Float[np.ndarray, " frame"], real: Float[np.ndarray, " frame"]) -> float:
    """Mean distance of scaled loudness; 0 without frames."""
    return float(np.abs(made - real).mean()) if len(real) else 0.0


def pitch_l1(made: Pitch, real: Pitch) -> PitchDistance:
    """Mean distance of two fundamentals in semitones."""
    both = made.voiced & real.voiced
    distance = np.abs(hz_to_pitch(made.frequency_hz[both]) - hz_to_pitch(real.frequency_hz[both]))
    lost = real.voiced & ~made.voiced
    return PitchDistance(
        float(distance.mean()) if both.any() else 0.0,
        float(lost.sum() / max(real.voiced.sum(), 1)),
        int(both.sum()),
    )
