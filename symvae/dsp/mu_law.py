"""Companding by the µ-law: small samples get finer steps (ITU-T G.711, here without its segments)."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

_MU = 255.0


def compress(wave: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Map samples from -1 to 1 to companded numbers from -1 to 1."""
    return wave.sign() * torch.log1p(_MU * wave.abs()) / math.log1p(_MU)


def expand(companded: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Map companded numbers to samples, the inverse of `compress`."""
    return companded.sign() * torch.expm1(companded.abs() * math.log1p(_MU)) / _MU
