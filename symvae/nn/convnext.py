"""ConvNeXt blocks along time, steered by a condition.

Liu et al. 2022 (arXiv 2201.03545), in one dimension as in Vocos (Siuzdak 2023, arXiv 2306.00814): a
depthwise convolution looks sideways, two linear layers mix channels. FiLM (Perez et al. 2018, arXiv
1709.07871) scales and shifts what the condition wants changed.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class ConvNextBlock(nn.Module):
    """Residual block of ``width`` channels that sees ``kernel`` // 2 frames to each side."""

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
        """``x`` with what the block adds."""
        scale, shift = self.film(condition).chunk(2, -1)
        y = torch.addcmul(shift, self.norm(self._beside(x)), 1 + scale)
        y = self.narrow(functional.gelu(self.widen(y)))
        return torch.addcmul(x, y, self.gain)

    def _beside(self, x: Float[Tensor, "batch frame width"]) -> Float[Tensor, "batch frame width"]:
        """The depthwise convolution, as that of a picture of one row.

        A picture's channels may lie side by side, as they do here. `conv1d` copies them apart and back,
        and takes five times as long.
        """
        along = self.depthwise
        row = functional.conv2d(
            x.transpose(1, 2)[:, :, None],
            along.weight[:, :, None],
            along.bias,
            padding=(0, along.kernel_size[0] // 2),
            groups=along.groups,
        )
        return row[:, :, 0].transpose(1, 2)
