"""Phases of a struck sound from its magnitudes: an impulse at the onset, then learned advances.

    phase of frame 0 … 2      those of an impulse at the onset (`symvae.dsp.struck`)
    phase of a later frame    that of the frame before + advance of the bin, slope and residual

In a window that resembles a Gaussian, the slope of the log magnitude along frequency tells how far the
partial lies from the middle of its bin, and so the phase's advance per frame (Průša, Balazs and Søndergaard
2017, "A non-iterative method for reconstruction of phase from STFT magnitude", arXiv 1609.00291). The network
starts from that slope, learns its weight, and adds a residual to each advance given the spectra of three
frames in a row. A residual that only delays a frame is the difference of two such advances. All frames are
computed at once, and every pass over a spectrum is counted: one iteration of Griffin and Lim's takes as long.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.dsp.phase_advance import SLOPE, phase_advances
from symvae.dsp.stft import Stft
from symvae.dsp.struck import struck_phases

#: Frames with the phases of the impulse.
_STRUCK = 3
#: Nepers that are 1 for the network.
_SCALE = 3.0
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
        self.slope = nn.Parameter(torch.tensor(SLOPE))
        self.now = nn.Linear(stft.bins, hidden)
        self.before = nn.Linear(stft.bins, hidden, bias=False)
        self.leave = nn.Linear(2 * hidden, stft.bins)
        nn.init.normal_(self.leave.weight, std=1e-3)
        nn.init.zeros_(self.leave.bias)
        phases = struck_phases(stft, samples, onset, torch.Generator().manual_seed(_SEED))
        self.register_buffer("struck_angle", phases[0, :_STRUCK].angle(), persistent=False)

    def forward(self, magnitude: Float[Tensor, "batch frame bin"]) -> Float[Tensor, "batch sample"]:
        """Synthesize sounds."""
        levels = magnitude.clamp(min=self.floor).log()
        scaled = levels / _SCALE
        units = self.now(scaled[:, 1:]) + self.before(scaled[:, :-1])  # of frames 1, 2 …
        units = functional.gelu(units)
        residual = self.leave(torch.cat([units[:, 1:], units[:, :-1]], 2))  # of the advances to frames 2, 3 …
        advance = phase_advances(levels[:, _STRUCK - 1 :], self.stft, self.slope)
        advance = advance + residual[:, _STRUCK - 2 :]
        first = self.struck_angle.expand(len(levels), -1, -1)
        later = first[:, -1:] + advance.cumsum(1)
        return self.stft.inverse(torch.polar(magnitude, torch.cat([first, later], 1)), self.samples)
