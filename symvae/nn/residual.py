"""Residual block of two linear layers after a layer normalization, as in transformers.

Pre-normalization: Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020 (arXiv
2002.04745).
"""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu


class ResidualBlock(nn.Module):
    """``x + MLP(norm(x))`` over the last axis.

    Args:
        width: width of ``x``.
        hidden: width between the two layers.
    """

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.widen = nn.Linear(width, hidden)
        self.narrow = nn.Linear(hidden, width)

    def forward(self, x: Float[Tensor, "*any width"]) -> Float[Tensor, "*any width"]:
        return x + self.narrow(gelu(self.widen(self.norm(x))))
