"""Builder of a genie's networks from its config."""

from symvae.config.genie import LEARNED, GenieModelConfig
from symvae.models.genie.button_decoder import ButtonDecoder
from symvae.models.genie.button_encoder import ButtonEncoder
from symvae.models.genie.button_piano import ButtonPiano
from symvae.music.buttons import NUM_BUTTONS
from symvae.music.key_presses import NUM_DELTAS, NUM_KEYS, NUM_TONALITIES, NUM_VELOCITIES


def build_genie(config: GenieModelConfig) -> ButtonPiano:
    """Build networks with random weights, drawn from torch's global generator."""
    decoder = ButtonDecoder(
        keys=NUM_KEYS,
        buttons=NUM_BUTTONS,
        deltas=NUM_DELTAS,
        velocities=NUM_VELOCITIES,
        tonalities=NUM_TONALITIES,
        embedding_size=config.embedding_size,
        hidden_size=config.hidden_size,
        layers=config.layers,
        dropout=config.dropout,
    )
    if config.buttons != LEARNED:
        return ButtonPiano(decoder)
    encoder = ButtonEncoder(
        keys=NUM_KEYS,
        deltas=NUM_DELTAS,
        buttons=NUM_BUTTONS,
        embedding_size=config.embedding_size,
        hidden_size=config.encoder_size,
        layers=config.encoder_layers,
    )
    return ButtonPiano(decoder, encoder)
