"""Blocks of DDSP: a stack of layers, and the sigmoid that scales amplitudes."""

import math
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn


def mlp(inputs: int, width: int, layers: int) -> nn.Sequential:
    """Stack of dense layers, each normalized over its units and rectified (arXiv 2001.04643, appendix B.2).

    Args:
        inputs: Size of the input.
        width: Units of each layer.
        layers: Number of layers.

    Returns:
        The stack.
    """
    sizes = [inputs, *[width] * layers]
    blocks = [
        nn.Sequential(nn.Linear(before, after), nn.LayerNorm(after), nn.LeakyReLU())
        for before, after in pairwise(sizes)
    ]
    return nn.Sequential(*blocks)


def exp_sigmoid(x: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Sigmoid whose slope is steep where it is small, from 1e-7 to 2 (appendix B.5)."""
    return 2 * torch.sigmoid(x).pow(math.log(10)) + 1e-7
