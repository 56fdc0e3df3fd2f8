"""Inference-only decoders: the same weights and the same token ids, several times as fast.

Everything that does not depend on z is computed once, when the fast decoder is made:

- matrices stay in half precision where the processor multiplies them so (`symvae.nn.half`);
- the token loop runs over tables and fused matrices (`symvae.models.phrase.fast_lstm`).

There are no gradients, and the weights of the original decoder must not change afterwards.
"""

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import Linear
from torch.nn.functional import gelu

from symvae.models.phrase.bar_decoder import BarDecoder
from symvae.models.phrase.conductor import Conductor, Decoder, HierarchicalDecoder
from symvae.models.phrase.fast_lstm import FastLSTM, TokenClock, reorder_gates, step
from symvae.models.phrase.flat_decoder import FlatDecoder
from symvae.models.phrase.part_bar_decoder import PartBarDecoder
from symvae.models.phrase.set_bar_decoder import SetBarDecoder
from symvae.models.phrase.token_bar_decoder import TokenBarDecoder
from symvae.nn.half import HalfLinear


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
    if isinstance(decoder, HierarchicalDecoder) and not isinstance(decoder.bar, SetBarDecoder):
        return FastHierarchicalDecoder(decoder)
    if isinstance(decoder, FlatDecoder):
        return FastFlatDecoder(decoder)
    return decoder


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


class FastBarDecoder:
    """Fast equivalent of a bar decoder with a loop over tokens."""

    def __init__(self, bar: BarDecoder | TokenBarDecoder) -> None:
        self.tokens = TokenClock(bar) if isinstance(bar, TokenBarDecoder) else None
        self.slots = bar.num_slots
        hidden, token_size = bar.lstm.hidden_size, bar.embedding.embedding_dim
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
        code: Float[Tensor, "row code"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "row position"]:
        """Decode embeddings of bars, each token fed back as the next input.

        Args:
            code: bar embeddings, ``(row, code)``.
            temperature: 0 takes the most likely token, 1 draws from the distribution.
            top_p: draw from the smallest set of tokens with this total probability.
            generator: source of the draws.

        Returns:
            Token ids, in memory that the next call uses again.
        """
        first, second, last = self.unfold
        feature = last(gelu(second(gelu(first(code))))).view(len(code), self.slots, -1)
        input_gates, logits = self.feature(feature).split([self.lstm.gates, self.lstm.vocabulary], dim=-1)
        hidden, cell = torch.tanh(self.initial(code)).chunk(2, dim=-1)
        if self.tokens is None:
            return self.lstm.run(input_gates, logits, hidden, cell, temperature, top_p, generator)
        return self.lstm.run_tokens(
            input_gates, logits, hidden, cell, temperature, top_p, generator, self.tokens
        )


class FastPartBarDecoder:
    """Fast equivalent of `PartBarDecoder`."""

    def __init__(self, bar: PartBarDecoder) -> None:
        self.parts = [FastBarDecoder(part) for part in bar.parts if isinstance(part, BarDecoder)]
        self.code_sizes = bar.code_sizes
        self.ids_of = bar.ids_of

    def generate(
        self,
        code: Float[Tensor, "row code"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "row position"]:
        """Decode embeddings of bars part by part.

        Args:
            code: bar embeddings, ``(row, code)``.
            temperature: 0 takes the most likely token, 1 draws from the distribution.
            top_p: draw from the smallest set of tokens with this total probability.
            generator: source of the draws.

        Returns:
            Token ids of all parts.
        """
        rows = [
            self.ids_of(number, part.generate(own.contiguous(), temperature, top_p, generator))
            for number, (part, own) in enumerate(
                zip(self.parts, code.split(self.code_sizes, dim=1), strict=True)
            )
        ]
        return torch.cat(rows, dim=1)


class FastHierarchicalDecoder:
    """Fast equivalent of `HierarchicalDecoder`: the conductor, then all bars in parallel."""

    def __init__(self, decoder: HierarchicalDecoder) -> None:
        bar = decoder.bar
        assert not isinstance(bar, SetBarDecoder), "it has no token loop"
        self.positions = bar.positions
        self.conductor = FastConductor(decoder.conductor)
        self.bar = FastPartBarDecoder(bar) if isinstance(bar, PartBarDecoder) else FastBarDecoder(bar)

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
            rows = self.bar.generate(self.conductor(z).flatten(0, 1), temperature, top_p, generator)
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
