"""The files of a drum machine's folder: config, weights and metrics; what is fitted to the network."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor, nn

from symvae.config.oneshot import OneShotConfig
from symvae.errors import CheckpointError
from symvae.models.flow.prior import FlowPrior
from symvae.models.oneshot.coarse_decoder import CoarseDecoder
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.storage.whole_folder import whole_folder
from symvae.system.agreement import checked_prior
from symvae.system.artifact import TensorFile, loaded
from symvae.system.artifact_folder import (
    CONFIG_FILE,
    METRICS_FILE,
    ONESHOT_FORMAT,
    WEIGHTS_FILE,
    checked_part,
    read_config,
    read_metrics,
    write_header,
    write_json,
)
from symvae.system.build_oneshot import build_drum_vae
from symvae.system.drum_attacks import DrumAttacks
from symvae.system.drum_faders import DrumFaders
from symvae.system.known_sounds import KnownSounds, coarse_size
from symvae.system.strangers import built, fill
from symvae.system.weight_file import read_weights, write_weights

_REMEDY = "Restore it or run `symvae train-oneshot` again."
#: Flow over z given the class.
DRUM_PRIOR = TensorFile[FlowPrior]("prior.safetensors", "prior", _REMEDY, nn.Module.state_dict, checked_prior)
#: Directions and ranges of the faders.
DRUM_FADERS = TensorFile[DrumFaders](
    "faders.safetensors", "faders", _REMEDY, DrumFaders.state, DrumFaders.of_state
)
#: Coarse levels of the training sounds.
KNOWN_SOUNDS = TensorFile[KnownSounds](
    "known.safetensors", "known sounds", _REMEDY, KnownSounds.state, KnownSounds.of_state
)
#: Coarse levels of a draw, before it is decoded.
COARSE_DECODER = TensorFile[CoarseDecoder](
    "coarse.safetensors", "coarse decoder", _REMEDY, nn.Module.state_dict, loaded(CoarseDecoder.like)
)
#: Attacks of the draws.
DRUM_ATTACKS = TensorFile[DrumAttacks](
    "attacks.safetensors", "attacks", _REMEDY, DrumAttacks.state, DrumAttacks.of_state
)


def save_drum_machine(
    folder: Path,
    config: OneShotConfig,
    state: dict[str, Tensor],
    *,
    metrics: dict[str, Any] | None = None,
    add: Callable[[Path], None] = lambda fresh: None,
) -> None:
    """Write a drum machine's folder, without prior and faders; an older one of that name is replaced.

    Args:
        folder: The folder to write.
        config: The config that the network was built from.
        state: The network's weights by name.
        metrics: Figures for metrics.json.
        add: Writes further files into the new folder.
    """
    with whole_folder(folder, CheckpointError) as fresh:
        write_weights(fresh / WEIGHTS_FILE, state)
        write_header(fresh, config)
        add(fresh)
        write_json(fresh / METRICS_FILE, metrics or {})


class Fitted(NamedTuple):
    """Parts of a drum machine that are fitted to its trained network."""

    prior: FlowPrior
    faders: DrumFaders
    known: KnownSounds
    coarse: CoarseDecoder
    attacks: DrumAttacks


def complete_drum_machine(folder: Path, config: OneShotConfig, network: DrumVAE, fitted: Fitted) -> None:
    """Write the whole folder of a trained drum machine in the place of that of its network.

    Args:
        folder: The folder.
        config: The config, with the sizes of the decoder.
        network: The network.
        fitted: What is fitted to it.
    """

    def add(fresh: Path) -> None:
        DRUM_PRIOR.save(fresh, fitted.prior)
        DRUM_FADERS.save(fresh, fitted.faders)
        KNOWN_SOUNDS.save(fresh, fitted.known)
        COARSE_DECODER.save(fresh, fitted.coarse)
        DRUM_ATTACKS.save(fresh, fitted.attacks)

    metrics = read_metrics(folder)
    if config.model.decoder_width and "validation" in metrics:
        metrics["validation_before_distillation"] = metrics.pop("validation")
    save_drum_machine(folder, config, network.state_dict(), metrics=metrics, add=add)


def load_drum_vae(folder: Path) -> tuple[OneShotConfig, DrumVAE]:
    """Read a drum machine's config, and its network in evaluation mode.

    Raises:
        CheckpointError: A file is missing, damaged or does not fit the config.
    """
    config = read_config(folder, ONESHOT_FORMAT, OneShotConfig)
    if not config.model.classes:
        raise CheckpointError(f"{folder / CONFIG_FILE} names no classes of drums. {_REMEDY}")
    path = checked_part(folder / WEIGHTS_FILE)
    state = read_weights(path, _REMEDY)
    network = built(
        lambda: build_drum_vae(config.model, config.decoder),
        state,
        folder / CONFIG_FILE,
        "drum machine",
        _REMEDY,
    )
    fill(network, state, path, _REMEDY)
    return config, network.eval()


def load_drum_prior(folder: Path, config: OneShotConfig) -> FlowPrior | None:
    """Read the prior of a drum machine; None where its training has not come to it."""
    return DRUM_PRIOR.load(folder, latent=config.model.latent_size, conditions=config.model.classes)


def load_drum_faders(folder: Path, config: OneShotConfig) -> DrumFaders | None:
    """Read the faders of a drum machine; None where its training has not come to them."""
    return DRUM_FADERS.load(folder, latent=config.model.latent_size, classes=len(config.model.classes))


def load_drum_attacks(folder: Path, config: OneShotConfig) -> DrumAttacks | None:
    """Read the attacks of a drum machine's draws; None where its folder is older than they are."""
    return DRUM_ATTACKS.load(folder, classes=len(config.model.classes))


def load_coarse_decoder(folder: Path, config: OneShotConfig, network: DrumVAE) -> CoarseDecoder | None:
    """Read the coarse decoder of a drum machine.

    Args:
        folder: Its folder.
        config: Its config.
        network: Its network.

    Returns:
        The coarse decoder; None where the folder is older than it is.

    Raises:
        CheckpointError: The file is damaged or belongs to another model.
    """
    model = config.model
    return COARSE_DECODER.load(
        folder,
        latent_size=model.latent_size,
        classes=len(model.classes),
        coarse=coarse_size(network.stft.frames(network.samples)),
    )


def load_known_sounds(folder: Path, network: DrumVAE) -> KnownSounds | None:
    """Read the training sounds of a drum machine; None where its folder is older than they are.

    Raises:
        CheckpointError: The file is damaged or belongs to another model.
    """
    return KNOWN_SOUNDS.load(folder, coarse=coarse_size(network.stft.frames(network.samples)))
