"""Interface of decoders of one-shot sounds that write samples instead of magnitudes."""

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor


@runtime_checkable
class WaveHead(Protocol):
    """Samples of a sound given z and the embedding of its class."""

    def synthesize(
        self,
        z: Float[Tensor, "batch latent"],
        condition: Float[Tensor, "batch condition"],
        generator: torch.Generator,
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize sounds at the machine's rate.

        Args:
            z: Latents.
            condition: Embeddings of their classes.
            generator: Source of chance, on the CPU.

        Returns:
            Samples.
        """
