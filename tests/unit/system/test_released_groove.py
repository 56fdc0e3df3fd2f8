"""The folder of the released groove model is complete and agrees with its preset."""

from dataclasses import replace

import pytest

from symvae.config.groove import GrooveConfig
from symvae.config.load import load_preset
from symvae.evaluation.reports.groove import groove_card
from symvae.system.catalog import available_grooves, find_groove
from symvae.system.groove import DEFAULT_GROOVE, load_groove
from tests.groove_models import beat


def test_the_default_groove_model_is_in_the_package() -> None:
    assert DEFAULT_GROOVE in available_grooves()


@pytest.mark.parametrize("name", available_grooves())
def test_a_released_groove_model_is_complete(name: str) -> None:
    folder, groove = find_groove(name), load_groove(name)
    assert replace(groove.config, model=replace(groove.config.model, styles=())) == load_preset(
        name, GrooveConfig
    )
    assert (folder / "CARD.md").read_text() == groove_card(groove.config, groove.metrics)
    assert sum(file.stat().st_size for file in folder.iterdir()) < 5e6


def test_a_released_model_plays_a_beat_in_a_style() -> None:
    """The same seed gives the same touch, and no style of the model leaves the beat as it is."""
    groove, phrases = load_groove(), [beat(), beat()]
    once, again = (groove.humanize(phrases, style="funk", seed=3) for _ in range(2))
    assert once == again
    assert all(played.offset_step.any() for played in once)
    assert [played.pitch.tolist() for played in once] == [phrase.pitch.tolist() for phrase in phrases]
