"""train-oneshot of codes: a resumed run ends bit-equal, priors of their own, and refused settings."""

import json

import pytest
import torch

from symvae.config.load import load_preset, presets, with_overrides
from symvae.config.oneshot import OneShotConfig
from symvae.config.oneshot_codes import OneShotCodesConfig
from symvae.config.oneshot_family import load_oneshot_preset
from symvae.corpus.sound_shards import open_sounds
from symvae.errors import ConfigError, TrainingError
from symvae.system.code_drum_machine import CodeDrumMachine
from symvae.system.oneshot_code_artifacts import load_drum_codes
from symvae.training.sound_batches import sound_batches
from symvae.training.sound_variation import SoundVariation
from symvae.training.tasks.oneshot_code_prior import encode_sounds, encode_versions
from symvae.training.tasks.oneshot_codes import train_oneshot_codes
from tests.drum_folders import TINY_CODES

FILES = ("model.safetensors", "prior.safetensors", "config.json", "metrics.json")


@pytest.fixture
def config():
    return with_overrides(OneShotCodesConfig(), list(TINY_CODES))


@pytest.mark.parametrize("stops", [(1, 3), (4, 5, 7)])
def test_a_resumed_run_ends_bit_equal(config, drum_sounds, tiny_code_machine, tmp_path, stops):
    shards = open_sounds(drum_sounds)
    for number, stop in enumerate((*stops, None)):
        train_oneshot_codes(config, shards, tmp_path / "run", resume=number > 0, stop_after=stop)
    for name in FILES:
        one, other = (folder / "model" / name for folder in (tmp_path / "run", tiny_code_machine))
        assert one.read_bytes() == other.read_bytes(), name


def test_a_prior_of_another_network_takes_the_codes_of_a_run(
    config, drum_sounds, tiny_code_machine, tmp_path
):
    shards = open_sounds(drum_sounds)
    other = with_overrides(config, ["prior.network=transformer"])
    words = {"start": tiny_code_machine / "model"}
    train_oneshot_codes(other, shards, tmp_path / "run", stop_after=2, **words)
    train_oneshot_codes(other, shards, tmp_path / "run", resume=True, **words)
    one, two = (folder / "model" for folder in (tiny_code_machine, tmp_path / "run"))
    assert (one / "model.safetensors").read_bytes() == (two / "model.safetensors").read_bytes()
    assert (one / "prior.safetensors").read_bytes() != (two / "prior.safetensors").read_bytes()
    assert CodeDrumMachine.load(two).config.prior.network == "transformer"
    with pytest.raises(TrainingError, match="already holds a run"):
        train_oneshot_codes(other, shards, tmp_path / "run", **words)
    with pytest.raises(TrainingError, match="There is nothing to resume"):
        train_oneshot_codes(other, shards, tmp_path / "third", resume=True, **words)
    larger = with_overrides(other, ["codes.entries=16"])
    with pytest.raises(TrainingError, match="has other sizes or classes than this config"):
        train_oneshot_codes(larger, shards, tmp_path / "third", **words)


def test_a_used_folder_is_refused(config, drum_sounds, tiny_code_machine):
    with pytest.raises(TrainingError, match="already holds a run"):
        train_oneshot_codes(config, open_sounds(drum_sounds), tiny_code_machine)


def test_training_lowers_the_distance_and_uses_the_codes(config, drum_sounds, tmp_path):
    longer = with_overrides(config, ["training.steps=40", "training.learning_rate=0.01", "prior.steps=1"])
    seen = []
    train_oneshot_codes(
        longer, open_sounds(drum_sounds), tmp_path / "run", watch=lambda now: seen.append(dict(now.figures))
    )
    reached = [each for each in seen if "level_db" in each]
    assert reached[-1]["level_db"] < 0.9 * reached[0]["level_db"]
    assert 0 < reached[-1]["used"] <= 1
    assert 1 <= reached[-1]["perplexity"] <= 8


