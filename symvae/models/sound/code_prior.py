"""Autoregressive prior over the codes of a quantized timbre.

    start → first codebook's entry → second's → …

A GRU predicts each entry from those before it (as the prior of van den Oord et al. 2017, arXiv 1711.00937, in
one dimension: a timbre is a word of a few codes). Sampled codes, looked up, are new timbres.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional


class CodePrior(nn.Module):
    """A distribution over words of codes.

    Args:
        codebooks: Codes of a word.
        entries: Entries of each codebook.
        width: Size of the embeddings and of the recurrent state.
    """

    def __init__(self, *, codebooks: int, entries: int, width: int = 64) -> None:
        super().__init__()
        self.codebooks = codebooks
        self.entries = entries
        # Each codebook has embeddings of its own; the last row of the table is the start symbol.
        self.embedding = nn.Embedding(codebooks * entries + 1, width)
        self.recurrent = nn.GRU(width, width, batch_first=True)
        self.leave = nn.ModuleList(nn.Linear(width, entries) for _ in range(codebooks))

    @classmethod
    def like(cls, state: dict[str, Tensor]) -> "CodePrior":
        """A prior of the sizes of these weights, not yet loaded."""
        codebooks = sum(name.startswith("leave.") and name.endswith(".bias") for name in state)
        width = state["embedding.weight"].shape[1]
        return cls(codebooks=codebooks, entries=len(state["leave.0.bias"]), width=width)

    def forward(self, codes: Int[Tensor, "batch codebook"]) -> Float[Tensor, "batch codebook entry"]:
        """Logits of each code given the codes before it."""
        hidden, _ = self.recurrent(self.embedding(self._previous(codes)))
        return torch.stack([leave(hidden[:, position]) for position, leave in enumerate(self.leave)], 1)

    def nats(self, codes: Int[Tensor, "batch codebook"]) -> Float[Tensor, " batch"]:
        """Negative log-likelihood of each word, in nats."""
        logits = self(codes).flatten(0, 1)
        return functional.cross_entropy(logits, codes.flatten(), reduction="none").view(codes.shape).sum(-1)

    @torch.no_grad()
    def sample(
        self, count: int, generator: torch.Generator, temperature: float = 1.0
    ) -> Int[Tensor, "count codebook"]:
        """Sample words, code by code.

        Args:
            count: Number of words.
            generator: Source of the draws.
            temperature: Divisor of the logits; lower is more typical.

        Returns:
            The codes of each word.
        """
        codes = torch.zeros(count, self.codebooks, dtype=torch.long)
        for position in range(self.codebooks):
            probability = (self(codes)[:, position] / temperature).softmax(-1)
            codes[:, position] = torch.multinomial(probability, 1, generator=generator)[:, 0]
        return codes

    def _previous(self, codes: Int[Tensor, "batch codebook"]) -> Int[Tensor, "batch codebook"]:
        start = torch.full_like(codes[:, :1], self.codebooks * self.entries)
        own = codes + self.entries * torch.arange(self.codebooks, device=codes.device)
        return torch.cat([start, own[:, :-1]], 1)
