"""ConvNeXt block over frames with FiLM conditioning.

ConvNeXt (Liu et al. 2022, arXiv 2201.03545) in one dimension, as in Vocos (Siuzdak 2023, arXiv 2306.00814):
a depthwise convolution along time, then two linear layers over channels. FiLM (Perez et al. 2018, arXiv
1709.07871) scales and shifts the normalized channels.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class ConvNextBlock(nn.Module):
    """Residual block with a receptive field of ``kernel`` // 2 frames to each side.

    Args:
        width: channels.
        hidden: width between the two linear layers.
        kernel: frames of the convolution, an odd number.
        condition: width of the condition.
    """

    def __init__(self, width: int, *, hidden: int, kernel: int, condition: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.film = nn.Linear(condition, 2 * width)
        self.widen = nn.Linear(width, hidden)
        self.narrow = nn.Linear(hidden, width)
        self.gain = nn.Parameter(torch.full((width,), 0.5))
        nn.init.zeros_(self.film.bias)

    def forward(
        self, x: Float[Tensor, "batch frame width"], condition: Float[Tensor, "batch frame_or_1 condition"]
    ) -> Float[Tensor, "batch frame width"]:
        """Add the block's residual to ``x``; the condition holds for each frame or for all."""
        scale, shift = self.film(condition).chunk(2, -1)
        y = torch.addcmul(shift, self.norm(self._depthwise(x)), 1 + scale)
        y = self.narrow(functional.gelu(self.widen(y)))
        return torch.addcmul(x, y, self.gain)

    def _depthwise(self, x: Float[Tensor, "batch frame width"]) -> Float[Tensor, "batch frame width"]:
        """Depthwise convolution along frames, computed as that of an image of one row.

        `conv2d` accepts channels-last memory, as here. `conv1d` copies to channels-first and back, and takes
        five times as long.
        """
        layer = self.depthwise
        row = functional.conv2d(
            x.transpose(1, 2)[:, :, None],
            layer.weight[:, :, None],
            layer.bias,
            padding=(0, layer.kernel_size[0] // 2),
            groups=layer.groups,
        )
        return row[:, :, 0].transpose(1, 2)
