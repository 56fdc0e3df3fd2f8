"""A listener that discriminators synthesizers: which notes does it hear, and on which instrument?

It learns from recordings of the reference alone and knows no synthesizer, so what it finds in a
synthesized sound is what it would have found in the true one.

    sound → magnitudes at each key's harmonics → Transcriber → onset and held, by frame and key → notes
    sound → log-mel                            → Recognizer  → instrument

The transcriber looks at every key in the same way: at the places of its own harmonics, stacked as
channels (Bittner et al. 2022, "A Lightweight Instrument-Agnostic Model for Polyphonic Note
Transcription", arXiv 2203.09893). What is learned of one key so holds for all of them.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from symvae.audio.excitation import KEYS, LOWEST
from symvae.audio.notes import Notes
from symvae.dsp.mel import mel_filters
from symvae.dsp.stft import Stft

HOP = 512
#: A long window tells neighboring keys apart, a short one says when they were struck.
LONG, SHORT = Stft(4096, HOP), Stft(1024, HOP)
MELS = 128
#: Places of a semitone at which the spectrum is looked at.
PER_SEMITONE = 3
LONG_HARMONICS = (0.5, 1, 2, 3, 4, 5, 6, 7, 8)
SHORT_HARMONICS = (1, 2, 3, 4)
#: The highest place lies above half of 24 kHz, where it is silent: it stands for all harmonics up there.
_LOWEST_PLACE, _HIGHEST_PLACE = LOWEST - 13, 127
#: Frames that the recognizer needs.
_LEAST_FRAMES = 16
_FLOOR = 1e-3


class Heard(NamedTuple):
    """What the probe says of each clip, as logits."""

    onset: Float[Tensor, "clip frame key"]
    held: Float[Tensor, "clip frame key"]
    instrument: Float[Tensor, "clip instrument"]


class Probe(nn.Module):
    """Sound at ``sample_rate`` → notes and instrument."""

    threshold: Float[Tensor, ""]

    def __init__(
        self, instruments: int, *, sample_rate: int = 24_000, channels: int = 32, blocks: int = 3
    ) -> None:
        super().__init__()
        self.sample_rate = sample_rate
        self.instruments = instruments
        self.transcriber = Transcriber(sample_rate, channels=channels, blocks=blocks)
        self.recognizer = Recognizer(sample_rate, instruments)
        self.register_buffer("threshold", torch.tensor(0.5))

    @property
    def frame_sec(self) -> float:
        """Time from frame to frame."""
        return HOP / self.sample_rate

    def forward(self, wave: Float[Tensor, "clip sample"]) -> Heard:
        """Logits of everything."""
        short = SHORT(wave).abs()
        onset, held = self.transcriber(LONG(wave).abs(), short)
        return Heard(onset, held, self.recognizer(short))

    @torch.inference_mode()
    def listen(self, wave: Float[Tensor, "clip sample"], at_once: int = 8) -> Heard:
        """The same for any number of clips, a few at a time."""
        parts = [self(rows) for rows in wave.split(at_once)]
        return Heard(*(torch.cat(column) for column in zip(*parts, strict=True)))

    def notes(self, heard: Heard) -> list[Notes]:
        """The notes of each clip: a peak of the onsets, for as long as the key is held."""
        pairs = zip(heard.onset.sigmoid().numpy(), heard.held.sigmoid().numpy(), strict=True)
        return [notes_in(onset, held, self.frame_sec, float(self.threshold)) for onset, held in pairs]


class Transcriber(nn.Module):
    """Magnitudes in two windows → logits of onset and of held, for each frame and key."""

    long_places: Float[Tensor, "bin place"]
    short_places: Float[Tensor, "bin place"]
    long_stack: Int[Tensor, "channel key"]
    short_stack: Int[Tensor, "channel key"]

    def __init__(self, sample_rate: int, *, channels: int, blocks: int) -> None:
        super().__init__()
        for name, stft, harmonics, around in (
            ("long", LONG, LONG_HARMONICS, (-1, 0, 1)),
            ("short", SHORT, SHORT_HARMONICS, (0,)),
        ):
            self.register_buffer(f"{name}_places", log_frequency(sample_rate, stft.bins), persistent=False)
            self.register_buffer(f"{name}_stack", _stack(harmonics, around), persistent=False)
        self.enter = nn.Conv2d(len(self.long_stack) + len(self.short_stack), channels, 3, padding=1)
        self.blocks = nn.ModuleList(_Block(channels) for _ in range(blocks))
        self.leave = nn.Conv2d(channels, 2, 1)
        # Most keys are silent most of the time.
        self.leave.bias = nn.Parameter(torch.tensor([-4.0, -2.5]))

    def forward(
        self, long: Float[Tensor, "clip frame bin"], short: Float[Tensor, "clip frame short_bin"]
    ) -> tuple[Float[Tensor, "clip frame key"], Float[Tensor, "clip frame key"]]:
        """Onset and held."""
        stacked = torch.cat(
            [
                _log_at(long @ self.long_places, self.long_stack),
                _log_at(short @ self.short_places, self.short_stack),
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
    """Magnitudes → logits of the instruments: convolutions, then mean and deviation over time."""

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
        """One row a clip."""
        missing = max(_LEAST_FRAMES - magnitude.shape[1], 0)
        magnitude = functional.pad(magnitude, (0, 0, 0, missing))
        x = ((magnitude @ self.filters).clamp(min=1e-4).log()[:, None] + 3.0) / 4.0
        for convolution in self.convolutions:
            x = functional.gelu(convolution(x), approximate="tanh")
        x = x.transpose(2, 3).flatten(1, 2)  # (clip, channel · mel, frame)
        x = torch.cat([x.mean(-1), x.std(-1, correction=0)], -1)
        return self.leave(functional.gelu(self.hidden(x), approximate="tanh")).float()


class _Block(nn.Module):
    """Residual: what is near in time and pitch, then what lies one and two octaves off."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, channels)
        self.near = nn.Conv2d(channels, channels, (5, 3), padding=(2, 1))
        self.far = nn.Conv2d(channels, channels, (1, 5), padding=(0, 24), dilation=(1, 12))

    def forward(self, x: Float[Tensor, "clip channel frame key"]) -> Float[Tensor, "clip channel frame key"]:
        """``x`` with what the block adds."""
        return x + self.far(functional.gelu(self.near(self.norm(x)), approximate="tanh"))


