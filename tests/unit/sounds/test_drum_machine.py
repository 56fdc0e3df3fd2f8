"""The drum machine: one seed one sound, peaks, variations, morphs, faders, and refusals."""

import math
import shutil

import numpy as np
import pytest
import torch

import symvae
from symvae.audio.drum_sounds import CLASSES
from symvae.audio.one_shot import ONSET, SAMPLE_RATE, SAMPLES
from symvae.audio.sound_attributes import ATTRIBUTES, sound_attributes
from symvae.dsp.audio import Audio
from symvae.dsp.wav import write_wav
from symvae.system.drum_faders import FADERS, DrumFaders, fit_faders, to_scale
from symvae.system.drum_search import search


@pytest.fixture(scope="module")
def machine(tiny_drum_machine):
    return symvae.load_drum_machine(tiny_drum_machine)


def test_the_same_seed_gives_the_same_samples(machine):
    one, same, other = (machine.hit("snare", seed=seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(one.audio.samples, same.audio.samples)
    assert not np.array_equal(one.audio.samples, other.audio.samples)
    assert one.audio.samples.shape == (1, SAMPLES)
    assert (one.audio.sample_rate, one.drum) == (SAMPLE_RATE, "snare")


@pytest.mark.parametrize("drum", CLASSES)
def test_peaks_are_at_most_one(machine, drum):
    assert np.abs(machine.hit(drum, seed=3).audio.samples).max() <= 1
    assert machine.hit(drum, temperature=0.0, seed=1).z.equal(machine.hit(drum, temperature=0.0, seed=2).z)


def test_a_kit_has_every_class(machine):
    kit = machine.kit(5)
    assert tuple(kit) == machine.drums == CLASSES
    assert all(hit.drum == drum for drum, hit in kit.items())
    again = machine.kit(5)
    assert all(np.array_equal(kit[d].audio.samples, again[d].audio.samples) for d in kit)


def test_attributes_are_measured_on_the_sound(machine):
    hit = machine.hit("tom", seed=2, loudness_lufs=-30.0)
    assert list(hit.attributes) == list(ATTRIBUTES)
    measured = sound_attributes(hit.audio.samples[0], SAMPLE_RATE)
    for name, value in measured.items():
        assert hit.attributes[name] == pytest.approx(value, rel=1e-3, nan_ok=True)
    assert hit.attributes["loudness_lufs"] == pytest.approx(-30.0, abs=0.01)
    assert machine.hit("tom", seed=2, loudness_lufs=20.0).attributes["loudness_lufs"] < 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("attack_ms", 5.0),
        ("decay_sec", 0.2),
        ("centroid_hz", 2000.0),
        ("pitch_hz", 200.0),
        ("noisiness", 0.3),
        ("brightness", 0.5),
    ],
)
def test_a_fader_never_moves_away_from_its_value(machine, name, value):
    before, after = machine.hit("snare", seed=4), machine.hit("snare", seed=4, **{name: value})
    measured = "centroid_hz" if name == "brightness" else name
    target = to_scale(measured, after.asked[measured])
    errors = [abs(to_scale(measured, each.attributes[measured]) - target) for each in (before, after)]
    assert math.isnan(errors[0]) or errors[1] <= errors[0]


def test_a_variation_by_nothing_is_the_reconstruction(machine, tmp_path):
    hit = machine.hit("kick", seed=1)
    np.testing.assert_array_equal(machine.like(hit, 0.0, seed=1).z, hit.z)
    write_wav(hit.audio.samples, SAMPLE_RATE, tmp_path / "kick.wav")
    near, far = (machine.like(tmp_path / "kick.wav", amount, drum="kick", seed=2) for amount in (0.0, 1.0))
    assert near.drum == far.drum == "kick"
    assert not near.z.equal(far.z)
    assert machine.like(hit.audio, 0.2).drum in CLASSES
    assert machine.like(hit, 0.2, drum="tom").drum == "tom"


def test_a_morph_hits_both_ends(machine):
    first, last = machine.hit("kick", seed=1), machine.hit("snare", seed=2)
    path = machine.morph(first, last, 4)
    assert torch.equal(path[0].z, first.z)
    torch.testing.assert_close(path[-1].z, last.z)
    assert [hit.drum for hit in path] == ["kick", "kick", "snare", "snare"]


