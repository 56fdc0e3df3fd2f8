"""A model folder as such, with a header that names its format and version."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from symvae.config.run import RunConfig
from symvae.config.sound import SynthConfig
from symvae.errors import CheckpointError
from symvae.storage.whole_file import write_text

FORMAT, SYNTH_FORMAT = "symvae-model", "symvae-synth"
#: Version 1 held all weights in half precision (`symvae.system.weight_file`).
VERSION, VERSIONS_READ = 2, (1, 2)
CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
METRICS_FILE = "metrics.json"
_VERBS = {FORMAT: "train", SYNTH_FORMAT: "train-synth"}


def write_json(path: Path, content: Any, indent: int | None = 2) -> None:
    """Write JSON with a newline at its end.

    Args:
        path: The file to write.
        content: Dictionaries, lists, numbers and strings.
        indent: Spaces a level; None for one line.
    """
    write_text(path, json.dumps(content, indent=indent) + "\n", CheckpointError)


def write_header(folder: Path, config: RunConfig | SynthConfig) -> None:
    """Write config.json: format, version and the whole config."""
    kind = FORMAT if isinstance(config, RunConfig) else SYNTH_FORMAT
    header = {"format": kind, "version": VERSION, **dataclasses.asdict(config)}
    write_json(folder / CONFIG_FILE, header)


def format_of(folder: Path) -> str:
    """Name of the format of a folder with a config.json; empty where it has none."""
    try:
        return str(json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))["format"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def read_header(folder: Path, kind: str) -> dict[str, Any]:
    """Read the config of a folder as nested dictionaries.

    Raises:
        CheckpointError: There is no config.json, it is damaged, or it is not of the format ``kind`` in a
            version that this release reads.
    """
    path, verb = folder / CONFIG_FILE, _VERBS[kind]
    if not path.is_file():
        raise CheckpointError(
            f"{folder} is no model: it has no config.json. Give a folder that `symvae {verb}` wrote."
        )
    try:
        header = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CheckpointError(
            f"{path} is not JSON ({error}). Restore it or export the model again."
        ) from error
    if not isinstance(header, dict):
        raise CheckpointError(f"{path} describes no symvae model. Give a folder that `symvae {verb}` wrote.")
    if header.pop("format", None) != kind or header.pop("version", None) not in VERSIONS_READ:
        raise CheckpointError(
            f"{path} is not in format {kind} version {' or '.join(map(str, VERSIONS_READ))}. "
            "Install the symvae release that wrote it."
            if header.get("model")
            else f"{path} describes no symvae model. Give a folder that `symvae {verb}` wrote."
        )
    return header
