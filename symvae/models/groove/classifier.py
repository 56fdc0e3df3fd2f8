"""Classifier of played and drawn phrases of drums: a small BiLSTM over their steps."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.models.groove.cells import Touch


class GrooveClassifier(nn.Module):
    """Logit of a phrase to be played by a drummer.

    Args:
        drums: drum classes.
        hidden_size: units of each direction.
    """

    def __init__(self, drums: int, hidden_size: int = 64) -> None:
        super().__init__()
        self.lstm = nn.LSTM(3 * drums, hidden_size, batch_first=True, bidirectional=True)
        self.leave = nn.Linear(4 * hidden_size, 1)

    def forward(self, touch: Touch) -> Float[Tensor, " batch"]:
        steps = self.lstm(touch.features().flatten(2))[0]
        return self.leave(torch.cat([steps.mean(1), steps.amax(1)], -1))[:, 0]
