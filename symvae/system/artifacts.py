"""A model folder: config.json, tokenizer.json, {model,latent,prior}.safetensors, metrics.json, CARD.md.

The only module that touches weight files. Weights are kept in half precision and run in single;
config.json names the format and its version, and an unknown version is refused. See
docs/checkpoint-format.md.
"""

import dataclasses
import json
import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from symvae.config.load import from_dict
from symvae.config.run import RunConfig
from symvae.config.sound import SynthConfig
from symvae.errors import CheckpointError
from symvae.models.faders.editor import FaderEditor
from symvae.models.flow.prior import FlowPrior
from symvae.models.phrase.vae import VAE
from symvae.models.sound.code_prior import CodePrior
from symvae.models.sound.probe import Probe
from symvae.models.sound.spectrogram_vae import SpectrogramVAE, SpectrumDecoder
from symvae.system.build import build_vae
from symvae.system.build_synth import build_probe, build_synth
from symvae.system.faders.scales import Scales

FORMAT, VERSION = "symvae-model", 1
SYNTH_FORMAT, SYNTH_VERSION = "symvae-synth", 1
PRIOR_FILE = "prior.safetensors"
SCALES_FILE = "faders.json"
EDITOR_FILE = "faders.safetensors"
TIMBRES_FILE = "timbres.json"
PROBE_FILE = "probe.safetensors"
#: Parts of tensor names that earlier releases spelled differently.
_RENAMED_PARTS = {"summarise": "summarize", "recogniser": "recognizer"}


def save_model(
    folder: Path,
    config: RunConfig,
    state: dict[str, Tensor],
    *,
    tokenizer: Path,
    metrics: dict[str, Any] | None = None,
) -> None:
    """Write a model folder; one of that name is put aside only when the new one is whole.

    Between the two renamings a reader finds neither; the old one is then beside it as ``.old``.
    """
    with _replacing(folder) as fresh:
        _write_tensors(fresh / "model.safetensors", state)
        save_config(fresh, config)
        shutil.copy(tokenizer, fresh / "tokenizer.json")
        if metrics is not None:
            _write_json(fresh / "metrics.json", metrics)


def save_config(folder: Path, config: RunConfig) -> None:
    """Write the whole choice that made the model."""
    header = {"format": FORMAT, "version": VERSION, **dataclasses.asdict(config)}
    _write_json(folder / "config.json", header)


def save_synth(
    folder: Path,
    config: SynthConfig,
    state: dict[str, Tensor],
    *,
    timbres: list[dict[str, Any]] | None = None,
    metrics: dict[str, Any] | None = None,
) -> None:
    """Write a synthesizer's folder: config.json, model.safetensors, timbres.json, metrics.json."""
    with _replacing(folder) as fresh:
        _write_tensors(fresh / "model.safetensors", state)
        header = {"format": SYNTH_FORMAT, "version": SYNTH_VERSION, **dataclasses.asdict(config)}
        _write_json(fresh / "config.json", header)
        _write_json(fresh / TIMBRES_FILE, {"timbres": timbres or []})
        _write_json(fresh / "metrics.json", metrics or {})


def save_timbres(folder: Path, timbres: list[dict[str, Any]]) -> None:
    """Write where in z the learned timbres lie beside a synthesizer's weights."""
    fresh = folder / f"{TIMBRES_FILE}.new"
    _write_json(fresh, {"timbres": timbres})
    fresh.replace(folder / TIMBRES_FILE)


def load_synth(folder: Path) -> tuple[SynthConfig, SpectrogramVAE, list[dict[str, Any]]]:
    """What `save_synth` wrote: the choice, the network ready to run, the timbres by name."""
    header = _read_header(folder, SYNTH_FORMAT, SYNTH_VERSION, "train-synth")
    config = from_dict(SynthConfig, header)
    state = _read_tensors(folder / "model.safetensors", "Restore it or export the synthesizer again.")
    network = build_synth(config.model)
    try:
        network.load_state_dict(state)
        timbres = json.loads((folder / TIMBRES_FILE).read_text(encoding="utf-8"))["timbres"]
        for timbre in timbres:
            _check_timbre(timbre, config.model.timbre_size)
    except (RuntimeError, OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"{folder} is damaged: {str(error).splitlines()[-1].strip()} Restore it or export it again."
        ) from error
    return config, network.eval(), timbres


