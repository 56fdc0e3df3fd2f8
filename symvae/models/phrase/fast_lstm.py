"""Inference-only token loop of an LSTM decoder, over the weights of the trained one.

- The contribution of each token to the gates is a table over the vocabulary.
- One matrix product a step gives this step's logits and the next step's gates, which share the hidden state.
- The cell of the LSTM is written out (`symvae.nn.recurrent` explains why).

There are no gradients. It handles ids and knows no music.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import embedding

from symvae.models.phrase.token_bar_decoder import TokenBarDecoder
from symvae.nn.half import HalfLinear
from symvae.nn.sampling import choose


class FastLSTM:
    """Token loop of the hierarchical and of the flat decoder.

    Args:
        recurrent: recurrent weights of the LSTM, with gates in the order of `reorder_gates`.
        logits: weights from the hidden state to the logits.
        token_gates: contribution of each token to the gates; the last row is that of the start.
    """

    def __init__(
        self,
        *,
        recurrent: Float[Tensor, "gates hidden"],
        logits: Float[Tensor, "vocabulary hidden"],
        token_gates: Float[Tensor, "token gates"],
    ) -> None:
        self.gates, self.vocabulary = len(recurrent), len(logits)
        self.both = HalfLinear(torch.cat([recurrent, logits]))
        self.token_gates = token_gates.detach()
        self.start = len(token_gates) - 1

    def run(
        self,
        input_gates: Float[Tensor, "row step gates"],
        logits: Float[Tensor, "row step vocabulary"],
        hidden: Float[Tensor, "row hidden"],
        cell: Float[Tensor, "row hidden"],
        temperature: float,
        top_p: float,
        generator: torch.Generator | None,
    ) -> Int[Tensor, "row step"]:
        """Decode one token for each step.

        Args:
            input_gates: gates of each step without recurrence and tokens.
            logits: logits of each step without the hidden state.
            hidden: initial hidden state.
            cell: initial cell state.
            temperature, top_p, generator: as in `symvae.models.phrase.conductor.Decoder.generate`.

        Returns:
            Token ids.
        """
        # One addition a step adds to this step's logits and to the next step's gates.
        static = torch.cat([input_gates.roll(-1, dims=1), logits], dim=-1)
        gates = self.both(hidden)[:, : self.gates] + input_gates[:, 0]
        token = torch.full((len(hidden),), self.start, device=hidden.device)
        chosen = []
        for of_step in static.unbind(1):
            hidden, cell = step(gates.add_(embedding(token, self.token_gates)), cell)
            row = self.both(hidden).add_(of_step)
            gates = row[:, : self.gates]
            token = choose(row[:, self.gates :], temperature, top_p, generator)
            chosen.append(token)
        return torch.stack(chosen, dim=1)

    def run_tokens(
        self,
        input_gates: Float[Tensor, "row slot gates"],
        logits: Float[Tensor, "row slot vocabulary"],
        hidden: Float[Tensor, "row hidden"],
        cell: Float[Tensor, "row hidden"],
        temperature: float,
        top_p: float,
        generator: torch.Generator | None,
        clock: "TokenClock",
    ) -> Int[Tensor, "row position"]:
        """Decode tokens that name their time slot themselves, until every row has ended.

        Args:
            input_gates: gates of each slot without recurrence and tokens.
            logits: logits of each slot without the hidden state.
            hidden: initial hidden state.
            cell: initial cell state.
            temperature, top_p, generator: as in `symvae.models.phrase.conductor.Decoder.generate`.
            clock: time slots and grammar of the tokens.

        Returns:
            Token ids, with padding after the end of each row.
        """
        chosen = torch.full((len(hidden), clock.positions), clock.padding, device=hidden.device)
        row = torch.arange(len(hidden), device=hidden.device)
        token = torch.full((len(hidden),), self.start, device=hidden.device)
        slot = torch.zeros_like(token)
        gates = self.both(hidden)[:, : self.gates]
        for position in range(clock.positions):
            slot = torch.maximum(slot, clock.slot_of[token])
            gates = gates + input_gates[row, slot] + embedding(token, self.token_gates)
            hidden, cell = step(gates, cell)
            both = self.both(hidden)
            allowed = (both[:, self.gates :] + logits[row, slot]).masked_fill(
                ~clock.follows[token], -torch.inf
            )
            token, gates = choose(allowed, temperature, top_p, generator), both[:, : self.gates]
            chosen[row, position] = token
            alive = token != clock.padding
            if not alive.all():
                row, token, slot, gates, cell = (x[alive] for x in (row, token, slot, gates, cell))
                if not len(row):
                    break
        return chosen


class TokenClock:
    """Time slots and grammar of tokens without fixed positions, as a `TokenBarDecoder` has them."""

    def __init__(self, bar: TokenBarDecoder) -> None:
        self.slot_of, self.follows = bar.slot_of, bar.follows
        self.padding, self.positions = bar.padding, bar.positions


def step(
    gates: Float[Tensor, "row gates"], cell: Float[Tensor, "row hidden"]
) -> tuple[Float[Tensor, "row hidden"], Float[Tensor, "row hidden"]]:
    """Advance an LSTM by one step from its gates (`reorder_gates`); return hidden and cell state."""
    hidden = cell.shape[1]
    i, f, o = torch.sigmoid(gates[:, : 3 * hidden]).chunk(3, dim=-1)
    cell = (f * cell).addcmul_(i, torch.tanh(gates[:, 3 * hidden :]))
    return o * torch.tanh(cell), cell


def reorder_gates(gates: Float[Tensor, " gates *any"]) -> Float[Tensor, " gates *any"]:
    """Reorder torch's gates (input, forget, cell, output) so that the three sigmoids are adjacent."""
    i, f, g, o = gates.detach().chunk(4)
    return torch.cat([i, f, o, g])
