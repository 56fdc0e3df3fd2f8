"""Builders of a drum machine's networks from its config."""

import torch

from symvae.audio.one_shot import ONSET, SAMPLE_RATE, SAMPLES
from symvae.config.oneshot import OneShotModelConfig, OneShotPriorConfig
from symvae.config.oneshot_decoder import OneShotDecoderConfig
from symvae.dsp.stft import Stft
from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import PlainVelocity
from symvae.models.oneshot.drum_network import FLOOR
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.models.oneshot.frame_decoder import FrameDecoder
from symvae.models.oneshot.frame_encoder import FrameEncoder
from symvae.models.oneshot.phase_network import PhaseNetwork
from symvae.models.oneshot.rave_head import RaveHead
from symvae.models.oneshot.wavenet_head import WaveNetHead


def build_drum_vae(config: OneShotModelConfig, decoder: OneShotDecoderConfig | None = None) -> DrumVAE:
    """Build a network with random weights, drawn from torch's global generator."""
    decoder = decoder or OneShotDecoderConfig()
    stft = Stft(config.stft_size, config.hop)
    sizes = {
        "frames": stft.frames(SAMPLES),
        "bins": stft.bins,
        "patch": config.patch,
        "latent_size": config.latent_size,
        "condition": config.class_size,
        "width": config.width,
        "hidden": config.hidden,
        "blocks": config.blocks,
        "kernel": config.kernel,
        "patch_code": config.patch_code,
        "summary": config.summary,
    }
    decoder_sizes = {
        **sizes,
        "width": config.decoder_width or config.width,
        "hidden": config.decoder_hidden or config.hidden,
        "blocks": config.decoder_blocks or config.blocks,
    }
    return DrumVAE(
        FrameEncoder(**sizes, initial_log_variance=config.initial_log_variance),
        FrameDecoder(**decoder_sizes),
        classes=len(config.classes),
        class_size=config.class_size,
        stft=stft,
        samples=SAMPLES,
        onset=ONSET,
        phase_iterations=config.phase_iterations,
        phases=_phases(stft, decoder),
        head=_head(config, decoder),
    )


def _phases(stft: Stft, decoder: OneShotDecoderConfig) -> PhaseNetwork | None:
    if decoder.kind != "phases":
        return None
    return PhaseNetwork(stft=stft, samples=SAMPLES, onset=ONSET, hidden=decoder.width, floor=FLOOR)


def _head(config: OneShotModelConfig, decoder: OneShotDecoderConfig) -> RaveHead | WaveNetHead | None:
    sizes = {
        "latent_size": config.latent_size,
        "condition": config.class_size,
        "summary": config.summary,
        "width": decoder.width,
        "samples": SAMPLES,
    }
    if decoder.kind == "rave":
        return RaveHead(
            **sizes,
            bands=decoder.bands,
            strides=decoder.strides,
            capacity=decoder.capacity,
            dilations=decoder.dilations,
            noise_stride=decoder.noise_stride,
        )
    if decoder.kind == "wave":
        return WaveNetHead(
            **sizes,
            layers=decoder.layers,
            cycle=decoder.cycle,
            components=decoder.components,
            sample_rate=decoder.sample_rate,
            machine_rate=SAMPLE_RATE,
        )
    return None


def build_drum_prior(config: OneShotPriorConfig, classes: tuple[str, ...], latent_size: int) -> FlowPrior:
    """Build an untrained flow over z, conditioned on the class as on as many attributes.

    Args:
        config: Sizes of the velocity network.
        classes: Names of the classes.
        latent_size: Coordinates of z.

    Returns:
        The prior, with weights from torch's global generator.
    """
    velocity = PlainVelocity(latent_size, config.width, config.layers, attributes=len(classes))
    return FlowPrior(torch.ones(latent_size, dtype=torch.bool), velocity, conditions=classes)
