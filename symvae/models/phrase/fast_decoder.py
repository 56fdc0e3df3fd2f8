"""The decoders once more, made to play: the same weights and the same ids, several times as fast.

What training needs (gradients, teacher forcing, weights that change) is left out, and whatever does
not depend on z is computed once, when the decoder is made:

- what each token adds to the gates is a table, because a token is one of a few;
- matrices lie in half precision (`symvae.nn.half`), as they are stored;
- one product a step gives both the next step's gates and this step's logits, for both read the same
  hidden state;
- the conductor's LSTM is written out, too: it takes as many steps as there are bars.

The decoder that `quick` is given must not change afterwards.
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
    """The part of a `Decoder` that plays."""

    def generate(
        self,
        z: Float[Tensor, "batch latent"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "batch bar position"]:
        """Ids, each choice fed back as the next input."""


def fast_decoder(decoder: Decoder) -> Generator:
    """``decoder`` made to play; one of a kind unknown here plays as it is."""
    if isinstance(decoder, HierarchicalDecoder):
        return QuickHierarchicalDecoder(decoder)
    if isinstance(decoder, FlatDecoder):
        return QuickFlatDecoder(decoder)
    return decoder


class QuickLSTM:
    """The token loop that both decoders share: a cell, a table of tokens, a row of logits."""

    def __init__(
        self,
        *,
        recurrent: Float[Tensor, "gates hidden"],
        logits: Float[Tensor, "vocabulary hidden"],
        token_drive: Float[Tensor, "token gates"],
    ) -> None:
        self.gates, self.vocabulary = len(recurrent), len(logits)
        self.both = HalfLinear(torch.cat([recurrent, logits]))
        self.token_drive = token_drive.detach()
        self.unknown = len(token_drive) - 1  # what stands before the first token is the last of the table

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
        """A token a step; ``input_gates`` and ``logits`` are what is known of each step without its tokens."""
        # One addition a step serves this step's logits and the next step's gates.
        known = torch.cat([input_gates.roll(-1, dims=1), logits], dim=-1)
        gates = self.both(hidden)[:, : self.gates] + input_gates[:, 0]
        token = torch.full((len(hidden),), self.unknown, device=hidden.device)
        chosen = []
        for of_step in known.unbind(1):
            hidden, cell = step(gates.add_(embedding(token, self.token_drive)), cell)
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
        """Tokens that themselves say which slot they reach; rows that have ended are left alone."""
        chosen = torch.full((len(hidden), clock.positions), clock.padding, device=hidden.device)
        row = torch.arange(len(hidden), device=hidden.device)
        token = torch.full((len(hidden),), self.unknown, device=hidden.device)
        slot = torch.zeros_like(token)
        gates = self.both(hidden)[:, : self.gates]
        for position in range(clock.positions):
            slot = torch.maximum(slot, clock.slot_of[token])
            gates = gates + input_gates[row, slot] + embedding(token, self.token_drive)
            hidden, cell = step(gates, cell)
            both = self.both(hidden)
            open_to = (both[:, self.gates :] + logits[row, slot]).masked_fill(
                ~clock.follows[token], -torch.inf
            )
            token, gates = choose(open_to, temperature, top_p, generator), both[:, : self.gates]
            chosen[row, position] = token
            alive = token != clock.padding
            if not alive.all():
                row, token, slot, gates, cell = (x[alive] for x in (row, token, slot, gates, cell))
                if not len(row):
                    break
        return chosen


class TokenClock:
    """What a decoder of tokens was told of them: which open a slot, which may follow which."""

    def __init__(self, bar: TokenBarDecoder) -> None:
        self.slot_of, self.follows = bar.slot_of, bar.follows
        self.padding, self.positions = bar.padding, bar.positions


def step(
    gates: Float[Tensor, "row gates"], cell: Float[Tensor, "row hidden"]
) -> tuple[Float[Tensor, "row hidden"], Float[Tensor, "row hidden"]]:
    """One step of an LSTM: its hidden state and its cell, from all that drives the gates, `reordered`."""
    hidden = cell.shape[1]
    i, f, o = torch.sigmoid(gates[:, : 3 * hidden]).chunk(3, dim=-1)
    cell = (f * cell).addcmul_(i, torch.tanh(gates[:, 3 * hidden :]))
    return o * torch.tanh(cell), cell


def reordered(gates: Float[Tensor, " gates *any"]) -> Float[Tensor, " gates *any"]:
    """Torch's gates (input, forget, cell, output) with the three sigmoids side by side."""
    i, f, g, o = gates.detach().chunk(4)
    return torch.cat([i, f, o, g])


