"""The folders of the released models are complete and agree with presets and cards."""

import pytest

from symvae.config.load import load_preset
from symvae.system.artifacts import load_config
from symvae.system.catalog import PRETRAINED, available, find
from symvae.system.choice import ModelFacts
from symvae.system.symvae import SymVAE


@pytest.mark.parametrize("name", available())
def test_a_released_model_was_trained_with_the_preset_of_its_name(name: str) -> None:
    assert load_config(find(name)) == load_preset(name)


#: Models without draws: faders start from the user's own music.
WITHOUT_PRIOR = {"melody-4bar-faders", "piano-4bar"}


@pytest.mark.parametrize("name", available())
def test_a_released_model_is_complete(name: str) -> None:
    model = SymVAE.load(name)
    assert (model.prior is None) == (name in WITHOUT_PRIOR)
    if set(model.faders) - {"arousal"}:  # the arousal of drums is arranged on their hits
        assert model.metrics["control"]["faders"].keys() == set(model.scales.names)
        assert all(model.faders[name].error is not None for name in model.scales.names)
    elif model.tokenizer.on_grid:
        attributes = (
            {"drum_density", "drum_syncopation"}
            if model.tokenizer.drums
            else {"onset_density", "c_major_membership"}
        )
        assert attributes <= set(model.directions)
    assert model.metrics["model"] == name
    assert not model.metrics["quick"]
    card = (model.folder / "CARD.md").read_text(encoding="utf-8")
    assert f"KL {ModelFacts.of(model).rate_nats:.1f} nats" in card
    assert sum(file.stat().st_size for file in model.folder.iterdir()) < 25e6


def test_all_weights_together_are_a_small_download() -> None:
    assert sum(file.stat().st_size for file in PRETRAINED.rglob("*") if file.is_file()) < 100e6
