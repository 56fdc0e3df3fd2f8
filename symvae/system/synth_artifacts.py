"""The table of files of a synthesizer's folder, and the functions that load and save each."""

import math
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from symvae.audio.equalizer import equalizer_of
from symvae.audio.partials import partials_of
from symvae.config.sound import SynthConfig
from symvae.errors import CheckpointError
from symvae.files.limit import shown
from symvae.models.sound.code_prior import CodePrior
from symvae.models.sound.probe import Probe
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.system.artifact import JsonFile, TensorFile, loaded
from symvae.system.build_synth import build_probe
from symvae.system.limits import TIMBRES as MOST_TIMBRES
from symvae.system.network_folder import SYNTH

_REMEDY = "Restore it or export it again."


def _checked_timbres(saved: dict[str, Any], size: int) -> list[dict[str, Any]]:
    """Timbres of a file; raises ValueError for one that lacks a key or has not ``size`` coordinates."""
    timbres = list(saved["timbres"])
    MOST_TIMBRES.check(len(timbres), "timbres.json")
    for timbre in timbres:
        missing = {"name", "program", "font", "z"} - timbre.keys()
        if missing or len(timbre["z"]) != size or not all(math.isfinite(number) for number in timbre["z"]):
            raise ValueError(f"the timbre {timbre.get('name')!r} lacks its program, font or {size} numbers")
        words = (timbre["name"], timbre["font"])
        if not all(isinstance(word, str) and 0 < len(word) <= 200 and word.isprintable() for word in words):
            raise ValueError(f"{shown(timbre['name'])} is no name of a timbre, or that of its font is none")
        partials_of(timbre.get("partials", {}))
        equalizer_of(timbre.get("equalizer"))
        if not 0 <= float(timbre.get("width", 0.0)) <= 1:
            raise ValueError(f"the timbre {timbre['name']!r} has the width {shown(timbre['width'])}")
        if type(timbre["program"]) is not int or not 0 <= timbre["program"] <= 127:
            raise ValueError(f"the timbre {timbre['name']!r} has the program {shown(timbre['program'])}")
    if len({timbre["name"] for timbre in timbres}) < len(timbres):
        raise ValueError("two timbres have one name")
    return timbres


def _probe_like(state: dict[str, Tensor], sample_rate: int) -> Probe:
    return build_probe(len(state["recognizer.leave.bias"]), sample_rate)


#: Places in z of the instruments that it has learned.
TIMBRES = JsonFile[list[dict[str, Any]]](
    "timbres.json", _REMEDY, lambda timbres: {"timbres": timbres}, _checked_timbres, indent=2
)
#: Prior over the codes of a quantized timbre.
CODE_PRIOR = TensorFile[CodePrior](
    "prior.safetensors",
    "prior of codes",
    "Restore it or run `symvae train-synth` again.",
    nn.Module.state_dict,
    loaded(CodePrior.like),
)
#: Transcription and recognition network that evaluates a synthesizer.
PROBE = TensorFile[Probe](
    "probe.safetensors",
    "probe",
    "Restore it or train it again (benchmarks/audio/train_probe.py).",
    nn.Module.state_dict,
    loaded(_probe_like),
)

save_timbres = TIMBRES.save
save_code_prior, load_code_prior = CODE_PRIOR.save, CODE_PRIOR.load
save_probe = PROBE.save


def load_probe(folder: Path, sample_rate: int) -> Probe | None:
    """Read the probe for sound at ``sample_rate`` Hz; None where there is none."""
    return PROBE.load(folder, sample_rate=sample_rate)


def save_synth(
    folder: Path,
    config: SynthConfig,
    state: dict[str, Tensor],
    *,
    timbres: list[dict[str, Any]] | None = None,
    metrics: dict[str, Any] | None = None,
) -> None:
    """Write a synthesizer's folder; an older one of that name is replaced once the new one is whole.

    Args:
        folder: The folder to write.
        config: The config that the network was built from.
        state: The network's weights by name.
        timbres: Learned timbres: ``name``, ``font``, ``program`` and ``z`` of each.
        metrics: Figures for metrics.json.
    """
    SYNTH.save(folder, config, state, metrics=metrics, add=lambda fresh: save_timbres(fresh, timbres or []))


def load_synth(folder: Path) -> tuple[SynthConfig, SpectrogramVAE, list[dict[str, Any]]]:
    """Read a synthesizer: its config, its network in evaluation mode, its timbres.

    Raises:
        CheckpointError: A file is missing, damaged or does not fit the config.
    """
    config, network = SYNTH.load(folder)
    timbres = TIMBRES.load(folder, size=config.model.timbre_size)
    if timbres is None:
        raise CheckpointError(f"{folder} is damaged: it has no {TIMBRES.file}. {_REMEDY}")
    return config, network, timbres
