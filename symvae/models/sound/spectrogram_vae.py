"""The spectrogram VAE: the timbre of a sound as a latent, and notes in that timbre.

    clip → log-mel → TimbreEncoder → z              the instrument, not the notes
    notes → lanes → roll → SpectrumDecoder(z) → balance of the sources, log filter, phase residual, noise
    lanes → sources, balanced → spectra, filtered → their sum, with noise → inverse STFT → sound

The encoder sees another clip of the same instrument than the one to reconstruct, so z cannot carry the
notes. Magnitudes are those of the sources, balanced and filtered: the decoder learns what a timbre does to
harmonics, not where they lie; phases are those of the notes' own pulses. Source and filter: Fant 1960; its
neural form: Wang et al. 2019 (arXiv 1904.12088), Engel et al. 2020 (DDSP, arXiv 2001.04643); inverse STFT as
the last layer: Kaneko et al. 2022 (iSTFTNet, arXiv 2203.02395), Siuzdak 2023 (Vocos, arXiv 2306.00814).
"""

import math
from collections.abc import Callable
from functools import reduce

import torch
from jaxtyping import Bool, Complex, Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.dsp.mel import hz_to_mel, mel_interpolation, mel_to_hz
from symvae.dsp.octave_bands import octave_interpolation
from symvae.dsp.stft import Stft, magnitude, with_phases_of
from symvae.models.sound.balance import balanced
from symvae.models.sound.blend import Blend
from symvae.models.sound.spectrum import Spectrum
from symvae.models.sound.spectrum_decoder import Controls, SpectrumDecoder
from symvae.models.sound.timbre_encoder import LogMel, Posterior

#: Magnitudes below this count as silence: 88 dB under a full-scale sine in a window of 1024.
FLOOR = 1e-2
_NOISE_FRAMES = 256
_NO_NOISE = -30.0


