"""The probe: a transcription and instrument network that measures synthesizers.

It is trained on recordings of the reference alone and knows no synthesizer, so what it predicts for a
synthesized sound is what it would have predicted for the recording.

    sound → magnitudes at each key's harmonics → Transcriber → onset and held, by frame and key
    sound → log-mel                            → Recognizer  → instrument

The transcriber treats all keys alike: it sees each at the frequencies of its own harmonics, stacked as
channels (Bittner et al. 2022, "A Lightweight Instrument-Agnostic Model for Polyphonic Note
Transcription", arXiv 2203.09893), so what it learns of one key holds for all.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from symvae.dsp.mel import mel_filters
from symvae.dsp.stft import Stft

HOP = 512
#: A long window separates neighboring keys, a short one locates their onsets.
LONG, SHORT = Stft(4096, HOP), Stft(1024, HOP)
MELS = 128
#: Log-frequency bands of a semitone.
PER_SEMITONE = 3
LONG_HARMONICS = (0.5, 1, 2, 3, 4, 5, 6, 7, 8)
SHORT_HARMONICS = (1, 2, 3, 4)
#: Semitones of spectrum below the lowest key, where the octave below it is found.
_BELOW = 13
#: Pitch of the highest band. At 24 kHz it lies above the Nyquist frequency: silent, it stands for all
#: harmonics up there.
_HIGHEST_PITCH = 127
#: Fewest frames that the recognizer accepts.
_MIN_FRAMES = 16
_FLOOR = 1e-3


class Predictions(NamedTuple):
    """The probe's predictions for each clip, as logits."""

    onset: Float[Tensor, "clip frame key"]
    held: Float[Tensor, "clip frame key"]
    instrument: Float[Tensor, "clip instrument"]


class Probe(nn.Module):
    """Sound → notes and instrument.

    Args:
        instruments: Number of instruments to tell apart.
        lowest_pitch: MIDI pitch of the lowest key.
        keys: Number of keys.
        sample_rate: Of the sound, in Hz.
        channels: Width of the transcriber.
        blocks: Residual blocks of the transcriber.
    """

    threshold: Float[Tensor, ""]
    """Least probability of an onset that counts as a note."""

    def __init__(
        self,
        instruments: int,
        *,
        lowest_pitch: int,
        keys: int,
        sample_rate: int = 24_000,
        channels: int = 32,
        blocks: int = 3,
    ) -> None:
        super().__init__()
        self.sample_rate = sample_rate
        self.instruments = instruments
        self.lowest_pitch = lowest_pitch
        self.transcriber = Transcriber(
            sample_rate, lowest_pitch=lowest_pitch, keys=keys, channels=channels, blocks=blocks
        )
        self.recognizer = Recognizer(sample_rate, instruments)
        self.register_buffer("threshold", torch.tensor(0.5))

    @property
    def frame_sec(self) -> float:
        """Seconds from frame to frame."""
        return HOP / self.sample_rate

    def forward(self, wave: Float[Tensor, "clip sample"]) -> Predictions:
        """Predict onsets, held keys and instruments."""
        short = SHORT(wave).abs()
        onset, held = self.transcriber(LONG(wave).abs(), short)
        return Predictions(onset, held, self.recognizer(short))

    @torch.inference_mode()
    def predict(self, wave: Float[Tensor, "clip sample"], batch_size: int = 8) -> Predictions:
        """Predictions for any number of clips, ``batch_size`` at a time."""
        parts = [self(rows) for rows in wave.split(batch_size)]
        return Predictions(*(torch.cat(column) for column in zip(*parts, strict=True)))


class Transcriber(nn.Module):
    """Magnitudes in two windows → logits of onset and of held, for each frame and key.

    Args:
        sample_rate: Hz.
        lowest_pitch: MIDI pitch of the lowest key.
        keys: Number of keys.
        channels: Width of the convolutions.
        blocks: Number of residual blocks.
    """

    long_bands: Float[Tensor, "bin band"]
    short_bands: Float[Tensor, "bin band"]
    long_stack: Int[Tensor, "channel key"]
    short_stack: Int[Tensor, "channel key"]

    def __init__(self, sample_rate: int, *, lowest_pitch: int, keys: int, channels: int, blocks: int) -> None:
        super().__init__()
        lowest_band = lowest_pitch - _BELOW
        for name, stft, harmonics, offsets in (
            ("long", LONG, LONG_HARMONICS, (-1, 0, 1)),
            ("short", SHORT, SHORT_HARMONICS, (0,)),
        ):
            bands = log_frequency(sample_rate, stft.bins, lowest_band)
            stack = _stack(harmonics, offsets, keys, last_band=bands.shape[1] - 1)
            self.register_buffer(f"{name}_bands", bands, persistent=False)
            self.register_buffer(f"{name}_stack", stack, persistent=False)
        self.enter = nn.Conv2d(len(self.long_stack) + len(self.short_stack), channels, 3, padding=1)
        self.blocks = nn.ModuleList(_Block(channels) for _ in range(blocks))
        self.leave = nn.Conv2d(channels, 2, 1)
        # Most keys are silent most of the time.
        self.leave.bias = nn.Parameter(torch.tensor([-4.0, -2.5]))

    def forward(
        self, long: Float[Tensor, "clip frame bin"], short: Float[Tensor, "clip frame short_bin"]
    ) -> tuple[Float[Tensor, "clip frame key"], Float[Tensor, "clip frame key"]]:
        """Logits of onset and of held."""
        stacked = torch.cat(
            [
                _log_at(long @ self.long_bands, self.long_stack),
                _log_at(short @ self.short_bands, self.short_stack),
            ],
            1,
        )
        stacked = stacked.contiguous(memory_format=torch.channels_last)
        x = functional.gelu(self.enter(stacked), approximate="tanh")
        for block in self.blocks:
            x = block(x)
        onset, held = self.leave(x).float().unbind(1)
        return onset, held


