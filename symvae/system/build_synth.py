"""Choices → a synthesizer: the only place where such a config becomes a network."""

from symvae.audio.excitation import GROUPS, ROLL_SIZE
from symvae.audio.spectrogram_vae import SpectrogramVAE, SpectrumDecoder, TimbreEncoder
from symvae.config.sound import SynthModelConfig, SynthObjectiveConfig
from symvae.dsp.mel import mel_interpolation
from symvae.dsp.stft import Stft
from symvae.objective import schedule


def build_stft(config: SynthModelConfig) -> Stft:
    """The transform that the model speaks in."""
    return Stft(config.stft_size, config.hop)


def build_synth(config: SynthModelConfig) -> SpectrogramVAE:
    """The network with fresh weights, drawn from torch's global generator."""
    stft = build_stft(config)
    encoder = TimbreEncoder(
        mels=config.mels,
        channels=config.encoder_channels,
        latent_size=config.timbre_size,
        initial_log_variance=config.initial_log_variance,
    )
    decoder = SpectrumDecoder(
        roll_size=ROLL_SIZE,
        groups=len(GROUPS),
        bins=stft.bins,
        low_bins=config.low_bins,
        noise_curve=mel_interpolation(config.sample_rate, stft.bins, config.noise_bands),
        latent_size=config.timbre_size,
        width=config.width,
        hidden=config.hidden,
        blocks=config.blocks,
        kernel=config.kernel,
    )
    return SpectrogramVAE(
        encoder,
        decoder,
        sample_rate=config.sample_rate,
        stft=stft,
        mels=config.mels,
        consistency_steps=config.consistency_steps,
    )


def synth_beta_at(config: SynthObjectiveConfig, progress: float) -> float:
    """The weight of the KL divergence after a share ``progress`` of training."""
    return config.beta * schedule.linear(progress, config.beta_until)
