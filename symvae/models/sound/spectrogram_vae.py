"""The spectrogram VAE: a sound's timbre in a few numbers, and notes in that timbre.

    clip → log-mel → TimbreEncoder → z              what it is played on, not what is played
    notes → lanes → roll → SpectrumDecoder(z) → balance of the sources, log filter, phase residual, noise
    lanes → sources, balanced → spectra, filtered → their sum, with noise → inverse STFT → sound

The encoder sees another clip of the same instrument than the one that the decoder has to make, so z
cannot carry the notes. The magnitudes are the sources' own, balanced and filtered: the decoder learns
what a timbre does to harmonics, not where they lie, and the phases are those of the notes' own pulses.
Source and filter: Fant 1960; its neural form: Wang et al. 2019 (arXiv 1904.12088), Engel et al. 2020
(DDSP, arXiv 2001.04643); inverse STFT as the last layer: Kaneko et al. 2022 (iSTFTNet, arXiv 2203.02395),
Siuzdak 2023 (Vocos, arXiv 2306.00814).
"""

from collections.abc import Callable
from functools import reduce
from itertools import pairwise
from typing import NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Complex, Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.dsp.mel import mel_filters, mel_interpolation
from symvae.dsp.stft import Stft, magnitude, with_phases_of
from symvae.nn.convnext import ConvNextBlock
from symvae.nn.gaussian import DiagonalGaussian

#: Magnitudes under this are silence: 88 dB under a full-scale sine in a window of 1024.
FLOOR = 1e-2
_NOISE_FRAMES = 256
_LEAST_LOG = -12.0
_NO_NOISE = -30.0
_MOST_LOG = 6.0


class Controls(NamedTuple):
    """What the decoder says of each frame of a lane."""

    balance: Float[Tensor, "lane frame group"]
    """Level of each group of harmonics; natural logarithm."""
    log_filter: Float[Tensor, "lane frame bin"]
    """Gain of each bin; natural logarithm."""
    phase: Float[Tensor, "lane frame low_bin"]
    """Added to the sources' phase in the lowest bins, in radians."""
    log_noise: Float[Tensor, "lane frame band"]
    """Level of what has no pitch, at places on the mel scale."""


class Blend(NamedTuple):
    """Some timbres, and how much of each there is in every frame.

    Blended is what the decoder says in each of them, not z: levels in dB, gains in dB and phases lie on the
    straight way between two timbres, so that it sounds even, and what is heard is one source with
    one filter still. The line between two z passes near other instruments.
    """

    z: Float[Tensor, "part latent"]
    share: Float[Tensor, "frame_or_1 part"]
    """Of each part; they add up to 1."""

    @classmethod
    def of(cls, z: Float[Tensor, " latent"]) -> "Blend":
        """One timbre and nothing else."""
        return cls(z[None], z.new_ones(1, 1))

    def to(self, device: torch.device) -> "Blend":
        """A copy on a device."""
        return Blend(self.z.to(device), self.share.to(device))

    def toward(self, other: "Blend", way: Float[Tensor, " frame_or_1"]) -> "Blend":
        """So much of the way (0 to 1) to another blend, in every frame."""
        before, after = (1 - way)[:, None] * self.share, way[:, None] * other.share
        return Blend(torch.cat([self.z, other.z]), torch.cat([before, after], -1))


class Spectrum(NamedTuple):
    """A sound frame by frame, before its frames are one signal."""

    tones: Complex[Tensor, "batch frame bin"]
    """The filtered sources of all lanes."""
    log_noise: Float[Tensor, "batch frame bin"]
    """Level of what has no pitch."""

    def plus(self, other: "Spectrum") -> "Spectrum":
        """Both at once."""
        return Spectrum(
            self.tones + other.tones, 0.5 * torch.logaddexp(2 * self.log_noise, 2 * other.log_noise)
        )

    def log_magnitude(self, floor: float) -> Float[Tensor, "batch frame bin"]:
        """Of both parts together, as independent sounds add up; natural logarithm, none below ``floor``."""
        power = torch.view_as_real(self.tones).square().sum(-1) + (2 * self.log_noise).exp()
        return 0.5 * power.clamp(min=floor * floor).log()


