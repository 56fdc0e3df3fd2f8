"""The files of a groove model's folder: config.json, model.safetensors, metrics.json."""

from pathlib import Path
from typing import Any

from torch import Tensor

from symvae.config.groove import GrooveConfig
from symvae.errors import CheckpointError
from symvae.models.groove.groove_vae import GrooveVAE
from symvae.storage.whole_folder import whole_folder
from symvae.system.artifact_folder import (
    CONFIG_FILE,
    GROOVE_FORMAT,
    METRICS_FILE,
    WEIGHTS_FILE,
    checked_part,
    read_config,
    write_header,
    write_json,
)
from symvae.system.build_groove import build_groove
from symvae.system.strangers import built, fill
from symvae.system.weight_file import read_weights, write_weights

_REMEDY = "Restore it or export it again."


def save_groove(
    folder: Path, config: GrooveConfig, state: dict[str, Tensor], *, metrics: dict[str, Any] | None = None
) -> None:
    """Write a groove model's folder; an older one of that name is replaced once the new one is whole.

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


def load_groove_vae(folder: Path) -> tuple[GrooveConfig, GrooveVAE]:
    """Read a groove model: its config, and its network in evaluation mode.

    Raises:
        CheckpointError: A file is missing, damaged or does not fit the config.
    """
    config = read_config(folder, GROOVE_FORMAT, GrooveConfig)
    path = checked_part(folder / WEIGHTS_FILE)
    state = read_weights(path, _REMEDY)
    network = built(lambda: build_groove(config.model), state, folder / CONFIG_FILE, "groove model", _REMEDY)
    fill(network, state, path, _REMEDY)
    return config, network.eval()
