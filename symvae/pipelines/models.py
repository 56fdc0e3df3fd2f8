"""Key figures of the models in the package."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from symvae.errors import CheckpointError
from symvae.files.json_file import read_json
from symvae.system.artifact_folder import CONFIG_FILE, read_metrics
from symvae.system.artifacts import load_config
from symvae.system.catalog import (
    PRETRAINED,
    available,
    available_audio_models,
    available_drum_machines,
    available_genies,
    available_grooves,
    available_line_synths,
    available_synths,
    find,
)


@dataclass(frozen=True)
class ModelSummary:
    """One model: its grid, its training music and its figures on held-out music, None where unknown."""

    name: str
    description: str
    metre: str
    bars: int
    latent_size: int
    trained_on: list[str]
    """Names of collections."""
    token_accuracy: float | None
    """Free-running, from the posterior's mean; 0 to 1, as the next two."""
    onset_accuracy: float | None
    exact_phrases: float | None
    notes_found: float | None
    """Recall of notes, for polyphonic models; 0 to 1."""
    kl_nats: float | None
    size_mb: float
    """All files of the model, in 10**6 bytes."""
    folder: str

    def data(self) -> dict[str, Any]:
        """The summary as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class OtherModel:
    """A model of grooves, of buttons or of sound."""

    name: str
    description: str
    used_by: str
    """The verbs that it answers."""
    size_mb: float
    """All its files, in 10**6 bytes."""
    folder: str

    def data(self) -> dict[str, Any]:
        """The summary as plain data."""
        return asdict(self)


def summaries() -> list[ModelSummary]:
    """Summarize every model of phrases in the package."""
    return [_summary(name) for name in available()]


def others() -> list[OtherModel]:
    """Summarize the models in the package that are none of phrases."""
    verbs = (
        ("humanize, drumify", available_grooves()),
        ("genie", available_genies()),
        ("hit, kit, render --kit", available_drum_machines()),
        ("transfer, encode-audio, decode-audio", available_audio_models()),
        ("render, and sound of all verbs", available_synths()),
        ("render --engine ddsp, transfer --timbre", available_line_synths()),
    )
    return [_other(name, used_by) for used_by, names in verbs for name in names]


def _other(name: str, used_by: str) -> OtherModel:
    folder = PRETRAINED / name
    config = read_json(folder / CONFIG_FILE, CheckpointError, "Install the package again.")
    return OtherModel(name, config["description"], used_by, _size_mb(folder), str(folder))


def _size_mb(folder: Path) -> float:
    return sum(part.stat().st_size for part in folder.iterdir()) / 1e6


def _summary(name: str) -> ModelSummary:
    folder = find(name)
    config = load_config(folder)
    metrics = read_metrics(folder)
    measured = metrics.get("reconstruction", {})
    everything, notes = measured.get("all", {}), metrics.get("notes", {})
    free_running = everything.get("mean", {})
    return ModelSummary(
        name=name,
        description=config.description,
        metre=config.model.metre,
        bars=config.model.bars,
        latent_size=config.model.latent_size,
        trained_on=sorted(measured.get("collections", notes.get("collections", []))),
        token_accuracy=free_running.get("token"),
        onset_accuracy=free_running.get("onset"),
        exact_phrases=free_running.get("exact"),
        notes_found=notes.get("found"),
        kl_nats=everything.get("kl_nats", notes.get("kl_nats")),
        size_mb=_size_mb(folder),
        folder=str(folder),
    )
