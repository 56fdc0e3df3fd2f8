"""A value that cannot be trained with is refused by the key that the user typed."""

import pytest

from symvae.config.load import load_preset, presets, with_overrides
from symvae.errors import ConfigError


@pytest.mark.parametrize(
    "override",
    [
        "model.decoder=foo",
        "model.bars=0",
        "model.phrase_size=-1",
        "model.initial_std=0.0",
        "objective.beta=-1",
        "objective.beta=inf",
        "objective.beta_schedule=foo",
        "objective.word_dropout=1.5",
        "data.transpose=-1",
        "training.learning_rate=nan",
        "training.learning_rate=0.0",
        "training.learning_rate=-1e-3",
        "training.warmup_steps=-1",
        "training.threads=0",
        "training.precision=fp8",
        "training.seed=-1",
    ],
)
def test_an_impossible_value_is_refused_by_its_key(override: str):
    key = override.split("=")[0]
    with pytest.raises(ConfigError, match=rf"^{key} (is|must be) .*, not "):
        with_overrides(load_preset("melody-2bar"), [override])


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("training.steps=many", "'training.steps' is a whole number, not 'many'."),
        ("training.learning_rate=fast", "'training.learning_rate' is a number, not 'fast'."),
        ("name=3", "'name' is a word, not 3."),
    ],
)
def test_a_value_of_another_type_is_refused_in_words(override: str, words: str):
    with pytest.raises(ConfigError) as refused:
        with_overrides(load_preset("melody-2bar"), [override])
    assert str(refused.value) == words


@pytest.mark.parametrize(("middle", "times"), [("true", "logit_normal"), ("false", "uniform")])
def test_a_key_of_an_earlier_release_is_translated(middle: str, times: str):
    config = with_overrides(load_preset("melody-2bar"), [f"prior.middle_times={middle}"])
    assert config.prior.time_sampling == times


@pytest.mark.parametrize("name", presets())
def test_every_preset_loads_under_its_name(name: str):
    assert load_preset(name).name == name
