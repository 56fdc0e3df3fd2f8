"""Timbre transfer: the fundamental and the loudness of a recorded voice, played by a learned instrument.

Engel et al. 2020 (arXiv 2001.04643), section 5.3. The contours are moved into the range of the instrument:
the fundamental by octaves, the loudness to the mean of what the instrument was learned at. Where the voice
has no pitch (consonants, breath, rests) the instrument is silent.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float

from symvae.dsp.audio import Audio
from symvae.dsp.perceived_loudness import RANGE_DB, loudness_db, scaled
from symvae.dsp.pitch import hz_to_pitch, pitch_to_hz
from symvae.dsp.wav import resample
from symvae.dsp.yin import track
from symvae.errors import AudioError
from symvae.system.ddsp_artifacts import LineTimbre

#: A frame this far below the loudest has no pitch of its own.
_SOFT_DB = 40.0
#: Shortest stretch with a pitch, and longest gap without one that is bridged.
_SHORTEST_SEC, _GAP_SEC = 0.04, 0.02
#: Length of the fade at the ends of a stretch.
_FADE_SEC = 0.03
#: Least share of pitches within the instrument's range for an octave to count as fitting.
_FITTING = 0.95
_OCTAVES = 4


class Contours(NamedTuple):
    """A recorded voice, frame by frame."""

    frequency_hz: Float[np.ndarray, " frame"]
    """Fundamental; in frames without a pitch, the way from the pitch before to the pitch after."""
    loudness_db: Float[np.ndarray, " frame"]
    voiced: Bool[np.ndarray, " frame"]
    """Frames with a pitch."""


class Fitted(NamedTuple):
    """Contours in the range of an instrument."""

    frequency_hz: Float[np.ndarray, " frame"]
    loudness: Float[np.ndarray, " frame"]
    """Scaled."""
    octaves: int
    """By which the pitch was moved."""
    louder_db: float
    """By which the mean loudness was moved."""
    dynamics: float
    """Share of the recording's dynamics in dB that is kept, 0 to 1."""
    outside: float
    """Share of the frames with a pitch that lie beyond the instrument's range."""


def contours_of(audio: Audio, sample_rate: int, hop: int) -> Contours:
    """Measure a recording of one voice.

    Args:
        audio: The recording; of several channels the mean counts.
        sample_rate: Rate of the network in Hz.
        hop: Samples of a frame at this rate.

    Returns:
        Its contours.

    Raises:
        AudioError: No pitch was found.
    """
    mono = resample(Audio(audio.samples.mean(0, keepdims=True), audio.sample_rate), sample_rate).samples[0]
    pitch = track(mono, hop, sample_rate)
    loudness = loudness_db(torch.from_numpy(np.asarray(mono, np.float32))[None], hop, sample_rate)[0].numpy()
    loud = loudness > max(float(loudness.max()) - _SOFT_DB, 1 - RANGE_DB)
    frame_sec = hop / sample_rate
    gap, shortest = (max(round(sec / frame_sec), 1) for sec in (_GAP_SEC, _SHORTEST_SEC))
    voiced = _without_short_runs(~_without_short_runs(~(pitch.voiced & loud), gap), shortest)
    if not voiced.any():
        raise AudioError("The recording has no pitch. Give one of a single voice, sung, whistled or played.")
    rows = np.flatnonzero(voiced)
    heights = np.interp(np.arange(len(voiced)), rows, hz_to_pitch(pitch.frequency_hz[rows]))
    return Contours(pitch_to_hz(heights), loudness, voiced)


def fit(
    contours: Contours,
    timbre: LineTimbre,
    frame_sec: float,
    *,
    octaves: int | None = None,
    louder_db: float = 0.0,
) -> Fitted:
    """Move contours into the range of an instrument.

    Args:
        contours: Of a recording.
        timbre: Range and loudness of the instrument.
        frame_sec: Seconds from frame to frame.
        octaves: Octaves to move the pitch by; None for the fewest that fit.
        louder_db: Added to the loudness, beside the move to that of the instrument.

    Returns:
        The contours of the instrument.
    """
    height = hz_to_pitch(contours.frequency_hz)
    sung = height[contours.voiced]

    def outside(shift: int) -> float:
        moved = sung + 12 * shift
        return float(((moved < timbre.lowest - 0.5) | (moved > timbre.highest + 0.5)).mean())

    if octaves is None:
        nearest = sorted(range(-_OCTAVES, _OCTAVES + 1), key=abs)
        fitting = [shift for shift in nearest if outside(shift) <= 1 - _FITTING]
        octaves = fitting[0] if fitting else min(nearest, key=outside)
    loud = contours.loudness_db[contours.voiced]
    dynamics = min(1.0, timbre.loudness_spread_db / max(float(loud.std()), 1e-6))
    level_db = timbre.loudness_db + louder_db
    played_db = level_db + dynamics * (contours.loudness_db - float(loud.mean()))
    kernel = np.hanning(2 * max(round(_FADE_SEC / frame_sec / 2), 1) + 3)
    share = np.convolve(contours.voiced.astype(np.float64), kernel / kernel.sum(), "same")
    # Between stretches the level sinks to silence, evenly in dB.
    loudness = np.clip(played_db * share - RANGE_DB * (1 - share), -RANGE_DB, 0)
    return Fitted(
        pitch_to_hz(height + 12 * octaves),
        np.asarray(scaled(torch.from_numpy(loudness))),
        octaves,
        level_db - float(loud.mean()),
        dynamics,
        outside(octaves),
    )


def _without_short_runs(mask: Bool[np.ndarray, " frame"], shortest: int) -> Bool[np.ndarray, " frame"]:
    """Clear runs of true frames that are shorter than ``shortest``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    kept = np.zeros_like(mask)
    for start, end in edges.reshape(-1, 2).tolist():
        kept[start:end] = end - start >= shortest
    return kept
