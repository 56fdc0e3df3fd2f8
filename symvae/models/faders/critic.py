"""A critic: it learns to read the positions of faders from what it is shown, and its readings are a loss.

Shown z, it tells what z betrays of them; shown the probabilities of tokens, it stands in for decoding and
measuring, through which no gradient comes. Who learns from its reading must not change it, and what it learns
must not change who is read; hence two ways of asking. It knows no music.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

_HIDDEN_SIZE = 256


class Critic(nn.Module):
    """Anything flat → ``(batch, fader)`` positions."""

    def __init__(self, *, size: int, faders: int) -> None:
        super().__init__()
        self.read = nn.Sequential(
            nn.Linear(size, _HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(_HIDDEN_SIZE, _HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(_HIDDEN_SIZE, faders),
        )

    def detached(self, shown: Float[Tensor, "batch size"]) -> Float[Tensor, "batch fader"]:
        """A reading from which the critic alone can learn."""
        return self.read(shown.detach()).float()

    def frozen(self, shown: Float[Tensor, "batch size"]) -> Float[Tensor, "batch fader"]:
        """A reading from which everyone but the critic can learn."""
        fixed = {name: weight.detach() for name, weight in self.read.named_parameters()}
        reading: Tensor = torch.func.functional_call(self.read, fixed, (shown,))
        return reading.float()
