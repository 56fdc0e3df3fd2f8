"""Programs that run where only torch is (`torch.export`)."""

import os
from pathlib import Path

import torch
from torch import Tensor

from symvae.errors import AudioError, refuse_to_overwrite
from symvae.models.sound.spectrum_decoder import SpectrumDecoder
from symvae.storage.whole_file import whole_file
from symvae.system.synth import Synth


class _Columns(torch.nn.Module):
    """A decoder with a plain tuple as its result, which needs no class of symvae to be read."""

    def __init__(self, decoder: SpectrumDecoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, roll: Tensor, z: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.decoder(roll, z))


def export_decoder(synth: Synth, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Write a synthesizer's decoder as a program for any number of lanes and frames.

    ``torch.export.load(path).module()`` takes a roll shaped (lane, frame, column) and a z shaped
    (lane, 1, latent), and gives the columns of `symvae.models.sound.spectrogram_vae.Controls`.

    Args:
        synth: The synthesizer.
        path: The file to write, ``decoder.pt2`` for example.
        force: Overwrite an existing file.

    Returns:
        The file.

    Raises:
        AudioError: The file exists, and ``force`` is not set.
    """
    path = Path(path)
    refuse_to_overwrite(path, AudioError, force=force)
    decoder = synth.network.decoder
    lanes, frames = torch.export.Dim("lanes", max=1024), torch.export.Dim("frames", min=2, max=2**20)
    latent_size = synth.config.model.timbre_size
    example = (torch.zeros(3, 50, decoder.enter.in_features), torch.zeros(3, 1, latent_size))
    shapes = ({0: lanes, 1: frames}, {0: lanes})
    program = torch.export.export(_Columns(decoder), example, dynamic_shapes=shapes)
    with whole_file(path, AudioError) as part, part.open("w+b") as file:
        torch.export.save(program, file)
    return path
