"""Exported programs compute what the network computes."""

import pytest
import torch

from symvae.errors import AudioError
from symvae.export.program import export_decoder
from symvae.system.synth import Synth


def test_an_exported_decoder_takes_any_number_of_lanes_and_frames(tiny_synth, tmp_path) -> None:
    synth = Synth.load(tiny_synth)
    program = torch.export.load(export_decoder(synth, tmp_path / "decoder.pt2")).module()
    decoder = synth.network.decoder
    for lanes, frames in ((1, 40), (5, 17)):
        roll = torch.rand(lanes, frames, decoder.enter.in_features)
        z = torch.randn(lanes, 1, synth.config.model.timbre_size)
        for there, here in zip(program(roll, z), decoder(roll, z), strict=True):
            torch.testing.assert_close(there, here)
    with pytest.raises(AudioError, match="exists"):
        export_decoder(synth, tmp_path / "decoder.pt2")
