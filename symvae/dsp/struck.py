"""Phases of a struck sound: an impulse at its onset, then noise and partials that ring.

A stroke excites all partials at once, so at the onset their phases are those of an impulse; later they are
unrelated, as those of noise, but for partials that ring on (`symvae.dsp.phase_advance`). Magnitudes with the
phases of such a source have a sharp attack, which random phases smear over a window. A few projections
(Griffin and Lim 1984) make the phases of the first frames agree: there they sharpen the attack, and in the
noise that follows they gain nothing.
"""

from functools import lru_cache
from typing import NamedTuple

import torch
from jaxtyping import Complex, Float
from torch import Tensor
from torch.nn.functional import pad

from symvae.dsp.phase_advance import ringing_phases
from symvae.dsp.stft import Stft, agreeing_phases, unit

#: Level of the noise beside an impulse of 1; with less of it, cymbals become a click with a soft tail.
_NOISE = 0.15
#: Magnitude of silence.
_SILENCE = 1e-2
#: Frames from the start whose phases the projections improve.
_ATTACK_FRAMES = 8
#: Frames of one stretch of noise at which a source may begin, and its seed.
_BEGINNINGS, _NOISE_SEED = 512, 0


class _Noise(NamedTuple):
    """A stretch of noise, transformed once for all sources."""

    wave: Float[Tensor, "1 sample"]
    phases: Complex[Tensor, "1 frame bin"]


class _SourcePhases(NamedTuple):
    """Phases of a source: of the frames that see its impulse, and of those behind."""

    begin: Complex[Tensor, "1 first bin"]
    later: Complex[Tensor, "1 rest bin"]

    def first(self, frames: int) -> Complex[Tensor, "1 frame bin"]:
        """Phases of the first frames."""
        return torch.cat([self.begin, self.later[:, :frames]], 1)[:, :frames]


def struck_phases(
    stft: Stft, samples: int, onset: int, generator: torch.Generator
) -> Complex[Tensor, "1 frame bin"]:
    """Phases of an impulse in noise.

    Args:
        stft: The transform.
        samples: Length of the signal.
        onset: Sample of the impulse.
        generator: Source of the noise, on the CPU.

    Returns:
        Complex numbers of magnitude 1.
    """
    frames = stft.frames(samples)
    return _source(stft, frames, onset, generator).first(frames)


def _source(stft: Stft, frames: int, onset: int, generator: torch.Generator) -> _SourcePhases:
    half = stft.size // 2
    noise = _noise(stft, _BEGINNINGS + 2 ** max(frames - 1, 1).bit_length())
    first = int(torch.randint(_BEGINNINGS, (), generator=generator))
    # Only these frames see the impulse, or the silence before it.
    struck = min((onset + half) // stft.hop + 1, frames)
    begin = noise.wave[:, first * stft.hop :][:, : struck * stft.hop + half].clone()
    begin[:, :onset] = 0
    begin[:, onset] = 1.0
    return _SourcePhases(unit(stft(begin))[:, :struck], noise.phases[:, first + struck : first + frames])


def struck(
    magnitude: Float[Tensor, "batch frame bin"],
    stft: Stft,
    samples: int,
    *,
    onset: int,
    iterations: int,
    generator: torch.Generator,
) -> Float[Tensor, "batch sample"]:
    """Reconstruct struck sounds from magnitudes.

    Args:
        magnitude: Wanted magnitudes.
        stft: Their transform.
        samples: Length of the signal.
        onset: Sample of the stroke.
        iterations: Number of projections of the attack; 0 takes the phases of the source as they are.
        generator: Source of the noise, on the CPU.

    Returns:
        The signal of each item. All have the phases of one source, so an item ignores the rest of its batch.
    """
    # Most drums are shorter than their second: silent frames at the end are not computed.
    frames = min(_sounding(magnitude) + stft.size // stft.hop, magnitude.shape[1])
    length = min((frames - 1) * stft.hop, samples)
    source = _source(stft, frames, onset, generator)
    batch, device = len(magnitude), magnitude.device
    magnitude = magnitude[:, :frames]
    phase = source.first(frames).to(device)
    spectrum = magnitude * phase
    ringing_from = source.begin.shape[1]
    levels = magnitude[:, ringing_from - 1 :].clamp(min=_SILENCE).log()
    ringing = ringing_phases(levels, stft, phase[:, ringing_from - 1 :])
    low = ringing.shape[2]
    spectrum[:, ringing_from:, :low] = magnitude[:, ringing_from:, :low] * ringing
    if iterations:
        # The frames that overlap the attack are given: phases that agree with nothing behind them cancel
        # there.
        attack = min(max(_ATTACK_FRAMES, ringing_from), frames)
        seen = min(attack + stft.size // stft.hop - 1, frames)
        begin = phase[:, :seen].repeat(batch, 1, 1)
        begin[:, ringing_from:, :low] = ringing[:, : seen - ringing_from]
        begin = agreeing_phases(
            magnitude[:, :seen],
            stft,
            (seen - 1) * stft.hop,
            phase=begin,
            iterations=iterations,
            given=seen - attack,
        )
        spectrum[:, :attack] = magnitude[:, :attack] * begin[:, :attack]
    return pad(stft.inverse(spectrum, length), (0, samples - length))


@lru_cache(maxsize=4)
def _noise(stft: Stft, frames: int) -> _Noise:
    """Noise that begins alike at any length."""
    with torch.inference_mode(mode=False):
        generator = torch.Generator().manual_seed(_NOISE_SEED)
        wave = _NOISE * torch.randn((1, frames * stft.hop), generator=generator)
        return _Noise(wave, unit(stft(wave)))


def _sounding(magnitude: Float[Tensor, "batch frame bin"]) -> int:
    """Frames up to the last one that is not silent."""
    rows = (magnitude.amax(2) > 0).any(0).nonzero()
    return int(rows.max()) + 1 if len(rows) else 1
