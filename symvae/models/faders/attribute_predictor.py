"""Attribute predictor: a differentiable estimate of the attributes of the music that z decodes to.

    z, ids ─ the model's decoder (frozen) ─ probabilities ─┬─ MLP per token ─ mean, maximum ──┬─ positions
                                      └ features of slots ─┴─ sums per slot ─ linear layer ───┘

``ids`` are the tokens decoded from z. A softmax at temperature 2 keeps the probabilities soft enough for a
gradient. It serves the training of the fader editor, whose loss needs the gradient of attributes with
respect to z; reported attributes are always measured. It handles ids and latents and knows no music.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import gelu

from symvae.models.phrase.bar_decoder import BarDecoder
from symvae.models.phrase.conductor import HierarchicalDecoder
from symvae.models.phrase.token_bar_decoder import TokenBarDecoder

_SLOT_SIZE = 64
_HIDDEN_SIZE = 512
_TEMPERATURE = 2.0
_SCALE = 4.0


class AttributePredictor(nn.Module):
    """``(batch, latent)`` and the ids decoded from it → ``(batch, fader)`` positions.

    Args:
        decoder: the model's decoder; its weights are not trained here.
        attributes: number of faders.
        width: width of the layers.
    """

    def __init__(self, decoder: HierarchicalDecoder, *, attributes: int, width: int = 192) -> None:
        super().__init__()
        self._decoder = [decoder]  # in a list, so that its weights are not registered here
        bar = self._bar
        bars, slots, feature_size = decoder.conductor.bars, bar.num_slots, bar.feature_size
        token_size = bar.vocabulary_size + feature_size
        self.norm = nn.LayerNorm(feature_size)
        self.place = nn.Parameter(0.02 * torch.randn(bars, slots, width))
        self.first = nn.Linear(token_size, width)
        self.second = nn.Linear(width, width)
        self.squeeze = nn.Linear(token_size, _SLOT_SIZE)
        self.laid_out = nn.Linear(slots * _SLOT_SIZE, width)
        self.conclude = nn.Sequential(
            nn.Linear((3 * bars + 2) * width, _HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(_HIDDEN_SIZE, _HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(_HIDDEN_SIZE, attributes),
        )

    @property
    def _bar(self) -> BarDecoder | TokenBarDecoder:
        bar = self._decoder[0].bar
        assert isinstance(bar, BarDecoder | TokenBarDecoder)
        return bar

    def forward(
        self, z: Float[Tensor, "batch latent"], ids: Int[Tensor, "batch bar position"]
    ) -> Float[Tensor, "batch fader"]:
        """Predict the positions of the faders."""
        decoder, bar_decoder = self._decoder[0], self._bar
        bars, rows = decoder.conductor.bars, ids.flatten(0, 1)
        slot, inside = bar_decoder.slots(rows)
        longest = max(1, int(inside.sum(1).max()))  # what follows the end of every row counts for nothing
        rows, slot, inside = rows[:, :longest], slot[:, :longest], inside[:, :longest]
        code = decoder.conductor(z).flatten(0, 1)
        probability = (bar_decoder(code, rows).float() / _TEMPERATURE).softmax(-1)
        features = self.norm(bar_decoder.unfold(code).float().view(len(rows), bar_decoder.num_slots, -1))
        here = features.gather(1, slot[:, :, None].expand(-1, -1, features.shape[-1]))
        x = torch.cat([_SCALE * probability, here], dim=-1)
        bar = torch.arange(len(rows), device=ids.device) % bars
        token = gelu(self.second(gelu(self.first(x) + self.place[bar[:, None], slot])))
        mean = (token * inside[:, :, None]).sum(1) / ids.shape[2]
        highest = token.masked_fill(~inside[:, :, None], -torch.inf).amax(1)
        squeezed = (gelu(self.squeeze(x)) * inside[:, :, None]).float()
        by_slot = squeezed.new_zeros((len(rows), bar_decoder.num_slots, _SLOT_SIZE))
        by_slot = by_slot.scatter_add(1, slot[:, :, None].expand_as(squeezed), squeezed)
        laid_out = gelu(self.laid_out(by_slot.flatten(1)))
        each = [part.float().view(len(ids), bars, -1) for part in (mean, highest, laid_out)]
        parts = (*(part.flatten(1) for part in each), each[0].mean(1), each[1].amax(1))
        return self.conclude(torch.cat(parts, dim=-1))