def save_code_prior(folder: Path, prior: CodePrior) -> None:
    """Write what new timbres are drawn from into a synthesizer's folder."""
    fresh = folder / f"{PRIOR_FILE}.new"
    _write_tensors(fresh, prior.state_dict())
    fresh.replace(folder / PRIOR_FILE)


def load_code_prior(folder: Path) -> CodePrior | None:
    """What `save_code_prior` wrote; None where it never has."""
    path = folder / PRIOR_FILE
    if not path.is_file():
        return None
    state = _read_tensors(path, "Restore it or run `symvae train-synth` again.")
    try:
        prior = CodePrior.like(state)
        prior.load_state_dict(state)
    except (KeyError, RuntimeError) as error:
        raise CheckpointError(
            f"{path} holds no prior of codes. Restore it or run `symvae train-synth` again."
        ) from error
    return prior.eval()


def _check_timbre(timbre: dict[str, Any], size: int) -> None:
    name = timbre["name"]
    missing = {"program", "font", "z"} - timbre.keys()
    if missing or len(timbre["z"]) != size or not all(math.isfinite(number) for number in timbre["z"]):
        raise ValueError(f"the timbre {name!r} of {TIMBRES_FILE} lacks its program, font or {size} numbers.")


def save_probe(folder: Path, probe: Probe) -> None:
    """Write the listener that judges a synthesizer into its folder."""
    fresh = folder / f"{PROBE_FILE}.new"
    _write_tensors(fresh, probe.state_dict())
    fresh.replace(folder / PROBE_FILE)


def load_probe(folder: Path, sample_rate: int) -> Probe | None:
    """What `save_probe` wrote; None where it never has."""
    path = folder / PROBE_FILE
    if not path.is_file():
        return None
    state = _read_tensors(path, "Restore it or train it again (benchmarks/audio/train_probe.py).")
    try:
        probe = build_probe(len(state["recognizer.leave.bias"]), sample_rate)
        probe.load_state_dict(state)
    except (KeyError, RuntimeError) as error:
        raise CheckpointError(
            f"{path} holds no probe. Restore it or train it again (benchmarks/audio/train_probe.py)."
        ) from error
    return probe.eval()


class _Columns(torch.nn.Module):
    """A decoder whose result needs no class of ours to be read."""

    def __init__(self, decoder: SpectrumDecoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, roll: Tensor, z: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.decoder(roll, z))


def export_decoder(network: SpectrogramVAE, latent_size: int, path: Path) -> Path:
    """Write the decoder by itself as a program (`torch.export`): any lanes and frames, one z a lane.

    ``torch.export.load(path).module()`` runs it where only torch is: roll and z in, `Controls` out, column
    by column.
    """
    decoder = network.decoder
    lanes, frames = torch.export.Dim("lanes", max=1024), torch.export.Dim("frames", min=2, max=2**20)
    example = (torch.zeros(3, 50, decoder.enter.in_features), torch.zeros(3, 1, latent_size))
    shapes = ({0: lanes, 1: frames}, {0: lanes})
    program = torch.export.export(_Columns(decoder), example, dynamic_shapes=shapes)
    torch.export.save(program, path)
    return path


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """A folder to fill, which takes the place of ``folder`` when it is whole."""
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


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def load_config(folder: Path) -> RunConfig:
    """The whole choice that made the model."""
    return from_dict(RunConfig, _read_header(folder, FORMAT, VERSION, "train"))


