"""One-shots: alignment, fades, and what is refused; classes of names; attributes in their units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.audio.analog_drums import draw_settings, play_analog, settings_of
from symvae.audio.drum_sounds import CLASS_OF_KEY, CLASSES, KEY_OF_CLASS, STAND_INS, class_of_name
from symvae.audio.one_shot import ONSET, SAMPLE_RATE, SAMPLES, one_shot
from symvae.audio.sound_attributes import ATTRIBUTES, sound_attributes
from symvae.dsp.audio import Audio
from symvae.errors import AudioError

TIME = np.arange(SAMPLE_RATE) / SAMPLE_RATE


def decaying(hz: float, seconds: float) -> np.ndarray:
    return np.sin(2 * np.pi * hz * TIME) * 10 ** (-1.5 * TIME / seconds)


@given(st.integers(0, 30_000), st.floats(0.01, 1.0), st.integers(1, 2))
def test_onset_peak_and_length_are_the_same_for_every_recording(silence, gain, channels):
    wave = np.concatenate([np.zeros(silence), gain * decaying(200, 0.2)])
    sound = one_shot(Audio(np.tile(wave, (channels, 1)).astype(np.float32), SAMPLE_RATE))
    assert sound.shape == (SAMPLES,)
    assert np.abs(sound).max() == pytest.approx(1.0)
    first = int(np.argmax(np.abs(sound) >= 10 ** (-30 / 20)))
    assert abs(first - min(ONSET, ONSET)) <= 1
    assert np.abs(sound[-20:]).max() < 1e-3


def test_channels_that_cancel_leave_the_louder_one():
    wave = decaying(200, 0.2)
    sound = one_shot(Audio(np.stack([wave, -0.9 * wave]), SAMPLE_RATE))
    np.testing.assert_allclose(sound, one_shot(Audio(wave[None], SAMPLE_RATE)), atol=1e-6)


@pytest.mark.parametrize(
    ("samples", "words"), [(np.zeros(9000), "The sound is silent"), (np.ones(100), "The sound lasts 2 ms")]
)
def test_silence_and_clicks_are_refused(samples, words):
    with pytest.raises(AudioError, match=words):
        one_shot(Audio(samples[None], SAMPLE_RATE))


@pytest.mark.parametrize(
    ("name", "drum"),
    [
        ("BD01.wav", "kick"),
        ("kit/snare/01.wav", "snare"),
        ("hihat/half-open/x.wav", "open_hat"),
        ("CongaHi.wav", "hand_drum"),
        ("closed hat 3.wav", "closed_hat"),
        ("ride_bell.wav", "ride"),
        ("low-tom3.wav", "tom"),
        ("cowbell.wav", "metal"),
        ("HandClap.wav", "clap"),
        ("side stick.wav", "rim"),
        ("guitar.wav", None),
    ],
)
def test_the_class_is_read_from_names(name, drum):
    assert class_of_name(name) == drum


def test_every_class_has_a_key_and_stand_ins():
    assert set(KEY_OF_CLASS) == set(STAND_INS) == set(CLASSES)
    assert all(CLASS_OF_KEY[key] == drum for drum, key in KEY_OF_CLASS.items())


def test_attributes_are_in_their_units():
    figures = sound_attributes(decaying(220, 0.3), SAMPLE_RATE)
    assert list(figures) == list(ATTRIBUTES)
    assert figures["pitch_hz"] == pytest.approx(220, abs=1)
    assert figures["decay_sec"] == pytest.approx(0.3, abs=0.015)
    assert figures["noisiness"] < 0.1
    noise = sound_attributes(np.random.default_rng(0).standard_normal(SAMPLE_RATE) * 0.1, SAMPLE_RATE)
    assert noise["noisiness"] == pytest.approx(0.85, abs=0.02)
    assert noise["centroid_hz"] == pytest.approx(SAMPLE_RATE / 4, rel=0.02)
    assert np.isnan(noise["pitch_hz"])


def test_attributes_of_silence():
    figures = sound_attributes(np.zeros(SAMPLE_RATE), SAMPLE_RATE)
    assert figures["loudness_lufs"] == -np.inf
    assert all(np.isnan(value) for name, value in figures.items() if name != "loudness_lufs")


@given(st.floats(0.1, 1.0))
def test_only_the_loudness_depends_on_the_level(gain):
    wave = decaying(300, 0.2)
    soft, loud = sound_attributes(gain * wave, SAMPLE_RATE), sound_attributes(wave, SAMPLE_RATE)
    assert loud["loudness_lufs"] - soft["loudness_lufs"] == pytest.approx(-20 * np.log10(gain), abs=1e-6)
    for name in ("attack_ms", "decay_sec", "centroid_hz", "pitch_hz", "noisiness"):
        assert soft[name] == pytest.approx(loud[name], rel=1e-3)


@pytest.mark.parametrize("drum", CLASSES)
def test_analog_drums_follow_their_settings(drum):
    settings = draw_settings(drum, np.random.default_rng(1))
    assert all(low <= settings[name] <= high for name, (low, high) in settings_of(drum).items())
    sound = play_analog(drum, settings)
    np.testing.assert_array_equal(sound, play_analog(drum, settings))
    assert np.abs(sound).max() == pytest.approx(1.0)
    longer = {**settings, "decay_sec": 2.5 * settings["decay_sec"]}
    decays = [
        sound_attributes(play_analog(drum, each), SAMPLE_RATE)["decay_sec"] for each in (settings, longer)
    ]
    assert decays[1] > decays[0] or decays[0] > 0.9


@pytest.mark.parametrize("drum", ["kick", "tom", "rim"])
def test_the_pitch_of_a_skin_is_its_setting(drum):
    settings = draw_settings(drum, np.random.default_rng(2)) | {"decay_sec": 0.4, "sweep_octaves": 0.1}
    assert sound_attributes(play_analog(drum, settings), SAMPLE_RATE)["pitch_hz"] == pytest.approx(
        settings["pitch_hz"], rel=0.05
    )
