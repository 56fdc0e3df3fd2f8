"""Harmonic oscillator bank: sines at multiples of a moving fundamental, each with a moving amplitude.

Engel et al. 2020 (arXiv 2001.04643), section 3.2. Frame n stands at sample n · hop. Between two frames the
fundamental and all amplitudes are interpolated linearly; the phase is the cumulative sum of the angular
frequency, counted in cycles and in double precision, so that it stays exact over a whole song. Harmonics
fade out below half the sample rate and are silent from there on, so that nothing aliases.

Phases do not depend on amplitudes. So the sines of a frame are computed once, without a gradient, and the
sound is a product of matrices: amplitudes (2, harmonic) times sines (harmonic, sample), cross-faded from
the amplitudes of this frame to those of the next.
"""

import torch
from jaxtyping import Float, Float64
from torch import Tensor

#: Share of half the sample rate from which on a harmonic is softened.
FADE_FROM = 0.95


def audible(
    frequency_hz: Float[Tensor, "batch frame"], harmonics: int, sample_rate: int
) -> Float[Tensor, "batch frame harmonic"]:
    """Fade out harmonics on their way to half the sample rate, where they are silent.

    Args:
        frequency_hz: Fundamental of each frame.
        harmonics: Number of harmonics; the first is the fundamental.
        sample_rate: Hz.

    Returns:
        Gains: 1 up to `FADE_FROM` of half the sample rate, 0 from there on.
    """
    number = torch.arange(1, harmonics + 1, device=frequency_hz.device, dtype=frequency_hz.dtype)
    share = frequency_hz[..., None] * number / (sample_rate / 2)
    return ((1 - share) / (1 - FADE_FROM)).clamp(0, 1)


def cycles(
    frequency_hz: Float[Tensor, "batch frame"],
    hop: int,
    sample_rate: int,
    start: Float64[Tensor, " batch"] | None = None,
) -> tuple[Float[Tensor, "batch block hop"], Float64[Tensor, " batch"]]:
    """Integrate a fundamental.

    Args:
        frequency_hz: Fundamental of each frame, one frame more than there are blocks.
        hop: Samples of a block.
        sample_rate: Hz.
        start: Phase of the first sample in cycles; 0 by default.

    Returns:
        The phase of each sample in cycles, from 0 to 1, and that of the first sample after the last block.
    """
    frequency = frequency_hz.double()
    here, rise = frequency[:, :-1, None], frequency.diff(dim=1)[..., None]
    sample = torch.arange(hop + 1, dtype=torch.float64, device=frequency_hz.device)
    # Σ_{i<j} (here + rise · i / hop)
    within = (here * sample + rise * sample * (sample - 1) / (2 * hop)) / sample_rate
    ends = within[..., -1].cumsum(1)
    if start is not None:
        ends = ends + start[:, None]
    begins = torch.cat([ends[:, :1] - within[:, :1, -1], ends[:, :-1]], 1)
    phase = (begins[..., None] + within[..., :-1]) % 1
    return phase.float(), ends[:, -1] % 1


def harmonic_bank(
    frequency_hz: Float[Tensor, "batch frame"],
    amplitude: Float[Tensor, "batch frame harmonic"],
    hop: int,
    sample_rate: int,
    start: Float64[Tensor, " batch"] | None = None,
) -> tuple[Float[Tensor, "batch sample"], Float64[Tensor, " batch"]]:
    """Synthesize harmonics.

    Args:
        frequency_hz: Fundamental of each frame, above 0; no gradient passes through it.
        amplitude: Amplitude of each harmonic in each frame; the first is the fundamental.
        hop: Samples from frame to frame.
        sample_rate: Hz.
        start: Phase of the first sample in cycles; 0 by default.

    Returns:
        The samples from the first frame up to the last, ``hop`` for each but the last; and the phase that
        follows them, for the next block of a stream.
    """
    harmonics = amplitude.shape[-1]
    frequency_hz = frequency_hz.detach()
    # Harmonics that are silent in all frames cost nothing.
    most = min(harmonics, max(int(sample_rate / 2 / float(frequency_hz.min())), 1))
    mask = audible(frequency_hz, most, sample_rate)
    amplitude = amplitude[..., :most] * mask
    with torch.no_grad():
        phase, end = cycles(frequency_hz, hop, sample_rate, start)
        number = torch.arange(1, most + 1, device=phase.device, dtype=phase.dtype)
        sines = (phase[:, :, None] * number[:, None]).mul_(2 * torch.pi).sin_()
        toward = torch.arange(hop, device=phase.device, dtype=phase.dtype) / hop
    pairs = torch.stack([amplitude[:, :-1], amplitude[:, 1:]], 2)
    here, there = (pairs @ sines).unbind(2)
    return (here + (there - here) * toward).flatten(1), end
