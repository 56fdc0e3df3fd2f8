"""Equalizers of timbres: a synthesizer comes near a font whose bands it had wrong."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from symvae.audio.equalizer import MOST_DB, SHAPE
from symvae.audio.notes import Notes
from symvae.dsp.octave_bands import band_power
from symvae.models.sound.blend import Blend
from symvae.system.named_timbre import NamedTimbre
from symvae.system.neural_player import NeuralPlayer
from symvae.system.synth_artifacts import load_synth
from symvae.training.equalizing import fitted_equalizer
from tests.sines import SinePlayer

KEYS = (60, 63)


class Tilted(SinePlayer):
    """A font that plays what a synthesizer plays, through a gain in dB for each octave above 63 Hz."""

    def __init__(self, player: NeuralPlayer, tilt_db: float) -> None:
        super().__init__(Path("font"), player.sample_rate)
        self.player, self.tilt_db = player, tilt_db

    def play(self, notes: Notes, program: int, samples: int, *, drums: bool = False) -> np.ndarray:
        wave = np.concatenate(list(self.player.blocks(notes, samples)), 1)[0]
        hz = np.fft.rfftfreq(samples, 1 / self.player.sample_rate)
        gain_db = self.tilt_db * np.log2(np.maximum(hz, 63) / 63)
        tilted = np.fft.irfft(np.fft.rfft(wave) * 10 ** (gain_db / 20), samples)
        return np.stack([tilted, tilted]).astype(np.float32)


@pytest.fixture(scope="module")
def network(tiny_synth):
    return load_synth(tiny_synth)[1]


def played(network, timbre: NamedTimbre, key: int) -> np.ndarray:
    player = NeuralPlayer(
        network, Blend.of(timbre.z), partials=[timbre.partials], equalizers=[timbre.equalizer]
    )
    note = Notes(np.zeros(1), np.array([1.0]), np.array([key]), np.array([80]))
    return np.concatenate(list(player.blocks(note, 2 * network.sample_rate)), 1)


@pytest.mark.parametrize("tilt_db", [-2.0, 1.5])
def test_bands_come_near_those_of_the_font(network, tilt_db: float) -> None:
    timbre = NamedTimbre("piano", 0, "font", torch.zeros(4))
    font = Tilted(NeuralPlayer(network, Blend.of(timbre.z), partials=[timbre.partials]), tilt_db)
    shares: list[float] = []
    gains_db = fitted_equalizer(network, timbre, font, KEYS, watch=shares.append)
    assert gains_db.shape == SHAPE
    assert np.abs(gains_db).max() <= MOST_DB
    assert shares[-1] == 1
    equalized = dataclasses.replace(timbre, equalizer=gains_db)
    for key in KEYS:
        note = Notes(np.zeros(1), np.array([1.0]), np.array([key]), np.array([80]))
        wanted = font.play(note, 0, 2 * network.sample_rate)[:1]
        real, before, after = (
            10 * np.log10(band_power(torch.from_numpy(wave).float(), network.sample_rate)[0] + 1e-12)
            for wave in (wanted, played(network, timbre, key), played(network, equalized, key))
        )
        audible = real > real.max() - 25
        off, left = np.abs(before - real)[audible].mean(), np.abs(after - real)[audible].mean()
        assert left < off / 2


def test_a_key_that_is_silent_in_the_font_is_not_muted(network) -> None:
    """Its gains are those of the keys beside it."""
    timbre = NamedTimbre("piano", 0, "font", torch.zeros(4))

    class Gap(Tilted):
        def play(self, notes: Notes, program: int, samples: int, *, drums: bool = False) -> np.ndarray:
            return super().play(notes, program, samples, drums=drums) * (int(notes.pitch[0]) != 63)

    font = Gap(NeuralPlayer(network, Blend.of(timbre.z), partials=[timbre.partials]), 0.0)
    assert np.abs(fitted_equalizer(network, timbre, font, (60, 66), rounds=2)).max() < 1


def test_a_font_that_is_met_already_needs_no_gain(network) -> None:
    timbre = NamedTimbre("piano", 0, "font", torch.ones(4))
    font = Tilted(NeuralPlayer(network, Blend.of(timbre.z), partials=[timbre.partials]), 0.0)
    assert np.abs(fitted_equalizer(network, timbre, font, KEYS, rounds=2)).max() < 0.2
