"""Decoder of one bar on a grid: an LSTM over its positions, all bars of all phrases as one batch.

The embedding of the bar is unfolded into one feature for each position, and the LSTM predicts each token
from that feature and the token before it. A bar depends on other bars through its embedding alone.

It handles ids and knows no pitch or rhythm.
"""

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.nn.bits import BitEmbedding, BitLinear
from symvae.nn.recurrent import LSTM, LSTMState
from symvae.nn.sampling import choose


@runtime_checkable
class Rule(Protocol):
    """Costs of tokens in decoding, by the tokens chosen before."""

    def __call__(self, position: int) -> Float[Tensor, "row vocabulary"]:
        """Return what is subtracted from the logits at a position."""

    def take(self, token: Int[Tensor, " row"]) -> None:
        """Go on with the tokens that were chosen."""


class BarDecoder(nn.Module):
    """``(row, code)`` bar embeddings → ``(row, position, vocabulary)`` logits, or ids.

    Args:
        vocabulary_size: number of token ids.
        positions: tokens in a bar.
        code_size: width of a bar embedding.
        embedding_size: width of a token embedding.
        hidden_size: hidden units of the LSTM.
        unfold_size: width of the layers that unfold a bar embedding.
        feature_size: width of the feature of a position.
        bits: elements of the sets that ids stand for (`symvae.nn.bits`); None for ids without parts.
    """

    def __init__(
        self,
        *,
        vocabulary_size: int,
        positions: int,
        code_size: int,
        embedding_size: int,
        hidden_size: int,
        unfold_size: int,
        feature_size: int,
        bits: int | None = None,
    ) -> None:
        super().__init__()
        self.vocabulary_size = vocabulary_size
        self.positions = self.num_slots = positions
        self.feature_size = feature_size
        # The row after the vocabulary embeds the start of a bar and dropped tokens.
        self.embedding: nn.Embedding | BitEmbedding
        self.logits: nn.Linear | BitLinear
        if bits is None:
            self.embedding = nn.Embedding(vocabulary_size + 1, embedding_size)
        else:
            self.embedding = BitEmbedding(bits, embedding_size, extra=1)
        self.unknown = vocabulary_size
        self.unfold = nn.Sequential(
            nn.Linear(code_size, unfold_size),
            nn.GELU(),
            nn.Linear(unfold_size, unfold_size),
            nn.GELU(),
            nn.Linear(unfold_size, positions * feature_size),
        )
        self.initial = nn.Linear(code_size, 2 * hidden_size)
        self.lstm = LSTM(embedding_size + feature_size, hidden_size)
        if bits is None:
            self.logits = nn.Linear(hidden_size + feature_size, vocabulary_size)
        else:
            self.logits = BitLinear(hidden_size + feature_size, bits, joint=hidden_size)

    def forward(
        self,
        code: Float[Tensor, "row code"],
        ids: Int[Tensor, "row position"],
        dropped: Bool[Tensor, "row position"] | None = None,
    ) -> Float[Tensor, "row position vocabulary"]:
        """Predict every token under teacher forcing.

        Args:
            code: bar embeddings.
            ids: true tokens; each position sees those before it.
            dropped: input tokens that are hidden.

        Returns:
            Logits of every token.
        """
        seen = ids if dropped is None else ids.masked_fill(dropped, self.unknown)
        previous = torch.cat([torch.full_like(ids[:, :1], self.unknown), seen[:, :-1]], dim=1)
        feature, state = self._prepare(code)
        hidden = self.lstm.unroll(
            torch.cat([self.embedding(previous), feature.to(code.dtype)], dim=-1), state
        )
        return self.logits(torch.cat([hidden, feature.to(hidden.dtype)], dim=-1))

    def slots(
        self, ids: Int[Tensor, "row position"]
    ) -> tuple[Int[Tensor, "row position"], Bool[Tensor, "row position"]]:
        """Return the slot of each token, here its position, and a mask of tokens, here all."""
        slot = torch.arange(ids.shape[1], device=ids.device).expand(ids.shape)
        return slot, torch.ones_like(slot, dtype=torch.bool)

    def generate(
        self,
        code: Float[Tensor, "row code"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
        rule: Rule | None = None,
    ) -> Int[Tensor, "row position"]:
        """Decode embeddings, each token fed back as the next input.

        Args:
            code: bar embeddings, ``(row, code)``.
            temperature: 0 takes the most likely token, 1 draws from the distribution.
            top_p: draw from the smallest set of tokens with this total probability.
            generator: source of the draws.
            rule: costs of tokens by what was chosen before them.

        Returns:
            Token ids.
        """
        feature, state = self._prepare(code)
        embedding_size = self.embedding.embedding_dim
        weight = self.lstm.weight_ih_l0
        # The contributions of tokens and features to the gates do not depend on the loop: compute them once.
        token_gates = self.embedding.weight @ weight[:, :embedding_size].t()
        feature_gates = nn.functional.linear(
            feature, weight[:, embedding_size:], self.lstm.bias_ih_l0 + self.lstm.bias_hh_l0
        )
        hidden_size = self.lstm.hidden_size
        feature_logits = nn.functional.linear(feature, self.logits.weight[:, hidden_size:], self.logits.bias)
        hidden_to_logits = self.logits.weight[:, :hidden_size].t()
        token = torch.full((len(code),), self.unknown, device=code.device)
        chosen = []
        for position in range(self.positions):
            state = self.lstm.step(feature_gates[:, position] + token_gates[token], state)
            logits = torch.addmm(feature_logits[:, position], state.hidden, hidden_to_logits)
            if rule is not None:
                logits = logits - rule(position)
            token = choose(logits, temperature, top_p, generator)
            if rule is not None:
                rule.take(token)
            chosen.append(token)
        return torch.stack(chosen, dim=1)

    def _prepare(
        self, code: Float[Tensor, "row code"]
    ) -> tuple[Float[Tensor, "row position feature"], LSTMState]:
        feature = self.unfold(code).view(len(code), self.positions, -1)
        hidden, cell = torch.tanh(self.initial(code)).chunk(2, dim=-1)
        return feature, LSTMState(hidden, cell)
