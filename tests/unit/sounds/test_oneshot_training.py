"""train-oneshot: a resumed run ends bit-equal, and a batch follows from seed and step."""

import pytest
import torch

from symvae.config.load import load_preset, with_overrides
from symvae.config.oneshot import OneShotConfig
from symvae.corpus.sound_shards import open_sounds
from symvae.dsp.stft import Stft
from symvae.dsp.struck import struck
from symvae.errors import ConfigError, CorpusError, TrainingError
from symvae.objective.spectral import log_spectral_distance_db
from symvae.system.drum_machine import DrumMachine
from symvae.system.oneshot_artifacts import load_drum_vae
from symvae.training.sound_batches import SoundBatches, sound_batches
from symvae.training.sound_variation import SoundVariation
from symvae.training.tasks.oneshot import train_oneshot
from tests.drum_folders import TINY_ONESHOT

FILES = (
    "model.safetensors",
    "prior.safetensors",
    "faders.safetensors",
    "known.safetensors",
    "coarse.safetensors",
    "attacks.safetensors",
    "config.json",
    "metrics.json",
)


@pytest.fixture
def config():
    return with_overrides(OneShotConfig(), list(TINY_ONESHOT))


@pytest.mark.parametrize("stops", [(1, 3), (2, 5), (4, 6), (8, 10)])
def test_a_resumed_run_ends_bit_equal(config, drum_sounds, tiny_drum_machine, tmp_path, stops):
    shards = open_sounds(drum_sounds)
    for number, stop in enumerate((*stops, None)):
        train_oneshot(config, shards, tmp_path / "run", resume=number > 0, stop_after=stop)
    for name in FILES:
        one, other = (folder / "model" / name for folder in (tmp_path / "run", tiny_drum_machine))
        assert one.read_bytes() == other.read_bytes(), name


def test_a_used_folder_is_refused(config, drum_sounds, tiny_drum_machine):
    with pytest.raises(TrainingError, match="already holds a run"):
        train_oneshot(config, open_sounds(drum_sounds), tiny_drum_machine)


def test_training_lowers_the_distance(config, drum_sounds, tmp_path):
    shards = open_sounds(drum_sounds)
    longer = with_overrides(config, ["training.steps=40", "training.learning_rate=0.01", "prior.steps=1"])
    figures = []

    def watch(now):
        figures.append(dict(now.figures))

    train_oneshot(longer, shards, tmp_path / "run", stop_after=40, watch=watch)
    reached = [each["level_db"] for each in figures if "level_db" in each]
    assert reached[-1] < 0.9 * reached[0]


def test_the_small_decoder_takes_the_place_of_its_teacher(config, drum_sounds, tiny_drum_machine, tmp_path):
    """Encoder, prior and z stay; a finished run is not trained again."""
    shards, run = open_sounds(drum_sounds), tmp_path / "run"
    longer = with_overrides(config, ["distillation.steps=150", "distillation.batch_size=16"])
    errors = []

    def watch(now):
        if "level_db" in now.figures and now.steps == 150:
            errors.append(now.figures["level_db"])

    train_oneshot(longer, shards, run, stop_after=8)
    teacher = load_drum_vae(run / "model")[1]
    train_oneshot(longer, shards, run, resume=True, watch=watch)
    stored, network = load_drum_vae(run / "model")
    assert (stored.model.decoder_width, stored.model.decoder_blocks) == (8, 1)
    assert errors[-1] < 0.8 * errors[0]
    for name, value in teacher.state_dict().items():
        if not name.startswith("decoder."):
            torch.testing.assert_close(network.state_dict()[name], value)
    before = (run / "model" / "model.safetensors").read_bytes()
    train_oneshot(longer, shards, run, resume=True)
    assert (run / "model" / "model.safetensors").read_bytes() == before


def test_a_machine_may_keep_its_decoder(config, drum_sounds, tmp_path):
    plain = with_overrides(config, ["distillation.width=0"])
    train_oneshot(plain, open_sounds(drum_sounds), tmp_path / "run")
    stored, network = load_drum_vae(tmp_path / "run" / "model")
    assert stored.model.decoder_width == 0
    assert len(network.decoder.blocks) == plain.model.blocks
    assert (tmp_path / "run" / "model" / "coarse.safetensors").exists()


def test_batches_follow_from_seed_and_step(drum_sounds):
    batches = sound_batches(open_sounds(drum_sounds), "train")
    one, same = (batches.batch(3, 4, seed=1, bounds=SoundVariation(2.0, 0.5, 3.0, 20.0)) for _ in range(2))
    other = batches.batch(4, 4, seed=1, bounds=SoundVariation(2.0, 0.5, 3.0, 20.0))
    assert torch.equal(one.wave, same.wave)
    assert not torch.equal(one.wave, other.wave)
    assert one.wave.abs().max() <= 1
    assert (one.drum.sum(1) == 1).all()


def test_a_split_of_one_sound_is_refused(drum_sounds):
    shards = open_sounds(drum_sounds)
    sounds = shards.split("test")
    shards.split = lambda name: sounds._replace(samples=sounds.samples[:1])  # type: ignore[method-assign]
    with pytest.raises(CorpusError, match=r"has 1 sounds in the split test, of 2 that are needed"):
        sound_batches(shards, "test")


def test_the_network_reconstructs_levels_of_an_item_alone(drum_sounds, tiny_drum_machine):
    network = load_drum_vae(tiny_drum_machine / "model")[1]
    batch = SoundBatches(open_sounds(drum_sounds).split("train"), network.classes).rows(slice(3))
    with torch.inference_mode():
        levels = network.levels(batch.wave)
        z = network.encode(levels, batch.drum).mean
        together = network.wave(network.decode(z, batch.drum), torch.Generator().manual_seed(0))
        alone = network.wave(network.decode(z[1:2], batch.drum[1:2]), torch.Generator().manual_seed(0))
    torch.testing.assert_close(together[1:2], alone, atol=1e-4, rtol=0)


def test_iterations_bring_phases_nearer(drum_sounds):
    wave = torch.from_numpy(open_sounds(drum_sounds).split("train").waves(slice(6)))
    stft = Stft()
    distances = []
    for iterations in (0, 8, 32):
        rebuilt = struck(
            stft(wave).abs(),
            stft,
            wave.shape[1],
            onset=64,
            iterations=iterations,
            generator=torch.Generator().manual_seed(0),
        )
        distances.append(float(log_spectral_distance_db(rebuilt, wave, floor=1e-2).mean()))
    assert distances[0] > distances[1] > distances[2]


def test_the_preset_is_the_default():
    assert load_preset("oneshot-44k", OneShotConfig).model == OneShotConfig().model


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("model.stft_size=1000", "model.stft_size must be 4 times model.hop, not 1000 with 256"),
        ("model.kernel=4", "model.kernel must be odd, not 4"),
        ("model.width=0", "model.width must be a whole number from 1"),
        ("objective.repitch_semitones=13", "objective.repitch_semitones is from 0 to 12, not 13"),
        ("objective.beta=-1", "objective.beta must be a number of at least 0"),
        ("prior.solver_steps=0", "prior.solver_steps must be a whole number from 1 to 256, not 0"),
        ("prior.steps=0", "prior.steps must be a number of at least 1"),
    ],
)
def test_bad_settings_are_named(config, setting, words):
    with pytest.raises(ConfigError, match=words):
        with_overrides(config, [setting])


def test_a_machine_loads_from_its_run(tiny_drum_machine):
    assert DrumMachine.load(tiny_drum_machine).name == "tiny"
