"""A value that no synthesizer can be built with is refused by the key that the user typed."""

import pytest

from symvae.config.load import load_preset, presets, with_overrides
from symvae.config.sound import PROGRAMS, SynthConfig
from symvae.errors import ConfigError
from symvae.system.build_synth import build_synth
from tests.sines import TINY_SYNTH


def synth(*overrides: str) -> SynthConfig:
    return with_overrides(load_preset("synth-24k", SynthConfig), list(overrides))


@pytest.mark.parametrize(
    "override",
    [
        "model.sample_rate=0",
        "model.hop=0",
        "model.stft_size=512",
        "model.kernel=4",
        "model.mels=15",
        "model.low_bins=514",
        "model.noise_bands=1",
        "model.width=0",
        "model.blocks=0",
        "model.timbre_size=0",
        "model.consistency_steps=-1",
        "model.bottleneck=none",
        "model.head=griffin",
        "objective.beta=-1",
        "objective.beta=nan",
        "objective.beta_until=1.5",
        "objective.waveform_from=-0.1",
        "objective.waveform_frames=8",
        "clips.frames=8",
        "clips.made_up=2",
        "clips.level=0.0",
        "training.batch_size=1",
        "training.batch_size=13",
    ],
)
def test_an_impossible_value_is_refused_by_its_key(override: str) -> None:
    key = override.split("=")[0]
    with pytest.raises(ConfigError, match=rf"{key} "):
        synth(override)


def test_unknown_instruments_are_named_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"clips\.timbres names kazoo, lute\. Known: piano, electric-piano"):
        synth('clips.timbres=["piano","kazoo","lute"]')
    with pytest.raises(ConfigError, match=r"clips\.timbres names nothing"):
        synth("clips.timbres=[]")


def test_programs_are_those_of_general_midi() -> None:
    assert len(set(PROGRAMS.values())) == len(PROGRAMS)
    assert all(0 <= program <= 127 for program in PROGRAMS.values())


@pytest.mark.parametrize("name", presets(SynthConfig))
def test_every_preset_loads_under_its_name(name: str) -> None:
    assert load_preset(name, SynthConfig).name == name


def test_the_smallest_sizes_build_a_network() -> None:
    build_synth(synth(*TINY_SYNTH, "model.kernel=1", "model.blocks=1", "model.noise_bands=2").model)
