"""New timbres, drawn from a synthesizer's prior."""

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.errors import AudioError
from symvae.models.sound.quantized import QuantizedEncoder
from symvae.system.synth import Synth
from symvae.system.synth_artifacts import load_code_prior


def new_timbres(
    synth: Synth, count: int, *, seed: int, temperature: float = 1.0
) -> Float[Tensor, "count latent"]:
    """Draw timbres: from the learned prior of a synthesizer with quantized timbres, else from a normal one.

    Args:
        synth: The synthesizer.
        count: Number of timbres.
        seed: Seed of the draw.
        temperature: Scale of the draw; the lower, the more typical the timbres.

    Returns:
        Coordinates of z, a row for each timbre.

    Raises:
        AudioError: The timbres are quantized, and no prior was trained.
    """
    generator, encoder = torch.Generator().manual_seed(seed), synth.network.encoder
    if not isinstance(encoder, QuantizedEncoder):
        return temperature * torch.randn(count, synth.config.model.timbre_size, generator=generator)
    prior = load_code_prior(synth.folder)
    if prior is None:
        raise AudioError(f"{synth.name} has no prior of timbres. Train it with `symvae train-synth`.")
    with torch.no_grad():
        return encoder.lookup(prior.sample(count, generator, temperature))
