"""One bar from its embedding, position by position; all bars of all phrases as one batch.

The embedding is unfolded into one feature a position (what should happen there, as far as the
embedding tells), and an LSTM reads feature and previous token to decide what does happen. No token
crosses from one bar into the next: a bar knows the others only through its embedding.

It handles ids and knows no pitch or rhythm.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.nn.recurrent import LSTM, LSTMState
from symvae.nn.sampling import choose


class BarDecoder(nn.Module):
    """``(row, code)`` bar embeddings → ``(row, position, vocabulary)`` logits, or ids."""

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
    ) -> None:
        super().__init__()
        self.positions = self.num_slots = positions
        self.feature_size = feature_size
        # One row more than the vocabulary: what stands before the first position, and for a dropped token.
        self.embedding = nn.Embedding(vocabulary_size + 1, embedding_size)
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
        self.logits = nn.Linear(hidden_size + feature_size, vocabulary_size)

    def forward(
        self,
        code: Float[Tensor, "row code"],
        ids: Int[Tensor, "row position"],
        dropped: Bool[Tensor, "row position"] | None = None,
    ) -> Float[Tensor, "row position vocabulary"]:
        """Logits under teacher forcing; where ``dropped`` is set the decoder does not see the input token."""
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
        """Where in the bar each token stands, and whether there is one."""
        place = torch.arange(ids.shape[1], device=ids.device).expand(ids.shape)
        return place, torch.ones_like(place, dtype=torch.bool)

    def generate(
        self,
        code: Float[Tensor, "row code"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "row position"]:
        """Ids, each choice fed back as the next input."""
        feature, state = self._prepare(code)
        embedding_size = self.embedding.embedding_dim
        weight = self.lstm.weight_ih_l0
        # What each token and each position's feature add to the gates is known before the loop starts.
        token_drive = self.embedding.weight @ weight[:, :embedding_size].t()
        feature_drive = nn.functional.linear(
            feature, weight[:, embedding_size:], self.lstm.bias_ih_l0 + self.lstm.bias_hh_l0
        )
        hidden_size = self.lstm.hidden_size
        feature_logits = nn.functional.linear(feature, self.logits.weight[:, hidden_size:], self.logits.bias)
        hidden_to_logits = self.logits.weight[:, :hidden_size].t()
        token = torch.full((len(code),), self.unknown, device=code.device)
        chosen = []
        for position in range(self.positions):
            state = self.lstm.step(feature_drive[:, position] + token_drive[token], state)
            token = choose(
                torch.addmm(feature_logits[:, position], state.hidden, hidden_to_logits),
                temperature,
                top_p,
                generator,
            )
            chosen.append(token)
        return torch.stack(chosen, dim=1)

    def _prepare(
        self, code: Float[Tensor, "row code"]
    ) -> tuple[Float[Tensor, "row position feature"], LSTMState]:
        feature = self.unfold(code).view(len(code), self.positions, -1)
        hidden, cell = torch.tanh(self.initial(code)).chunk(2, dim=-1)
        return feature, LSTMState(hidden, cell)
