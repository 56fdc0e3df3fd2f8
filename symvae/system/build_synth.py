"""Builders of a synthesizer's networks from its config."""

from torch import nn

from symvae.audio.keyboard import KEYS, LOWEST
from symvae.audio.roll import ROLL_SIZE
from symvae.audio.source import GROUPS
from symvae.config.sound import SynthConfig, SynthModelConfig, SynthObjectiveConfig
from symvae.dsp.stft import Stft
from symvae.models.sound.band_vae import BandVAE
from symvae.models.sound.discriminator import Discriminators
from symvae.models.sound.probe import Probe
from symvae.models.sound.quantized import QuantizedEncoder
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.models.sound.spectrum_decoder import SpectrumDecoder
from symvae.models.sound.timbre_encoder import TimbreEncoder
from symvae.objective import schedule


def build_stft(config: SynthModelConfig) -> Stft:
    """Build the short-time Fourier transform of the network."""
    return Stft(config.stft_size, config.hop)


def build_synth(config: SynthModelConfig) -> SpectrogramVAE:
    """Build a network with random weights, drawn from torch's global generator."""
    stft, in_bands = build_stft(config), config.head == "pqmf"
    decoder = SpectrumDecoder(
        roll_size=ROLL_SIZE,
        groups=len(GROUPS),
        bins=stft.bins,
        low_bins=0 if in_bands else config.low_bins,
        noise_bands=config.noise_bands,
        latent_size=config.timbre_size,
        width=config.width,
        hidden=config.hidden,
        blocks=config.blocks,
        kernel=config.kernel,
    )
    encoder, rate, mels = _build_encoder(config), config.sample_rate, config.mels
    if in_bands:
        return BandVAE(encoder, decoder, sample_rate=rate, stft=stft, mels=mels, bands=config.bands)
    steps = config.consistency_steps
    return SpectrogramVAE(encoder, decoder, sample_rate=rate, stft=stft, mels=mels, consistency_steps=steps)


def _build_encoder(config: SynthModelConfig) -> nn.Module:
    encoder = TimbreEncoder(
        mels=config.mels,
        channels=config.encoder_channels,
        latent_size=config.timbre_size,
        initial_log_variance=config.initial_log_variance,
    )
    if config.bottleneck == "gaussian":
        return encoder
    return QuantizedEncoder(encoder, codebooks=config.codebooks, codebook_size=config.codebook_size)


def build_discriminators(config: SynthConfig) -> Discriminators | None:
    """Build the discriminators, or None where the objective is not adversarial."""
    return Discriminators() if config.objective.adversarial else None


def build_probe(instruments: int, sample_rate: int) -> Probe:
    """Build a probe of the piano's keys with random weights, drawn from torch's global generator."""
    return Probe(instruments, lowest_pitch=LOWEST, keys=KEYS, sample_rate=sample_rate)


def synth_beta_at(config: SynthObjectiveConfig, progress: float) -> float:
    """Weight of the KL divergence after a share ``progress`` of training."""
    return config.beta * schedule.linear(progress, config.beta_until)
