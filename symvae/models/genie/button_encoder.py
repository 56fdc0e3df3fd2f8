"""Learned buttons: a BiLSTM over the notes to one number a note, quantized to buttons.

The gradient goes straight through the quantization, as in Piano Genie's encoder (Donahue et al. 2019, arXiv
1810.05246, section 2.2). The number of a note is drawn to the range -1 to 1 by a margin loss, and to the
contour of the pitches by a contour loss (`symvae.objective.genie`).
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class EncodedButtons(NamedTuple):
    """Buttons of notes."""

    weight: Float[Tensor, "batch note button"]
    """1 for the button of each note, else 0; the gradient is that of a linear interpolation."""
    value: Float[Tensor, "batch note"]
    """The number before quantization; the buttons are spread from -1 to 1."""


class ButtonEncoder(nn.Module):
    """Buttons of a line from its notes before and after.

    Args:
        keys: Number of keys.
        deltas: Number of classes of the time since the note before.
        buttons: Number of buttons.
        embedding_size: Width of the embedding of a key.
        hidden_size: Units of each direction.
        layers: Number of layers.
    """

    def __init__(
        self, *, keys: int, deltas: int, buttons: int, embedding_size: int, hidden_size: int, layers: int
    ) -> None:
        super().__init__()
        self.buttons = buttons
        self.key = nn.Embedding(keys + 1, embedding_size)
        self.delta = nn.Embedding(deltas + 1, embedding_size // 4)
        width = embedding_size + embedding_size // 4
        self.lstm = nn.LSTM(width, hidden_size, layers, batch_first=True, bidirectional=True)
        self.leave = nn.Linear(2 * hidden_size, 1)

    def forward(self, key: Int[Tensor, "batch note"], delta: Int[Tensor, "batch note"]) -> EncodedButtons:
        """Encode notes; -1 stands for a note or time that is not known."""
        hidden, _ = self.lstm(torch.cat([self.key(key + 1), self.delta(delta + 1)], dim=-1))
        value = self.leave(hidden).squeeze(-1).float()
        return EncodedButtons(straight_through(value, self.buttons), value)


def straight_through(value: Float[Tensor, "*any"], buttons: int) -> Float[Tensor, "*any button"]:
    """Quantize numbers from -1 to 1 to buttons.

    Args:
        value: Numbers; beyond the range they fall on the first or last button.
        buttons: Number of buttons.

    Returns:
        Weight of each button: 1 for the nearest. The gradient is that of the interpolation between the two
        nearest ones.
    """
    place = (value.clamp(-1, 1) + 1) / 2 * (buttons - 1)
    centers = torch.arange(buttons, device=value.device, dtype=value.dtype)
    soft = (1 - (place[..., None] - centers).abs()).clamp(min=0)
    hard = nn.functional.one_hot(place.detach().round().long(), buttons).to(value.dtype)
    return hard + soft - soft.detach()
