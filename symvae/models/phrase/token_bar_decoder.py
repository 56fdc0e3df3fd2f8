"""Decoder of one bar as a sequence of tokens without fixed positions, as in REMI; all bars as one batch.

The embedding of the bar is unfolded into one feature for each time slot. An LSTM predicts each token from
the feature of the current slot (the one named by the last position token) and the token before it. A row
ends with padding.

It handles ids and knows no pitch or rhythm; which ids open a slot and which may follow which are arguments.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.nn.ragged import groups_by_length, lengths_of, target_mask
from symvae.nn.recurrent import LSTM, LSTMState
from symvae.nn.sampling import choose


class TokenBarDecoder(nn.Module):
    """``(row, code)`` bar embeddings → ``(row, position, vocabulary)`` logits, or ids.

    Args:
        vocabulary_size: number of token ids.
        slots: for each id the time slot that it opens, from 0, or -1.
        follows: for each id the ids that may follow it; the last row is that of the start.
        padding: the id that fills a row after its end.
        positions: tokens in a bar, at most.
        code_size: width of a bar embedding.
        embedding_size: width of a token embedding.
        hidden_size: hidden units of the LSTM.
        unfold_size: width of the layers that unfold a bar embedding.
        feature_size: width of the feature of a slot.
    """

    slot_of: Tensor
    follows: Tensor

    def __init__(
        self,
        *,
        vocabulary_size: int,
        slots: Sequence[int],
        follows: Bool[Tensor, "id_and_start id"],
        padding: int,
        positions: int,
        code_size: int,
        embedding_size: int,
        hidden_size: int,
        unfold_size: int,
        feature_size: int,
    ) -> None:
        super().__init__()
        self.vocabulary_size = vocabulary_size
        self.positions = positions
        self.padding = padding
        self.num_slots = max(slots) + 1
        self.feature_size = feature_size
        # The row after the vocabulary embeds the start of a bar and dropped tokens.
        self.unknown = vocabulary_size
        self.register_buffer("slot_of", torch.tensor([*slots, 0], device="cpu"), persistent=False)
        self.register_buffer("follows", follows, persistent=False)
        self.embedding = nn.Embedding(vocabulary_size + 1, embedding_size)
        self.unfold = nn.Sequential(
            nn.Linear(code_size, unfold_size),
            nn.GELU(),
            nn.Linear(unfold_size, unfold_size),
            nn.GELU(),
            nn.Linear(unfold_size, self.num_slots * feature_size),
        )
        self.initial = nn.Linear(code_size, 2 * hidden_size)
        self.lstm = LSTM(embedding_size + feature_size, hidden_size)
        self.logits = nn.Linear(hidden_size + feature_size, vocabulary_size)

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
            Logits up to the padding that ends each row, and 0 after it.
        """
        before = self._before(ids)
        slot, _ = self.slots(ids)
        seen = before
        if dropped is not None:
            seen = before.clone()
            seen[:, 1:] = before[:, 1:].masked_fill(dropped[:, :-1], self.unknown)
        features, state = self._prepare(code)
        lengths = (lengths_of(ids, self.padding) + 1).clamp(max=ids.shape[1])
        logits = None
        for rows, longest in groups_by_length(lengths):
            feature = self._at(features[rows], slot[rows, :longest])
            inputs = torch.cat([self.embedding(seen[rows, :longest]), feature.to(code.dtype)], dim=-1)
            hidden = self.lstm.unroll(inputs, LSTMState(state.hidden[rows], state.cell[rows]))
            if dropped is not None:  # a dropped token is predicted from the embedding alone
                hidden = hidden.masked_fill(dropped[rows, :longest, None], 0)
            some = self.logits(torch.cat([hidden, feature.to(hidden.dtype)], dim=-1))
            ended = torch.arange(longest, device=code.device) >= lengths[rows, None]
            some = some.masked_fill(ended[:, :, None], 0)
            if logits is None:
                logits = some.new_zeros((*ids.shape, some.shape[-1]))
            logits = logits.index_copy(0, rows, nn.functional.pad(some, (0, 0, 0, ids.shape[1] - longest)))
        assert logits is not None
        return logits

    def slots(
        self, ids: Int[Tensor, "row position"]
    ) -> tuple[Int[Tensor, "row position"], Bool[Tensor, "row position"]]:
        """Return the current slot before each token, and a mask of tokens up to the end of the row."""
        slot = self.slot_of[self._before(ids)].cummax(dim=1).values.clamp(min=0)
        return slot, target_mask(ids, self.padding)

    def _before(self, ids: Int[Tensor, "row position"]) -> Int[Tensor, "row position"]:
        """Shift ids by one: the token before each."""
        return torch.cat([torch.full_like(ids[:, :1], self.unknown), ids[:, :-1]], dim=1)

    def generate(
        self,
        code: Float[Tensor, "row code"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "row position"]:
        """Decode embeddings, each token fed back as the next input, among those that may follow.

        Args:
            code: bar embeddings, ``(row, code)``.
            temperature: 0 takes the most likely token, 1 draws from the distribution.
            top_p: draw from the smallest set of tokens with this total probability.
            generator: source of the draws.

        Returns:
            Token ids.
        """
        features, state = self._prepare(code)
        row = torch.arange(len(code), device=code.device)
        token = torch.full((len(code),), self.unknown, device=code.device)
        slot = torch.zeros_like(token)
        chosen = torch.full((len(code), self.positions), self.padding, device=code.device)
        for position in range(self.positions):
            slot = torch.maximum(slot, self.slot_of[token])
            feature = features[row, slot]
            inputs = torch.cat([self.embedding(token), feature], dim=-1)
            state = self.lstm.step(self.lstm.input_gates(inputs), state)
            logits = self.logits(torch.cat([state.hidden, feature], dim=-1))
            token = choose(
                logits.masked_fill(~self.follows[token], -torch.inf), temperature, top_p, generator
            )
            chosen[:, position] = token
            if (token == self.padding).all():
                break
        return chosen

    def _prepare(
        self, code: Float[Tensor, "row code"]
    ) -> tuple[Float[Tensor, "row slot feature"], LSTMState]:
        features = self.unfold(code).view(len(code), self.num_slots, -1)
        hidden, cell = torch.tanh(self.initial(code)).chunk(2, dim=-1)
        return features, LSTMState(hidden, cell)

    @staticmethod
    def _at(
        features: Float[Tensor, "row slot feature"], slot: Int[Tensor, "row position"]
    ) -> Float[Tensor, "row position feature"]:
        return features.gather(1, slot[:, :, None].expand(-1, -1, features.shape[-1]))
