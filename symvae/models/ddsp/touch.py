"""Loudness from notes: how an instrument swells, holds and dies away for each velocity and pitch.

The part of MIDI-DDSP (Wu et al. 2022, arXiv 2112.09312) that turns notes into contours, in its simplest form:
features of the note that sounds, frame by frame, and a recurrent layer that knows the notes before.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.models.ddsp.layers import mlp


class Touch(nn.Module):
    """Loudness contour of notes.

    Args:
        features: Features of a frame.
        timbre_size: Coordinates of z.
        hidden: Units of each layer.
    """

    def __init__(self, *, features: int, timbre_size: int, hidden: int) -> None:
        super().__init__()
        self.enter = mlp(features + timbre_size, hidden, 1)
        self.recurrent = nn.GRU(hidden, hidden, batch_first=True)
        self.leave = nn.Sequential(mlp(2 * hidden, hidden, 1), nn.Linear(hidden, 1))

    def forward(
        self,
        features: Float[Tensor, "batch frame feature"],
        timbre: Float[Tensor, "batch frame latent"],
        state: Float[Tensor, "1 batch hidden"] | None = None,
    ) -> tuple[Float[Tensor, "batch frame"], Float[Tensor, "1 batch hidden"]]:
        """Predict loudness.

        Args:
            features: Of the note that sounds in each frame.
            timbre: z of each frame.
            state: State after the frames before; None at the start.

        Returns:
            Scaled loudness, 0 to 1, and the state after the last frame.
        """
        entered = self.enter(torch.cat([features, timbre], -1))
        hidden, state = self.recurrent(entered, state)
        return torch.sigmoid(self.leave(torch.cat([hidden, entered], -1))[..., 0]), state
