"""The released line synthesizer and audio model are complete and agree with their presets."""

import numpy as np
import pytest

import symvae
from symvae.config.ddsp import LINE_INSTRUMENTS, DdspConfig
from symvae.config.load import load_preset
from symvae.config.rave import RaveConfig
from symvae.dsp.audio import Audio
from symvae.evaluation.reports.lines import line_card
from symvae.evaluation.reports.recordings import recording_card
from symvae.system.audio_model import AudioModel
from symvae.system.catalog import available_audio_models, available_line_synths
from symvae.system.line_synth import DEFAULT_LINE_SYNTH, LineSynth
from tests.sounds import one_note


def test_the_defaults_are_in_the_package() -> None:
    assert DEFAULT_LINE_SYNTH in available_line_synths()
    assert "drums-48k" in available_audio_models()


@pytest.mark.parametrize("name", available_line_synths())
def test_a_released_line_synthesizer_is_complete(name: str) -> None:
    synth = LineSynth.load(name)
    preset = load_preset(name, DdspConfig)
    assert (synth.config.objective, synth.config.lines, synth.config.training) == (
        preset.objective,
        preset.lines,
        preset.training,
    )
    assert set(synth.timbres) == set(LINE_INSTRUMENTS)
    card = line_card(synth.config, synth.timbres.values(), synth.metrics["test"])
    assert (synth.folder / "CARD.md").read_text(encoding="utf-8") == card


@pytest.mark.parametrize("name", available_audio_models())
def test_a_released_audio_model_is_complete(name: str) -> None:
    model = AudioModel.load(name)
    assert model.config == load_preset(name, RaveConfig)
    card = recording_card(model.config, model.metrics["test"])
    assert (model.folder / "CARD.md").read_text(encoding="utf-8") == card


def test_the_line_synthesizer_plays_a_note_at_its_pitch() -> None:
    synth = symvae.load_line_synth()
    sound = synth.player("violin").blocks(one_note(0.0, 1.0, 69), synth.sample_rate)
    wave = np.concatenate([block.mean(0) for block in sound])
    hz = np.fft.rfftfreq(len(wave), 1 / synth.sample_rate)
    power = np.square(np.abs(np.fft.rfft(wave)))
    assert power[np.abs(hz % 440 - 440 * (hz % 440 > 220)) < 30].sum() > 0.8 * power.sum()


def test_the_audio_model_gives_a_drum_back_at_its_place() -> None:
    rate = 48_000
    chance = np.random.default_rng(0)
    wave = np.zeros(rate, np.float32)
    wave[rate // 2 : rate // 2 + 4_800] = (
        0.5 * chance.standard_normal(4_800) * np.exp(-np.arange(4_800) / 900)
    )
    made = symvae.load_audio_model("drums-48k").transfer(Audio(wave[None], rate)).samples[0]
    level = np.sqrt(np.square(made[: rate // 480 * 480]).reshape(-1, 480).mean(1))
    assert abs(int(level.argmax()) - 50) <= 2
    assert level.max() > 20 * np.median(level[:40])