@runtime_checkable
class Posterior(Protocol):
    """What an encoder says of the timbres of some clips."""

    @property
    def mean(self) -> Float[Tensor, "batch latent"]: ...

    def sample(self, generator: torch.Generator | None = None) -> Float[Tensor, "batch latent"]: ...

    def kl_nats(self) -> Float[Tensor, "batch _"]: ...


class LogMel(nn.Module):
    """Spectrum → log-mel, with the filters at hand."""

    filters: Float[Tensor, "bin mel"]

    def __init__(self, sample_rate: int, stft: Stft, mels: int) -> None:
        super().__init__()
        self.register_buffer("filters", mel_filters(sample_rate, stft.bins, mels), persistent=False)

    def forward(
        self, magnitude: Float[Tensor, "batch frame bin"], floor: float = 1e-4
    ) -> Float[Tensor, "batch frame mel"]:
        return (magnitude @ self.filters).clamp(min=floor).log()


class TimbreEncoder(nn.Module):
    """Log-mel of a clip of any length → the posterior over its timbre.

    Strided 2-D convolutions, then mean and deviation over time, which forget the order of the notes.
    """

    def __init__(self, *, mels: int, channels: int, latent_size: int, initial_log_variance: float) -> None:
        super().__init__()
        widths = (1, channels, 2 * channels, 4 * channels, 4 * channels)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, 4, stride=2, padding=1) for before, after in pairwise(widths)
        )
        pooled = 2 * widths[-1] * (mels // 2 ** len(self.convolutions))
        self.hidden = nn.Linear(pooled, 4 * channels)
        self.mean = nn.Linear(4 * channels, latent_size)
        self.log_std = nn.Linear(4 * channels, latent_size)
        # A posterior that starts as wide as the prior is never narrowed: it starts narrow and far out.
        with torch.no_grad():
            self.mean.weight.mul_(4.0)
            self.log_std.weight.mul_(0.1)
            self.log_std.bias.fill_(initial_log_variance / 2)

    def forward(self, log_mel: Float[Tensor, "batch frame mel"]) -> DiagonalGaussian:
        """The posterior of each clip's timbre."""
        x = (log_mel[:, None] + 3.0) / 4.0
        for convolution in self.convolutions:
            x = functional.gelu(convolution(x), approximate="tanh")
        x = x.transpose(2, 3).flatten(1, 2)  # (batch, channel · mel, frame)
        x = torch.cat([x.mean(-1), x.std(-1, correction=0)], -1)
        x = functional.gelu(self.hidden(x), approximate="tanh")
        return DiagonalGaussian(self.mean(x).float(), self.log_std(x).float().clamp(-6, 2))


class SpectrumDecoder(nn.Module):
    """A lane's roll and a timbre → `Controls`, each frame seeing ``context`` frames to each side."""

    def __init__(
        self,
        *,
        roll_size: int,
        groups: int,
        bins: int,
        low_bins: int,
        noise_bands: int,
        latent_size: int,
        width: int,
        hidden: int,
        blocks: int,
        kernel: int,
    ) -> None:
        super().__init__()
        self.context = blocks * (kernel // 2)
        self.enter = nn.Linear(roll_size, width)
        self.condition = nn.Sequential(nn.Linear(latent_size, width), nn.GELU(approximate="tanh"))
        self.blocks = nn.ModuleList(
            ConvNextBlock(width, hidden=hidden, kernel=kernel, condition=width) for _ in range(blocks)
        )
        self.norm = nn.LayerNorm(width)
        self.sizes = (groups, bins, low_bins, noise_bands)
        self.leave = nn.Linear(width, sum(self.sizes))
        self.leave_timbre = nn.Linear(width, sum(self.sizes), bias=False)
        with torch.no_grad():
            # Few of the roll's numbers are not zero at once.
            self.enter.weight.mul_(5.0)
            self.leave.weight.mul_(0.3)
            self.leave_timbre.weight.mul_(0.3)
            balance, log_filter, phase, noise = self.leave.bias.split(self.sizes)
            # Each group half as loud as the one before, the whole at a usual level, almost no noise.
            balance.copy_(-0.7 * torch.arange(groups)), log_filter.fill_(-2.0)
            phase.zero_(), noise.fill_(-5.0)

    def forward(
        self, roll: Float[Tensor, "lane frame feature"], z: Float[Tensor, "lane frame_or_1 latent"]
    ) -> Controls:
        """What to do with a lane's sources in timbre ``z``, one for all frames or one each."""
        x, condition = self.enter(roll), self.condition(2 * z)
        for block in self.blocks:
            x = block(x, condition)
        said = functional.linear(self.norm(x), self.leave.weight)
        said = said + (self.leave_timbre(condition) + self.leave.bias)
        balance, log_filter, phase, noise = said.float().split(self.sizes, -1)
        return Controls(
            balance.clamp(_LEAST_LOG, _MOST_LOG),
            log_filter.clamp(_LEAST_LOG, _MOST_LOG),
            phase,
            noise.clamp(_LEAST_LOG, _MOST_LOG),
        )


class SpectrogramVAE(nn.Module):
    """Encoder and decoder with the transforms around them."""

    noise: Complex[Tensor, "frame bin"]
    noise_curve: Float[Tensor, "band bin"]

    def __init__(
        self,
        encoder: nn.Module,
        decoder: SpectrumDecoder,
        *,
        sample_rate: int,
        stft: Stft,
        mels: int,
        consistency_steps: int,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.sample_rate = sample_rate
        self.stft = stft
        self.consistency_steps = consistency_steps
        self.log_mel = LogMel(sample_rate, stft, mels)
        self.register_buffer("noise", _noise(stft), persistent=False)
        curve = mel_interpolation(sample_rate, stft.bins, decoder.sizes[-1])
        self.register_buffer("noise_curve", curve, persistent=False)

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return self.noise.device

    def encode(self, wave: Float[Tensor, "batch sample"]) -> Posterior:
        """The posterior over the timbre of each clip."""
        posterior: Posterior = self.encoder(self.log_mel(self.stft(wave).abs()))
        return posterior

    def spectrum(
        self,
        roll: Float[Tensor, "batch lane frame feature"],
        source: Float[Tensor, "batch lane group sample"],
        z: Float[Tensor, "batch frame_or_1 latent"] | Blend,
    ) -> Spectrum:
        """The sound of notes in a timbre, frame by frame: the sum of its lanes."""
        return self.spectrum_of(
            roll, lambda balance: balanced(source.flatten(0, 1), balance, self.stft.hop), z
        )

    def spectrum_of(
        self,
        roll: Float[Tensor, "batch lane frame feature"],
        carrier_of: "Callable[[Float[Tensor, 'all_lanes frame group']], Float[Tensor, 'all_lanes sample']]",
        z: Float[Tensor, "batch frame_or_1 latent"] | Blend,
    ) -> Spectrum:
        """The same, of sources that are made once their balance is known."""
        batch, lanes = roll.shape[:2]
        controls = self._controls(roll, z)
        with torch.autocast(roll.device.type, enabled=False):  # sound itself needs its 24 bits
            of_lane = zip(*(said.unflatten(0, (batch, lanes)).unbind(1) for said in controls), strict=True)
            carriers = carrier_of(controls.balance).unflatten(0, (batch, lanes)).unbind(1)
            # Lane by lane: spectra are large, and what is used again at once is still at hand.
            tones = reduce(torch.add, map(self.tones, carriers, map(Controls._make, of_lane)))
            noise = controls.log_noise.masked_fill(~self._sounding(roll.flatten(0, 1)), _NO_NOISE)
            noise = noise.unflatten(0, (batch, lanes))
            noise = (0.5 * (2 * noise).logsumexp(1)) @ self.noise_curve
        return Spectrum(tones, noise)

    def _controls(
        self,
        roll: Float[Tensor, "batch lane frame feature"],
        z: Float[Tensor, "batch frame_or_1 latent"] | Blend,
    ) -> Controls:
        """What the decoder says of every lane; of a blend, what it says of its parts, weighted."""
        rows = roll.flatten(0, 1)
        if isinstance(z, Tensor):
            return self.decoder(rows, z.repeat_interleave(roll.shape[1], 0))  # type: ignore[no-any-return]
        told = [
            (self.decoder(rows, timbre.expand(len(rows), 1, -1)), share[:, None])
            for timbre, share in zip(z.z, z.share.T, strict=True)
            if share.any()
        ]
        if len(told) == 1:
            return told[0][0]
        weighted = [[share * column for column in said] for said, share in told]
        return Controls(*(torch.stack(columns).sum(0) for columns in zip(*weighted, strict=True)))

    def _sounding(self, roll: Float[Tensor, "lane frame feature"]) -> Bool[Tensor, "lane frame 1"]:
        """Where the windows of frames reach into a note: a lane at rest makes no noise.

        Without this, many lanes at rest would hiss together, and a block, which leaves them out, would not.
        """
        reach = self.stft.size // self.stft.hop // 2
        said = roll.abs().amax(-1)[:, None]
        return (functional.max_pool1d(said, 2 * reach + 1, 1, reach) > 0).transpose(1, 2)

    def tones(
        self, carrier: Float[Tensor, "lane sample"], controls: Controls
    ) -> Complex[Tensor, "lane frame bin"]:
        """Each lane's sources, balanced, through the decoder's filters."""
        spectrum = self.stft(carrier) * controls.log_filter.exp()
        turn = torch.complex(controls.phase.cos(), controls.phase.sin())
        spectrum[..., : turn.shape[-1]] *= turn
        return spectrum

    def synthesize(
        self, spectrum: Spectrum, samples: int, *, first_frame: int = 0, consistency_steps: int = 0
    ) -> Float[Tensor, "batch sample"]:
        """Frames → signal; ``first_frame`` says which of the noise's frames come along.

        A set of frames that overlap is seldom the spectrum of any signal. Each consistency step goes to
        the nearest signal and back, and keeps the phases it finds there.
        """
        frames = torch.arange(first_frame, first_frame + spectrum.tones.shape[1]) % _NOISE_FRAMES
        whole = torch.addcmul(
            spectrum.tones, self.noise[frames], spectrum.log_noise.exp().to(spectrum.tones.dtype)
        )
        wave = self.stft.inverse(whole, samples)
        if consistency_steps:
            size = magnitude(whole)
            for _ in range(consistency_steps):
                wave = self.stft.inverse(with_phases_of(self.stft(wave), size), samples)
        return wave

    @torch.inference_mode()
    def play(
        self,
        roll: Float[Tensor, "batch lane frame feature"],
        source: Float[Tensor, "batch lane group sample"],
        z: Float[Tensor, "batch frame_or_1 latent"] | Blend,
        first_frame: int = 0,
    ) -> Float[Tensor, "batch sample"]:
        """From notes to sound: the whole path of rendering."""
        return self.synthesize(
            self.spectrum(roll, source, z),
            source.shape[-1],
            first_frame=first_frame,
            consistency_steps=self.consistency_steps,
        )

    @property
    def context(self) -> int:
        """Frames to each side that one frame of sound depends on."""
        overlap = self.stft.size // self.stft.hop
        return self.decoder.context + 1 + overlap * (1 + self.consistency_steps)


def balanced(
    source: Float[Tensor, "lane group sample"], balance: Float[Tensor, "lane frame group"], hop: int
) -> Float[Tensor, "lane sample"]:
    """The groups' sum, each at the level that the frames give it, straight from one frame to the next."""
    spans = min(balance.shape[1] - 1, source.shape[-1] // hop)
    ramp = torch.arange(hop, device=source.device) / hop
    level, lanes = balance.exp()[:, :, None], []
    for pulses, gain in zip(source[..., : spans * hop], level, strict=True):
        # Lane by lane, the spans are a view of the source; all at once, they would be copied.
        pieces = pulses.unflatten(-1, (spans, hop)).transpose(0, 1)  # (span, group, hop)
        start, end = gain[:spans].bmm(pieces), gain[1 : spans + 1].bmm(pieces)
        lanes.append(torch.lerp(start, end, ramp).flatten())
    mixed = torch.stack(lanes)
    rest = torch.einsum("lgs,lg->ls", source[..., spans * hop :], balance[:, spans].exp())
    return torch.cat([mixed, rest], -1) if rest.shape[-1] else mixed


def _noise(stft: Stft) -> Complex[Tensor, "frame bin"]:
    """The spectrum of white noise that repeats, so that frame k's noise depends on k alone.

    Its magnitude is 1 in the mean square of a bin.
    """
    generator = torch.Generator().manual_seed(0)
    period = _NOISE_FRAMES * stft.hop
    wave = torch.randn(period, generator=generator)
    around = stft.size // stft.hop
    wave = torch.cat([wave[-around * stft.hop :], wave, wave[: around * stft.hop]])
    spectrum = stft(wave[None])[0, around : around + _NOISE_FRAMES]
    return spectrum / spectrum.abs().square().mean().sqrt()
