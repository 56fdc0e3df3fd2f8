"""A model folder as such: written whole or not at all, with a header that names its format and version."""

import dataclasses
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from symvae.config.run import RunConfig
from symvae.config.sound import SynthConfig
from symvae.errors import CheckpointError

FORMAT, SYNTH_FORMAT = "symvae-model", "symvae-synth"
#: Version 1 held all weights in half precision (`symvae.system.weight_file`).
VERSION, VERSIONS_READ = 2, (1, 2)
CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
METRICS_FILE = "metrics.json"
_VERBS = {FORMAT: "train", SYNTH_FORMAT: "train-synth"}


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give a new folder to fill, and put it in the place of ``folder`` once it is whole.

    Between two renamings a reader finds neither; the old folder is then beside it as ``.old``.

    Args:
        folder: The folder to replace; it need not exist.

    Yields:
        An empty folder beside it.
    """
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    yield fresh
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def write_json(path: Path, content: Any, indent: int | None = 2) -> None:
    """Write JSON with a newline at its end.

    Args:
        path: The file to write.
        content: Dictionaries, lists, numbers and strings.
        indent: Spaces a level; None for one line.
    """
    path.write_text(json.dumps(content, indent=indent) + "\n", encoding="utf-8")


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
