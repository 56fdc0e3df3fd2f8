"""An autoregressive prior over the codes of a timbre: which entry comes after which.

    nothing → first codebook's entry → second's → …

A recurrent network reads the entries chosen so far and names the odds of the next (as the prior of van den
Oord et al. 2017, arXiv 1711.00937, in one dimension: a timbre is a word of a few letters). Drawn codes,
looked up, are new timbres.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional


class CodePrior(nn.Module):
    """Over words of ``codebooks`` codes, each one of ``entries``."""

    def __init__(self, *, codebooks: int, entries: int, width: int = 64) -> None:
        super().__init__()
        self.codebooks = codebooks
        self.entries = entries
        # An entry means something else in each codebook; the last place of the table stands for the start.
        self.embedding = nn.Embedding(codebooks * entries + 1, width)
        self.recurrent = nn.GRU(width, width, batch_first=True)
        self.leave = nn.ModuleList(nn.Linear(width, entries) for _ in range(codebooks))

    @classmethod
    def like(cls, state: dict[str, Tensor]) -> "CodePrior":
        """One that these weights fit."""
        codebooks = sum(name.startswith("leave.") and name.endswith(".bias") for name in state)
        width = state["embedding.weight"].shape[1]
        return cls(codebooks=codebooks, entries=len(state["leave.0.bias"]), width=width)

    def forward(self, codes: Int[Tensor, "batch codebook"]) -> Float[Tensor, "batch codebook entry"]:
        """Logits of each code given those before it."""
        hidden, _ = self.recurrent(self.embedding(self._before(codes)))
        return torch.stack([leave(hidden[:, place]) for place, leave in enumerate(self.leave)], 1)

    def nats(self, codes: Int[Tensor, "batch codebook"]) -> Float[Tensor, " batch"]:
        """What it costs to say each word."""
        logits = self(codes).flatten(0, 1)
        return functional.cross_entropy(logits, codes.flatten(), reduction="none").view(codes.shape).sum(-1)

    @torch.no_grad()
    def sample(
        self, count: int, generator: torch.Generator, temperature: float = 1.0
    ) -> Int[Tensor, "count codebook"]:
        """``count`` words, code by code."""
        codes = torch.zeros(count, self.codebooks, dtype=torch.long)
        for place in range(self.codebooks):
            odds = (self(codes)[:, place] / temperature).softmax(-1)
            codes[:, place] = torch.multinomial(odds, 1, generator=generator)[:, 0]
        return codes

    def _before(self, codes: Int[Tensor, "batch codebook"]) -> Int[Tensor, "batch codebook"]:
        start = torch.full_like(codes[:, :1], self.codebooks * self.entries)
        own = codes + self.entries * torch.arange(self.codebooks, device=codes.device)
        return torch.cat([start, own[:, :-1]], 1)
