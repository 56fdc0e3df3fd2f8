"""Pitch of each note from buttons and conditions: an LSTM over the notes before.

After Piano Genie's decoder (Donahue et al. 2019, arXiv 1810.05246), with more conditions: the time since the
note before, the velocity, the chord and the key, each of which may be unknown. It handles class numbers and
knows no music.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.nn.recurrent import LSTM, LSTMState


class Conditions(NamedTuple):
    """Conditions of each note besides the notes before and its button; -1 stands for unknown."""

    delta: Int[Tensor, "batch note"]
    velocity: Int[Tensor, "batch note"]
    tonality: Int[Tensor, "batch note"]
    chord: Bool[Tensor, "batch note 12"]
    """Tones of the chord; all of them where it is not known."""


class ButtonDecoder(nn.Module):
    """Logits of the keys of a piano, note by note.

    Args:
        keys: Number of keys.
        buttons: Number of buttons.
        deltas, velocities, tonalities: Number of classes of each condition.
        embedding_size: Width of the embedding of a key; other embeddings have a quarter of it.
        hidden_size: Units of each LSTM layer.
        layers: Number of layers.
        dropout: Share of units between layers that training leaves out.
    """

    def __init__(
        self,
        *,
        keys: int,
        buttons: int,
        deltas: int,
        velocities: int,
        tonalities: int,
        embedding_size: int,
        hidden_size: int,
        layers: int,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.keys, self.buttons, self.hidden_size = keys, buttons, hidden_size
        small = embedding_size // 4
        self.key = nn.Embedding(keys + 1, embedding_size)
        self.button = nn.Linear(buttons, small, bias=False)
        self.button_before = nn.Linear(buttons, small, bias=False)
        self.delta = nn.Embedding(deltas + 1, small)
        self.velocity = nn.Embedding(velocities + 1, small)
        self.tonality = nn.Embedding(tonalities + 1, small)
        self.chord = nn.Linear(12, embedding_size)
        sizes = [2 * embedding_size + 5 * small, *[hidden_size] * (layers - 1)]
        self.layers = nn.ModuleList([LSTM(size, hidden_size) for size in sizes])
        self.dropout = nn.Dropout(dropout)
        self.leave = nn.Linear(hidden_size + sizes[0], keys)

    def forward(
        self,
        before: Int[Tensor, "batch note"],
        button: Float[Tensor, "batch note button"],
        conditions: Conditions,
    ) -> Float[Tensor, "batch note key"]:
        """Predict every note from the notes before it.

        Args:
            before: Key of the note before each; -1 before the first.
            button: Weight of each button, one of which is 1; all 0 where it is not known.
            conditions: Conditions of each note.

        Returns:
            Logits.
        """
        button_before = torch.cat([torch.zeros_like(button[:, :1]), button[:, :-1]], dim=1)
        inputs = self._inputs(before, button, button_before, conditions)
        output = inputs
        for layer in self.layers:
            output, _ = layer(self.dropout(output) if output is not inputs else output)
        return self.leave(torch.cat([self.dropout(output), inputs], dim=-1))

    def start(self, batch: int = 1) -> list[LSTMState]:
        """State before the first note."""
        zero = self.leave.weight.new_zeros(batch, self.hidden_size)
        return [LSTMState(zero, zero) for _ in self.layers]

    def step(
        self,
        before: Int[Tensor, " batch"],
        button: Float[Tensor, "batch button"],
        button_before: Float[Tensor, "batch button"],
        conditions: Conditions,
        states: list[LSTMState],
    ) -> tuple[Float[Tensor, "batch key"], list[LSTMState]]:
        """Predict one note.

        Args:
            before: Key of the note before; -1 before the first.
            button: Weight of each button.
            button_before: Those of the note before; all 0 before the first.
            conditions: Conditions of the note, of one note a row.
            states: State after the note before.

        Returns:
            Logits, and the state after the note.
        """
        expanded = (before[:, None], button[:, None], button_before[:, None])
        inputs = self._inputs(*expanded, conditions)[:, 0]
        output, after = inputs, []
        for layer, state in zip(self.layers, states, strict=True):
            assert isinstance(layer, LSTM)
            after.append(layer.step(layer.input_gates(output), state))
            output = after[-1].hidden
        return self.leave(torch.cat([output, inputs], dim=-1)), after

    def _inputs(
        self,
        before: Int[Tensor, "batch note"],
        button: Float[Tensor, "batch note button"],
        button_before: Float[Tensor, "batch note button"],
        conditions: Conditions,
    ) -> Float[Tensor, "batch note input"]:
        return torch.cat(
            [
                self.key(before + 1),
                self.button(button),
                self.button_before(button_before),
                self.delta(conditions.delta + 1),
                self.velocity(conditions.velocity + 1),
                self.tonality(conditions.tonality + 1),
                self.chord(conditions.chord.to(button.dtype)),
            ],
            dim=-1,
        )
