"""Critic: predicts the positions of faders from its input; the prediction serves as a loss.

Given z, it shows how much z reveals of the attributes (adversarial training, as in Fader Networks, Lample
et al. 2017, arXiv 1706.00409); given token probabilities, it replaces decoding and measuring, through which
there is no gradient. Its own training must not change the model, nor the model's training the critic: hence
`detached` and `frozen`. It knows no music.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

_HIDDEN_SIZE = 256


class Critic(nn.Module):
    """``(batch, size)`` → ``(batch, fader)`` positions."""

    def __init__(self, *, size: int, faders: int) -> None:
        super().__init__()
        self.read = nn.Sequential(
            nn.Linear(size, _HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(_HIDDEN_SIZE, _HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(_HIDDEN_SIZE, faders),
        )

    def detached(self, inputs: Float[Tensor, "batch size"]) -> Float[Tensor, "batch fader"]:
        """Predict without a gradient to the inputs: the loss trains the critic alone."""
        return self.read(inputs.detach()).float()

    def frozen(self, inputs: Float[Tensor, "batch size"]) -> Float[Tensor, "batch fader"]:
        """Predict with fixed weights: the loss trains the model that made the inputs, not the critic."""
        fixed = {name: weight.detach() for name, weight in self.read.named_parameters()}
        position: Tensor = torch.func.functional_call(self.read, fixed, (inputs,))
        return position.float()
