"""ONNX graphs give the numbers of torch in onnxruntime, for any batch and any number of frames."""

from dataclasses import replace

import numpy as np
import onnxruntime
import pytest
import torch

from symvae.config.load import with_overrides
from symvae.config.oneshot_decoder import OneShotDecoderConfig
from symvae.config.rave import RaveConfig
from symvae.errors import AudioError, ConfigError
from symvae.export.onnx_graphs import export_audio_graphs, export_drum_graph
from symvae.latent.principal_axes import PrincipalAxes
from symvae.pipelines.export_audio import export_audio
from symvae.system.audio_model import AudioModel
from symvae.system.build_oneshot import build_drum_vae
from symvae.system.build_rave import build_rave
from symvae.system.drum_machine import DrumMachine
from tests.audio_models import TINY_RAVE

SMALL = OneShotDecoderConfig(
    kind="rave", width=8, strides=(4, 2), capacity=4, dilations=(1, 3), noise_stride=4
)


def runs(path, **inputs):
    session = onnxruntime.InferenceSession(str(path))
    return session.run(None, {name: value.numpy() for name, value in inputs.items()})[0], session


@torch.no_grad()
def test_an_audio_model_gives_the_same_numbers(tmp_path) -> None:
    torch.manual_seed(0)
    config = with_overrides(RaveConfig(), list(TINY_RAVE))
    network = build_rave(config.model).eval()
    torch.nn.init.constant_(network.head.noise.leave.bias, 5.0)
    axes = PrincipalAxes(torch.zeros(3), torch.eye(3), torch.ones(3))
    model = AudioModel(tmp_path, config, network, axes)
    encoder, decoder = export_audio_graphs(model, tmp_path / "voice.onnx")
    assert (encoder.name, decoder.name) == ("voice-encode.onnx", "voice-decode.onnx")
    wave = torch.randn(3, 20 * network.ratio)
    z, session = runs(encoder, wave=wave)
    np.testing.assert_allclose(z, network.encode(wave).numpy(), atol=1e-5)
    back, _ = runs(decoder, z=torch.from_numpy(z))
    np.testing.assert_allclose(back, network.decode(torch.from_numpy(z)).numpy(), atol=1e-5)
    about = session.get_modelmeta().custom_metadata_map
    assert (about["sample_rate"], about["ratio"], about["delay"]) == ("8000", "32", "40")
    with pytest.raises(AudioError, match="exists"):
        export_audio_graphs(model, tmp_path / "voice.onnx")


@torch.no_grad()
@pytest.mark.parametrize("kind", ["rave", "spectrogram"])
def test_a_drum_machine_gives_the_same_numbers(kind, tiny_drum_machine, tmp_path) -> None:
    tiny = DrumMachine.load(tiny_drum_machine)
    torch.manual_seed(0)
    decoder = replace(SMALL, kind=kind)
    network = build_drum_vae(tiny.config.model, decoder).eval()
    config = replace(tiny.config, decoder=decoder)
    machine = DrumMachine(tiny.folder, config, network, tiny.prior, tiny.faders)
    (path,) = export_drum_graph(machine, tmp_path / "drums.onnx")
    z, drum = torch.randn(5, 4), torch.eye(len(machine.drums))[torch.arange(5) % 2]
    made, session = runs(path, z=z, drum=drum)
    if kind == "rave":
        expected = network.finished(network.head(z, network.embed(drum)))
    else:
        expected = network.magnitudes(network.decode(z, drum))
    np.testing.assert_allclose(made, expected.numpy(), rtol=1e-4, atol=1e-4)
    assert session.get_outputs()[0].name == ("wave" if kind == "rave" else "magnitude")
    assert session.get_modelmeta().custom_metadata_map["classes"] == ",".join(machine.drums)


def test_what_has_no_graph_or_no_program_is_refused(tiny_drum_machine, tmp_path) -> None:
    machine = DrumMachine.load(tiny_drum_machine)
    machine.config = replace(machine.config, decoder=OneShotDecoderConfig(kind="wave"))
    with pytest.raises(ConfigError, match="has no decoder that is a single graph"):
        export_drum_graph(machine, tmp_path / "drums.onnx")
    with pytest.raises(ConfigError, match="Export it with --format onnx"):
        export_audio(str(tiny_drum_machine), tmp_path / "drums.ts")
