"""Audio models as TorchScript programs for hosts of live sound.

A program has the methods ``encode``, ``decode`` and ``forward`` over streams, with the registers by which nn~
of Max and Pure Data (Caillon and Esling 2022, arXiv 2204.07064) finds them: for each method a tensor
``<method>_params`` of input channels, input ratio, output channels and output ratio, and ``get_methods``,
``get_attributes``. Blocks are multiples of the ratio. It needs torch alone, no symvae.
"""

import copy
import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from symvae.errors import AudioError, refuse_to_overwrite
from symvae.models.rave.rave import Rave
from symvae.storage.whole_file import whole_file
from symvae.system.audio_model import AudioModel

#: Streams that a program runs side by side, as the channels of nn~ or of a stereo host.
STREAMS = 8
#: Frames of the block that is traced; programs take blocks of any number of frames.
_TRACED = 3


class _Streaming(nn.Module):
    """A network that streams, with the axis of channels that hosts have."""

    def __init__(self, network: Rave) -> None:
        super().__init__()
        self.network = network

    def encode(self, wave: Tensor) -> Tensor:
        return self.network.encode(wave[:, 0])

    def decode(self, z: Tensor) -> Tensor:
        return self.network.decode(z)[:, None]

    def forward(self, wave: Tensor) -> Tensor:
        return self.decode(self.encode(wave))


class _Host(nn.Module):
    """The traced methods, and the registers of nn~."""

    def __init__(self, traced: Any, latent_size: int, ratio: int, sample_rate: int, delay: int) -> None:
        super().__init__()
        self.traced = traced
        self.sample_rate, self.delay = sample_rate, delay
        self.register_buffer("encode_params", torch.tensor([1, 1, latent_size, ratio]))
        self.register_buffer("decode_params", torch.tensor([latent_size, ratio, 1, 1]))
        self.register_buffer("forward_params", torch.tensor([1, 1, 1, 1]))

    def forward(self, wave: Tensor) -> Tensor:
        out: Tensor = self.traced(wave)
        return out

    @torch.jit.export
    def encode(self, wave: Tensor) -> Tensor:
        out: Tensor = self.traced.encode(wave)
        return out

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        out: Tensor = self.traced.decode(z)
        return out

    @torch.jit.export
    def get_methods(self) -> list[str]:
        return ["encode", "decode", "forward"]

    @torch.jit.export
    def get_attributes(self) -> list[str]:
        return []

    @torch.jit.export
    def get_sample_rate(self) -> int:
        return self.sample_rate

    @torch.jit.export
    def get_delay(self) -> int:
        return self.delay


def export_audio_model(model: AudioModel, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Write an audio model as a TorchScript program for live sound.

    ``torch.jit.load(path).forward(wave)`` takes blocks shaped (stream, 1, sample), a multiple of the model's
    ratio long, and gives as many samples, late by the model's delay; at most `STREAMS` streams side by side.

    Args:
        model: The audio model.
        path: The file to write, ``voice.ts`` for example.
        force: Overwrite an existing file.

    Returns:
        The file.

    Raises:
        AudioError: The file exists, and ``force`` is not set.
    """
    path = Path(path)
    refuse_to_overwrite(path, AudioError, force=force)
    network = copy.deepcopy(model.network).eval().requires_grad_(False)
    network.start_stream(STREAMS)
    ratio, size = network.ratio, network.latent_size
    wave, z = torch.zeros(2, 1, _TRACED * ratio), torch.zeros(2, size, _TRACED)
    with torch.no_grad():
        traced = torch.jit.trace_module(
            _Streaming(network), {"forward": wave, "encode": wave, "decode": z}, check_trace=False
        )
        network.silence()
        host = torch.jit.script(_Host(traced, size, ratio, model.sample_rate, network.delay))
    with whole_file(path, AudioError) as part, part.open("w+b") as file:
        torch.jit.save(host, file)
    return path