class SpectrogramVAE(nn.Module):
    """Encoder and decoder with the transforms around them.

    Args:
        encoder: Log-mel → posterior over z.
        decoder: Roll and z → controls.
        sample_rate: Hz.
        stft: Transform of the spectra.
        mels: Bands of the encoder's log-mel spectrogram.
        consistency_steps: Griffin-Lim steps after synthesis (`synthesize`).
    """

    noise: Complex[Tensor, "frame bin"]
    noise_curve: Float[Tensor, "band bin"]
    octaves_of_bins: Float[Tensor, "octave bin"]
    octaves_of_noise: Float[Tensor, "octave band"]

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
        self.register_buffer("noise", _periodic_noise(stft), persistent=False)
        curve = mel_interpolation(sample_rate, stft.bins, decoder.sizes[-1])
        self.register_buffer("noise_curve", curve, persistent=False)
        nyquist_hz = torch.tensor(sample_rate / 2)
        hz = torch.linspace(0, float(nyquist_hz), stft.bins)
        self.register_buffer("octaves_of_bins", octave_interpolation(hz), persistent=False)
        hz = mel_to_hz(torch.linspace(0, float(hz_to_mel(nyquist_hz)), decoder.sizes[-1]))
        self.register_buffer("octaves_of_noise", octave_interpolation(hz), persistent=False)

    @property
    def device(self) -> torch.device:
        """Device of the network."""
        return self.noise.device

    @property
    def context(self) -> int:
        """Frames to each side that one frame of sound depends on."""
        overlap = self.stft.size // self.stft.hop
        return self.decoder.context + 1 + overlap * (1 + self.consistency_steps)

    def encode(self, wave: Float[Tensor, "batch sample"]) -> Posterior:
        """Posterior over the timbre of each clip."""
        posterior: Posterior = self.encoder(self.log_mel(self.stft(wave).abs()))
        return posterior

    def spectrum(
        self,
        roll: Float[Tensor, "batch lane frame feature"],
        source: Float[Tensor, "batch lane group sample"],
        z: Float[Tensor, "batch frame_or_1 latent"] | Blend,
        gain_db: Float[Tensor, "batch lane frame 2 octave"] | None = None,
    ) -> Spectrum:
        """Predict the spectrum of notes in a timbre.

        Args:
            roll: Piano-roll features of each lane.
            source: Source signals of each lane, by group of harmonics.
            z: Timbre of each item, constant or by frame, or one blend for all.
            gain_db: Further gains of tones and of noise in octave bands (`symvae.dsp.octave_bands`); None for
                0 dB.

        Returns:
            The sum of the lanes of each item.
        """
        return self.spectrum_of(
            roll, lambda balance: balanced(source.flatten(0, 1), balance, self.stft.hop), z, gain_db
        )

    def spectrum_of(
        self,
        roll: Float[Tensor, "batch lane frame feature"],
        carrier_of: "Callable[[Float[Tensor, 'all_lanes frame group']], Float[Tensor, 'all_lanes sample']]",
        z: Float[Tensor, "batch frame_or_1 latent"] | Blend,
        gain_db: Float[Tensor, "batch lane frame 2 octave"] | None = None,
    ) -> Spectrum:
        """Predict a spectrum from sources that are computed once their balance is known.

        Args:
            roll: Piano-roll features of each lane.
            carrier_of: Balance of the lanes → their mixed source signals.
            z: Timbre of each item, constant or by frame, or one blend for all.
            gain_db: Further gains of tones and of noise in octave bands; None for 0 dB.

        Returns:
            The sum of the lanes of each item.
        """
        batch, lanes = roll.shape[:2]
        controls = self._controls(roll, z)
        if gain_db is not None:
            controls = self._equalized(controls, gain_db.flatten(0, 1))
        with torch.autocast(roll.device.type, enabled=False):  # signals need the 24 bits of float32
            of_lane = zip(*(each.unflatten(0, (batch, lanes)).unbind(1) for each in controls), strict=True)
            carriers = carrier_of(controls.balance).unflatten(0, (batch, lanes)).unbind(1)
            # Lane by lane: spectra are large, and each is added while it is still in the cache.
            tones = reduce(torch.add, map(self.tones, carriers, map(Controls._make, of_lane)))
            noise = controls.log_noise.masked_fill(~self._active(roll.flatten(0, 1)), _NO_NOISE)
            noise = noise.unflatten(0, (batch, lanes))
            noise = (0.5 * (2 * noise).logsumexp(1)) @ self.noise_curve
        return Spectrum(tones, noise)

    def _controls(
        self,
        roll: Float[Tensor, "batch lane frame feature"],
        z: Float[Tensor, "batch frame_or_1 latent"] | Blend,
    ) -> Controls:
        """Controls of every lane; those of a blend are the weighted sum over its parts."""
        rows = roll.flatten(0, 1)
        if isinstance(z, Tensor):
            return self.decoder(rows, z.repeat_interleave(roll.shape[1], 0))  # type: ignore[no-any-return]
        parts = [
            (self.decoder(rows, timbre.expand(len(rows), 1, -1)), share[:, None])
            for timbre, share in zip(z.z, z.share.T, strict=True)
            if share.any()
        ]
        if len(parts) == 1:
            return parts[0][0]
        weighted = [[share * column for column in controls] for controls, share in parts]
        return Controls(*(torch.stack(columns).sum(0) for columns in zip(*weighted, strict=True)))

    def _equalized(self, controls: Controls, gain_db: Float[Tensor, "lane frame 2 octave"]) -> Controls:
        """Controls with further gains of filter and noise."""
        tones, noise = (gain_db.to(controls.log_filter) * (math.log(10) / 20)).unbind(-2)
        return controls._replace(
            log_filter=controls.log_filter + tones @ self.octaves_of_bins,
            log_noise=controls.log_noise + noise @ self.octaves_of_noise,
        )

    def _active(self, roll: Float[Tensor, "lane frame feature"]) -> Bool[Tensor, "lane frame 1"]:
        """Mask of the frames whose windows reach into a note: a resting lane makes no noise.

        Otherwise the noise of many resting lanes would add up, and blocks, which leave them out, would
        differ.
        """
        reach = self.stft.size // self.stft.hop // 2
        largest = roll.abs().amax(-1)[:, None]
        return (functional.max_pool1d(largest, 2 * reach + 1, 1, reach) > 0).transpose(1, 2)

    def tones(
        self, carrier: Float[Tensor, "lane sample"], controls: Controls
    ) -> Complex[Tensor, "lane frame bin"]:
        """Spectrum of each lane's balanced sources through the decoder's filters."""
        spectrum = self.stft(carrier) * controls.log_filter.exp()
        turn = torch.complex(controls.phase.cos(), controls.phase.sin())
        spectrum[..., : turn.shape[-1]] *= turn
        return spectrum

    def synthesize(
        self, spectrum: Spectrum, samples: int, *, first_frame: int = 0, consistency_steps: int = 0
    ) -> Float[Tensor, "batch sample"]:
        """Transform frames to a signal.

        Overlapping frames are seldom the spectrum of any signal. Each consistency step projects to the
        nearest signal and back, and keeps the phases found there (Griffin and Lim 1984).

        Args:
            spectrum: Tones and noise levels of all frames.
            samples: Length of the signal.
            first_frame: Number of the first frame in the whole sound; selects the frames of the noise.
            consistency_steps: Number of projections.

        Returns:
            The signal of each item.
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
        gain_db: Float[Tensor, "batch lane frame 2 octave"] | None = None,
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize notes: spectrum, signal and consistency steps.

        Args:
            roll: Piano-roll features of each lane.
            source: Source signals of each lane, by group of harmonics.
            z: Timbre of each item, constant or by frame, or one blend for all.
            first_frame: Number of the first frame in the whole sound.
            gain_db: Further gains of tones and of noise in octave bands; None for 0 dB.

        Returns:
            The signal of each item, as long as the sources.
        """
        return self.synthesize(
            self.spectrum(roll, source, z, gain_db),
            source.shape[-1],
            first_frame=first_frame,
            consistency_steps=self.consistency_steps,
        )


def _periodic_noise(stft: Stft) -> Complex[Tensor, "frame bin"]:
    """Spectrum of periodic white noise of mean square 1 a bin, so that frame k's noise depends on k alone."""
    generator = torch.Generator().manual_seed(0)
    period = _NOISE_FRAMES * stft.hop
    wave = torch.randn(period, generator=generator)
    around = stft.size // stft.hop
    wave = torch.cat([wave[-around * stft.hop :], wave, wave[: around * stft.hop]])
    spectrum = stft(wave[None])[0, around : around + _NOISE_FRAMES]
    return spectrum / spectrum.abs().square().mean().sqrt()
