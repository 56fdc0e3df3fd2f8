"""Noise through a filter that changes from frame to frame, given by its magnitudes.

Engel et al. 2020 (arXiv 2001.04643), section 3.4 and appendix B: the frequency sampling method. The
magnitudes of a frame, evenly spaced from 0 Hz to half the sample rate, become a symmetric impulse response
under a Hann window; the noise from that frame to the next is convolved with it, and what overlaps is added.
A response is centered, so there is no delay.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

#: Samples after which the noise repeats: 5.5 s at 24 kHz, too long for the ear to notice.
PERIOD = 2**17
_SEED = 2001


def noise(first_sample: int, samples: int) -> Float[Tensor, " sample"]:
    """White noise from -1 to 1, the same at the same samples of every sound.

    Args:
        first_sample: Number of the first sample.
        samples: Length.

    Returns:
        The noise.
    """
    rows = (first_sample + np.arange(samples)) % PERIOD
    return torch.from_numpy(_TABLE[rows])


def filtered(
    wave: Float[Tensor, "batch sample"], magnitude: Float[Tensor, "batch block band"]
) -> Float[Tensor, "batch longer"]:
    """Filter a signal block by block.

    Args:
        wave: The signal; its blocks are equally long.
        magnitude: Magnitudes of the filter of each block.

    Returns:
        The filtered signal, with half a response before its first sample and after its last.
    """
    blocks = magnitude.shape[1]
    hop, taps = wave.shape[1] // blocks, reach(magnitude.shape[2]) * 2
    response = torch.fft.irfft(torch.complex(magnitude, torch.zeros_like(magnitude)), taps)
    window = torch.hann_window(taps, dtype=magnitude.dtype, device=magnitude.device)
    response = response.roll(taps // 2, -1) * window
    size = 1 << (hop + taps - 2).bit_length()
    spectrum = torch.fft.rfft(wave.unflatten(1, (blocks, hop)), size) * torch.fft.rfft(response, size)
    pieces = torch.fft.irfft(spectrum, size)[..., : hop + taps]
    return _overlap_add(pieces, hop)


def reach(bands: int) -> int:
    """Samples to each side over which a filter of ``bands`` magnitudes extends."""
    return bands - 1


def _overlap_add(pieces: Float[Tensor, "batch block length"], hop: int) -> Float[Tensor, "batch sample"]:
    """Sum of pieces that begin ``hop`` samples apart."""
    batch, blocks, length = pieces.shape
    overlap = -(-length // hop)
    pieces = functional.pad(pieces, (0, overlap * hop - length)).unflatten(-1, (overlap, hop))
    wave = pieces.new_zeros(batch, blocks + overlap - 1, hop)
    for shift in range(overlap):
        wave = wave + functional.pad(pieces[:, :, shift], (0, 0, shift, overlap - 1 - shift))
    return wave.flatten(1)[:, : (blocks - 1) * hop + length]


_TABLE = np.random.default_rng(_SEED).uniform(-1, 1, PERIOD).astype(np.float32)
