"""Phases of a struck sound from its magnitudes: an impulse at the onset, then learned advances.

    phase of frame 0 … 2      those of an impulse at the onset (`symvae.dsp.struck`)
    phase of a later frame    that of the frame before + advance of the bin + residual

In a window that resembles a Gaussian, the slope of the log magnitude along frequency tells how far the
partial lies from the middle of its bin, and so the phase's advance per frame (Průša, Balazs and Søndergaard
2017, "A non-iterative method for reconstruction of phase from STFT magnitude", arXiv 1609.00291). The network
starts from that slope and learns the weights of an antisymmetric filter along bins in its place, and
residuals given the spectrum of the frame and its change: of the advance, and of the phase itself. All frames
are computed at once.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.dsp.stft import Stft
from symvae.dsp.struck import struck_phases

#: Frames with the phases of the impulse.
_STRUCK = 3
#: Radians a frame per neper a bin, for a Hann window and a hop of a quarter of it.
_SLOPE = 0.975
_TAPS, _MOST_ADVANCE = 3, 4.0
_SEED = 0


class PhaseNetwork(nn.Module):
    """Samples from magnitudes, in one pass.

    Args:
        stft: The transform.
        samples: Length of a sound.
        onset: Sample at which every sound starts.
        hidden: Units between the spectrum of a frame and its residuals.
        floor: Magnitude of silence.
    """

    struck_angle: Tensor

    def __init__(self, *, stft: Stft, samples: int, onset: int, hidden: int, floor: float) -> None:
        super().__init__()
        self.stft, self.samples, self.floor = stft, samples, floor
        #: Weights of the differences of the bins one, two and three to each side.
        self.slope = nn.Parameter(torch.tensor([_SLOPE / 2, *[0.0] * (_TAPS - 1)]))
        self.enter = nn.Linear(2 * stft.bins, hidden)
        self.leave = nn.Linear(hidden, 2 * stft.bins)
        nn.init.normal_(self.leave.weight, std=1e-3)
        nn.init.zeros_(self.leave.bias)
        phases = struck_phases(stft, samples, onset, torch.Generator().manual_seed(_SEED))
        self.register_buffer("struck_angle", phases[0, :_STRUCK].angle(), persistent=False)

    def forward(self, magnitude: Float[Tensor, "batch frame bin"]) -> Float[Tensor, "batch sample"]:
        """Synthesize sounds."""
        levels = magnitude.clamp(min=self.floor).log()
        padded = functional.pad(levels, (_TAPS, _TAPS), mode="replicate")
        bins = levels.shape[2]
        slope = torch.zeros_like(levels)
        for tap, weight in enumerate(self.slope, 1):
            above, below = (padded[:, :, _TAPS + side : _TAPS + side + bins] for side in (tap, -tap))
            slope = slope + weight * (above - below)
        change = levels - functional.pad(levels, (0, 0, 1, 0))[:, :-1]
        hidden = functional.gelu(self.enter(torch.cat([levels / 3, change / 2], 2)))
        more, residual = self.leave(hidden).chunk(2, 2)
        advance = slope.clamp(-_MOST_ADVANCE, _MOST_ADVANCE) + more
        turns = math.tau * self.stft.hop / self.stft.size * torch.arange(bins, device=levels.device)
        between = 0.5 * (advance[:, 1:] + advance[:, :-1]) + turns
        first = self.struck_angle.expand(len(levels), -1, -1)
        later = first[:, -1:] + between[:, _STRUCK - 1 :].cumsum(1)
        return self.stft.inverse(
            torch.polar(magnitude, torch.cat([first, later], 1) + residual), self.samples
        )
