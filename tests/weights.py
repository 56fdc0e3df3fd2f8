"""Weights as a weight file gives them back."""

import torch

from symvae.system.weight_file import LEAST_VALUES, dequantize, quantize


def stored(weight: torch.Tensor) -> torch.Tensor:
    """A weight after it was written in version 2 and read again."""
    large = weight.ndim > 1 and weight.numel() > LEAST_VALUES
    return dequantize(*quantize(weight.detach())) if large else weight.detach().half().float()
