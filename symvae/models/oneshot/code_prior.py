"""Autoregressive prior over the codes of one-shot sounds, given the class.

    start → position 1, level 1 → position 1, level 2 → … → position 2, level 1 → …

The codes of a position follow each other from the coarsest level to the finest, then those of the next
position: one sequence, which a causal network reads (`symvae.nn.causal`).
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from symvae.nn.causal import CausalNetwork
from symvae.nn.sampling import choose


class DrumCodePrior(nn.Module):
    """A distribution over codes.

    Args:
        network: The causal network, a module.
        positions: Positions of a sound.
        levels: Codes of a position.
        entries: Entries of each codebook.
        classes: Number of classes.
        width: Channels of the network.
        dropout: Share of its inputs that training leaves out.
    """

    network: CausalNetwork

    def __init__(
        self,
        network: CausalNetwork,
        *,
        positions: int,
        levels: int,
        entries: int,
        classes: int,
        width: int,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.network = network
        self.positions, self.levels, self.entries = positions, levels, entries
        # Each level has embeddings of its own; the last row of the table is the start mark.
        self.embedding = nn.Embedding(levels * entries + 1, width)
        self.place = nn.Parameter(0.02 * torch.randn(positions * levels, width))
        self.drum = nn.Linear(classes, width)
        self.drop = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(width)
        self.leave = nn.ModuleList(nn.Linear(width, entries) for _ in range(levels))
        nn.init.normal_(self.embedding.weight, std=0.3)

    def logits(
        self, codes: Int[Tensor, "batch position level"], drum: Float[Tensor, "batch class"]
    ) -> Float[Tensor, "batch position level entry"]:
        """Logits of each code given the codes before it.

        Args:
            codes: The codes.
            drum: Weights of the classes.

        Returns:
            Unnormalized log probabilities.
        """
        ids = self._ids(codes)
        before = torch.cat([torch.full_like(ids[:, :1], self._start), ids[:, :-1]], 1)
        x = self.drop(self.embedding(before)) + self.place
        hidden = self.norm(self.network(x, self.drum(drum))).unflatten(1, (self.positions, self.levels))
        return torch.stack([leave(hidden[:, :, level]) for level, leave in enumerate(self.leave)], 2)

    def forward(
        self, codes: Int[Tensor, "batch position level"], drum: Float[Tensor, "batch class"]
    ) -> Float[Tensor, "batch position level"]:
        """Negative log-likelihood of each code, in nats."""
        logits = self.logits(codes, drum).float()
        return functional.cross_entropy(logits.movedim(-1, 1), codes, reduction="none")

    @torch.no_grad()
    def sample(
        self,
        drum: Float[Tensor, "batch class"],
        generator: torch.Generator,
        temperature: float = 1.0,
        *,
        given: Int[Tensor, "batch position level"] | None = None,
        kept: Bool[Tensor, "position level"] | None = None,
    ) -> Int[Tensor, "batch position level"]:
        """Draw sounds, code by code; each code costs one step of the network.

        Args:
            drum: Weights of the classes.
            generator: Source of the draws, on the CPU.
            temperature: Divisor of the logits; 0 takes the likeliest code at each place.
            given: Codes of which some are kept.
            kept: True where a given code is kept; all others are drawn, given those before them.

        Returns:
            The codes.
        """
        batch, condition = len(drum), self.drum(drum)
        cache, drawn = self.network.start(batch), []
        code = torch.full((batch,), self._start, device=drum.device)
        for place in range(self.positions * self.levels):
            position, level = divmod(place, self.levels)
            y, cache = self.network.step(self.embedding(code) + self.place[place], condition, cache)
            chosen = choose(self.leave[level](self.norm(y)), temperature, generator=generator)
            if given is not None and kept is not None and kept[position, level]:
                chosen = given[:, position, level]
            drawn.append(chosen)
            code = chosen + level * self.entries
        return torch.stack(drawn, 1).unflatten(1, (self.positions, self.levels))

    @property
    def _start(self) -> int:
        return self.levels * self.entries

    def _ids(self, codes: Int[Tensor, "batch position level"]) -> Int[Tensor, "batch place"]:
        return (codes + self.entries * torch.arange(self.levels, device=codes.device)).flatten(1)
