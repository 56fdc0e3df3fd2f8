"""Builder of a groove model's networks from its config."""

from symvae.config.groove import GrooveModelConfig
from symvae.models.groove.groove_vae import GrooveVAE
from symvae.music.drum_kit import NUM_CLASSES
from symvae.music.grid import Grid


def build_groove(config: GrooveModelConfig) -> GrooveVAE:
    """Build a network with random weights, drawn from torch's global generator."""
    return GrooveVAE(
        drums=NUM_CLASSES,
        steps_per_bar=Grid.of_metre(config.metre, 1).steps_per_bar,
        styles=len(config.styles),
        latent_size=config.latent_size,
        condition_size=config.condition_size,
        context_size=config.context_size,
        hidden_size=config.hidden_size,
        head_size=config.head_size,
        mixtures=config.mixtures,
        dropout=config.dropout,
    )
