"""A model folder as such, with a header that names its format and version."""

import dataclasses
import json
from pathlib import Path
from typing import Any, TypeVar

from symvae.config.ddsp import DdspConfig
from symvae.config.genie import GenieConfig
from symvae.config.groove import GrooveConfig
from symvae.config.load import from_dict
from symvae.config.oneshot import OneShotConfig
from symvae.config.oneshot_codes import OneShotCodesConfig
from symvae.config.rave import RaveConfig
from symvae.config.run import RunConfig
from symvae.config.sound import SynthConfig
from symvae.errors import CheckpointError, ConfigError
from symvae.files.json_file import read_json
from symvae.storage.whole_file import write_text

FORMAT, SYNTH_FORMAT = "symvae-model", "symvae-synth"
GROOVE_FORMAT, GENIE_FORMAT = "symvae-groove", "symvae-genie"
ONESHOT_FORMAT, ONESHOT_CODES_FORMAT = "symvae-oneshot", "symvae-oneshot-codes"
RAVE_FORMAT, DDSP_FORMAT = "symvae-rave", "symvae-ddsp"
#: Version 1 held all weights in half precision (`symvae.system.weight_file`).
VERSION, VERSIONS_READ = 2, (1, 2)
CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
METRICS_FILE = "metrics.json"
Config = TypeVar(
    "Config",
    RunConfig,
    SynthConfig,
    GrooveConfig,
    GenieConfig,
    OneShotConfig,
    OneShotCodesConfig,
    RaveConfig,
    DdspConfig,
)
_VERBS = {
    FORMAT: "train",
    SYNTH_FORMAT: "train-synth",
    GROOVE_FORMAT: "train-groove",
    GENIE_FORMAT: "train-genie",
    ONESHOT_FORMAT: "train-oneshot",
    ONESHOT_CODES_FORMAT: "train-oneshot",
    RAVE_FORMAT: "train-audio",
    DDSP_FORMAT: "train-ddsp",
}
#: What a folder holds, by its format, and what uses it.
_KINDS = {
    FORMAT: ("a model of music", "reconstruct"),
    SYNTH_FORMAT: ("a synthesizer", "render --synth"),
    GROOVE_FORMAT: ("a groove model", "humanize"),
    GENIE_FORMAT: ("a genie", "genie"),
    ONESHOT_FORMAT: ("a drum machine", "hit"),
    ONESHOT_CODES_FORMAT: ("a drum machine", "hit"),
    RAVE_FORMAT: ("an audio model", "transfer"),
    DDSP_FORMAT: ("a line synthesizer", "render --engine ddsp --synth"),
}
_FORMATS = {
    RunConfig: FORMAT,
    SynthConfig: SYNTH_FORMAT,
    GrooveConfig: GROOVE_FORMAT,
    GenieConfig: GENIE_FORMAT,
    OneShotConfig: ONESHOT_FORMAT,
    OneShotCodesConfig: ONESHOT_CODES_FORMAT,
    RaveConfig: RAVE_FORMAT,
    DdspConfig: DDSP_FORMAT,
}


def write_json(path: Path, content: Any, indent: int | None = 2) -> None:
    """Write JSON with a newline at its end.

    Args:
        path: The file to write.
        content: Dictionaries, lists, numbers and strings.
        indent: Spaces a level; None for one line.
    """
    write_text(path, json.dumps(content, indent=indent) + "\n", CheckpointError)


def write_header(folder: Path, config: Config) -> None:
    """Write config.json: format, version and the whole config."""
    header = {"format": _FORMATS[type(config)], "version": VERSION, **dataclasses.asdict(config)}
    write_json(folder / CONFIG_FILE, header)


def checked_part(path: Path) -> Path:
    """A file of a model folder, if it lies in there.

    Raises:
        CheckpointError: It is a link to a place outside of the folder.
    """
    if path.is_symlink() and path.resolve().parent != path.parent.resolve():
        raise CheckpointError(
            f"{path} is a link to a file outside of the folder. Put a copy of that file in its place."
        )
    return path


def read_metrics(folder: Path) -> dict[str, Any]:
    """Read the figures of a model; empty where it has none.

    Raises:
        CheckpointError: The file is damaged.
    """
    path = folder / METRICS_FILE
    if not path.is_file():
        return {}
    remedy = "Restore it or delete it."
    metrics = read_json(checked_part(path), CheckpointError, remedy)
    if not isinstance(metrics, dict):
        raise CheckpointError(f"{path} holds no figures. {remedy}")
    return metrics


def of_another_kind(found: str, wanted: str) -> str:
    """Describe a folder of another kind than wanted, and what uses it: the end of an error's sentence.

    Args:
        found: Its format.
        wanted: The format that is needed.

    Returns:
        The words, as "a genie, which `symvae genie` uses; a model of music is needed here."
    """
    thing, verb = _KINDS[found]
    return f"{thing}, which `symvae {verb}` uses; {_KINDS[wanted][0]} is needed here."


def format_of(folder: Path) -> str:
    """Name of the format of a folder with a config.json; empty where it has none."""
    try:
        return str(read_json(folder / CONFIG_FILE, CheckpointError, "")["format"])
    except (CheckpointError, LookupError, TypeError):
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
    header = read_json(checked_part(path), CheckpointError, "Restore it or export the model again.")
    if not isinstance(header, dict):
        raise CheckpointError(f"{path} describes no symvae model. Give a folder that `symvae {verb}` wrote.")
    found = header.pop("format", None)
    if isinstance(found, str) and found != kind and found in _KINDS:
        raise CheckpointError(f"{folder} holds {of_another_kind(found, kind)}")
    if found != kind or header.pop("version", None) not in VERSIONS_READ:
        raise CheckpointError(
            f"{path} is not in format {kind} version {' or '.join(map(str, VERSIONS_READ))}. "
            "Install the symvae release that wrote it."
            if header.get("model")
            else f"{path} describes no symvae model. Give a folder that `symvae {verb}` wrote."
        )
    return header


def read_config(folder: Path, kind: str, cls: type[Config]) -> Config:
    """Read the config of a folder.

    Args:
        folder: The folder of a model.
        kind: Format of the folder.
        cls: Class of the config.

    Returns:
        The config.

    Raises:
        CheckpointError: As `read_header`, or the config has keys or values that no model of this release has.
    """
    header = read_header(folder, kind)
    try:
        return from_dict(cls, header)
    except ConfigError as error:
        raise CheckpointError(
            f"{folder / CONFIG_FILE} is no config that this release reads. {error}"
        ) from error
