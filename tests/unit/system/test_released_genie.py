"""The folder of the released genie is complete and agrees with its preset, and it plays along the buttons."""

import pytest

from symvae.config.genie import GenieConfig
from symvae.config.load import load_preset
from symvae.evaluation.reports.genie import genie_card
from symvae.music.buttons import NUM_BUTTONS
from symvae.system.catalog import available_genies, find_genie
from symvae.system.genie import DEFAULT_GENIE, load_genie


def test_the_default_genie_is_in_the_package() -> None:
    assert DEFAULT_GENIE in available_genies()


@pytest.mark.parametrize("name", available_genies())
def test_a_released_genie_is_complete(name: str) -> None:
    folder, genie = find_genie(name), load_genie(name)
    assert genie.config == load_preset(name, GenieConfig)
    assert (folder / "CARD.md").read_text() == genie_card(genie.config, genie.metrics, "test")
    assert sum(file.stat().st_size for file in folder.iterdir()) < 4e6


def test_a_released_genie_climbs_in_its_key() -> None:
    """All keys rise with the buttons, and in C major most are white: of random keys 7 of 12 would be."""
    genie = load_genie()
    white = []
    for seed in range(8):
        genie.start(key="C", seed=seed)
        keys = [genie.press(button, 0.4 * button)[0] for button in range(1, NUM_BUTTONS + 1)]
        assert keys == sorted(keys)
        white += [key % 12 in (0, 2, 4, 5, 7, 9, 11) for key in keys]
    assert sum(white) > 0.85 * len(white)
