"""Causal PQMF analysis and synthesis, in polyphase form.

The filters of `symvae.dsp.pqmf`, of which every output sees the past alone. A signal that is split and
joined comes back `delay` samples late.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.dsp.pqmf import Pqmf
from symvae.nn.causal_conv import FixedCausalConv, fold, unfold


class BandSplit(nn.Module):
    """Signal → ``bands`` bands at a decimated rate.

    Args:
        bands: Number of bands.
    """

    def __init__(self, bands: int) -> None:
        super().__init__()
        self.bands = bands
        filters = Pqmf(bands).filters[:, 0]
        late = torch.cat([filters.new_zeros(bands, bands - 1), filters], 1)  # the window ends with the block
        self.filter = FixedCausalConv(late.unflatten(1, (-1, bands)).transpose(1, 2).contiguous())

    def forward(self, wave: Float[Tensor, "batch sample"]) -> Float[Tensor, "batch band band_sample"]:
        """Split; the number of samples is a multiple of that of the bands."""
        return self.filter(fold(wave[:, None], self.bands))


class BandJoin(nn.Module):
    """``bands`` bands → signal.

    Args:
        bands: Number of bands.
    """

    def __init__(self, bands: int) -> None:
        super().__init__()
        self.bands = bands
        filters = Pqmf(bands).filters[:, 0]
        padded = torch.cat([filters, filters.new_zeros(bands, bands - 1)], 1)
        # (band, block, phase) → (phase, band, block), the oldest block first
        weight = padded.unflatten(1, (-1, bands)).flip(1).permute(2, 0, 1)
        self.filter = FixedCausalConv(weight.contiguous())

    def forward(self, bands: Float[Tensor, "batch band band_sample"]) -> Float[Tensor, "batch sample"]:
        """Join."""
        return unfold(self.filter(bands), self.bands)[:, 0]


def delay(bands: int) -> int:
    """Samples that splitting and joining take."""
    return 2 * Pqmf(bands).reach - (bands - 1)
