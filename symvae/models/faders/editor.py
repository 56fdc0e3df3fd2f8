"""Fader editor: edits z so that requested attributes of the music change and the others stay.

    z ─ unfold ─ embeddings of bars ─ transformer over bars, conditioned on fader positions ─ change of z

An edit is the difference of two changes of z, conditioned on the wanted and on the current positions:

    edit(z, wanted, here) = z + change(z, wanted) − change(z, here)

so that faders at rest change nothing, whatever the weights. Positions are those of
`symvae.latent.calibration`; the blocks are those of the learned prior (`symvae.models.flow.velocity`).

It handles latents and knows no ids.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.models.flow.velocity import CONDITION_SIZE, Block


class FaderEditor(nn.Module):
    """Editor of z, conditioned on fader positions.

    Args:
        latent: coordinates of z.
        bars: bars in a phrase.
        code_size: width of a bar embedding.
        faders: number of faders.
        width: width of the transformer.
        layers: number of blocks.
    """

    def __init__(
        self, *, latent: int, bars: int, code_size: int, faders: int, width: int, layers: int
    ) -> None:
        super().__init__()
        self.unfold = nn.Linear(latent, bars * code_size, bias=False)
        self.start = nn.Linear(code_size, width)
        self.place = nn.Parameter(0.02 * torch.randn(bars, width))
        self.condition = nn.Sequential(
            nn.Linear(faders, CONDITION_SIZE), nn.SiLU(), nn.Linear(CONDITION_SIZE, CONDITION_SIZE), nn.SiLU()
        )
        self.blocks = nn.ModuleList(Block(width) for _ in range(layers))
        self.end = nn.Linear(width, code_size)
        self.project = nn.Linear(bars * code_size, latent, bias=False)
        # Each block starts without regard to its condition, so an edit starts at zero. With `end` at zero as
        # well, neither would have a gradient.

    @classmethod
    def like(cls, state: dict[str, Tensor]) -> "FaderEditor":
        """Return an editor of the sizes of these weights."""
        bars, width = state["place"].shape
        return cls(
            latent=state["project.weight"].shape[0],
            bars=bars,
            code_size=state["end.weight"].shape[0],
            faders=state["condition.0.weight"].shape[1],
            width=width,
            layers=sum(name.endswith(".attend.weight") for name in state),
        )

    def edit(
        self,
        z: Float[Tensor, "batch latent"],
        wanted: Float[Tensor, "batch fader"],
        here: Float[Tensor, "batch fader"],
    ) -> Float[Tensor, "batch latent"]:
        """Move the faders of z.

        Args:
            z: latents.
            wanted: positions to move to.
            here: current positions.

        Returns:
            z edited; z itself where ``wanted`` equals ``here``.
        """
        change = self._change(torch.cat([z, z]), torch.cat([wanted, here]))
        to_wanted, to_here = change.chunk(2)
        return z + (to_wanted - to_here)

    def _change(
        self, z: Float[Tensor, "batch latent"], position: Float[Tensor, "batch fader"]
    ) -> Float[Tensor, "batch latent"]:
        condition = self.condition(position)
        x = self.start(self.unfold(z).view(len(z), len(self.place), -1)) + self.place
        for block in self.blocks:
            x = block(x, condition)
        return self.project(self.end(nn.functional.layer_norm(x, x.shape[-1:])).flatten(1))
