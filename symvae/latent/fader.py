"""Faders: z moved so that one attribute of the music becomes what was asked, and the rest stays.

    z ─ unfold ─ one embedding a bar ─┬─ transformer over bars ─ pool ──────────→ read: where the faders are
                                      └─ transformer over bars, told where they ─→ edit: the change of z
                                         shall be

An edit is the difference between two readings of the same z, one told the wanted positions and one told
those that it has:

    edit(z, wanted) = z + change(z, wanted) − change(z, read(z))

so that a fader which is not moved changes nothing, however little has been learned. Positions are those
of `symvae.latent.calibration`. Training is `symvae.training.faders`; the blocks are those of the learned
prior (`symvae.latent.velocity`).

It handles latents and knows no ids.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.latent.velocity import CONDITION_SIZE, Block


class _Bars(nn.Module):
    """The bars of z, one embedding each, after a transformer that sees a condition."""

    def __init__(self, *, latent: int, bars: int, code_size: int, width: int, layers: int) -> None:
        super().__init__()
        self.unfold = nn.Linear(latent, bars * code_size, bias=False)
        self.start = nn.Linear(code_size, width)
        self.place = nn.Parameter(0.02 * torch.randn(bars, width))
        self.blocks = nn.ModuleList(Block(width) for _ in range(layers))

    def forward(
        self, z: Float[Tensor, "batch latent"], condition: Float[Tensor, "batch condition"]
    ) -> Float[Tensor, "batch bar width"]:
        x = self.start(self.unfold(z).view(len(z), len(self.place), -1)) + self.place
        for block in self.blocks:
            x = block(x, condition)
        return nn.functional.layer_norm(x, x.shape[-1:])


class FaderEditor(nn.Module):
    """Reads where the faders of z are, and moves them."""

    def __init__(
        self, *, latent: int, bars: int, code_size: int, faders: int, width: int, layers: int
    ) -> None:
        super().__init__()
        sizes = {"latent": latent, "bars": bars, "code_size": code_size, "width": width}
        self.reading = _Bars(**sizes, layers=2)
        self.reads = nn.Parameter(torch.randn(CONDITION_SIZE))
        self.position = nn.Linear(2 * width, faders)
        self.editing = _Bars(**sizes, layers=layers)
        self.wants = nn.Sequential(
            nn.Linear(faders, CONDITION_SIZE), nn.SiLU(), nn.Linear(CONDITION_SIZE, CONDITION_SIZE), nn.SiLU()
        )
        self.change = nn.Linear(width, code_size)
        self.project = nn.Linear(bars * code_size, latent, bias=False)
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)

    @classmethod
    def like(cls, state: dict[str, Tensor]) -> "FaderEditor":
        """One with the sizes of these weights."""
        bars, width = state["editing.place"].shape
        return cls(
            latent=state["project.weight"].shape[0],
            bars=bars,
            code_size=state["change.weight"].shape[0],
            faders=state["position.weight"].shape[0],
            width=width,
            layers=sum(n.startswith("editing.") and n.endswith(".attend.weight") for n in state),
        )

    def read(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch fader"]:
        """Where the faders are."""
        x = self.reading(z, self.reads.expand(len(z), -1))
        return self.position(torch.cat([x.mean(1), x.amax(1)], dim=-1))

    def edit(
        self, z: Float[Tensor, "batch latent"], wanted: Float[Tensor, "batch fader"]
    ) -> Float[Tensor, "batch latent"]:
        """z with its faders at ``wanted``; z itself where they are there already."""
        there, here = self._change(torch.cat([z, z]), torch.cat([wanted, self.read(z)])).chunk(2)
        return z + there - here

    def _change(
        self, z: Float[Tensor, "batch latent"], wanted: Float[Tensor, "batch fader"]
    ) -> Float[Tensor, "batch latent"]:
        return self.project(self.change(self.editing(z, self.wants(wanted))).flatten(1))
