"""All parts of a drum machine whose training has ended, as another decoder builds on them."""

from pathlib import Path
from typing import NamedTuple

from symvae.config.oneshot import OneShotConfig
from symvae.errors import TrainingError
from symvae.models.flow.prior import FlowPrior
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.system.drum_faders import DrumFaders
from symvae.system.oneshot_artifacts import load_drum_faders, load_drum_prior, load_drum_vae


class Machine(NamedTuple):
    """A finished drum machine, as a decoder builds on it."""

    folder: Path
    config: OneShotConfig
    network: DrumVAE
    prior: FlowPrior
    faders: DrumFaders


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
    return Machine(folder, config, network, prior, faders)
