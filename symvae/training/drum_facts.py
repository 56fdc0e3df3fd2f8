"""Facts about the sounds of a split that the second stage of a drum machine is fitted to."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.one_shot import SAMPLE_RATE
from symvae.audio.sound_attributes import sound_attributes
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.draws import seeded
from symvae.system.drum_attacks import DrumAttacks, fit_attacks
from symvae.system.drum_draws import DrumDraws
from symvae.system.drum_faders import FADERS, to_scale
from symvae.system.known_sounds import KnownSounds, coarse_levels
from symvae.training.sound_batches import SoundBatch, SoundBatches
from symvae.training.sound_variation import SoundVariation

#: Sounds that are encoded at once.
_AT_ONCE = 64
#: Draws of each class whose attacks are measured.
_DRAWS = 96


@torch.no_grad()
def posteriors(
    model: DrumVAE, sounds: SoundBatches, variations: int = 0, bounds: SoundVariation | None = None
) -> DiagonalGaussian:
    """Encode every sound of a split, and variations of each.

    Args:
        model: The network, on the CPU.
        sounds: The sounds.
        variations: Number of variations of each sound.
        bounds: Bounds of these.

    Returns:
        The posteriors: a row for each sound, then a row for each in every round of variations.
    """
    rows = []
    for turn in range(1 + variations):
        for first in range(0, len(sounds), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            batch = sounds.rows(some)
            if turn:
                batch = sounds.variations(some, seed=turn, bounds=bounds or SoundVariation())
            rows.append(model.encode(model.levels(batch.wave), batch.drum))
    return DiagonalGaussian(torch.cat([row.mean for row in rows]), torch.cat([row.log_std for row in rows]))


@torch.no_grad()
def known_sounds(model: DrumVAE, train: SoundBatches, held_out: SoundBatches) -> KnownSounds:
    """Coarse levels of the training sounds.

    Args:
        model: The network, on the CPU.
        train: Training sounds.
        held_out: Sounds of other drums, which set how near is too near.

    Returns:
        What a draw is compared with.
    """

    def pieces(sounds: SoundBatches) -> list[SoundBatch]:
        return [sounds.rows(slice(at, at + _AT_ONCE)) for at in range(0, len(sounds), _AT_ONCE)]

    def coarse(sounds: SoundBatches) -> Float[Tensor, "sound coarse"]:
        return torch.cat([coarse_levels(model, model.levels(batch.wave)) for batch in pieces(sounds)])

    return KnownSounds.of(coarse(train), coarse(held_out))


@torch.no_grad()
def drawn_attacks(draws: DrumDraws) -> DrumAttacks:
    """Attacks of some draws of every class.

    Args:
        draws: Network, prior and known sounds, on the CPU.

    Returns:
        Their quantiles.
    """
    network, generator = draws.network, seeded(0)
    drum = torch.arange(network.classes).repeat_interleave(_DRAWS)
    waves = []
    for classes in torch.eye(network.classes)[drum].split(_AT_ONCE):
        z, magnitudes = draws.draw(classes, generator, 1.0)
        waves.append(network.sound(z, classes, generator, magnitudes))
    return fit_attacks(torch.cat(waves).numpy(), drum.numpy(), network.classes)


def measured(sounds: SoundBatches) -> np.ndarray:
    """Attributes of every sound of a split on the scales of the faders, ``(sound, fader)``."""
    rows = []
    for row in range(len(sounds)):
        figures = sound_attributes(sounds.sounds.waves(slice(row, row + 1))[0], SAMPLE_RATE)
        rows.append([to_scale(name, figures[name]) for name in FADERS])
    return np.array(rows)
