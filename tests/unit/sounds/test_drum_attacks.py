"""Attacks of draws are corrected to those of training sounds, rank by rank."""

import shutil

import numpy as np
import pytest
import torch

import symvae
from symvae.audio.drum_shaping import swelled
from symvae.audio.one_shot import ONSET, SAMPLE_RATE, SAMPLES
from symvae.audio.sound_attributes import attack_ms
from symvae.errors import CheckpointError
from symvae.system.drum_attacks import DrumAttacks, fit_attacks
from symvae.system.drum_faders import FADERS, LEVELS, DrumFaders
from symvae.system.weight_file import write_weights


def noise(wanted_ms: float, seed: int = 0) -> np.ndarray:
    """A burst of noise with some attack."""
    time = np.arange(SAMPLES - ONSET) / SAMPLE_RATE
    burst = np.random.default_rng(seed).normal(size=len(time)) * np.exp(-time / 0.1)
    wave = np.concatenate([np.zeros(ONSET), burst])
    return swelled((wave / np.abs(wave).max()).astype(np.float32), wanted_ms)


def faders(least_ms: float, most_ms: float) -> DrumFaders:
    """Training sounds of one class with attacks from ``least_ms`` to ``most_ms``."""
    ranges = torch.zeros(1, len(FADERS), LEVELS)
    ranges[0, FADERS.index("attack_ms")] = torch.linspace(np.log(least_ms), np.log(most_ms), LEVELS)
    return DrumFaders(torch.zeros(len(FADERS), 4), ranges)


def drawn(least_ms: float, most_ms: float) -> DrumAttacks:
    return DrumAttacks(torch.linspace(np.log(least_ms), np.log(most_ms), LEVELS)[None])


def rising(rise_ms: float) -> np.ndarray:
    """Noise whose level starts at half of its largest and rises, as that of decoded drums."""
    time = np.arange(SAMPLES - ONSET) / SAMPLE_RATE
    level = np.minimum(0.5 + 0.5 * time / (rise_ms / 1000), 1.0) * np.exp(-time / 0.2)
    wave = np.concatenate([np.zeros(ONSET), level * np.random.default_rng(0).uniform(-1, 1, len(time))])
    return (wave / np.abs(wave).max()).astype(np.float32)


@pytest.mark.parametrize("rise_ms", [20.0, 30.0, 45.0])
def test_a_slow_draw_takes_the_attack_of_its_rank(rise_ms: float) -> None:
    wave = rising(rise_ms)
    own_ms = attack_ms(wave, SAMPLE_RATE)
    assert 8 < own_ms < 60
    rank = np.log(own_ms / 5) / np.log(60 / 5)
    made = drawn(5.0, 60.0).corrected(wave, 0, faders(2.0, 16.0))
    # Attacks of noise jump from swing to swing.
    wanted_ms, found_ms = 2 * 8**rank, attack_ms(made, SAMPLE_RATE)
    assert abs(np.log(found_ms / wanted_ms)) < min(np.log(own_ms / wanted_ms), np.log(2.2))


def test_a_draw_that_is_fast_enough_stays() -> None:
    wave = noise(5.0)
    assert np.array_equal(drawn(1.0, 10.0).corrected(wave, 0, faders(5.0, 50.0)), wave)


def test_silence_stays() -> None:
    silence = np.zeros(SAMPLES, np.float32)
    assert np.array_equal(drawn(2.0, 20.0).corrected(silence, 0, faders(1.0, 2.0)), silence)


def test_draws_are_measured_class_by_class() -> None:
    waves = np.stack([noise(5.0, seed) for seed in range(4)] + [noise(40.0, seed) for seed in range(4)])
    found = fit_attacks(waves, np.array([0] * 4 + [2] * 4), 3)
    middle = found.drawn[:, LEVELS // 2].exp()
    assert float(middle[0]) < 8 < 25 < float(middle[2])
    assert float(middle[1]) == pytest.approx(0.5)  # no draws: nothing is slower than that


def test_hits_and_kits_are_corrected(tiny_drum_machine) -> None:
    machine = symvae.load_drum_machine(tiny_drum_machine)
    assert machine.attacks is not None
    plain = symvae.load_drum_machine(tiny_drum_machine)
    plain.attacks = None
    corrected = machine.struck(plain.hit("kick", seed=3).audio.samples, [machine.drums.index("kick")])
    np.testing.assert_array_equal(machine.hit("kick", seed=3).audio.samples, corrected)
    for drum, hit in machine.kit(seed=2).items():
        expected = machine.struck(plain.kit(seed=2)[drum].audio.samples, [machine.drums.index(drum)])
        np.testing.assert_array_equal(hit.audio.samples, expected)


def test_a_folder_without_attacks_draws_as_before(tiny_drum_machine, tmp_path) -> None:
    folder = shutil.copytree(tiny_drum_machine / "model", tmp_path / "model")
    (folder / "attacks.safetensors").unlink()
    machine = symvae.load_drum_machine(folder)
    assert machine.attacks is None
    assert np.abs(machine.hit("kick").audio.samples).max() <= 1


def test_attacks_of_another_model_are_refused(tiny_drum_machine, tmp_path) -> None:
    folder = shutil.copytree(tiny_drum_machine / "model", tmp_path / "model")
    write_weights(folder / "attacks.safetensors", {"drawn": torch.zeros(1, LEVELS)})
    with pytest.raises(CheckpointError, match="attacks"):
        symvae.load_drum_machine(folder)
