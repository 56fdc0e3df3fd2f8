"""Filter-bank head: time-varying FIR filters in subbands in place of the inverse STFT.

    balanced sources, noise → bands (PQMF) → filtered by the gains of the frames → one signal

The spectrogram VAE multiplies spectra and overlaps frames that are only partly consistent; hence its
consistency steps. Here the balanced sources remain one signal, and a short symmetric filter for every frame
and band changes its magnitudes, crossfaded from frame to frame (time-varying FIR filters: Engel et al. 2020,
DDSP, arXiv 2001.04643; in bands: Caillon and Esling 2021, RAVE, arXiv 2111.05011). Phases are those of the
notes' pulses: there is no phase residual.

The filters of all bands are sections of one curve: they agree at the band edges, and aliasing still cancels.
"""

import torch
from jaxtyping import Complex, Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.dsp.pqmf import Pqmf
from symvae.dsp.stft import Stft
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.models.sound.spectrum import Spectrum
from symvae.models.sound.spectrum_decoder import Controls, SpectrumDecoder


class BandVAE(SpectrogramVAE):
    """A spectrogram VAE with a filter-bank head.

    Args:
        encoder: Log-mel → posterior over z.
        decoder: Roll and z → controls.
        sample_rate: Hz.
        stft: Transform of the spectra.
        mels: Bands of the encoder's log-mel spectrogram.
        bands: Bands of the filter bank, an even number.
    """

    def __init__(
        self,
        encoder: nn.Module,
        decoder: SpectrumDecoder,
        *,
        sample_rate: int,
        stft: Stft,
        mels: int,
        bands: int,
    ) -> None:
        super().__init__(encoder, decoder, sample_rate=sample_rate, stft=stft, mels=mels, consistency_steps=0)
        self.bank = Pqmf(bands)

    def tones(
        self, carrier: Float[Tensor, "lane sample"], controls: Controls
    ) -> Complex[Tensor, "lane frame bin"]:
        """Spectrum of each lane's filtered signal, which is consistent."""
        return self.stft(self._filter(carrier, controls.log_filter))

    def synthesize(
        self, spectrum: Spectrum, samples: int, *, first_frame: int = 0, consistency_steps: int = 0
    ) -> Float[Tensor, "batch sample"]:
        """Transform frames to a signal.

        Args:
            spectrum: Tones and noise levels of all frames.
            samples: Length of the signal.
            first_frame: Number of the first frame in the whole sound; selects the frames of the noise.
            consistency_steps: Not used: the spectrum is consistent.

        Returns:
            The signal of each item.
        """
        frames = torch.arange(first_frame, first_frame + spectrum.tones.shape[1]) % len(self.noise)
        noise = self.stft.inverse(self.noise[None, frames], samples)
        return self.stft.inverse(spectrum.tones, samples) + self._filter(noise, spectrum.log_noise)

    def _filter(
        self, wave: Float[Tensor, "lane_or_1 sample"], log_gain: Float[Tensor, "lane frame bin"]
    ) -> Float[Tensor, "lane sample"]:
        samples, hop = wave.shape[-1], self.stft.hop
        spans = -(-samples // hop)
        bands = self.bank.split(functional.pad(wave, (0, spans * hop - samples)))
        frames = torch.cat([log_gain, log_gain[:, -1:]], 1)[:, : spans + 1]
        return self.bank.join(filtered(bands, band_filters(frames.exp(), self.bank.bands)), samples)

    @property
    def context(self) -> int:
        """Frames to each side that one frame of sound depends on.

        A sample passes the bank, a filter as long as a window, and the bank again; its carrier has the
        balance of two frames. (The filters are those of two frames and lie within that.)
        """
        samples = self.stft.size // 2 + 2 * self.bank.reach
        return self.decoder.context + 1 + -(-samples // self.stft.hop)


def band_filters(gain: Float[Tensor, "batch frame bin"], bands: int) -> Float[Tensor, "batch frame band tap"]:
    """Design each band's section of a curve as a symmetric filter at the band's rate, by frequency sampling.

    The curve is smoothed over neighboring bins, which tapers the filters as a Hann window would, alike on
    both sides of a band edge. In the odd bands of a `Pqmf` frequencies run downwards.
    """
    beside = functional.pad(gain, (1, 1), mode="reflect")
    gain = 0.5 * gain + 0.25 * (beside[..., :-2] + beside[..., 2:])
    width = (gain.shape[-1] - 1) // bands
    parts = gain.unfold(-1, width + 1, width)  # (batch, frame, band, width + 1): neighbors share an end
    parts = torch.stack([parts[:, :, 0::2], parts[:, :, 1::2].flip(-1)], 3).flatten(2, 3)
    return torch.fft.irfft(parts, 2 * width).roll(width - 1, -1)[..., :-1]


def filtered(
    bands: Float[Tensor, "batch_or_1 band band_sample"], filters: Float[Tensor, "batch frame band tap"]
) -> Float[Tensor, "batch band band_sample"]:
    """Apply each band's filters, crossfaded between frames."""
    taps, spans = filters.shape[-1], filters.shape[1] - 1
    hop = bands.shape[-1] // spans
    padded = functional.pad(bands, (taps // 2, taps // 2))
    windows = padded.unfold(-1, hop + taps - 1, hop).unfold(-1, taps, 1)
    pairs = filters.transpose(1, 2).unfold(2, 2, 1)  # (batch, band, span, tap, 2)
    before, after = (windows @ pairs).unbind(-1)  # each (batch, band, span, hop)
    return torch.lerp(before, after, torch.arange(hop, device=bands.device) / hop).flatten(2)
