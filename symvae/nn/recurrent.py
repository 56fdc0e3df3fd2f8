"""LSTM that trains over whole sequences and generates in single steps.

`torch.nn.LSTM` is fast over a whole sequence and slow for single steps, since each call prepares the fused
kernel again. For generation the cell is therefore written out over the same weights (Hochreiter and
Schmidhuber 1997, in torch's order of gates: input, forget, cell, output).
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn


class LSTMState(NamedTuple):
    """Hidden and cell state of an LSTM."""

    hidden: Float[Tensor, "batch hidden"]
    cell: Float[Tensor, "batch hidden"]


class LSTM(nn.LSTM):
    """One unidirectional layer, batch first, with a method for single steps."""

    weight_ih_l0: Tensor
    weight_hh_l0: Tensor
    bias_ih_l0: Tensor
    bias_hh_l0: Tensor

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size, batch_first=True)

    def unroll(
        self, inputs: Float[Tensor, "batch time input"], state: LSTMState
    ) -> Float[Tensor, "batch time hidden"]:
        """Return the hidden states after each step of a sequence, starting from ``state``."""
        outputs, _ = self(inputs, (state.hidden[None].contiguous(), state.cell[None].contiguous()))
        return outputs

    def input_gates(self, inputs: Float[Tensor, "*any input"]) -> Float[Tensor, "*any gates"]:
        """Return the contribution of ``inputs`` to the gates, for any number of steps at once."""
        return nn.functional.linear(inputs, self.weight_ih_l0, self.bias_ih_l0 + self.bias_hh_l0)

    def step(self, input_gates: Float[Tensor, "batch gates"], state: LSTMState) -> LSTMState:
        """Advance by one step; ``input_gates`` are those of the step's input."""
        gates = torch.addmm(input_gates, state.hidden, self.weight_hh_l0.t())
        i, f, g, o = gates.chunk(4, dim=-1)
        cell = torch.sigmoid(f) * state.cell + torch.sigmoid(i) * torch.tanh(g)
        return LSTMState(torch.sigmoid(o) * torch.tanh(cell), cell)
