"""The conductor: z unfolds into one embedding a bar, and the bars are decoded side by side.

    z ─ linear ─┬────────────────────(+)─ embedding of each bar ─ BarDecoder ─ ids
                └─ LSTM over bars ────┘

No token crosses from bar to bar at this level: long-term structure has to pass through the
conductor, which is what makes it hold (Roberts et al. 2018, arXiv 1803.05428, section 3.2). The
linear part mirrors the encoder's projection; the LSTM's correction starts at zero.
"""

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.models.phrase.bar_decoder import BarDecoder
from symvae.models.phrase.token_bar_decoder import TokenBarDecoder
from symvae.nn.recurrent import LSTM


@runtime_checkable
class Decoder(Protocol):
    """Anything that turns z into ids."""

    def __call__(
        self,
        z: Float[Tensor, "batch latent"],
        ids: Int[Tensor, "batch bar position"],
        dropped: Bool[Tensor, "batch bar position"] | None = None,
    ) -> Float[Tensor, "batch bar position vocabulary"]: ...

    def generate(
        self,
        z: Float[Tensor, "batch latent"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "batch bar position"]: ...


class Conductor(nn.Module):
    """z → one embedding a bar. With ``hidden_size`` 0 the unfolding is linear only (one-bar models).

    What the first ``faders`` coordinates of z do is learned from nothing.
    """

    def __init__(
        self, *, latent_size: int, bars: int, hidden_size: int, code_size: int, faders: int = 0
    ) -> None:
        super().__init__()
        self.bars = bars
        self.unfold = nn.Linear(latent_size, bars * code_size)
        nn.init.orthogonal_(self.unfold.weight)
        nn.init.zeros_(self.unfold.bias)
        nn.init.zeros_(self.unfold.weight[:, :faders])
        self.lstm = LSTM(code_size, hidden_size) if hidden_size else None
        if hidden_size:
            self.correct = nn.Linear(hidden_size, code_size)
            nn.init.zeros_(self.correct.weight)
            nn.init.zeros_(self.correct.bias)

    def forward(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch bar code"]:
        plan = self.unfold(z).view(len(z), self.bars, -1)
        return plan + self.correct(self.lstm(plan)[0]) if self.lstm is not None else plan


class HierarchicalDecoder(nn.Module):
    """The conductor and, under it, the decoder of bars."""

    def __init__(self, conductor: Conductor, bar_decoder: BarDecoder | TokenBarDecoder) -> None:
        super().__init__()
        self.conductor = conductor
        self.bar = bar_decoder

    def forward(
        self,
        z: Float[Tensor, "batch latent"],
        ids: Int[Tensor, "batch bar position"],
        dropped: Bool[Tensor, "batch bar position"] | None = None,
    ) -> Float[Tensor, "batch bar position vocabulary"]:
        code = self.conductor(z)
        rows = self.bar(
            code.flatten(0, 1), ids.flatten(0, 1), None if dropped is None else dropped.flatten(0, 1)
        )
        return rows.view(*ids.shape, -1)

    def generate(
        self,
        z: Float[Tensor, "batch latent"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "batch bar position"]:
        code = self.conductor(z)
        rows = self.bar.generate(code.flatten(0, 1), temperature, top_p, generator)
        return rows.view(len(z), self.conductor.bars, -1)
