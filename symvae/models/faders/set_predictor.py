"""Attribute predictor of music that is decoded as sets: it sees the music itself, and its gradient is z's.

    ids ─ members: their keys and marks ─┐
                                         ├─ straight-through ─ layer per step ─ BiLSTM over steps ─ positions
    z ─ the model's decoder (frozen) ────┘

All keys of a step are decoded at once, so the probabilities of members, and the marks expected of them, are
smooth functions of z. The network is given the members of ``ids``, the tokens decoded from z, with the
gradient of these probabilities (Bengio et al. 2013, arXiv 1308.3432): what it predicts is a function of the
music alone, which an edit of z cannot deceive. `AttributePredictor` is the one of rows of tokens. It handles
ids and latents and knows no music.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import gelu, one_hot

from symvae.models.phrase.conductor import HierarchicalDecoder
from symvae.models.phrase.set_bar_decoder import SetBarDecoder
from symvae.models.phrase.set_rows import heads_of, members_of

_HIDDEN_SIZE = 512
#: Softens probabilities of members, so that those far from a decision have a gradient.
_TEMPERATURE = 2.0
_SCALE = 4.0
#: Width of the embedding of a mark.
_MARK_SIZE = 4


class SetPredictor(nn.Module):
    """``(batch, latent)`` and the ids decoded from it → ``(batch, fader)`` positions.

    Args:
        decoder: the model's decoder; its weights are not trained here.
        attributes: number of faders.
        width: width of the layers.
    """

    def __init__(self, decoder: HierarchicalDecoder, *, attributes: int, width: int = 192) -> None:
        super().__init__()
        self._decoder = [decoder]  # in a list, so that its weights are not registered here
        layout, self.channels = self._bar.layout, 1 + 2 * _MARK_SIZE
        self.marks = nn.ModuleList(nn.Linear(values, _MARK_SIZE, bias=False) for values in layout.marks)
        self.first = nn.Linear(self.channels * layout.keys, width)
        self.second = nn.Linear(width, width)
        self.along = nn.LSTM(width, width // 2, batch_first=True, bidirectional=True)
        self.conclude = nn.Sequential(
            nn.Linear(3 * width + self.channels + 1, _HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(_HIDDEN_SIZE, _HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(_HIDDEN_SIZE, attributes),
        )

    @property
    def _bar(self) -> SetBarDecoder:
        bar = self._decoder[0].bar
        assert isinstance(bar, SetBarDecoder)
        return bar

    def forward(
        self, z: Float[Tensor, "batch latent"], ids: Int[Tensor, "batch bar position"]
    ) -> Float[Tensor, "batch fader"]:
        """Predict the positions of the faders."""
        code = self._decoder[0].conductor(z).flatten(0, 1)
        cells, head = self.see(code, ids.flatten(0, 1))
        steps = cells.flatten(2).view(len(ids), -1, cells.shape[2] * cells.shape[3])
        x = gelu(self.second(gelu(self.first(_SCALE * steps))))
        along, _ = self.along(x)
        parts = (along.float().mean(1), along.float().amax(1), x.float().mean(1))
        total = cells.view(len(ids), -1, self.channels).sum(1)
        members = total[:, :1]
        means = (members / steps.shape[1], total[:, 1:] / members.clamp(min=1))
        heads = head.view(len(ids), -1).mean(1, keepdim=True)
        return self.conclude(torch.cat([*parts, *means, heads], dim=-1))

    def see(
        self, code: Float[Tensor, "row code"], ids: Int[Tensor, "row position"]
    ) -> tuple[Float[Tensor, "row step key channel"], Float[Tensor, " row"]]:
        """Lay rows of ids out as cells, with the gradient of the decoder.

        Args:
            code: bar embeddings.
            ids: rows that were decoded from them.

        Returns:
            For each step and key whether it is a member, and embeddings of its two marks; and the head of
            each row, as a share of the largest.
        """
        layout, prepared = self._bar.layout, self._bar.prepare(code)
        members = members_of(ids, layout)
        place = (members.row, members.step, members.key)
        states = self._bar.marks.states(prepared.feature, *place)
        logits = (self._bar.marks.first(states), self._bar.marks.second_logits(states, members.first))
        marks = [
            embed(_through(one_hot(mark, each.shape[-1]).float(), each.float().softmax(-1)))
            for embed, mark, each in zip(self.marks, (members.first, members.second), logits, strict=True)
        ]
        is_member = torch.zeros_like(prepared.keys)
        is_member[place] = 1
        member = _through(is_member, (prepared.keys / _TEMPERATURE).sigmoid())[..., None]
        empty = prepared.keys.new_zeros((*prepared.keys.shape, self.channels - 1))
        cells = torch.cat([member, empty.index_put(place, torch.cat(marks, dim=-1).float())], dim=-1)
        every = torch.arange(layout.heads, device=ids.device).float()
        head = _through(heads_of(ids, layout).float(), prepared.head.softmax(-1) @ every) / layout.heads
        return cells, head


def _through(value: Float[Tensor, "*any"], smooth: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """The value, with the gradient of its smooth estimate."""
    return value + (smooth - smooth.detach())
