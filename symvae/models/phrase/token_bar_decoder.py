"""One bar of tokens that have no fixed place, token by token; all bars of all phrases as one batch.

The embedding is unfolded into one feature a slot: what should happen there. At each token an LSTM reads
the feature of the slot that has been reached (the last position token says which) and the previous
token. A row ends with padding.

It handles ids and knows no pitch or rhythm; which ids name a slot, and which may follow which, it is told.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.nn.ragged import counted, groups_by_length, lengths_of
from symvae.nn.recurrent import LSTM, LSTMState
from symvae.nn.sampling import choose


class TokenBarDecoder(nn.Module):
    """``(row, code)`` bar embeddings → ``(row, position, vocabulary)`` logits, or ids."""

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
        """``follows`` says which ids may stand behind each id, its last row which may stand first."""
        super().__init__()
        self.positions = positions
        self.padding = padding
        self.num_slots = max(slots) + 1
        self.feature_size = feature_size
        # The row behind the vocabulary: what stands before the first token, and for a dropped one.
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
        """Logits under teacher forcing, up to the padding that ends each row; behind it they are 0."""
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
            if dropped is not None:  # what will be dropped is foretold from the embedding alone
                hidden = hidden.masked_fill(dropped[rows, :longest, None], 0)
            some = self.logits(torch.cat([hidden, feature.to(hidden.dtype)], dim=-1))
            behind = torch.arange(longest, device=code.device) >= lengths[rows, None]
            some = some.masked_fill(behind[:, :, None], 0)
            if logits is None:
                logits = some.new_zeros((*ids.shape, some.shape[-1]))
            logits = logits.index_copy(0, rows, nn.functional.pad(some, (0, 0, 0, ids.shape[1] - longest)))
        assert logits is not None
        return logits

    def slots(
        self, ids: Int[Tensor, "row position"]
    ) -> tuple[Int[Tensor, "row position"], Bool[Tensor, "row position"]]:
        """The slot that is reached before each token, and whether there is one."""
        slot = self.slot_of[self._before(ids)].cummax(dim=1).values.clamp(min=0)
        return slot, counted(ids, self.padding)

    def _before(self, ids: Int[Tensor, "row position"]) -> Int[Tensor, "row position"]:
        """The token before each."""
        return torch.cat([torch.full_like(ids[:, :1], self.unknown), ids[:, :-1]], dim=1)

    def generate(
        self,
        code: Float[Tensor, "row code"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "row position"]:
        """Ids, each choice fed back as the next input, only such as may follow."""
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