def test_codes_of_a_sound_do_not_depend_on_the_batch(drum_sounds, tiny_code_machine):
    network = load_drum_codes(tiny_code_machine / "model")[1]
    sounds = sound_batches(open_sounds(drum_sounds), "train")
    words = encode_sounds(network, sounds)
    for row in (0, 3, len(sounds) - 1):
        alone = sounds.rows(slice(row, row + 1))
        with torch.inference_mode():
            codes = network.encode(network.levels(alone.wave), alone.drum).codes
        assert torch.equal(codes[0], words.codes[row])


def test_versions_follow_the_sounds_and_the_seed(drum_sounds, tiny_code_machine):
    network = load_drum_codes(tiny_code_machine / "model")[1]
    sounds = sound_batches(open_sounds(drum_sounds), "train")
    plain = encode_sounds(network, sounds)
    words = {"versions": 6, "seed": 1, "bounds": SoundVariation(2.0)}
    one, same = (encode_versions(network, sounds, **words) for _ in range(2))
    assert torch.equal(one.codes, same.codes)
    assert torch.equal(one.codes[: len(sounds)], plain.codes)
    assert len(sounds) < len(one.codes) <= 6 * len(sounds)


def test_the_preset_is_the_default():
    preset = load_preset("oneshot-codes-44k", OneShotCodesConfig)
    assert dict(vars(preset), description="") == vars(OneShotCodesConfig())


def test_a_preset_tells_its_family(tmp_path):
    assert isinstance(load_oneshot_preset("oneshot-44k"), OneShotConfig)
    assert isinstance(load_oneshot_preset("oneshot-codes-44k"), OneShotCodesConfig)
    (tmp_path / "mine.toml").write_text("[prior]\nsteps = 3\n[codes]\nlevels = 2\n")
    mine = load_oneshot_preset(str(tmp_path / "mine.toml"))
    assert isinstance(mine, OneShotCodesConfig)
    assert (mine.codes.levels, mine.prior.steps) == (2, 3)
    (tmp_path / "z.toml").write_text("[prior]\nsteps = 3\n")
    assert isinstance(load_oneshot_preset(str(tmp_path / "z.toml")), OneShotConfig)
    known = ", ".join([*presets(OneShotConfig), *presets(OneShotCodesConfig)])
    with pytest.raises(ConfigError, match=f"There is no preset 'gong'. Known presets: {known}"):
        load_oneshot_preset("gong")
    with pytest.raises(ConfigError, match=r"There is no preset file missing\.toml"):
        load_oneshot_preset("missing.toml")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("model.stft_size=1000", "model.stft_size must be 4 times model.hop, not 1000 with 256"),
        ("model.kernel=4", "model.kernel must be odd, not 4"),
        ("codes.levels=0", "codes.levels must be a whole number from 1"),
        ("codes.entries=1", "codes.entries must be a whole number from 2"),
        ("codes.decay=1.5", "codes.decay is a share from 0 to 1, not 1.5"),
        ("objective.commitment=-1", "objective.commitment must be a number of at least 0"),
        ("objective.repitch_semitones=13", "objective.repitch_semitones is from 0 to 12, not 13"),
        ("prior.network=lstm", "prior.network is 'convolutions' or 'transformer', not 'lstm'"),
        ("prior.width=40", "prior.width must be a multiple of 32, not 40"),
        ("prior.dropout=2", "prior.dropout is a share from 0 to 1, not 2"),
        ("prior.versions=0", "prior.versions must be a number of at least 1"),
    ],
)
def test_bad_settings_are_named(config, setting, words):
    with pytest.raises(ConfigError, match=words):
        with_overrides(config, [setting])


def test_the_folder_says_its_format(tiny_code_machine):
    header = json.loads((tiny_code_machine / "model/config.json").read_text())
    assert (header["format"], header["version"]) == ("symvae-oneshot-codes", 2)
