"""Flat decoder: one LSTM over all tokens of the phrase, with z as an input of every step.

The baseline of Roberts et al. 2018 (arXiv 1803.05428, section 5): there is no conductor, and each token
depends on every token before it.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.nn.recurrent import LSTM, LSTMState
from symvae.nn.sampling import choose


class FlatDecoder(nn.Module):
    """``(batch, latent)`` → ``(batch, bar, position, vocabulary)`` logits, or ids.

    Args:
        vocabulary_size: number of token ids.
        bars: bars in a phrase.
        positions: tokens in a bar.
        latent_size: coordinates of z.
        embedding_size: width of a token embedding.
        hidden_size: hidden units of the LSTM.
    """

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
        """Predict every token under teacher forcing.

        Args:
            z: latents.
            ids: true tokens; each position sees those before it.
            dropped: input tokens that are hidden.

        Returns:
            Logits of every token.
        """
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
        """Decode z, each token fed back as the next input.

        Args:
            z: latents, ``(batch, latent)``.
            temperature: 0 takes the most likely token, 1 draws from the distribution.
            top_p: draw from the smallest set of tokens with this total probability.
            generator: source of the draws.

        Returns:
            Token ids.
        """
        state = self._start(z)
        embedding_size = self.embedding.embedding_dim
        weight = self.lstm.weight_ih_l0
        token_gates = self.embedding.weight @ weight[:, :embedding_size].t()
        z_gates = nn.functional.linear(
            z, weight[:, embedding_size:], self.lstm.bias_ih_l0 + self.lstm.bias_hh_l0
        )
        token = torch.full((len(z),), self.unknown, device=z.device)
        chosen = []
        for _ in range(self.bars * self.positions):
            state = self.lstm.step(z_gates + token_gates[token], state)
            token = choose(self.logits(state.hidden), temperature, top_p, generator)
            chosen.append(token)
        return torch.stack(chosen, dim=1).view(len(z), self.bars, self.positions)

    def _start(self, z: Float[Tensor, "batch latent"]) -> LSTMState:
        return LSTMState(*torch.tanh(self.initial(z)).chunk(2, dim=-1))
