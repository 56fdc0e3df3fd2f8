"""Phases of a struck sound: an impulse at its onset, then noise.

A stroke excites all partials at once, so at the onset their phases are those of an impulse; later they are
unrelated, as those of noise. Magnitudes with the phases of such a source have a sharp attack, which random
phases smear over a window. A few projections (Griffin and Lim 1984) make the phases of the first frames
agree: there they sharpen the attack, and in the noise that follows they gain nothing.
"""

import torch
from jaxtyping import Complex, Float
from torch import Tensor
from torch.nn.functional import pad

from symvae.dsp.stft import Stft, agreeing_phases, unit

#: Level of the noise beside an impulse of 1; with less of it, cymbals become a click with a soft tail.
_NOISE = 0.07
#: Frames from the start whose phases the projections improve.
_ATTACK_FRAMES = 8


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
    source = _NOISE * torch.randn((1, samples), generator=generator)
    source[:, :onset] = 0
    source[:, onset] = 1.0
    return unit(stft(source))


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
    # Noise of one seed begins alike at any length, and a window more keeps its end out of these frames.
    phase = struck_phases(stft, min(length + stft.size, samples), onset, generator)
    phase = phase[:, :frames].to(magnitude.device)
    phase = phase.expand(len(magnitude), -1, -1)
    # The frames that overlap the attack are given: phases that agree with nothing behind them cancel there.
    attack = min(_ATTACK_FRAMES, frames)
    seen = min(attack + stft.size // stft.hop - 1, frames)
    begin = agreeing_phases(
        magnitude[:, :seen],
        stft,
        (seen - 1) * stft.hop,
        phase=phase[:, :seen],
        iterations=iterations,
        given=seen - attack,
    )
    spectrum = magnitude[:, :frames] * phase
    spectrum[:, :attack] = magnitude[:, :attack] * begin[:, :attack]
    return pad(stft.inverse(spectrum, length), (0, samples - length))


def _sounding(magnitude: Float[Tensor, "batch frame bin"]) -> int:
    """Frames up to the last one that is not silent."""
    rows = (magnitude > 0).any(2).any(0).nonzero()
    return int(rows.max()) + 1 if len(rows) else 1
