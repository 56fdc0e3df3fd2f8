"""Networks of sound as ONNX graphs, for any runtime that reads them.

    audio model      NAME-encode.onnx   wave (batch, sample) → z (batch, latent, frame)
                     NAME-decode.onnx   z (batch, latent, frame) → wave (batch, sample), late by the delay
    drum machine     NAME-decode.onnx   z (batch, latent), drum (batch, class) → wave (batch, sample) of
                     RAVE's decoder, or magnitude (batch, frame, bin) of decoders of spectra

Batches have any size, and so have sounds of an audio model: a multiple of its ratio. Graphs process whole
sounds; a stream needs the TorchScript program (`symvae.export.audio_program`), which keeps its past. Rates,
ratio, delay and classes are in the metadata of each graph. Made by `torch.onnx` from an exported program.
"""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from symvae.errors import AudioError, ConfigError, refuse_to_overwrite
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.models.oneshot.rave_head import RaveHead
from symvae.models.rave.rave import Rave
from symvae.storage.whole_file import whole_file
from symvae.system.audio_model import AudioModel
from symvae.system.drum_machine import AnyDrumMachine, DrumMachine

#: Packages that torch needs to write graphs.
_PACKAGES = ("onnx", "onnxscript")
#: Frames and sounds of the examples, from which graphs for any number are made.
_FRAMES, _BATCH = 6, 2
_MOST_FRAMES, _MOST_BATCH = 2**16, 2**10


class _Encode(nn.Module):
    def __init__(self, network: Rave) -> None:
        super().__init__()
        self.network = network

    def forward(self, wave: Tensor) -> Tensor:
        return self.network.encode(wave)


class _Decode(nn.Module):
    def __init__(self, network: Rave) -> None:
        super().__init__()
        self.network = network

    def forward(self, z: Tensor) -> Tensor:
        return self.network.decode(z)


class _Hit(nn.Module):
    """A drum machine's decoder: samples of RAVE's head, or magnitudes."""

    def __init__(self, network: DrumVAE) -> None:
        super().__init__()
        self.network, self.head = network, network.head

    def forward(self, z: Tensor, drum: Tensor) -> Tensor:
        if isinstance(self.head, RaveHead):
            return self.network.finished(self.head(z, self.network.embed(drum)))
        return self.network.magnitudes(self.network.decode(z, drum))


def export_audio_graphs(
    model: AudioModel, path: str | os.PathLike[str], *, force: bool = False
) -> list[Path]:
    """Write encoder and decoder of an audio model as ONNX graphs.

    Args:
        model: The audio model.
        path: ``voice.onnx`` writes ``voice-encode.onnx`` and ``voice-decode.onnx``.
        force: Overwrite existing files.

    Returns:
        The files.

    Raises:
        AudioError: A file exists, and ``force`` is not set; or a package is missing that torch needs.
    """
    network = model.network.eval()
    frames = torch.export.Dim("frames", min=2, max=_MOST_FRAMES)
    batch = torch.export.Dim("batch", min=1, max=_MOST_BATCH)
    wave, z = (
        torch.zeros(_BATCH, _FRAMES * network.ratio),
        torch.zeros(_BATCH, network.latent_size, _FRAMES),
    )
    about = {"sample_rate": model.sample_rate, "ratio": network.ratio, "delay": network.delay}
    places = [_place(path, word, force=force) for word in ("encode", "decode")]
    _write(
        _Encode(network),
        {"wave": wave},
        {"wave": {0: batch, 1: network.ratio * frames}},
        "z",
        places[0],
        about,
    )
    _write(_Decode(network), {"z": z}, {"z": {0: batch, 2: frames}}, "wave", places[1], about)
    return places


def export_drum_graph(
    machine: AnyDrumMachine, path: str | os.PathLike[str], *, force: bool = False
) -> list[Path]:
    """Write the decoder of a drum machine as an ONNX graph.

    Args:
        machine: The drum machine.
        path: ``drums.onnx`` writes ``drums-decode.onnx``.
        force: Overwrite an existing file.

    Returns:
        The file, in a list.

    Raises:
        AudioError: The file exists, and ``force`` is not set; or a package is missing that torch needs.
        ConfigError: The decoder is no single graph: of codes, or one that writes sample after sample.
    """
    if not isinstance(machine, DrumMachine) or machine.config.decoder.kind == "wave":
        raise ConfigError(
            f"{machine.name} has no decoder that is a single graph. "
            "Export a drum machine with z and the decoder spectrogram, phases or rave."
        )
    network = machine.network.eval()
    batch = torch.export.Dim("batch", min=1, max=_MOST_BATCH)
    z, drum = torch.zeros(_BATCH, machine.config.model.latent_size), torch.zeros(_BATCH, len(machine.drums))
    about = {"sample_rate": machine.sample_rate, "classes": ",".join(machine.drums)}
    place = _place(path, "decode", force=force)
    result = "wave" if isinstance(network.head, RaveHead) else "magnitude"
    _write(_Hit(network), {"z": z, "drum": drum}, {"z": {0: batch}, "drum": {0: batch}}, result, place, about)
    return [place]


def _place(path: str | os.PathLike[str], word: str, *, force: bool) -> Path:
    given = Path(path)
    place = given.with_name(f"{given.stem}-{word}.onnx")
    refuse_to_overwrite(place, AudioError, force=force)
    return place


def _write(
    network: nn.Module,
    inputs: dict[str, Tensor],
    shapes: dict[str, Any],
    output: str,
    place: Path,
    about: dict[str, Any],
) -> None:
    """Write one graph."""
    export: Callable[..., Any] = torch.onnx.export
    # It warns of packages whose operators are not in use here.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    try:
        with torch.no_grad():
            program = export(
                network.eval(),
                tuple(inputs.values()),
                input_names=list(inputs),
                output_names=[output],
                dynamic_shapes=tuple(shapes.values()),
                dynamo=True,
                verbose=False,
            )
    except ImportError as error:
        raise AudioError(
            f"An ONNX graph needs the packages {' and '.join(_PACKAGES)}. "
            f"Install them: pip install {' '.join(_PACKAGES)}."
        ) from error
    program.model.metadata_props.update({name: str(value) for name, value in about.items()})
    with whole_file(place, AudioError) as part:
        program.save(str(part), external_data=False)