def test_a_mix_has_the_attack_of_one_sound_and_the_tail_of_the_other(machine):
    first, last = machine.hit("kick", seed=1), machine.hit("snare", seed=2)
    mixed = machine.mix(first, last, at_ms=300.0, seed=3)
    assert mixed.drum == "kick"
    levels = [
        machine.network.levels(torch.from_numpy(each.audio.samples))[0] for each in (first, last, mixed)
    ]
    place = round((ONSET + 0.3 * SAMPLE_RATE) / machine.config.model.hop)

    def apart(one, other, frames):
        difference = one[frames] - other[frames]
        return float((difference - difference.mean()).abs().mean())

    early, late = slice(1, place - 6), slice(place + 6, None)
    assert apart(levels[2], levels[0], early) < apart(levels[2], levels[1], early)
    assert apart(levels[2], levels[1], late) < apart(levels[2], levels[0], late)
    with pytest.raises(symvae.ConfigError, match="between 0 and 993 ms, not at 2000"):
        machine.mix(first, last, at_ms=2000.0)


def test_refusals(machine, tmp_path):
    with pytest.raises(symvae.ConfigError, match=r"There is no drum 'gong'\. tiny knows kick, snare"):
        machine.hit("gong")
    with pytest.raises(symvae.ConfigError, match=r"The decay is above 0 and at most 0\.99, not -1"):
        machine.hit("kick", decay_sec=-1.0)
    with pytest.raises(symvae.ConfigError, match="Noisiness is from 0 to 1, not 2"):
        machine.hit("kick", noisiness=2.0)
    with pytest.raises(symvae.ConfigError, match="Brightness is from 0 to 1, not 3"):
        machine.hit("kick", brightness=3.0)
    with pytest.raises(symvae.ConfigError, match="the same fader"):
        machine.hit("kick", brightness=0.3, centroid_hz=900.0)
    with pytest.raises(symvae.ConfigError, match="LUFS, not inf"):
        machine.hit("kick", loudness_lufs=math.inf)
    with pytest.raises(symvae.ConfigError, match="from 0 to 1, not 2"):
        machine.like(machine.hit("kick"), 2.0)
    with pytest.raises(symvae.AudioError, match="silent"):
        machine.like(Audio(np.zeros((1, 9000)), SAMPLE_RATE))
    with pytest.raises(symvae.LatentError, match="from 2 to 1000 steps, not 1"):
        machine.morph(machine.hit("kick"), machine.hit("kick"), 1)
    with pytest.raises(symvae.LatentError, match="temperature is a number from 0 to 100"):
        machine.kit(temperature=-1.0)
    with pytest.raises(symvae.LatentError, match="temperature is a number from 0 to 100, not 1e\\+30"):
        machine.hit(machine.drums[0], temperature=1e30)
    with pytest.raises(symvae.ArgumentError, match="drum is a text"):
        machine.hit(3)
    with pytest.raises(symvae.CheckpointError, match="There is no drum machine 'gong'"):
        symvae.load_drum_machine("gong")


def test_an_unfinished_machine_is_refused(tiny_drum_machine, tmp_path):
    shutil.copytree(tiny_drum_machine / "model", tmp_path / "model")
    (tmp_path / "model/prior.safetensors").unlink()
    with pytest.raises(symvae.CheckpointError, match="has no prior or no faders yet"):
        symvae.load_drum_machine(tmp_path)


def test_faders_recover_the_directions_of_a_linear_latent():
    rng = np.random.default_rng(0)
    values = rng.standard_normal((400, len(FADERS)))
    true = rng.standard_normal((len(FADERS), 8))
    drum = np.arange(400) % 2
    z = torch.from_numpy(values @ true + 3.0 * drum[:, None]).float()
    values[:10, 3] = np.nan
    faders = fit_faders(z, drum, values, 2)
    np.testing.assert_allclose(faders.directions[0], true[0], atol=0.15)
    again = DrumFaders.of_state(faders.state(), latent=8, classes=2)
    assert faders.quantile(1, "decay_sec", 0.5) == again.quantile(1, "decay_sec", 0.5)
    with pytest.raises(ValueError, match="another model"):
        DrumFaders.of_state(faders.state(), latent=7, classes=2)


def test_search_reaches_a_decay_that_z_controls():
    """A fake machine whose decay is the exponent of its only coordinate."""
    time = np.arange(SAMPLES) / SAMPLE_RATE

    def synthesize(z):
        return np.stack([np.sin(1500 * time) * 10 ** (-1.5 * time / math.exp(float(row[0]))) for row in z])

    ranges = torch.linspace(-4, 0, 21).expand(1, len(FADERS), 21)
    directions = torch.zeros(len(FADERS), 1)
    directions[FADERS.index("decay_sec")] = 0.5
    start = torch.tensor([-3.0])
    z, wave = search(
        start,
        synthesize(start[None])[0],
        targets={"decay_sec": math.log(0.3)},
        faders=DrumFaders(directions, ranges),
        drum=0,
        synthesize=synthesize,
    )
    assert sound_attributes(wave, SAMPLE_RATE)["decay_sec"] == pytest.approx(0.3, rel=0.1)
    assert float(z) == pytest.approx(math.log(0.3), abs=0.1)
