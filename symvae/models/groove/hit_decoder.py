"""Hits of a kit from taps: the set of drums of each step, drawn step by step.

The taps of the whole phrase are known from a context, and an LSTM carries the sets before. The sets are
layers over bits (`symvae.nn.bits`), so a rare set shares what its drums have learned elsewhere.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.nn.bits import BitEmbedding, BitLinear


class HitDecoder(nn.Module):
    """Autoregressive distribution over the set of drums of each step.

    Args:
        drums: drum classes.
        context_size: width of the context of a step.
        hidden_size: units of the LSTM over steps.
    """

    def __init__(self, drums: int, *, context_size: int, hidden_size: int) -> None:
        super().__init__()
        self.drums = drums
        self.embedding = BitEmbedding(drums, 32)
        self.lstm = nn.LSTM(32 + context_size, hidden_size, batch_first=True)
        self.head = BitLinear(hidden_size + context_size, drums, joint=hidden_size)

    def forward(
        self, ids: Int[Tensor, "batch step"], context: Float[Tensor, "batch step context"]
    ) -> Float[Tensor, "batch step set"]:
        """Logits of the set of each step given the true sets before it."""
        before = nn.functional.pad(self.embedding(ids)[:, :-1], (0, 0, 1, 0))
        hidden = self.lstm(torch.cat([before, context], -1))[0]
        return self.head(torch.cat([hidden, context], -1))

    @torch.no_grad()
    def sample(
        self,
        context: Float[Tensor, "batch step context"],
        allowed: Bool[Tensor, "batch step set"],
        *,
        generator: torch.Generator | None = None,
        temperature: float = 1.0,
    ) -> Int[Tensor, "batch step"]:
        """Draw the set of each step.

        Args:
            context: Context of each step.
            allowed: Mask of the sets that each step may have.
            generator: Source of chance.
            temperature: Temperature of the logits; 0 takes the likeliest set.

        Returns:
            A set for each step, a bit for each drum.
        """
        ids = torch.zeros(allowed.shape[:2], dtype=torch.long, device=context.device)
        state, before = None, context.new_zeros(len(context), 1, self.embedding.embedding_dim)
        weight, bias = self.head.weight, self.head.bias
        for step in range(allowed.shape[1]):
            here = context[:, step : step + 1]
            hidden, state = self.lstm(torch.cat([before, here], -1), state)
            logits = nn.functional.linear(torch.cat([hidden, here], -1)[:, 0], weight, bias)
            logits = logits.masked_fill(~allowed[:, step], -torch.inf)
            if temperature > 0:
                shares = (logits / temperature).softmax(-1)
                ids[:, step] = torch.multinomial(shares, 1, generator=generator)[:, 0]
            else:
                ids[:, step] = logits.argmax(-1)
            before = self.embedding(ids[:, step : step + 1])
        return ids