def format_of(folder: Path) -> str:
    """What kind of thing a folder with a config.json holds; empty where it cannot be told."""
    try:
        return str(json.loads((folder / "config.json").read_text(encoding="utf-8"))["format"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _read_header(folder: Path, kind: str, version: int, verb: str) -> dict[str, Any]:
    """The choices in a config.json of this format and version."""
    path = folder / "config.json"
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
    if header.pop("format", None) != kind or header.pop("version", None) != version:
        raise CheckpointError(
            f"{path} is not in format {kind} version {version}. Install the symvae release that wrote it."
            if header.get("model")
            else f"{path} describes no symvae model. Give a folder that `symvae {verb}` wrote."
        )
    return header


def load_vae(folder: Path, config: RunConfig | None = None) -> VAE:
    """The network with its weights, in single precision, ready to run."""
    config = config or load_config(folder)
    path = folder / "model.safetensors"
    if not path.is_file():
        raise CheckpointError(f"{folder} has no model.safetensors. Restore it or export the model again.")
    state = _read_tensors(path, "Restore it or export the model again.")
    # Weights are about to be replaced, so drawing them would be wasted time at every start.
    with torch.device("meta"):
        vae = build_vae(config.model)
    try:
        vae.load_state_dict(state, assign=True)
    except RuntimeError as error:
        raise CheckpointError(
            f"{path} does not fit its config.json: {str(error).splitlines()[-1].strip()}"
        ) from error
    return vae.eval()


def save_latent(folder: Path, tensors: dict[str, Tensor]) -> None:
    """Write what is known of the latent space (prior, attribute vectors) beside the weights."""
    fresh = folder / "latent.safetensors.new"
    _write_tensors(fresh, tensors)
    fresh.replace(folder / "latent.safetensors")


def load_latent(folder: Path) -> dict[str, Tensor]:
    """What `save_latent` wrote, in single precision; nothing where it never has."""
    path = folder / "latent.safetensors"
    if not path.is_file():
        return {}
    return _read_tensors(path, "Restore it or run `symvae evaluate` again.")


def save_scales(folder: Path, scales: Scales) -> None:
    """Write the scales of the model's faders beside its weights."""
    fresh = folder / f"{SCALES_FILE}.new"
    fresh.write_text(json.dumps(scales.to_dict()) + "\n", encoding="utf-8")
    fresh.replace(folder / SCALES_FILE)


def load_scales(folder: Path) -> Scales | None:
    """What `save_scales` wrote; None for a model without faders."""
    path = folder / SCALES_FILE
    if not path.is_file():
        return None
    try:
        return Scales.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"{path} is damaged ({error}). Restore it or export the model again."
        ) from error


def save_editor(folder: Path, editor: FaderEditor) -> None:
    """Write what moves the faders into ``folder``."""
    fresh = folder / f"{EDITOR_FILE}.new"
    _write_tensors(fresh, editor.state_dict())
    fresh.replace(folder / EDITOR_FILE)


def load_editor(folder: Path) -> FaderEditor | None:
    """What `save_editor` wrote; None where it never has."""
    path = folder / EDITOR_FILE
    if not path.is_file():
        return None
    state = _read_tensors(path, "Restore it or run `symvae train-faders` again.")
    try:
        editor = FaderEditor.like(state)
        editor.load_state_dict(state)
    except (KeyError, RuntimeError, ValueError) as error:
        raise CheckpointError(
            f"{path} holds no faders. Restore it or run `symvae train-faders` again."
        ) from error
    return editor.eval()


def save_prior(folder: Path, prior: FlowPrior) -> None:
    """Write a learned prior into ``folder``."""
    fresh = folder / f"{PRIOR_FILE}.new"
    _write_tensors(fresh, prior.state_dict())
    fresh.replace(folder / PRIOR_FILE)


def load_prior(folder: Path) -> FlowPrior | None:
    """The prior that `save_prior` wrote; None where it never has."""
    path = folder / PRIOR_FILE
    if not path.is_file():
        return None
    return FlowPrior.from_state(_read_tensors(path, "Restore it or run `symvae train-prior` again."))


def _read_tensors(path: Path, remedy: str) -> dict[str, Tensor]:
    try:
        return {_name_today(name): value.float() for name, value in load_file(path).items()}
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is damaged ({error}). {remedy}") from error


def _name_today(tensor: str) -> str:
    """The name of a tensor of an earlier release."""
    return ".".join(_RENAMED_PARTS.get(part, part) for part in tensor.split("."))


def _write_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    path.write_bytes(save({name: value.half().contiguous() for name, value in tensors.items()}))
