"""The families table: what a family answers, and what an unknown or unfit one is refused for."""

from dataclasses import replace

import numpy as np
import pytest

from symvae.attributes.table import ATTRIBUTES, measure
from symvae.config.load import load_preset, with_overrides
from symvae.errors import ConfigError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.build import build_vae
from symvae.system.families import FAMILIES, check_family, family
from symvae.tokens.table import TOKENIZERS


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_found_by_its_name(name: str) -> None:
    assert family(name).tokenizer("4/4").name == family(name).name == name


def test_an_unknown_family_is_refused_with_those_that_exist() -> None:
    config = with_overrides(load_preset("melody-2bar"), ["model.tokenizer=foo"])
    for refuse in (lambda: check_family(config), lambda: build_vae(config.model), lambda: family("foo")):
        with pytest.raises(ConfigError, match=r"^model.tokenizer is 'melody' or .* or 'trio', not 'foo'.$"):
            refuse()


def test_a_family_whose_rows_end_early_has_no_scheduled_sampling() -> None:
    config = with_overrides(load_preset("piano-1bar"), ["objective.sampling_rate=0.5"])
    with pytest.raises(ConfigError, match=r"objective\.sampling_rate must be 0 for piano"):
        check_family(config)


def test_a_family_without_a_grid_has_no_geodesic_regularization() -> None:
    choice = ['model.faders=["register"]', "objective.regularization=glsr"]
    config = with_overrides(load_preset("piano-4bar-faders"), choice)
    with pytest.raises(ConfigError, match=r"reads tokens at fixed places, and a piano's bar has none"):
        check_family(config)
    check_family(with_overrides(load_preset("melody-4bar-faders"), choice))


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_tokenizer_preserves_attributes_that_exist(name: str) -> None:
    tokens = TOKENIZERS[name]("4/4")
    assert set(tokens.attributes) <= set(ATTRIBUTES)


@pytest.mark.parametrize("name", TOKENIZERS)
def test_the_attributes_of_a_tokenizer_survive_its_ids(name: str) -> None:
    """Those that it leaves out are equal after decoding, whatever they were."""
    tokens = TOKENIZERS[name]("4/4")
    melody = Phrase(Grid(1), np.array([0, 4, 8]), np.array([2, 3, 4]), np.array([60, 67, 64]), tempo_qpm=90.0)
    played = replace(melody.with_tempo(150.0), velocity=np.array([20, 30, 40]))
    decoded = [tokens.decode_ids(tokens.encode_phrase(phrase)) for phrase in (melody, played)]
    differing = {each for each, values in measure(decoded).items() if np.ptp(values)}
    assert differing == {"mean_velocity", "velocity_range", "tempo", "notes_per_second"} & set(
        tokens.attributes
    )


def test_a_metre_without_a_grid_is_refused_by_its_key() -> None:
    config = with_overrides(load_preset("melody-2bar"), ["model.metre=5/4"])
    with pytest.raises(ConfigError, match=r"^model\.metre is .*, not '5/4'"):
        check_family(config)
