"""A linear map whose weights lie in memory in half precision, for playing, not for learning.

One phrase through a decoder is a few rows through large matrices, dozens of times: the time goes
into reading the matrices. Kept in half precision they are half as much to read; the arithmetic stays
in single precision (FBGEMM, Khudia et al. 2021, arXiv 2101.05615, as torch uses it on x86). Weights
that fit half precision, as those of every stored symvae model do, lose nothing; results differ from
`torch.nn.functional.linear` only by the order of summation. Where torch has no such kernel (other
processors), the weights stay as they are.
"""

import torch
from jaxtyping import Float
from torch import Tensor


class HalfLinear:
    """``inputs @ weight.T + bias``, the weights fixed at the moment of making."""

    def __init__(self, weight: Float[Tensor, "out in"], bias: Float[Tensor, " out"] | None = None) -> None:
        self.weight = weight.detach()
        self.bias = weight.new_zeros(len(weight)) if bias is None else bias.detach()
        self.packed = None
        if weight.device.type == "cpu" and torch.backends.quantized.engine in ("x86", "fbgemm"):
            self.packed = torch.ops.quantized.linear_prepack_fp16(
                self.weight.float().contiguous(), self.bias.float().contiguous()
            )

    def __call__(self, inputs: Float[Tensor, "*any in"]) -> Float[Tensor, "*any out"]:
        """The linear map of ``inputs``."""
        if self.packed is None:
            return torch.nn.functional.linear(inputs, self.weight, self.bias.to(self.weight))
        return torch.ops.quantized.linear_dynamic_fp16(inputs, self.packed)
