"""What each released model says of itself agrees with what the package holds."""

import pytest

from symvae.config.load import load_preset
from symvae.system.catalog import available, find
from symvae.system.checkpoint import load_config
from symvae.system.symvae import SymVAE


@pytest.mark.parametrize("name", available())
def test_a_released_model_was_trained_with_the_preset_of_its_name(name: str) -> None:
    assert load_config(find(name)) == load_preset(name)


@pytest.mark.parametrize("name", available())
def test_a_released_model_comes_whole(name: str) -> None:
    model = SymVAE.load(name)
    assert model.prior is not None
    assert {"onset_density", "c_major_membership"} <= set(model.directions)
    assert model.metrics["model"] == name
    assert not model.metrics["quick"]
    card = (model.folder / "CARD.md").read_text(encoding="utf-8")
    assert f"KL {model.metrics['reconstruction']['all']['kl_nats']:.1f} nats" in card
    assert sum(file.stat().st_size for file in model.folder.iterdir()) < 25e6
