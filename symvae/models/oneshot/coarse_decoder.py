"""Decoder of a sound's coarse levels: what it is like before it is decoded.

    z and class ─ two hidden layers ─ levels of a few bands in a few spans of time

A drum machine compares its draws with the sounds it was trained on. From these levels it knows in a
fraction of the time which draw is worth decoding.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class CoarseDecoder(nn.Module):
    """Coarse levels given z and a class.

    Args:
        latent_size: coordinates of z.
        classes: number of classes.
        coarse: coarse levels of a sound.
        width: units of the layers.
    """

    mean: Tensor
    """Mean of each level over sounds."""
    deviation: Tensor
    """Standard deviation of all levels."""

    def __init__(self, latent_size: int, classes: int, coarse: int, width: int = 256) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(latent_size + classes, width),
            nn.GELU(),
            nn.Linear(width, width),
            nn.GELU(),
            nn.Linear(width, coarse),
        )
        self.register_buffer("mean", torch.zeros(coarse))
        self.register_buffer("deviation", torch.ones(()))

    @classmethod
    def like(
        cls, state: dict[str, Tensor], *, latent_size: int, classes: int, coarse: int
    ) -> "CoarseDecoder":
        """Return a network of the sizes of some weights.

        Args:
            state: the weights by name.
            latent_size: coordinates of z of the model.
            classes: number of its classes.
            coarse: coarse levels of a sound of the model.

        Returns:
            A network with random weights; raises ValueError where they belong to another model.
        """
        width, inputs = state["layers.0.weight"].shape
        if inputs != latent_size + classes or state["mean"].shape != (coarse,):
            raise ValueError("a coarse decoder of another model")
        return cls(latent_size, classes, coarse, width)

    def forward(
        self, z: Float[Tensor, "batch latent"], drum: Float[Tensor, "batch class"]
    ) -> Float[Tensor, "batch coarse"]:
        """Decode log magnitudes in nepers."""
        return torch.addcmul(self.mean, self.layers(torch.cat([z, drum], 1)), self.deviation)
