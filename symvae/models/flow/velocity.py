"""Velocity networks of the flow prior: velocity of a latent at a time, plain or bar by bar.

`PlainVelocity` takes z as one vector, enough for a bar or two. `BarVelocity` unfolds it as the conductor
does, into one embedding for each bar, so that attention relates the bars (repetition, key, cadences).

    z ─ unfold ─ embeddings of bars ─ transformer over bars, conditioned on time ─ project ─ velocity of z

The first and last maps are initialized with the conductor's unfolding and the encoder's projection. The
blocks are those of diffusion transformers (Peebles and Xie 2023, arXiv 2212.09748): time scales and shifts
each of them, and each starts as the identity (adaLN-Zero). Attributes of the phrase may condition them as
time does; each may be unknown, as in training it is now and then (Ho and Salimans 2022, arXiv 2207.12598).

They handle latents and know no ids.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

_PLAIN_TIME_FEATURES = 32
_BAR_TIME_FEATURES = 64
_HEAD_SIZE = 32
#: Width of the condition of a `Block`.
CONDITION_SIZE = 128


class PlainVelocity(nn.Module):
    """Residual layers over the whole of z, conditioned on time.

    Args:
        used: coordinates of z that the prior moves.
        width: width of the layers.
        layers: number of residual layers.
        attributes: number of known attributes that condition the velocity.
    """

    frequencies: Tensor

    def __init__(self, used: int, width: int = 512, layers: int = 3, attributes: int = 0) -> None:
        super().__init__()
        self.attributes = attributes
        frequencies = torch.linspace(0, 5, _PLAIN_TIME_FEATURES // 2).exp()
        self.register_buffer("frequencies", frequencies, persistent=False)
        self.start = nn.Linear(used + _PLAIN_TIME_FEATURES + attributes, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))
        self.layers = nn.ModuleList(nn.Linear(width + _PLAIN_TIME_FEATURES, width) for _ in range(layers))
        self.end = nn.Linear(width, used)
        nn.init.zeros_(self.end.weight)
        nn.init.zeros_(self.end.bias)

    @classmethod
    def like(cls, state: dict[str, Tensor]) -> "PlainVelocity":
        """Return a network of the sizes of these weights."""
        width, used = state["end.weight"].shape[1], state["end.weight"].shape[0]
        layers = sum(n.startswith("layers.") and n.endswith(".weight") for n in state)
        attributes = state["start.weight"].shape[1] - used - _PLAIN_TIME_FEATURES
        return cls(used, width, layers, attributes)

    def forward(
        self,
        z: Float[Tensor, "batch used"],
        time: Float[Tensor, "batch 1"],
        attributes: Float[Tensor, "batch attribute"] | None = None,
    ) -> Float[Tensor, "batch used"]:
        """Return the velocity of the used coordinates.

        Args:
            z: the coordinates.
            time: 0 is noise, 1 is music.
            attributes: of each row, nan where one is unknown; None for a network without.

        Returns:
            Their change in a unit of time.
        """
        angle = time * self.frequencies
        features = torch.cat([angle.sin(), angle.cos()], dim=-1)
        known = () if attributes is None else (attributes.nan_to_num(),)  # what is unknown is 0
        hidden = self.start(torch.cat([z, features, *known], dim=-1))
        for norm, layer in zip(self.norms, self.layers, strict=True):
            hidden = hidden + functional.silu(layer(torch.cat([norm(hidden), features], dim=-1)))
        return self.end(hidden)


class Block(nn.Module):
    """Transformer block over bars; a condition, such as time, scales and shifts attention and MLP."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = width // _HEAD_SIZE
        self.attend = nn.Linear(width, 3 * width)
        self.gather = nn.Linear(width, width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        self.modulate = nn.Linear(CONDITION_SIZE, 6 * width)
        nn.init.zeros_(self.modulate.weight)
        nn.init.zeros_(self.modulate.bias)

    def forward(
        self, x: Float[Tensor, "batch bar width"], condition: Float[Tensor, "batch 128"]
    ) -> Float[Tensor, "batch bar width"]:
        batch, bars, width = x.shape
        scale_a, shift_a, gate_a, scale_b, shift_b, gate_b = self.modulate(condition)[:, None].chunk(
            6, dim=-1
        )
        normed = functional.layer_norm(x, (width,)) * (1 + scale_a) + shift_a
        query, key, value = self.attend(normed).view(batch, bars, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(query, key, value)
        x = x + gate_a * self.gather(attended.transpose(1, 2).flatten(2))
        normed = functional.layer_norm(x, (width,)) * (1 + scale_b) + shift_b
        return x + gate_b * self.narrow(functional.gelu(self.widen(normed)))


#: Weights of the maps between z and the bars in `BarVelocity`.
Z_MAPS = ("unfold.weight", "project.weight")


class BarVelocity(nn.Module):
    """Transformer over the bars that are unfolded from z.

    Args:
        used: coordinates of z that the prior moves.
        bars: bars in a phrase.
        code_size: width of a bar embedding.
        width: width of the transformer.
        layers: number of blocks.
        attributes: number of attributes of the phrase that condition the velocity.
    """

    def __init__(
        self, used: int, *, bars: int, code_size: int, width: int, layers: int, attributes: int = 0
    ) -> None:
        super().__init__()
        self.attributes = attributes
        self.unfold = nn.Linear(used, bars * code_size, bias=False)
        self.start = nn.Linear(code_size, width)
        self.place = nn.Parameter(0.02 * torch.randn(bars, width))
        self.when = nn.Sequential(
            nn.Linear(_BAR_TIME_FEATURES, 128), nn.SiLU(), nn.Linear(128, 128), nn.SiLU()
        )
        self.blocks = nn.ModuleList(Block(width) for _ in range(layers))
        self.modulate = nn.Linear(128, 2 * width)
        self.end = nn.Linear(width, code_size)
        self.project = nn.Linear(bars * code_size, used, bias=False)
        self.keep = nn.Linear(_BAR_TIME_FEATURES, 1)
        self._folded: tuple[tuple[int, int], Tensor] | None = None
        self.tied = False
        """The maps between z and the bars are those of the model of z, and no weights of this network."""
        for layer in (self.modulate, self.end):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        if attributes:
            # Without biases, so that attributes of which none is known add nothing.
            self.describe = nn.Sequential(
                nn.Linear(2 * attributes, CONDITION_SIZE, bias=False),
                nn.SiLU(),
                nn.Linear(CONDITION_SIZE, CONDITION_SIZE, bias=False),
            )

    @classmethod
    def like(cls, state: dict[str, Tensor]) -> "BarVelocity":
        """Return a network of the sizes of these weights."""
        bars, width = state["place"].shape
        return cls(
            state["project.weight"].shape[0],
            bars=bars,
            code_size=state["end.weight"].shape[0],
            width=width,
            layers=sum(name.endswith(".attend.weight") for name in state),
            attributes=state["describe.0.weight"].shape[1] // 2 if "describe.0.weight" in state else 0,
        )

    @torch.no_grad()
    def set_maps(
        self, unfold: Float[Tensor, "codes used"], project: Float[Tensor, "used codes"], *, tied: bool
    ) -> None:
        """Set the maps between z and the bars.

        Args:
            unfold: from z to the codes of all bars.
            project: from the codes to z.
            tied: keep them as they are in training.
        """
        self.unfold.weight.copy_(unfold)
        self.project.weight.copy_(project)
        self.tied = tied
        self.unfold.requires_grad_(not tied)
        self.project.requires_grad_(not tied)

    @torch.no_grad()
    def fold(self) -> Float[Tensor, "used codes"]:
        """Least-squares inverse of the map from z to the bars; computed once for the weights as they are."""
        weight = self.unfold.weight
        # A copy of the network counts its changes anew, in memory of its own.
        now = weight.data_ptr(), 0 if weight.is_inference() else weight._version
        if self._folded is None or self._folded[0] != now:
            self._folded = now, torch.linalg.pinv(weight)
        return self._folded[1]

    @torch.no_grad()
    def echo_matrix(self, share: float) -> Float[Tensor, "used used"]:
        """Linear map of z after which the second half of its bars repeats the first by ``share``, 0 to 1.

        It preserves the variance of white noise on average over coordinates.
        """
        bars = len(self.place)
        half = bars // 2
        mix = torch.eye(bars, device=self.place.device)
        for bar in range(half, 2 * half):
            mix[bar, bar] = math.sqrt(1 - share**2)
            mix[bar, bar - half] = share
        unfold = self.unfold.weight.view(bars, -1, self.unfold.in_features)
        mixed = torch.einsum("ab,bcu->acu", mix, unfold).flatten(0, 1)
        echo = self.fold() @ mixed
        return echo / echo.square().sum(1).mean().sqrt()

    def forward(
        self,
        z: Float[Tensor, "batch used"],
        time: Float[Tensor, "batch 1"],
        attributes: Float[Tensor, "batch attribute"] | None = None,
    ) -> Float[Tensor, "batch used"]:
        """Return the velocity of the used coordinates at ``time`` (0: noise, 1: music).

        Args:
            z: the used coordinates on their way.
            time: of each draw.
            attributes: of each phrase, standardized; nan where one is unknown, None where all are.

        Returns:
            The velocity of each coordinate.
        """
        halves = torch.arange(_BAR_TIME_FEATURES // 2, device=time.device) * (2 / _BAR_TIME_FEATURES)
        angle = 1000 * time * torch.exp(-math.log(10_000) * halves)
        features = torch.cat([angle.sin(), angle.cos()], dim=-1)
        condition = self.when(features)
        if attributes is not None:
            known = ~attributes.isnan()
            condition = condition + self.describe(torch.cat([attributes.nan_to_num(), known], dim=1))
        x = self.start(self.unfold(z).view(len(z), len(self.place), -1)) + self.place
        for block in self.blocks:
            x = block(x, condition)
        scale, shift = self.modulate(condition)[:, None].chunk(2, dim=-1)
        x = functional.layer_norm(x, x.shape[-1:]) * (1 + scale) + shift
        return self.project(self.end(x).flatten(1)) + self.keep(features) * z
