"""Decoder of RAVE: frames of z → features at the rate of the bands, by upsampling and dilated residuals.

Caillon and Esling 2021 (arXiv 2111.05011), section 4.1; the residual units are those of MelGAN (Kumar et al.
2019, arXiv 1910.06711).
"""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.models.rave.encoder import SLOPE
from symvae.nn.causal_conv import CausalConv, unfold


class ResidualUnit(nn.Module):
    """Dilated convolution and one over channels, added to the input.

    Args:
        width: Channels.
        dilation: Steps between the taps of the first convolution.
    """

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.dilated = CausalConv(width, width, 3, dilation=dilation)
        self.mix = CausalConv(width, width, 1)

    def forward(self, x: Float[Tensor, "batch channel time"]) -> Float[Tensor, "batch channel time"]:
        y = self.dilated(functional.leaky_relu(x, SLOPE))
        return x + self.mix(functional.leaky_relu(y, SLOPE))


class RaveDecoder(nn.Module):
    """Features at the rate of the bands.

    Args:
        strides: Rates of the encoder's stages; they are undone from the last.
        capacity: Channels of the features; each stage above has twice as many.
        latent_size: Coordinates of a frame of z.
        dilations: Of the residual units of each stage.
    """

    def __init__(
        self, *, strides: Sequence[int], capacity: int, latent_size: int, dilations: Sequence[int]
    ) -> None:
        super().__init__()
        self.strides = tuple(reversed(strides))
        widths = [capacity * 2**stage for stage in reversed(range(len(self.strides) + 1))]
        self.enter = CausalConv(latent_size, widths[0], 3)
        self.rises = nn.ModuleList(
            CausalConv(width, stride * narrower, 2)
            for stride, width, narrower in zip(self.strides, widths[:-1], widths[1:], strict=True)
        )
        self.units = nn.ModuleList(
            nn.Sequential(*(ResidualUnit(width, dilation) for dilation in dilations)) for width in widths[1:]
        )

    def forward(self, z: Float[Tensor, "batch latent frame"]) -> Float[Tensor, "batch channel band_sample"]:
        """Decode features."""
        x = self.enter(z)
        for rise, units, stride in zip(self.rises, self.units, self.strides, strict=True):
            x = units(unfold(rise(functional.leaky_relu(x, SLOPE)), stride))
        return functional.leaky_relu(x, SLOPE)