class Recognizer(nn.Module):
    """Magnitudes → logits of the instruments: 2-D convolutions, then statistics pooling over time."""

    filters: Float[Tensor, "bin mel"]

    def __init__(self, sample_rate: int, instruments: int) -> None:
        super().__init__()
        self.register_buffer("filters", mel_filters(sample_rate, SHORT.bins, MELS), persistent=False)
        widths = (1, 12, 24, 32, 32)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, 4, stride=2, padding=1) for before, after in pairwise(widths)
        )
        self.hidden = nn.Linear(2 * widths[-1] * MELS // 2 ** len(self.convolutions), 64)
        self.leave = nn.Linear(64, instruments)

    def forward(self, magnitude: Float[Tensor, "clip frame bin"]) -> Float[Tensor, "clip instrument"]:
        """Logits of each clip's instrument."""
        missing = max(_MIN_FRAMES - magnitude.shape[1], 0)
        magnitude = functional.pad(magnitude, (0, 0, 0, missing))
        x = ((magnitude @ self.filters).clamp(min=1e-4).log()[:, None] + 3.0) / 4.0
        for convolution in self.convolutions:
            x = functional.gelu(convolution(x), approximate="tanh")
        x = x.transpose(2, 3).flatten(1, 2)  # (clip, channel · mel, frame)
        x = torch.cat([x.mean(-1), x.std(-1, correction=0)], -1)
        return self.leave(functional.gelu(self.hidden(x), approximate="tanh")).float()


class _Block(nn.Module):
    """Residual block: neighbors in time and pitch, then one and two octaves above and below."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, channels)
        self.near = nn.Conv2d(channels, channels, (5, 3), padding=(2, 1))
        self.far = nn.Conv2d(channels, channels, (1, 5), padding=(0, 24), dilation=(1, 12))

    def forward(self, x: Float[Tensor, "clip channel frame key"]) -> Float[Tensor, "clip channel frame key"]:
        """``x`` plus the residual."""
        return x + self.far(functional.gelu(self.near(self.norm(x)), approximate="tanh"))


def log_frequency(sample_rate: int, bins: int, lowest_pitch: int) -> Float[Tensor, "bin band"]:
    """Triangular filters of a third of a semitone, each of sum 1; one between two bins interpolates them.

    Args:
        sample_rate: Hz.
        bins: Bins of a spectrum from 0 Hz to half the rate.
        lowest_pitch: MIDI pitch of the first band's center.

    Returns:
        The weight of each bin in each band.
    """
    hz = torch.linspace(0, sample_rate / 2, bins, dtype=torch.float64)[:, None]
    band = torch.arange(lowest_pitch * PER_SEMITONE, _HIGHEST_PITCH * PER_SEMITONE + 1, dtype=torch.float64)
    center = 440.0 * 2 ** ((band / PER_SEMITONE - 69) / 12)
    width = (center * (2 ** (1 / (12 * PER_SEMITONE)) - 1)).clamp(min=float(hz[1]))
    filters = (1 - (hz - center).abs() / width).clamp(min=0)
    return (filters / filters.sum(0).clamp(min=1e-9)).float()


def _stack(
    harmonics: tuple[float | int, ...], offsets: tuple[int, ...], keys: int, *, last_band: int
) -> Int[Tensor, "channel key"]:
    """Band of each harmonic of each key, with the bands beside it; beyond the last band, the last band."""
    key = PER_SEMITONE * (torch.arange(keys) + _BELOW)
    rows = [
        key + round(12 * PER_SEMITONE * np.log2(harmonic)) + offset
        for harmonic in harmonics
        for offset in offsets
    ]
    return torch.stack(rows).clamp(0, last_band)


def _log_at(
    magnitude: Float[Tensor, "clip frame band"], stack: Int[Tensor, "channel key"]
) -> Float[Tensor, "clip channel frame key"]:
    return (magnitude.clamp(min=_FLOOR).log()[:, :, stack].transpose(1, 2) + 2.0) / 3.0
