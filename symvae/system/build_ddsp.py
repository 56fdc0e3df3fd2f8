"""Builders of a line synthesizer from its config."""

from symvae.audio.roll import LAST_NOTE
from symvae.config.ddsp import DdspModelConfig
from symvae.models.ddsp.ddsp import Ddsp
from symvae.models.ddsp.decoder import DdspDecoder
from symvae.models.ddsp.touch import Touch


def build_ddsp(config: DdspModelConfig) -> Ddsp:
    """Build a network with random weights, drawn from torch's global generator."""
    decoder = DdspDecoder(
        timbre_size=config.timbre_size,
        width=config.width,
        layers=config.layers,
        hidden=config.hidden,
        harmonics=config.harmonics,
        noise_bands=config.noise_bands,
        sample_rate=config.sample_rate,
    )
    touch = Touch(features=len(LAST_NOTE), timbre_size=config.timbre_size, hidden=config.touch_hidden)
    return Ddsp(
        decoder,
        touch,
        timbres=config.timbres,
        timbre_size=config.timbre_size,
        sample_rate=config.sample_rate,
        hop=config.hop,
    )
