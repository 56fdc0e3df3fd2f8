"""Decoder of one bar as a set of members for each step, all steps of all bars at once.

    code ─ residual block ─ unfold ─ feature of each step ─┬─ probability of every key
                                                           └─ with a key: its first mark ─ its second mark

The keys of a step are independent given the feature, so that decoding takes no loop: PianoTree VAE (Wang et
al. 2020, arXiv 2008.07118) decodes them one after the other. A row of independent keys is still a sequence:
with p the probability of a key and C the product of (1 - p) over the keys between, the next key of a step is
k with probability p(k) · C, and the step ends with the product over all keys that are left. So `forward` has
exact logits for each token after those before it, and `generate` draws whole rows at once.

It handles ids and knows no pitch or rhythm.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, logsigmoid

from symvae.models.phrase.marks import Marks
from symvae.models.phrase.set_rows import SetLayout, among, heads_of, members_of, rows_of, steps_of
from symvae.models.phrase.unfold import Unfold
from symvae.nn.sampling import choose, median

#: Logit of a token that cannot follow.
_IMPOSSIBLE = -1e4
#: Share of cells with a member that the decoder starts from.
_INITIAL_SHARE = 0.02


class Prepared(NamedTuple):
    """Features and logits that all tokens of a row share."""

    feature: Float[Tensor, "row step feature"]
    head: Float[Tensor, "row head"]
    keys: Float[Tensor, "row step key"]


class SetBarDecoder(nn.Module):
    """``(row, code)`` bar embeddings → ``(row, position, vocabulary)`` logits, or ids.

    Args:
        vocabulary_size: number of token ids.
        layout: layout of the rows.
        code_size: width of a bar embedding.
        unfold_size: width of the layers that unfold a bar embedding.
        feature_size: width of the feature of a step.
        hidden_size: width of the layers from a feature to marks.
    """

    def __init__(
        self,
        *,
        vocabulary_size: int,
        layout: SetLayout,
        code_size: int,
        unfold_size: int,
        feature_size: int,
        hidden_size: int,
    ) -> None:
        super().__init__()
        self.layout = layout
        self.vocabulary_size = vocabulary_size
        self.num_slots, self.feature_size = layout.steps, feature_size
        self.second_weight = 1.0
        """Weight of second marks in the cost of rows while the module is trained."""
        self.unfold = Unfold(
            code_size=code_size, hidden_size=unfold_size, steps=layout.steps, feature_size=feature_size
        )
        self.head = nn.Linear(unfold_size, layout.heads)
        self.keys = nn.Linear(feature_size, layout.keys)
        nn.init.constant_(self.keys.bias, math.log(_INITIAL_SHARE / (1 - _INITIAL_SHARE)))
        self.marks = Marks(
            keys=layout.keys, marks=layout.marks, feature_size=feature_size, hidden_size=hidden_size
        )

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
            dropped: input tokens that are hidden; first marks alone are inputs of a network.

        Returns:
            Logits of every token, up to the padding that ends each row.
        """
        layout, prepared = self.layout, self.prepare(code)
        logits = code.new_full((*ids.shape, self.vocabulary_size), _IMPOSSIBLE, dtype=torch.float32)
        logits[:, 0, slice(*layout.head)] = prepared.head
        self._fill_keys(logits, prepared.keys, ids)
        self._fill_marks(logits, prepared.feature, ids, dropped)
        return logits

    def nats(
        self,
        code: Float[Tensor, "row code"],
        ids: Int[Tensor, "row position"],
        dropped: Bool[Tensor, "row position"] | None = None,
    ) -> Float[Tensor, " row"]:
        """Cost of whole rows, the same as that of their tokens by `forward` and a third of the work.

        In training second marks count ``second_weight`` times.

        Args:
            code: bar embeddings.
            ids: rows of the layout.
            dropped: input tokens that are hidden, as in `forward`.

        Returns:
            Negative log likelihood of each row, in nats.
        """
        prepared, members = self.prepare(code), members_of(ids, self.layout)
        present = torch.zeros_like(prepared.keys)
        present[members.row, members.step, members.key] = 1
        keys = binary_cross_entropy_with_logits(prepared.keys, present, reduction="none").flatten(1).sum(1)
        head = cross_entropy(prepared.head, heads_of(ids, self.layout), reduction="none")
        states = self.marks.states(prepared.feature, members.row, members.step, members.key)
        seen = members.first
        if dropped is not None:
            seen = seen.masked_fill(dropped[members.row, members.place + 1], self.layout.marks[0])
        first = cross_entropy(self.marks.first(states).float(), members.first, reduction="none")
        second_logits = self.marks.second_logits(states, seen).float()
        second = cross_entropy(second_logits, members.second, reduction="none")
        if self.training:
            second = self.second_weight * second
        return (keys + head).index_add(0, members.row, first + second)

    def _fill_marks(
        self,
        logits: Float[Tensor, "row position vocabulary"],
        feature: Float[Tensor, "row step feature"],
        ids: Int[Tensor, "row position"],
        dropped: Bool[Tensor, "row position"] | None,
    ) -> None:
        """Set the logits of the first mark after each key, and of the second after each first."""
        layout, step = self.layout, steps_of(ids, self.layout)
        inside = (ids == layout.padding).cumsum(1) == 0
        is_key = among(ids, layout.key) & inside & (step < layout.steps)
        row, place = is_key[:, :-1].nonzero(as_tuple=True)
        states = self.marks.states(feature, row, step[row, place], ids[row, place] - layout.key[0])
        logits[row, place + 1, slice(*layout.first)] = self.marks.first(states).float()
        followed = among(ids[row, place + 1], layout.first) & (place + 2 < ids.shape[1])
        row, place, states = row[followed], place[followed] + 1, states[followed]
        first = ids[row, place] - layout.first[0]
        if dropped is not None:
            first = first.masked_fill(dropped[row, place], layout.marks[0])
        logits[row, place + 1, slice(*layout.second)] = self.marks.second_logits(states, first).float()

    def _fill_keys(
        self,
        logits: Float[Tensor, "row position vocabulary"],
        keys: Float[Tensor, "row step key"],
        ids: Int[Tensor, "row position"],
    ) -> None:
        """Set the logits of keys and separators where a member or the end of a step follows."""
        layout = self.layout
        absent = logsigmoid(-keys).cumsum(-1)
        # Logit k: none of the keys below k, and k; the last: none of all. A common factor does not matter.
        chain = torch.cat([logsigmoid(keys) + absent - logsigmoid(-keys), absent[..., -1:]], dim=-1)
        before, step = ids[:, :-1], steps_of(ids, layout)[:, 1:]
        is_key = among(before, layout.key)
        opens = ~is_key & ~among(before, layout.first) & (before != layout.padding)
        row, place = (opens & (step < layout.steps)).nonzero(as_tuple=True)
        # The last key of the same step: keys rise within a step, so numbers of step and key rise in the row.
        number = torch.where(is_key, step * layout.keys + before - layout.key[0], -1).cummax(1).values
        last = number[row, place] - step[row, place] * layout.keys
        every = torch.arange(layout.keys + 1, device=ids.device)
        chosen = chain[row, step[row, place]].masked_fill(
            (every <= last[:, None]) & (every < layout.keys), _IMPOSSIBLE
        )
        logits[row, place + 1, slice(*layout.key)] = chosen[:, :-1]
        logits[row, place + 1, layout.separator] = chosen[:, -1]
        row, place = (opens & (step >= layout.steps)).nonzero(as_tuple=True)
        logits[row, place + 1, layout.padding] = 0.0

    def slots(
        self, ids: Int[Tensor, "row position"]
    ) -> tuple[Int[Tensor, "row position"], Bool[Tensor, "row position"]]:
        """Return the step of each token, and a mask of tokens up to the padding."""
        step = steps_of(ids, self.layout).clamp(max=self.layout.steps - 1)
        return step, (ids == self.layout.padding).cumsum(1) == 0

    def generate(
        self,
        code: Float[Tensor, "row code"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "row position"]:
        """Decode embeddings.

        Args:
            code: bar embeddings, ``(row, code)``.
            temperature: 0 takes the more likely of each choice, and of first marks, whose values are in
                order, the median; 1 draws from the distribution.
            top_p: draw from the smallest set of choices with this total probability.
            generator: source of the draws.

        Returns:
            Token ids.
        """
        prepared = self.prepare(code)
        row, step, key = self._choose_keys(prepared.keys, temperature, top_p, generator)
        states = self.marks.states(prepared.feature, row, step, key)
        logits = self.marks.first(states)
        first = choose(logits, temperature, top_p, generator) if temperature > 0 else median(logits)
        second = choose(self.marks.second_logits(states, first), temperature, top_p, generator)
        head = choose(prepared.head, temperature, top_p, generator)
        return rows_of(head, row, step, key, first, second, self.layout)

    def _choose_keys(
        self,
        keys: Float[Tensor, "row step key"],
        temperature: float,
        top_p: float,
        generator: torch.Generator | None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return row, step and key of each member; of a crowded row the most likely ones."""
        present = keys > 0
        if temperature > 0:
            both = torch.stack([torch.zeros_like(keys), keys], dim=-1).flatten(0, -2)
            present = choose(both, temperature, top_p, generator).view(keys.shape).bool()
        most = self.layout.most_members
        crowded = present.flatten(1).sum(1) > most
        if crowded.any():
            likely = keys[crowded].masked_fill(~present[crowded], -torch.inf).flatten(1)
            kept = torch.zeros_like(likely, dtype=torch.bool).scatter(1, likely.topk(most).indices, True)
            present[crowded] = kept.view(-1, *keys.shape[1:])
        row, step, key = present.nonzero(as_tuple=True)
        return row, step, key

    def prepare(self, code: Float[Tensor, "row code"]) -> Prepared:
        bar = self.unfold.bar(code)
        feature = self.unfold.lay_out(bar)
        return Prepared(feature, self.head(bar).float(), self.keys(feature).float())
