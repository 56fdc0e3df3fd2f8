"""A reader of attributes: ids, or probabilities of ids, to where the faders of that music are.

    ids ─ the model's own BiLSTM (fixed) ─┬─ a layer a token ─ mean and maximum of each bar ─┬─ layers ─ positions
        └ an embedding of its own ────────┘─ added up by slot ─ a layer a bar ────────────────┘

It exists for training alone: through it a gradient finds out what should change in decoded notes
(`symvae.training.faders`). What is told to people is always measured. It handles ids and knows no music.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import gelu

from symvae.models.bar_encoder import BarEncoder
from symvae.models.token_bar_encoder import TokenBarEncoder
from symvae.nn.soft import embed

_EMBEDDING_SIZE = 64
_SLOT_SIZE = 64
_HIDDEN_SIZE = 512


class AttributeReader(nn.Module):
    """``(batch, bar, position)`` ids → ``(batch, fader)`` positions."""

    def __init__(
        self,
        bar_encoder: BarEncoder | TokenBarEncoder,
        *,
        bars: int,
        slots: int,
        attributes: int,
        width: int = 192,
    ) -> None:
        """``bar_encoder`` is listened through and stays as it is; ``slots`` is how many places a bar has."""
        super().__init__()
        self.listen = [bar_encoder]  # in a list: its weights are not this module's
        self.bars, self.slots = bars, slots
        vocabulary_size = bar_encoder.embedding.num_embeddings
        state_size = bar_encoder.squeeze.in_features + _EMBEDDING_SIZE
        self.embedding = nn.Embedding(vocabulary_size, _EMBEDDING_SIZE)
        self.place = nn.Parameter(0.02 * torch.randn(bars, slots, width))
        self.first = nn.Linear(state_size, width)
        self.second = nn.Linear(width, width)
        self.squeeze = nn.Linear(state_size, _SLOT_SIZE)
        self.laid_out = nn.Linear(slots * _SLOT_SIZE, width)
        self.conclude = nn.Sequential(
            nn.Linear((3 * bars + 2) * width, _HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(_HIDDEN_SIZE, _HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(_HIDDEN_SIZE, attributes),
        )

    def forward(
        self, ids: Int[Tensor, "batch bar position"] | Float[Tensor, "batch bar position id"]
    ) -> Float[Tensor, "batch fader"]:
        """Where the faders of the music are, as far as the reader can tell."""
        heard = self.listen[0].hear(ids)
        states = torch.cat([heard.states, embed(self.embedding, ids.flatten(0, 1))], dim=-1)
        inside = heard.inside[:, :, None]
        bar = torch.arange(len(states), device=ids.device) % self.bars
        token = gelu(self.second(gelu(self.first(states) + self.place[bar[:, None], heard.slot])))
        mean = (token * inside).sum(1) / token.shape[1]
        highest = token.masked_fill(~inside, -torch.inf).amax(1).nan_to_num(neginf=0.0)
        of_token = (gelu(self.squeeze(states)) * inside).float()
        by_slot = of_token.new_zeros((len(states), self.slots, _SLOT_SIZE))
        by_slot = by_slot.scatter_add(1, heard.slot[:, :, None].expand_as(of_token), of_token)
        laid_out = gelu(self.laid_out(by_slot.flatten(1)))
        each = [x.float().view(len(ids), self.bars, -1) for x in (mean, highest, laid_out)]
        return self.conclude(
            torch.cat([*(x.flatten(1) for x in each), each[0].mean(1), each[1].amax(1)], dim=-1)
        )
