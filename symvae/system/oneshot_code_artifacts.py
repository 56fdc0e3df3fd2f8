"""The files of the folder of a drum machine of codes: config, weights, prior, metrics."""

from pathlib import Path
from typing import Any

from torch import Tensor, nn

from symvae.config.oneshot_codes import OneShotCodesConfig
from symvae.errors import CheckpointError
from symvae.models.oneshot.code_prior import DrumCodePrior
from symvae.models.oneshot.drum_codes import DrumCodes
from symvae.storage.whole_folder import whole_folder
from symvae.system.artifact import TensorFile, loaded
from symvae.system.artifact_folder import (
    CONFIG_FILE,
    METRICS_FILE,
    ONESHOT_CODES_FORMAT,
    WEIGHTS_FILE,
    checked_part,
    read_config,
    write_header,
    write_json,
)
from symvae.system.build_oneshot_codes import build_code_prior, build_drum_codes
from symvae.system.strangers import built, fill
from symvae.system.weight_file import read_weights, write_weights

_REMEDY = "Restore it or run `symvae train-oneshot` again."
#: Autoregressive prior over codes given the class.
CODE_PRIOR = TensorFile[DrumCodePrior](
    "prior.safetensors",
    "prior",
    _REMEDY,
    nn.Module.state_dict,
    loaded(lambda state, config: build_code_prior(config)),
)


def save_drum_codes(
    folder: Path,
    config: OneShotCodesConfig,
    state: dict[str, Tensor],
    *,
    metrics: dict[str, Any] | None = None,
) -> None:
    """Write the folder of a drum machine of codes, without prior; an older one of that name is replaced.

    Args:
        folder: The folder to write.
        config: The config that the network was built from.
        state: The network's weights by name.
        metrics: Figures for metrics.json.
    """
    with whole_folder(folder, CheckpointError) as fresh:
        write_weights(fresh / WEIGHTS_FILE, state)
        write_header(fresh, config)
        write_json(fresh / METRICS_FILE, metrics or {})


def complete_drum_codes(folder: Path, prior: DrumCodePrior) -> None:
    """Add the prior to the folder of a drum machine of codes.

    Args:
        folder: The folder.
        prior: Prior over codes given the class.
    """
    with whole_folder(folder, CheckpointError, copied=True) as fresh:
        CODE_PRIOR.save(fresh, prior)


def load_drum_codes(folder: Path) -> tuple[OneShotCodesConfig, DrumCodes]:
    """Read the config of a drum machine of codes, and its network in evaluation mode.

    Raises:
        CheckpointError: A file is missing, damaged or does not fit the config.
    """
    config = read_config(folder, ONESHOT_CODES_FORMAT, OneShotCodesConfig)
    if not config.model.classes:
        raise CheckpointError(f"{folder / CONFIG_FILE} names no classes of drums. {_REMEDY}")
    path = checked_part(folder / WEIGHTS_FILE)
    state = read_weights(path, _REMEDY)
    network = built(lambda: build_drum_codes(config), state, folder / CONFIG_FILE, "drum machine", _REMEDY)
    fill(network, state, path, _REMEDY)
    return config, network.eval()


def load_code_prior(folder: Path, config: OneShotCodesConfig) -> DrumCodePrior | None:
    """Read the prior over codes; None where the training has not come to it."""
    return CODE_PRIOR.load(folder, config=config)
