"""Decoder of one bar of several parts: a decoder for each, from its own share of the embedding.

What the parts have in common passes through the conductor and z, as what bars have in common does: no token
of one part is an input of another, so that all parts of all bars are decoded in parallel.

It handles ids and knows no pitch or rhythm.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from symvae.models.phrase.bar_decoder import BarDecoder
from symvae.models.phrase.part_layout import PartLayout

#: Logit of an id that belongs to another part.
_IMPOSSIBLE = -1e4


class PartBarDecoder(nn.Module):
    """``(row, code)`` bar embeddings → ``(row, position, vocabulary)`` logits, or ids of all parts.

    Args:
        parts: decoder of each part.
        code_sizes: width of each part's share of an embedding.
        layout: places and ids of the parts.
    """

    own_ids: Tensor

    def __init__(self, parts: Sequence[BarDecoder], *, code_sizes: Sequence[int], layout: PartLayout) -> None:
        super().__init__()
        self.layout = layout
        self.parts = nn.ModuleList(parts)
        self.code_sizes = list(code_sizes)
        self.vocabulary_size = layout.vocabulary_size
        self.positions = layout.steps * len(parts)
        self.register_buffer("own_ids", layout.tables(), persistent=False)
        for number, ids in enumerate(layout.ids):
            self.register_buffer(f"ids_{number}", torch.tensor(ids), persistent=False)

    def ids_of(self, part: int, own: Int[Tensor, "*any"]) -> Int[Tensor, "*any"]:
        """Ids in a row of a part's own ids."""
        table: Tensor = getattr(self, f"ids_{part}")
        return table[own]

    def nats(
        self,
        code: Float[Tensor, "row code"],
        ids: Int[Tensor, "row position"],
        dropped: Bool[Tensor, "row position"] | None = None,
    ) -> Float[Tensor, " row"]:
        """Score bars; absent parts cost nothing.

        Args:
            code: bar embeddings.
            ids: true tokens; each position sees those before it in its part.
            dropped: input tokens that are hidden.

        Returns:
            Negative log likelihood of each bar, in nats.
        """
        present = self.layout.present(ids)
        total = torch.zeros(len(ids), device=ids.device)
        for number, (decoder, own_code) in enumerate(
            zip(self.parts, code.split(self.code_sizes, dim=1), strict=True)
        ):
            there = present[:, number].nonzero()[:, 0]
            if not len(there):
                continue
            where = self.layout.slice(number)
            own = self.own_ids[number][ids[there, where]]
            logits = decoder(own_code[there], own, None if dropped is None else dropped[there, where])
            each = cross_entropy(logits.float().flatten(0, 1), own.flatten(), reduction="none")
            total = total.index_add(0, there, each.view(len(there), -1).sum(1))
        return total

    def forward(
        self,
        code: Float[Tensor, "row code"],
        ids: Int[Tensor, "row position"],
        dropped: Bool[Tensor, "row position"] | None = None,
    ) -> Float[Tensor, "row position vocabulary"]:
        """Predict every token under teacher forcing.

        Args:
            code: bar embeddings.
            ids: true tokens; each position sees those before it in its part.
            dropped: input tokens that are hidden.

        Returns:
            Logits of every token; those of other parts' ids are far below all others.
        """
        logits = torch.full((*ids.shape, self.vocabulary_size), _IMPOSSIBLE, device=ids.device)
        for number, (decoder, own_code) in enumerate(
            zip(self.parts, code.split(self.code_sizes, dim=1), strict=True)
        ):
            where = self.layout.slice(number)
            own = self.own_ids[number][ids[:, where]]
            each = decoder(own_code, own, None if dropped is None else dropped[:, where])
            logits[:, where, torch.tensor(self.layout.ids[number], device=ids.device)] = each.float()
        return logits

    def generate(
        self,
        code: Float[Tensor, "row code"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "row position"]:
        """Decode embeddings, each token fed back as the next input of its part.

        Args:
            code: bar embeddings, ``(row, code)``.
            temperature: 0 takes the most likely token, 1 draws from the distribution.
            top_p: draw from the smallest set of tokens with this total probability.
            generator: source of the draws.

        Returns:
            Token ids of all parts.
        """
        rows = []
        for number, (decoder, own_code) in enumerate(
            zip(self.parts, code.split(self.code_sizes, dim=1), strict=True)
        ):
            assert isinstance(decoder, BarDecoder)
            rows.append(self.ids_of(number, decoder.generate(own_code, temperature, top_p, generator)))
        return torch.cat(rows, dim=1)
