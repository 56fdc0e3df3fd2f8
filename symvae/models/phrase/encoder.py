"""Encoder: a bidirectional LSTM over the positions of each bar, another over the bars.

    ids (batch, bar, position)
      └─ BarEncoder    BiLSTM over the positions, all bars as one batch → a Gaussian code for each bar
          └─ Encoder   linear map of the concatenated codes to z, plus the residual of a BiLSTM over the bars

A linear map of independent Gaussians has a known mean and variance, so an encoder whose map is initialized
with the principal components of trained bar codes starts as a good phrase encoder: longer models are warm
started from the one-bar model (`symvae.system.warm_start`). The residual starts at zero.

It handles ids and knows no pitch or rhythm.
"""

import math
from collections.abc import Sequence
from typing import Protocol, TypeAlias, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from symvae.models.phrase.bar_encoder import BarEncoder
from symvae.models.phrase.code_map import codes_to_latent
from symvae.models.phrase.part_bar_encoder import PartBarEncoder
from symvae.models.phrase.set_bar_encoder import SetBarEncoder
from symvae.models.phrase.token_bar_encoder import TokenBarEncoder
from symvae.nn.gaussian import DiagonalGaussian

AnyBarEncoder: TypeAlias = BarEncoder | TokenBarEncoder | SetBarEncoder | PartBarEncoder

_FADER_HIDDEN = 128
_FADER_STD = 0.1


@runtime_checkable
class Encoder(Protocol):
    """Interface of encoders: token ids → posterior over z."""

    def __call__(self, ids: Int[Tensor, "batch bar position"]) -> DiagonalGaussian: ...


class Correction(nn.Module):
    """Residual from a BiLSTM over the bar summaries, zero at initialization.

    Args:
        summary_size: width of a bar's summary.
        hidden_size: hidden units, each direction.
        latent_size: coordinates of z.
    """

    def __init__(self, summary_size: int, hidden_size: int, latent_size: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(summary_size, hidden_size, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden_size, 2 * latent_size)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def states(self, summary: Float[Tensor, "batch bar summary"]) -> Float[Tensor, "batch both_ways"]:
        """Return the final hidden states of both directions."""
        _, (hidden, _) = self.lstm(summary)
        return hidden.transpose(0, 1).flatten(1)


class FaderHead(nn.Sequential):
    """Mean and log deviation of the fader coordinates from the states over bars.

    Args:
        state_size: width of the states of both directions.
        faders: number of coordinates.
        initial_std: standard deviation at initialization.
    """

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
    """Posterior over the z of a phrase from its bars.

    The bidirectional encoder of Roberts et al. 2018 (arXiv 1803.05428, section 3.1), applied to each bar
    and then to the sequence of bars.

    Args:
        bar_encoder: network of one bar.
        bars: bars in a phrase.
        hidden_size: hidden units of the BiLSTM over bars, each direction; 0 for no residual.
        latent_size: coordinates of z.
        faders: how many of the first coordinates belong to attributes
            (`symvae.objective.regularization`).
        part_sizes: as of `codes_to_latent`.
    """

    def __init__(
        self,
        bar_encoder: AnyBarEncoder,
        *,
        bars: int,
        hidden_size: int,
        latent_size: int,
        faders: int = 0,
        part_sizes: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.bar = bar_encoder
        code_size, summary_size = bar_encoder.code_size, bar_encoder.summary_size
        latent_size -= faders
        self.project = codes_to_latent(
            bars=bars, code_size=code_size, latent_size=latent_size, part_sizes=part_sizes
        )
        self.correction = Correction(summary_size, hidden_size, latent_size) if hidden_size else None
        self.faders = FaderHead(2 * hidden_size, faders, _FADER_STD) if faders else None

    def forward(self, ids: Int[Tensor, "batch bar position"]) -> DiagonalGaussian:
        codes = self.bar(ids)
        mean = self.project(codes.mean.flatten(1)).float()
        weight = self.project.weight.float()
        variance = (2 * codes.log_std.float()).exp().flatten(1) @ weight.square().t()
        log_std = 0.5 * (variance + 1e-8).log()
        if self.correction is None:
            return DiagonalGaussian(mean, log_std)
        states = self.correction.states(codes.summary)
        mean_correction, log_std_correction = self.correction.out(states).float().chunk(2, dim=-1)
        mean, log_std = mean + mean_correction, log_std + log_std_correction
        if self.faders is None:
            return DiagonalGaussian(mean, log_std)
        fader_mean, fader_log_std = self.faders(states).float().chunk(2, dim=-1)
        return DiagonalGaussian(torch.cat([fader_mean, mean], 1), torch.cat([fader_log_std, log_std], 1))
