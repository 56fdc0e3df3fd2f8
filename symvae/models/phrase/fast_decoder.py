"""Inference-only decoders: the same weights and the same token ids, several times as fast.

Everything that does not depend on z is computed once, when the fast decoder is made:

- the contribution of each token to the gates is a table over the vocabulary;
- matrices stay in half precision where the processor multiplies them so (`symvae.nn.half`);
- one matrix product a step gives this step's logits and the next step's gates, which share the hidden state;
- the cells of all LSTMs are written out (`symvae.nn.recurrent` explains why).

There are no gradients, and the weights of the original decoder must not change afterwards.
"""

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import Linear
from torch.nn.functional import embedding, gelu

from symvae.models.phrase.conductor import Conductor, Decoder, HierarchicalDecoder
from symvae.models.phrase.flat_decoder import FlatDecoder
from symvae.models.phrase.token_bar_decoder import TokenBarDecoder
from symvae.nn.half import HalfLinear
from symvae.nn.sampling import choose


@runtime_checkable
class Generator(Protocol):
    """Part of a `Decoder` that inference needs."""

    def generate(
        self,
        z: Float[Tensor, "batch latent"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "batch bar position"]:
        """Decode z, each token fed back as the next input.

        Args:
            z: latents, ``(batch, latent)``.
            temperature: 0 takes the most likely token, 1 draws from the distribution.
            top_p: draw from the smallest set of tokens with this total probability.
            generator: source of the draws.

        Returns:
            Token ids.
        """


def fast_decoder(decoder: Decoder) -> Generator:
    """Return the fast equivalent of a decoder; the decoder itself if its class has none."""
    if isinstance(decoder, HierarchicalDecoder):
        return FastHierarchicalDecoder(decoder)
    if isinstance(decoder, FlatDecoder):
        return FastFlatDecoder(decoder)
    return decoder


class FastLSTM:
    """Token loop of both decoders.

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
            temperature, top_p, generator: as in `Generator.generate`.

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
            temperature, top_p, generator: as in `Generator.generate`.
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


class FastConductor:
    """Fast equivalent of `Conductor`."""

    def __init__(self, conductor: Conductor) -> None:
        self.bars = conductor.bars
        self.unfold = HalfLinear(conductor.unfold.weight, conductor.unfold.bias)
        self.lstm = conductor.lstm
        if self.lstm is not None:
            self.input_gates = HalfLinear(
                reorder_gates(self.lstm.weight_ih_l0),
                reorder_gates(self.lstm.bias_ih_l0 + self.lstm.bias_hh_l0),
            )
            self.recurrent = HalfLinear(reorder_gates(self.lstm.weight_hh_l0))
            self.correct = HalfLinear(conductor.correct.weight, conductor.correct.bias)

    def __call__(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch bar code"]:
        """Return the embeddings of the bars."""
        plan = self.unfold(z).view(len(z), self.bars, -1)
        if self.lstm is None:
            return plan
        first, *others = self.input_gates(plan).unbind(1)
        hidden, cell = step(first, z.new_zeros((len(z), self.lstm.hidden_size)))
        outputs = [hidden]
        for input_gates in others:
            hidden, cell = step(self.recurrent(hidden).add_(input_gates), cell)
            outputs.append(hidden)
        return plan + self.correct(torch.stack(outputs, dim=1))


class FastHierarchicalDecoder:
    """Fast equivalent of `HierarchicalDecoder`: the conductor, then all bars in parallel."""

    def __init__(self, decoder: HierarchicalDecoder) -> None:
        bar = decoder.bar
        self.tokens = TokenClock(bar) if isinstance(bar, TokenBarDecoder) else None
        self.slots = bar.num_slots
        hidden, token_size = bar.lstm.hidden_size, bar.embedding.embedding_dim
        self.positions = bar.positions
        self.conductor = FastConductor(decoder.conductor)
        layers = [layer for layer in bar.unfold if isinstance(layer, Linear)]
        self.unfold = [HalfLinear(layer.weight, layer.bias) for layer in layers]
        self.initial = HalfLinear(bar.initial.weight, bar.initial.bias)
        from_token, from_feature = reorder_gates(bar.lstm.weight_ih_l0).split(
            [token_size, bar.lstm.input_size - token_size], dim=1
        )
        bias = reorder_gates(bar.lstm.bias_ih_l0 + bar.lstm.bias_hh_l0)
        self.feature = HalfLinear(
            torch.cat([from_feature, bar.logits.weight[:, hidden:]]), torch.cat([bias, bar.logits.bias])
        )
        self.lstm = FastLSTM(
            recurrent=reorder_gates(bar.lstm.weight_hh_l0),
            logits=bar.logits.weight[:, :hidden],
            token_gates=bar.embedding.weight @ from_token.t(),
        )

    def generate(
        self,
        z: Float[Tensor, "batch latent"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "batch bar position"]:
        """Decode z, each token fed back as the next input.

        Args:
            z: latents, ``(batch, latent)``.
            temperature: 0 takes the most likely token, 1 draws from the distribution.
            top_p: draw from the smallest set of tokens with this total probability.
            generator: source of the draws.

        Returns:
            Token ids.
        """
        with torch.inference_mode():
            code = self.conductor(z).flatten(0, 1)
            first, second, last = self.unfold
            feature = last(gelu(second(gelu(first(code))))).view(len(code), self.slots, -1)
            input_gates, logits = self.feature(feature).split([self.lstm.gates, self.lstm.vocabulary], dim=-1)
            hidden, cell = torch.tanh(self.initial(code)).chunk(2, dim=-1)
            if self.tokens is None:
                rows = self.lstm.run(input_gates, logits, hidden, cell, temperature, top_p, generator)
            else:
                rows = self.lstm.run_tokens(
                    input_gates, logits, hidden, cell, temperature, top_p, generator, self.tokens
                )
        return rows.clone().view(len(z), self.conductor.bars, self.positions)


class FastFlatDecoder:
    """Fast equivalent of `FlatDecoder`."""

    def __init__(self, decoder: FlatDecoder) -> None:
        lstm, token_size = decoder.lstm, decoder.embedding.embedding_dim
        self.bars, self.positions = decoder.bars, decoder.positions
        self.initial = HalfLinear(decoder.initial.weight, decoder.initial.bias)
        from_token, from_z = reorder_gates(lstm.weight_ih_l0).split(
            [token_size, lstm.input_size - token_size], dim=1
        )
        self.input_gates = HalfLinear(from_z, reorder_gates(lstm.bias_ih_l0 + lstm.bias_hh_l0))
        self.bias = decoder.logits.bias.detach()
        self.lstm = FastLSTM(
            recurrent=reorder_gates(lstm.weight_hh_l0),
            logits=decoder.logits.weight,
            token_gates=decoder.embedding.weight @ from_token.t(),
        )

    def generate(
        self,
        z: Float[Tensor, "batch latent"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "batch bar position"]:
        """Decode z, each token fed back as the next input.

        Args:
            z: latents, ``(batch, latent)``.
            temperature: 0 takes the most likely token, 1 draws from the distribution.
            top_p: draw from the smallest set of tokens with this total probability.
            generator: source of the draws.

        Returns:
            Token ids.
        """
        with torch.inference_mode():
            steps = self.bars * self.positions
            input_gates = self.input_gates(z)[:, None].expand(-1, steps, -1)
            logits = self.bias.expand(len(z), steps, -1)
            hidden, cell = torch.tanh(self.initial(z)).chunk(2, dim=-1)
            rows = self.lstm.run(input_gates, logits, hidden, cell, temperature, top_p, generator)
        return rows.clone().view(len(z), self.bars, self.positions)
