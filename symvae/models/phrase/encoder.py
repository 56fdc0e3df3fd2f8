"""The encoder: a bidirectional LSTM reads each bar, another reads the bars.

    ids (batch, bar, position)
      └─ BarEncoder    BiLSTM over the positions, all bars as one batch → a Gaussian code a bar
          └─ Encoder   the codes side by side, mapped linearly to z; a BiLSTM over the bars corrects

A linear map of independent Gaussians has a known mean and variance, so an encoder that starts
with a principal-component map of trained bar codes starts as a good phrase encoder: that is how
longer models grow from the one-bar model. The correction starts at zero.

It handles ids and knows no pitch or rhythm.
"""

import math
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from symvae.models.phrase.bar_encoder import BarEncoder
from symvae.models.phrase.token_bar_encoder import TokenBarEncoder
from symvae.nn.gaussian import DiagonalGaussian

_FADER_HIDDEN = 128
_FADER_STD = 0.1


@runtime_checkable
class Encoder(Protocol):
    """Anything that turns ids into a posterior over z."""

    def __call__(self, ids: Int[Tensor, "batch bar position"]) -> DiagonalGaussian: ...


class Correction(nn.Module):
    """What the bars tell together that they do not tell one by one; nothing at the start."""

    def __init__(self, summary_size: int, hidden_size: int, latent_size: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(summary_size, hidden_size, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden_size, 2 * latent_size)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def read(self, summary: Float[Tensor, "batch bar summary"]) -> Float[Tensor, "batch both_ways"]:
        """All bars in one vector."""
        _, (hidden, _) = self.lstm(summary)
        return hidden.transpose(0, 1).flatten(1)


class FaderReader(nn.Sequential):
    """The coordinates that attributes have for themselves, from all bars; narrow at the start."""

    def __init__(self, state_size: int, faders: int, initial_std: float) -> None:
        super().__init__(
            nn.Linear(state_size, _FADER_HIDDEN), nn.GELU(), nn.Linear(_FADER_HIDDEN, 2 * faders)
        )
        last = self[-1]
        assert isinstance(last, nn.Linear)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        nn.init.constant_(last.bias[faders:], math.log(initial_std))


class BidirectionalEncoder(nn.Module):
    """Bar codes → posterior over the phrase's z.

    Source: the bidirectional encoder of Roberts et al. 2018 (arXiv 1803.05428), with the bars of a
    phrase read side by side first. With ``hidden_size`` 0 there is no correction: a one-bar model
    has nothing to correct. The first ``faders`` coordinates are for attributes
    (`symvae.objective.regularization`); the others start as the bars' codes.
    """

    def __init__(
        self,
        bar_encoder: BarEncoder | TokenBarEncoder,
        *,
        bars: int,
        hidden_size: int,
        latent_size: int,
        faders: int = 0,
    ) -> None:
        super().__init__()
        self.bar = bar_encoder
        code_size, summary_size = bar_encoder.mean.out_features, bar_encoder.mean.in_features
        latent_size -= faders
        self.project = nn.Linear(bars * code_size, latent_size)
        nn.init.orthogonal_(self.project.weight)
        nn.init.zeros_(self.project.bias)
        self.correction = Correction(summary_size, hidden_size, latent_size) if hidden_size else None
        self.faders = FaderReader(2 * hidden_size, faders, _FADER_STD) if faders else None

    def forward(self, ids: Int[Tensor, "batch bar position"]) -> DiagonalGaussian:
        codes = self.bar(ids)
        mean = self.project(codes.mean.flatten(1)).float()
        weight = self.project.weight.float()
        variance = (2 * codes.log_std.float()).exp().flatten(1) @ weight.square().t()
        log_std = 0.5 * (variance + 1e-8).log()
        if self.correction is None:
            return DiagonalGaussian(mean, log_std)
        states = self.correction.read(codes.summary)
        mean_correction, log_std_correction = self.correction.out(states).float().chunk(2, dim=-1)
        mean, log_std = mean + mean_correction, log_std + log_std_correction
        if self.faders is None:
            return DiagonalGaussian(mean, log_std)
        of_faders = self.faders(states).float().chunk(2, dim=-1)
        return DiagonalGaussian(torch.cat([of_faders[0], mean], 1), torch.cat([of_faders[1], log_std], 1))
