"""The flat decoder: one LSTM over all tokens of the phrase, z at every step.

The baseline of Roberts et al. 2018 (arXiv 1803.05428), under the same interface as the
hierarchical decoder: there is no conductor, and each token sees every token before it.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.nn.recurrent import LSTM, LSTMState
from symvae.nn.sampling import choose


class FlatDecoder(nn.Module):
    """``(batch, latent)`` → ``(batch, bar, position, vocabulary)`` logits, or ids."""

    def __init__(
        self,
        *,
        vocabulary_size: int,
        bars: int,
        positions: int,
        latent_size: int,
        embedding_size: int,
        hidden_size: int,
    ) -> None:
        super().__init__()
        self.bars = bars
        self.positions = positions
        self.embedding = nn.Embedding(vocabulary_size + 1, embedding_size)
        self.unknown = vocabulary_size
        self.initial = nn.Linear(latent_size, 2 * hidden_size)
        self.lstm = LSTM(embedding_size + latent_size, hidden_size)
        self.logits = nn.Linear(hidden_size, vocabulary_size)

    def forward(
        self,
        z: Float[Tensor, "batch latent"],
        ids: Int[Tensor, "batch bar position"],
        dropped: Bool[Tensor, "batch bar position"] | None = None,
    ) -> Float[Tensor, "batch bar position vocabulary"]:
        """Logits under teacher forcing; where ``dropped`` is set the decoder does not see the input token."""
        seen = (ids if dropped is None else ids.masked_fill(dropped, self.unknown)).flatten(1)
        previous = torch.cat([torch.full_like(seen[:, :1], self.unknown), seen[:, :-1]], dim=1)
        every_step = z[:, None].expand(-1, previous.shape[1], -1)
        hidden = self.lstm.unroll(torch.cat([self.embedding(previous), every_step], dim=-1), self._start(z))
        return self.logits(hidden).view(*ids.shape, -1)

    def generate(
        self,
        z: Float[Tensor, "batch latent"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "batch bar position"]:
        """Ids, each choice fed back as the next input."""
        state = self._start(z)
        embedding_size = self.embedding.embedding_dim
        weight = self.lstm.weight_ih_l0
        token_drive = self.embedding.weight @ weight[:, :embedding_size].t()
        z_drive = nn.functional.linear(
            z, weight[:, embedding_size:], self.lstm.bias_ih_l0 + self.lstm.bias_hh_l0
        )
        token = torch.full((len(z),), self.unknown, device=z.device)
        chosen = []
        for _ in range(self.bars * self.positions):
            state = self.lstm.step(z_drive + token_drive[token], state)
            token = choose(self.logits(state.hidden), temperature, top_p, generator)
            chosen.append(token)
        return torch.stack(chosen, dim=1).view(len(z), self.bars, self.positions)

    def _start(self, z: Float[Tensor, "batch latent"]) -> LSTMState:
        return LSTMState(*torch.tanh(self.initial(z)).chunk(2, dim=-1))
