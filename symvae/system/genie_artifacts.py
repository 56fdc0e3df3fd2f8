"""The files of a genie's folder: config.json, model.safetensors, metrics.json."""

from pathlib import Path
from typing import Any

from torch import Tensor

from symvae.config.genie import GenieConfig
from symvae.errors import CheckpointError
from symvae.models.genie.button_piano import ButtonPiano
from symvae.storage.whole_folder import whole_folder
from symvae.system.artifact_folder import (
    CONFIG_FILE,
    GENIE_FORMAT,
    METRICS_FILE,
    WEIGHTS_FILE,
    checked_part,
    read_config,
    write_header,
    write_json,
)
from symvae.system.build_genie import build_genie
from symvae.system.strangers import built, fill
from symvae.system.weight_file import read_weights, write_weights

_REMEDY = "Restore it or export it again."


def save_genie(
    folder: Path, config: GenieConfig, state: dict[str, Tensor], *, metrics: dict[str, Any] | None = None
) -> None:
    """Write a genie's folder; an older one of that name is replaced once the new one is whole.

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


def load_button_piano(folder: Path) -> tuple[GenieConfig, ButtonPiano]:
    """Read a genie: its config, and its network in evaluation mode.

    Raises:
        CheckpointError: A file is missing, damaged or does not fit the config.
    """
    config = read_config(folder, GENIE_FORMAT, GenieConfig)
    path = checked_part(folder / WEIGHTS_FILE)
    state = read_weights(path, _REMEDY)
    network = built(lambda: build_genie(config.model), state, folder / CONFIG_FILE, "genie", _REMEDY)
    fill(network, state, path, _REMEDY)
    return config, network.eval()
