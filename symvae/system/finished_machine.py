"""All parts of a drum machine whose training has ended, as another decoder builds on them."""

from pathlib import Path
from typing import NamedTuple

from symvae.config.oneshot import OneShotConfig
from symvae.errors import TrainingError
from symvae.models.flow.prior import FlowPrior
from symvae.models.oneshot.coarse_decoder import CoarseDecoder
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.system.drum_faders import DrumFaders
from symvae.system.known_sounds import KnownSounds
from symvae.system.oneshot_artifacts import (
    load_coarse_decoder,
    load_drum_faders,
    load_drum_prior,
    load_drum_vae,
    load_known_sounds,
)


class Machine(NamedTuple):
    """A finished drum machine, as a decoder builds on it."""

    folder: Path
    config: OneShotConfig
    network: DrumVAE
    prior: FlowPrior
    faders: DrumFaders
    known: KnownSounds | None
    """None where its folder is older than they are, as is the coarse decoder."""
    coarse: CoarseDecoder | None


def finished_machine(folder: Path) -> Machine:
    """Read a drum machine that another decoder is trained on.

    Raises:
        CheckpointError: A file is missing or damaged.
        TrainingError: Its training has not come to its prior and faders.
    """
    config, network = load_drum_vae(folder)
    prior, faders = load_drum_prior(folder, config), load_drum_faders(folder, config)
    if prior is None or faders is None:
        raise TrainingError(
            f"{folder} has no prior or no faders yet. "
            "Finish its training first: symvae train-oneshot --resume."
        )
    known, coarse = load_known_sounds(folder, network), load_coarse_decoder(folder, config, network)
    return Machine(folder, config, network, prior, faders, known, coarse)