def log_frequency(sample_rate: int, bins: int) -> Float[Tensor, "bin place"]:
    """The mean magnitude around each third of a semitone; a place between two bins lies between them."""
    hz = torch.linspace(0, sample_rate / 2, bins, dtype=torch.float64)[:, None]
    place = torch.arange(_LOWEST_PLACE * PER_SEMITONE, _HIGHEST_PLACE * PER_SEMITONE + 1, dtype=torch.float64)
    center = 440.0 * 2 ** ((place / PER_SEMITONE - 69) / 12)
    width = (center * (2 ** (1 / (12 * PER_SEMITONE)) - 1)).clamp(min=float(hz[1]))
    filters = (1 - (hz - center).abs() / width).clamp(min=0)
    return (filters / filters.sum(0).clamp(min=1e-9)).float()


def _stack(harmonics: tuple[float | int, ...], around: tuple[int, ...]) -> Int[Tensor, "channel key"]:
    """Where each key finds each harmonic."""
    key = PER_SEMITONE * (torch.arange(KEYS) + LOWEST - _LOWEST_PLACE)
    rows = [
        key + round(12 * PER_SEMITONE * np.log2(harmonic)) + beside
        for harmonic in harmonics
        for beside in around
    ]
    return torch.stack(rows).clamp(0, PER_SEMITONE * (_HIGHEST_PLACE - _LOWEST_PLACE))


def _log_at(
    magnitude: Float[Tensor, "clip frame place"], stack: Int[Tensor, "channel key"]
) -> Float[Tensor, "clip channel frame key"]:
    return (magnitude.clamp(min=_FLOOR).log()[:, :, stack].transpose(1, 2) + 2.0) / 3.0


def notes_in(
    onset: Float[np.ndarray, "frame key"],
    held: Float[np.ndarray, "frame key"],
    frame_sec: float,
    threshold: float,
) -> Notes:
    """Peaks over ``threshold`` as notes, placed between frames by a parabola; velocity is not heard.

    A note lasts until its key is held no more (½) or struck again.
    """
    before = np.pad(onset, ((1, 0), (0, 0)))[:-1]
    after = np.pad(onset, ((0, 1), (0, 0)))[1:]
    frame, key = np.nonzero((onset >= threshold) & (onset > before) & (onset >= after))
    left, peak, right = before[frame, key], onset[frame, key], after[frame, key]
    shift = 0.5 * (left - right) / np.minimum(left - 2 * peak + right, -1e-9)
    time = np.maximum(frame + shift.clip(-0.5, 0.5), 0)
    end = np.empty(len(frame))
    for row, (k, start) in enumerate(zip(key, frame, strict=True)):
        silent = np.flatnonzero(held[start + 1 :, k] < 0.5)
        struck = frame[(key == k) & (frame > start)]
        stops = [len(held), *(start + 1 + silent[:1]), *struck[:1]]
        end[row] = max(min(stops), start + 1)
    return Notes(
        time * frame_sec,
        np.maximum(end - time, 0.5) * frame_sec,
        (key + LOWEST).astype(np.int64),
        np.full(len(key), 64),
    )
