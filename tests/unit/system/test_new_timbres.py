"""New timbres: from the learned prior where there is one, else normal; by seed."""

from pathlib import Path

import pytest
import torch

from symvae.config.load import load_preset, with_overrides
from symvae.config.sound import SynthConfig
from symvae.errors import AudioError, CheckpointError
from symvae.models.sound.code_prior import CodePrior
from symvae.system.build_synth import build_synth
from symvae.system.new_timbres import new_timbres
from symvae.system.synth import Synth
from symvae.system.synth_artifacts import load_code_prior, save_code_prior, save_synth
from tests.sines import TINY_SYNTH


def saved(preset: str, folder: Path) -> Path:
    config = with_overrides(load_preset(preset, SynthConfig), list(TINY_SYNTH))
    torch.manual_seed(0)
    save_synth(folder, config, build_synth(config.model).state_dict())
    return folder


def test_timbres_of_a_gaussian_synthesizer_are_normal(tmp_path):
    synth = Synth.load(saved("synth-24k", tmp_path / "synth"))
    drawn = new_timbres(synth, 2000, seed=3)
    assert drawn.shape == (2000, 4)
    assert abs(drawn.std() - 1) < 0.05
    assert torch.equal(drawn, new_timbres(synth, 2000, seed=3))
    assert new_timbres(synth, 2000, seed=3, temperature=0.5).std() < 0.6


def test_timbres_of_a_quantized_synthesizer_are_sums_of_codes(tmp_path):
    folder = saved("synth-24k-small-vq", tmp_path / "synth")
    synth = Synth.load(folder)
    with pytest.raises(AudioError, match="has no prior of timbres"):
        new_timbres(synth, 1, seed=0)
    torch.manual_seed(0)
    prior = CodePrior(codebooks=4, entries=32, width=8)
    save_code_prior(folder, prior)
    kept = load_code_prior(folder)
    assert kept is not None
    drawn = new_timbres(synth, 6, seed=1)
    codes = kept.sample(6, torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(drawn, synth.network.encoder.lookup(codes))
    assert not torch.equal(drawn, new_timbres(synth, 6, seed=2))


def test_a_damaged_prior_is_refused(tmp_path):
    folder = saved("synth-24k-small-vq", tmp_path / "synth")
    (folder / "prior.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    with pytest.raises(CheckpointError, match="holds no prior of codes"):
        load_code_prior(folder)
