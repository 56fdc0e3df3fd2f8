"""The drum machine of codes: one seed one sound, variations, evaluation, and refusals with a remedy."""

import math
import shutil

import numpy as np
import pytest
import torch

import symvae
from symvae.audio.drum_sounds import CLASSES
from symvae.audio.one_shot import SAMPLE_RATE, SAMPLES
from symvae.corpus.sound_shards import open_sounds
from symvae.dsp.wav import write_wav
from symvae.evaluation.oneshots import evaluate_oneshots
from symvae.evaluation.reports.oneshots import to_markdown
from symvae.system.code_drum_machine import CodeDrumMachine

REMEDY = r"\(`symvae train-oneshot --preset oneshot-44k`\)\."


@pytest.fixture(scope="module")
def machine(tiny_code_machine):
    return symvae.load_drum_machine(tiny_code_machine)


def test_it_loads_as_what_it_is(machine, tiny_drum_machine):
    assert isinstance(machine, CodeDrumMachine)
    assert not isinstance(symvae.load_drum_machine(tiny_drum_machine), CodeDrumMachine)
    assert (machine.name, machine.drums, machine.sample_rate) == ("tiny-codes", CLASSES, SAMPLE_RATE)
    assert "validation" in machine.metrics


def test_the_same_seed_gives_the_same_samples(machine):
    one, same, other = (machine.hit("snare", seed=seed) for seed in (7, 7, 8))
    assert torch.equal(one.codes, same.codes)
    np.testing.assert_array_equal(one.audio.samples, same.audio.samples)
    assert not torch.equal(one.codes, other.codes)
    assert one.audio.samples.shape == (1, SAMPLES)
    assert np.abs(one.audio.samples).max() <= 1
    assert torch.equal(*(machine.hit("tom", temperature=0.0, seed=seed).codes for seed in (1, 2)))


def test_a_kit_has_every_class(machine):
    kit, again = machine.kit(5), machine.kit(5)
    assert tuple(kit) == CLASSES
    assert all(hit.drum == drum for drum, hit in kit.items())
    assert all(np.array_equal(kit[d].audio.samples, again[d].audio.samples) for d in kit)


def test_the_loudness_is_met(machine):
    hit = machine.hit("tom", seed=2, loudness_lufs=-30.0)
    assert hit.asked == {"loudness_lufs": -30.0}
    assert hit.attributes["loudness_lufs"] == pytest.approx(-30.0, abs=0.01)


@pytest.mark.parametrize("amount", [0.0, 0.3, 0.5, 1.0])
def test_a_variation_keeps_its_share_of_the_codes(machine, amount):
    hit = machine.hit("kick", seed=1)
    varied = machine.like(hit, amount, seed=2)
    kept = varied.codes == hit.codes
    assert int(kept.sum()) >= round((1 - amount) * hit.codes.numel())
    # The coarsest level is the last to go.
    assert amount > 0.5 or kept[:, 0].all()
    assert torch.equal(varied.codes, hit.codes) == (amount == 0)
    if amount == 0:
        np.testing.assert_array_equal(machine.like(hit, 0.0, seed=1).audio.samples, hit.audio.samples)


def test_a_recording_is_encoded_in_the_class_that_fits(machine, tiny_drum_machine, tmp_path):
    hit = machine.hit("kick", seed=1)
    write_wav(hit.audio.samples, SAMPLE_RATE, tmp_path / "kick.wav")
    near, same = (machine.like(tmp_path / "kick.wav", 0.0, drum="kick", seed=seed) for seed in (1, 1))
    assert near.drum == "kick"
    assert torch.equal(near.codes, same.codes)
    assert machine.like(hit.audio, 0.2).drum in CLASSES
    of_z = symvae.load_drum_machine(tiny_drum_machine).hit("snare", seed=1)
    assert machine.like(of_z, 0.2, drum="tom").drum == "tom"


@pytest.mark.parametrize(
    "fader", ["attack_ms", "decay_sec", "centroid_hz", "brightness", "pitch_hz", "noisiness"]
)
def test_a_fader_is_refused_with_a_remedy(machine, fader):
    word = fader.partition("_")[0]
    sentence = f"draws codes and has no fader for the {word}. Leave it out, or take a drum machine with z "
    with pytest.raises(symvae.ConfigError, match=sentence + REMEDY):
        machine.hit("kick", **{fader: 0.5})


def test_refusals(machine, tiny_code_machine, tmp_path):
    with pytest.raises(
        symvae.ConfigError, match=r"draws codes, between which there is no path\. To morph, take"
    ):
        machine.morph(machine.hit("kick"), machine.hit("snare"))
    with pytest.raises(symvae.ConfigError, match=r"a mix of two sounds has none\. To mix, take"):
        machine.mix(machine.hit("kick"), machine.hit("snare"))
    with pytest.raises(symvae.ConfigError, match=r"There is no drum 'gong'\. tiny-codes knows kick, snare"):
        machine.hit("gong")
    with pytest.raises(symvae.ConfigError, match="from 0 to 1, not 2"):
        machine.like(machine.hit("kick"), 2.0)
    with pytest.raises(symvae.ConfigError, match="LUFS, not inf"):
        machine.hit("kick", loudness_lufs=math.inf)
    with pytest.raises(symvae.LatentError, match="temperature is a number from 0 to 100"):
        machine.kit(temperature=-1.0)
    shutil.copytree(tiny_code_machine / "model", tmp_path / "model")
    (tmp_path / "model/prior.safetensors").unlink()
    with pytest.raises(symvae.CheckpointError, match=r"has no prior yet\. Go on with its training"):
        symvae.load_drum_machine(tmp_path)


def test_a_prior_of_other_sizes_is_refused(tiny_code_machine, tmp_path):
    shutil.copytree(tiny_code_machine / "model", tmp_path / "model")
    path = tmp_path / "model/config.json"
    path.write_text(path.read_text().replace('"layers": 2', '"layers": 3'))
    with pytest.raises(symvae.CheckpointError, match=r"prior\.safetensors holds no prior"):
        symvae.load_drum_machine(tmp_path)


def test_every_figure_is_there(machine, drum_sounds):
    figures = evaluate_oneshots(machine, open_sounds(drum_sounds), quick=True)
    assert "faders" not in figures
    codes = figures["codes"]
    assert (codes["positions"], codes["levels"], codes["entries"]) == (11, 2, 8)
    assert 0 < codes["used"] <= 1
    assert len(codes["used_by_level"]) == len(codes["perplexity_by_level"]) == 2
    assert all(1 <= each <= 8 for each in codes["perplexity_by_level"])
    assert codes["bits_a_sound"]["uniform"] == 11 * 2 * 3
    assert codes["prior"]["nats_a_code_uniform"] == pytest.approx(math.log(8))
    assert codes["bits_a_sound"]["prior"] == pytest.approx(22 * codes["prior"]["nats_a_code"] / math.log(2))
    assert figures["reconstruction"]["kl_nats"] == pytest.approx(22 * math.log(8))
    text = to_markdown(figures)
    assert "### Codes" in text
    assert "| prior, convolutions | nats a code |" in text
    assert "### Faders" not in text
