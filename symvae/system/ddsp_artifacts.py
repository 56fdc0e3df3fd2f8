"""The files of a line synthesizer's folder: network, timbres with their ranges, figures."""

import math
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from symvae.config.ddsp import DdspConfig
from symvae.errors import CheckpointError
from symvae.files.limit import shown
from symvae.models.ddsp.ddsp import Ddsp
from symvae.system.artifact import JsonFile
from symvae.system.limits import TIMBRES as MOST_TIMBRES
from symvae.system.network_folder import DDSP

_REMEDY = "Restore it or export it again."


class LineTimbre(NamedTuple):
    """An instrument that a line synthesizer has learned."""

    name: str
    program: int
    """General MIDI program, from 0."""
    font: str
    """Sound font that it was learned from."""
    lowest: int
    """MIDI pitch of its lowest note."""
    highest: int
    vibrato_cents: float
    loudness_db: float
    """Mean loudness of its sounds."""
    loudness_spread_db: float
    """Standard deviation of that."""


def _checked(saved: dict[str, Any], count: int) -> list[LineTimbre]:
    """Timbres of a file; raises ValueError for one that cannot be."""
    rows = list(saved["timbres"])
    MOST_TIMBRES.check(len(rows), "timbres.json")
    if len(rows) != count:
        raise ValueError(f"there are {len(rows)} timbres, and the network has {count}")
    timbres = [LineTimbre(**row) for row in rows]
    for timbre in timbres:
        words = (timbre.name, timbre.font)
        if not all(isinstance(word, str) and 0 < len(word) <= 200 and word.isprintable() for word in words):
            raise ValueError(f"{shown(timbre.name)} is no name of a timbre, or that of its font is none")
        keys = (timbre.program, timbre.lowest, timbre.highest)
        if not all(type(key) is int and 0 <= key <= 127 for key in keys):
            raise ValueError(f"the timbre {timbre.name!r} has keys or a program beyond 0 to 127")
        if timbre.highest - timbre.lowest < 12:
            raise ValueError(f"the timbre {timbre.name!r} has less than an octave")
        if not all(math.isfinite(number) for number in timbre[5:]):
            raise ValueError(f"the timbre {timbre.name!r} has a loudness or a vibrato that is no number")
    if len({timbre.name for timbre in timbres}) < len(timbres):
        raise ValueError("two timbres have one name")
    return timbres


#: Timbres in the order of their numbers.
LINE_TIMBRES = JsonFile[list[LineTimbre]](
    "timbres.json",
    _REMEDY,
    lambda timbres: {"timbres": [timbre._asdict() for timbre in timbres]},
    _checked,
    indent=2,
)


def save_line_synth(
    folder: Path,
    config: DdspConfig,
    state: dict[str, Tensor],
    timbres: list[LineTimbre],
    *,
    metrics: dict[str, Any] | None = None,
) -> None:
    """Write a line synthesizer's folder; an older one of that name is replaced once the new one is whole.

    Args:
        folder: The folder to write.
        config: The config that the network was built from.
        state: The network's weights by name.
        timbres: Its timbres.
        metrics: Figures for metrics.json.
    """
    DDSP.save(folder, config, state, metrics=metrics, add=lambda fresh: LINE_TIMBRES.save(fresh, timbres))


def load_line_synth_files(folder: Path) -> tuple[DdspConfig, Ddsp, list[LineTimbre]]:
    """Read a line synthesizer: its config, its network in evaluation mode, its timbres.

    Raises:
        CheckpointError: A file is missing, damaged or does not fit the config.
    """
    config, network = DDSP.load(folder)
    timbres = LINE_TIMBRES.load(folder, count=config.model.timbres)
    if timbres is None:
        raise CheckpointError(f"{folder} is damaged: it has no {LINE_TIMBRES.file}. {_REMEDY}")
    return config, network, timbres
