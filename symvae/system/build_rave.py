"""Builders of a RAVE from its config."""

from symvae.config.rave import RaveModelConfig
from symvae.models.rave.rave import Rave


def build_rave(config: RaveModelConfig) -> Rave:
    """Build a network with random weights, drawn from torch's global generator."""
    return Rave(
        bands=config.bands,
        strides=config.strides,
        capacity=config.capacity,
        latent_size=config.latent_size,
        dilations=config.dilations,
        noise_stride=config.noise_stride,
        delay=config.delay,
    )
