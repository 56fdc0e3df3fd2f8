"""Inference-only linear layer with weights in half precision in memory.

Decoding one phrase multiplies a few rows by large matrices dozens of times, and the time goes into reading
the matrices. In half precision there is half as much to read, while the arithmetic stays in single precision
(FBGEMM, Khudia et al. 2021, arXiv 2101.05615, as torch uses it on x86 processors). Weights that half
precision represents exactly lose nothing: results differ from `torch.nn.functional.linear` by the order of
summation alone. Where torch has no such kernel, the weights stay as they are.
"""

import torch
from jaxtyping import Float
from torch import Tensor


class HalfLinear:
    """``inputs @ weight.T + bias`` with a fixed copy of the weights."""

    def __init__(self, weight: Float[Tensor, "out in"], bias: Float[Tensor, " out"] | None = None) -> None:
        self.weight = weight.detach()
        self.bias = weight.new_zeros(len(weight)) if bias is None else bias.detach()
        self.packed = None
        if weight.device.type == "cpu" and torch.backends.quantized.engine in ("x86", "fbgemm"):
            self.packed = torch.ops.quantized.linear_prepack_fp16(
                self.weight.float().contiguous(), self.bias.float().contiguous()
            )

    def __call__(self, inputs: Float[Tensor, "*any in"]) -> Float[Tensor, "*any out"]:
        """Map the last axis of ``inputs``."""
        if self.packed is None:
            return torch.nn.functional.linear(inputs, self.weight, self.bias.to(self.weight))
        return torch.ops.quantized.linear_dynamic_fp16(inputs, self.packed)
