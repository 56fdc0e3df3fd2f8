"""Faders: z moved so that one attribute of the music becomes what was asked, and the rest stays.

    z ─ unfold ─ one embedding a bar ─ transformer over bars, told where the faders are ─ change of z

An edit is the difference between two changes of the same z, one told where the faders shall be and one told
where they are:

    edit(z, wanted, here) = z + change(z, wanted) − change(z, here)

so that a fader which is not moved changes nothing, however little has been learned. Positions are those
of `symvae.latent.calibration`. Training is `symvae.training.tasks.faders`; the blocks are those of the learned
prior (`symvae.models.flow.velocity`).

It handles latents and knows no ids.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.models.flow.velocity import CONDITION_SIZE, Block


class FaderEditor(nn.Module):
    """Moves the faders of z."""

    def __init__(
        self, *, latent: int, bars: int, code_size: int, faders: int, width: int, layers: int
    ) -> None:
        super().__init__()
        self.unfold = nn.Linear(latent, bars * code_size, bias=False)
        self.start = nn.Linear(code_size, width)
        self.place = nn.Parameter(0.02 * torch.randn(bars, width))
        self.told = nn.Sequential(
            nn.Linear(faders, CONDITION_SIZE), nn.SiLU(), nn.Linear(CONDITION_SIZE, CONDITION_SIZE), nn.SiLU()
        )
        self.blocks = nn.ModuleList(Block(width) for _ in range(layers))
        self.end = nn.Linear(width, code_size)
        self.project = nn.Linear(bars * code_size, latent, bias=False)
        # The blocks start deaf to what they are told, so an edit starts as nothing. Were `end` zero as well,
        # no gradient would reach either: each would wait for the other.

    @classmethod
    def like(cls, state: dict[str, Tensor]) -> "FaderEditor":
        """One with the sizes of these weights."""
        bars, width = state["place"].shape
        return cls(
            latent=state["project.weight"].shape[0],
            bars=bars,
            code_size=state["end.weight"].shape[0],
            faders=state["told.0.weight"].shape[1],
            width=width,
            layers=sum(name.endswith(".attend.weight") for name in state),
        )

    def edit(
        self,
        z: Float[Tensor, "batch latent"],
        wanted: Float[Tensor, "batch fader"],
        here: Float[Tensor, "batch fader"],
    ) -> Float[Tensor, "batch latent"]:
        """z with its faders at ``wanted``; z itself where they are there already."""
        change = self._change(torch.cat([z, z]), torch.cat([wanted, here]))
        there, back = change.chunk(2)
        return z + (there - back)

    def _change(
        self, z: Float[Tensor, "batch latent"], position: Float[Tensor, "batch fader"]
    ) -> Float[Tensor, "batch latent"]:
        told = self.told(position)
        x = self.start(self.unfold(z).view(len(z), len(self.place), -1)) + self.place
        for block in self.blocks:
            x = block(x, told)
        return self.project(self.end(nn.functional.layer_norm(x, x.shape[-1:])).flatten(1))