class QuickConductor:
    """`Conductor`, with its LSTM written out."""

    def __init__(self, conductor: Conductor) -> None:
        self.bars = conductor.bars
        self.unfold = HalfLinear(conductor.unfold.weight, conductor.unfold.bias)
        self.lstm = conductor.lstm
        if self.lstm is not None:
            self.input_gates = HalfLinear(
                reordered(self.lstm.weight_ih_l0), reordered(self.lstm.bias_ih_l0 + self.lstm.bias_hh_l0)
            )
            self.recurrent = HalfLinear(reordered(self.lstm.weight_hh_l0))
            self.correct = HalfLinear(conductor.correct.weight, conductor.correct.bias)

    def __call__(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch bar code"]:
        """What `Conductor` gives."""
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


class QuickHierarchicalDecoder:
    """`HierarchicalDecoder`: the conductor, then all bars side by side."""

    def __init__(self, decoder: HierarchicalDecoder) -> None:
        bar = decoder.bar
        self.tokens = TokenClock(bar) if isinstance(bar, TokenBarDecoder) else None
        self.slots = bar.num_slots
        hidden, token_size = bar.lstm.hidden_size, bar.embedding.embedding_dim
        self.positions = bar.positions
        self.conductor = QuickConductor(decoder.conductor)
        layers = [layer for layer in bar.unfold if isinstance(layer, Linear)]
        self.unfold = [HalfLinear(layer.weight, layer.bias) for layer in layers]
        self.initial = HalfLinear(bar.initial.weight, bar.initial.bias)
        from_token, from_feature = reordered(bar.lstm.weight_ih_l0).split(
            [token_size, bar.lstm.input_size - token_size], dim=1
        )
        bias = reordered(bar.lstm.bias_ih_l0 + bar.lstm.bias_hh_l0)
        self.feature = HalfLinear(
            torch.cat([from_feature, bar.logits.weight[:, hidden:]]), torch.cat([bias, bar.logits.bias])
        )
        self.lstm = QuickLSTM(
            recurrent=reordered(bar.lstm.weight_hh_l0),
            logits=bar.logits.weight[:, :hidden],
            token_drive=bar.embedding.weight @ from_token.t(),
        )

    def generate(
        self,
        z: Float[Tensor, "batch latent"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "batch bar position"]:
        """Ids, each choice fed back as the next input."""
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


class QuickFlatDecoder:
    """`FlatDecoder`: z drives every step alike."""

    def __init__(self, decoder: FlatDecoder) -> None:
        lstm, token_size = decoder.lstm, decoder.embedding.embedding_dim
        self.bars, self.positions = decoder.bars, decoder.positions
        self.initial = HalfLinear(decoder.initial.weight, decoder.initial.bias)
        from_token, from_z = reordered(lstm.weight_ih_l0).split(
            [token_size, lstm.input_size - token_size], dim=1
        )
        self.input_gates = HalfLinear(from_z, reordered(lstm.bias_ih_l0 + lstm.bias_hh_l0))
        self.bias = decoder.logits.bias.detach()
        self.lstm = QuickLSTM(
            recurrent=reordered(lstm.weight_hh_l0),
            logits=decoder.logits.weight,
            token_drive=decoder.embedding.weight @ from_token.t(),
        )

    def generate(
        self,
        z: Float[Tensor, "batch latent"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "batch bar position"]:
        """Ids, each choice fed back as the next input."""
        with torch.inference_mode():
            steps = self.bars * self.positions
            input_gates = self.input_gates(z)[:, None].expand(-1, steps, -1)
            logits = self.bias.expand(len(z), steps, -1)
            hidden, cell = torch.tanh(self.initial(z)).chunk(2, dim=-1)
            rows = self.lstm.run(input_gates, logits, hidden, cell, temperature, top_p, generator)
        return rows.clone().view(len(z), self.bars, self.positions)
