"""The folder of the released synthesizer is complete and agrees with its preset."""

import pytest

from symvae.config.load import load_preset
from symvae.config.sound import PROGRAMS, SynthConfig
from symvae.system.catalog import available_synths, find_synth
from symvae.system.synth import DEFAULT_SYNTH
from symvae.system.synth_artifacts import load_synth


def test_the_default_synthesizer_is_in_the_package():
    assert DEFAULT_SYNTH in available_synths()


@pytest.mark.parametrize("name", available_synths())
def test_a_released_synthesizer_is_complete(name):
    folder = find_synth(name)
    config, _, timbres = load_synth(folder)
    assert config == load_preset(name, SynthConfig)
    assert {timbre["name"] for timbre in timbres} >= set(PROGRAMS)
    assert all(len(timbre["z"]) == config.model.timbre_size for timbre in timbres)
    assert (folder / "CARD.md").is_file()
    assert sum(file.stat().st_size for file in folder.iterdir()) < 25e6
