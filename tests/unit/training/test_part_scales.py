"""Where parts have coordinates of z of their own, a prior learns a scale of its noise for each."""

import numpy as np
import pytest
import torch

from symvae.corpus.prepare import prepare
from symvae.corpus.shards import open_shards
from symvae.corpus.sources.trio import trio as trios
from symvae.errors import CheckpointError
from symvae.system.artifacts import save_prior
from symvae.system.symvae import SymVAE
from symvae.training.tasks import part_scales, prior_forms
from tests.trios import trio, trio_model, write_trio

SCALES = {"melody": 0.95, "bass": 1.05, "drums": 1.2}


@pytest.fixture
def model(tmp_path):
    return SymVAE.load(trio_model(tmp_path, "model.latent_by_part=true", "model.latent_size=12"))


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    home = tmp_path_factory.mktemp("music")
    (home / "songs").mkdir()
    for seed in range(12):
        write_trio(home / "songs" / f"{seed}.mid", trio(seed, bars=4))
    prepare([trios(home / "songs", collection="mine", workers=1)], home / "shards", tokenizer="trio")
    return open_shards(home / "shards")


def test_each_part_is_scaled_by_its_own_music(model, music, monkeypatch):
    monkeypatch.setattr(
        part_scales,
        "difference",
        lambda model, scaled, drawn, real: abs(float(model.prior.form_scale) - SCALES[scaled.part]),
    )
    monkeypatch.setattr(prior_forms, "DRAWS", 4)
    monkeypatch.setattr(prior_forms, "balance", lambda model, prior, real: None)
    prior_forms.learn_forms(model, model.prior, music)
    expected = torch.tensor([0.95] * 4 + [1.05] * 4 + [1.2] * 4)
    assert torch.allclose(model.prior.form_scale, expected)
    save_prior(model.folder, model.prior)
    again = SymVAE.load(model.folder).prior
    assert torch.allclose(again.form_scale, expected, atol=1e-3)


def test_the_noise_of_a_part_has_its_scale(model):
    prior = model.prior
    equal = torch.arange(2).expand(500, -1)
    prior.form_scale = torch.tensor([1.0] * 8 + [0.5] * 4)
    plain = prior.noise(500, torch.Generator().manual_seed(0), equal=equal).std(0)
    prior.form_scale = torch.tensor(1.0)
    same = prior.noise(500, torch.Generator().manual_seed(0), equal=equal).std(0)
    torch.testing.assert_close(plain[8:], 0.5 * same[8:], rtol=0.05, atol=0.01)
    torch.testing.assert_close(plain[:8], same[:8], rtol=0.05, atol=0.01)


def test_parts_are_compared_in_attributes_of_their_own(model):
    scaled = {each.part: each for each in part_scales.scaled_music(model)}
    assert list(scaled) == ["melody", "bass", "drums"]
    assert "drum_density" in scaled["drums"].compared
    assert "pitch_range" not in scaled["drums"].compared
    assert "pitch_range" in scaled["bass"].compared
    music = [trio(seed) for seed in range(6)]
    other = [
        each.with_parts(dict(each.parts) | {"drums": trio(90, parts=("drums",)).parts["drums"]})
        for each in music
    ]
    assert part_scales.difference(model, scaled["melody"], other, music) == 0
    assert part_scales.difference(model, scaled["drums"], other, music) > 0
    silent = [each.only(["melody"]) for each in music]
    assert part_scales.difference(model, scaled["bass"], silent, music) == np.inf


def test_scales_of_another_model_are_refused(model):
    model.prior.form_scale = torch.ones(5)
    save_prior(model.folder, model.prior)
    with pytest.raises(CheckpointError, match="prior"):
        _ = SymVAE.load(model.folder).prior
