"""Octave bands from 63 Hz to 8 kHz: power of sounds in them, and curves that pass through a value of each.

Nominal centers are those of IEC 61260; edges lie half an octave to each side, and the highest band ends at
10 kHz.
"""

from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.dsp.stft import Stft

#: Nominal centers.
BANDS_HZ = (63, 125, 250, 500, 1000, 2000, 4000, 8000)
_LOWEST_HZ = 1000 * 2.0**-4
_EDGES_HZ = (*(1000 * 2 ** (octave - 0.5) for octave in range(-4, 4)), 10_000)
#: Long enough to separate the lowest bands.
_STFT = Stft(4096, 1024)


def band_power(waves: Float[Tensor, "note sample"], sample_rate: int) -> Float[np.ndarray, "note band"]:
    """Power of each sound in each of `BANDS_HZ`, summed over frames.

    Args:
        waves: The sounds.
        sample_rate: Hz.

    Returns:
        Powers.
    """
    return _in_bands(_STFT(waves).abs().double().square().sum(1), sample_rate)


def band_magnitude(waves: Float[Tensor, "note sample"], sample_rate: int) -> Float[np.ndarray, "note band"]:
    """Magnitude of each sound in each of `BANDS_HZ`, summed over frames and bins.

    Args:
        waves: The sounds.
        sample_rate: Hz.

    Returns:
        Magnitudes.
    """
    return _in_bands(_STFT(waves).abs().double().sum(1), sample_rate)


def _in_bands(spectra: Float[Tensor, "note bin"], sample_rate: int) -> Float[np.ndarray, "note band"]:
    hz = np.arange(spectra.shape[1]) * sample_rate / _STFT.size
    within = [(hz >= low) & (hz < high) for low, high in pairwise(_EDGES_HZ)]
    return np.stack([spectra.numpy()[:, band].sum(1) for band in within], 1)


def octave_interpolation(hz: Float[Tensor, " place"]) -> Float[Tensor, "band place"]:
    """Build the matrix that interpolates a curve from the centers of the bands to frequencies.

    It is linear over the logarithm of the frequency, and constant beyond the outermost centers.

    Args:
        hz: Frequencies.

    Returns:
        The weight of each band at each frequency.
    """
    octave = (hz.double().clamp(min=1.0) / _LOWEST_HZ).log2().clamp(0, len(BANDS_HZ) - 1)
    band = torch.arange(len(BANDS_HZ), dtype=torch.float64)[:, None]
    return (1 - (octave - band).abs()).clamp(min=0).float()
