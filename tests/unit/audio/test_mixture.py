"""The mix: stems, loudness, peaks, panning, files of any length."""

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.audio import render
from symvae.audio.notes import Notes
from symvae.audio.parts import Part
from symvae.audio.render import PEAK, Mixture, Rendering, Voice, pan_gains, pan_of, render_voices
from symvae.dsp.wav import read_audio
from symvae.errors import AudioError
from tests.sounds import integrated_lufs

RATE = 8_000
ROUNDING = 1e-6


class Given:
    """A player of given samples, in blocks of a given length."""

    tail_sec = 0.0

    def __init__(self, samples: np.ndarray, block: int = 3_000) -> None:
        self.given = np.atleast_2d(samples).astype(np.float32)
        self.block = block
        self.sample_rate = RATE

    def blocks(self, notes: Notes, samples: int) -> Iterator[np.ndarray]:
        padded = np.pad(self.given, ((0, 0), (0, max(samples - self.given.shape[1], 0))))[:, :samples]
        yield from (padded[:, first : first + self.block] for first in range(0, samples, self.block))


def voice(samples: np.ndarray, *, pan: float | None = 0.0, block: int = 3_000, **part) -> Voice:
    notes = Notes(np.array([0.0]), np.array([0.1]), np.array([60]), np.array([100]))
    defaults = {"name": "part", "program": 0, "is_drum": False, "notes": notes, "pan": pan}
    return Voice(Part(**(defaults | part)), Given(samples, block))


def noise(seconds: float, level: float = 0.1, seed: int = 0) -> np.ndarray:
    return level * np.random.default_rng(seed).standard_normal(round(seconds * RATE))


def tone(seconds: float, level: float = 0.5, hz: float = 997.0) -> np.ndarray:
    return level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def mixed(*voices: Voice, seconds: float = 2.0, **words) -> Rendering:
    return render_voices(voices, seconds, RATE, **words)


def whole(mixture: Mixture) -> np.ndarray:
    return np.concatenate([np.zeros((2, 0), np.float32), *mixture.blocks()], 1)


# The mix


def test_stems_sum_to_the_mix() -> None:
    rendering = mixed(
        voice(noise(2.0), pan=-0.5),
        voice(tone(1.5), pan=0.7, block=1_111),
        voice(np.stack([noise(2, seed=1), noise(2, seed=2)])),
        stems=True,
    )
    assert len(rendering.stems) == 3
    total = sum(whole(stem) for stem in rendering.stems)
    np.testing.assert_allclose(total, whole(rendering.mixture), atol=ROUNDING)


def test_stems_do_not_change_the_mix() -> None:
    voices = [voice(noise(2.0), pan=-1.0), voice(tone(2.0), pan=1.0)]
    alone, beside = mixed(*voices), mixed(*voices, stems=True)
    assert alone.stems == []
    np.testing.assert_array_equal(alone.audio().samples, beside.audio().samples)


@pytest.mark.parametrize(("one", "other"), [(200, 333), (16_000, 1_001), (7_000, 20_000)])
def test_the_mix_does_not_depend_on_block_lengths(one: int, other: int) -> None:
    expected = whole(mixed(voice(noise(2.0)), voice(tone(2.0))).mixture)
    got = whole(mixed(voice(noise(2.0), block=one), voice(tone(2.0), block=other)).mixture)
    np.testing.assert_array_equal(got, expected)


def test_blocks_may_be_added_anywhere() -> None:
    samples = render._READ_SAMPLES + 1_000
    mixture, expected = Mixture(samples, RATE), np.zeros((2, samples), np.float32)
    rng = np.random.default_rng(0)
    for first, length in ((0, 10), (samples - 700, 700), (render._READ_SAMPLES - 5, 20), (3, 4_000)):
        for channels in (1, 2):
            block = rng.standard_normal((channels, length)).astype(np.float32)
            mixture.add(block, first)
            expected[:, first : first + length] += block
    np.testing.assert_allclose(whole(mixture), expected, atol=ROUNDING)
    assert mixture.peak() == np.abs(expected).max()


def test_the_mix_lasts_as_long_as_the_music_and_the_last_tail() -> None:
    ringing = voice(noise(1.0))
    ringing.player.tail_sec = 2.5
    assert mixed(ringing, seconds=1.0).mixture.samples == round(2.6 * RATE)
    assert mixed(ringing, seconds=4.0).mixture.samples == 4 * RATE


def test_progress_rises_to_1() -> None:
    seen: list[float] = []
    mixed(voice(noise(2.0)), voice(noise(2.0)), watch=seen.append)
    assert seen == sorted(seen)
    assert (len(seen), seen[0]) == (13, 0.0)
    assert seen[-1] == 1.0


# Level


@pytest.mark.parametrize("wanted_lufs", [-40.0, -23.0, -16.0])
@pytest.mark.parametrize("level", [1e-6, 1e-3, 0.1, 5.0])
def test_the_loudness_is_reached(wanted_lufs: float, level: float) -> None:
    audio = mixed(voice(tone(2.0, level)), loudness_lufs=wanted_lufs).audio()
    assert integrated_lufs(audio) == pytest.approx(wanted_lufs, abs=0.5)
    assert np.abs(audio.samples).max() <= PEAK + ROUNDING


def test_peaks_limit_the_loudness() -> None:
    clicks = np.zeros(2 * RATE)
    clicks[::800] = 1.0
    audio = mixed(voice(clicks), loudness_lufs=-10.0).audio()
    assert np.abs(audio.samples).max() == pytest.approx(PEAK, abs=ROUNDING)
    assert integrated_lufs(audio) < -12


@pytest.mark.parametrize("wanted_lufs", [-40.0, -23.0])
def test_a_sound_shorter_than_the_meters_block_is_measured_with_silence_after_it(wanted_lufs) -> None:
    audio = mixed(voice(tone(0.2)), seconds=0.2, loudness_lufs=wanted_lufs).audio()
    after = np.zeros((2, RATE // 4), np.float32)
    padded = audio._replace(samples=np.concatenate([audio.samples, after], 1))
    assert integrated_lufs(padded) == pytest.approx(wanted_lufs, abs=0.5)


def test_a_stem_that_others_cancel_does_not_clip(tmp_path) -> None:
    loud = tone(2.0)
    rendering = mixed(voice(loud), voice(-0.9 * loud), stems=True)
    assert rendering.gain * max(stem.peak() for stem in rendering.stems) <= PEAK + ROUNDING
    for number, stem in enumerate(rendering.stems):
        assert (
            np.abs(read_audio(rendering.write(stem, tmp_path / f"{number}.wav")).samples).max() <= PEAK + 1e-4
        )


def test_silence_remains_silent() -> None:
    rendering = mixed(voice(np.zeros(100)), stems=True)
    assert rendering.gain == 1.0
    assert rendering.audio().samples.shape == (2, 2 * RATE)
    assert not rendering.audio().samples.any()


def test_no_voices_are_silence() -> None:
    assert mixed(seconds=0.5).audio().samples.shape == (2, RATE // 2)
    assert mixed(seconds=0.0).audio().samples.shape == (2, 0)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_samples_that_are_not_finite_are_refused(value: float) -> None:
    broken = noise(2.0)
    broken[5_000] = value
    with pytest.raises(AudioError, match=r"values that are no numbers\. Choose another timbre or engine"):
        mixed(voice(noise(2.0)), voice(broken))


# Panning


@given(st.floats(-1, 1))
def test_panning_keeps_the_power(pan: float) -> None:
    left, right = pan_gains(pan)[:, 0]
    assert left**2 + right**2 == pytest.approx(2)
    assert left >= -1e-9
    assert right >= -1e-9
    assert (left >= right) == (pan <= 0) or abs(pan) < 1e-9


def test_gains_at_the_ends_and_in_the_middle() -> None:
    np.testing.assert_allclose(pan_gains(0.0)[:, 0], [1, 1])
    np.testing.assert_allclose(pan_gains(-1.0)[:, 0], [np.sqrt(2), 0], atol=1e-9)
    np.testing.assert_allclose(pan_gains(1.0)[:, 0], [0, np.sqrt(2)], atol=1e-9)


def test_a_part_panned_left_is_in_the_left_channel() -> None:
    left, right = mixed(voice(noise(2.0), pan=-1.0)).audio().samples
    assert np.abs(right).max() < ROUNDING < np.abs(left).max()


def test_the_pan_of_the_file_takes_precedence() -> None:
    notes = Notes(*(np.zeros(0),) * 2, *(np.zeros(0, np.int64),) * 2)
    assert pan_of(Part("violin", 40, False, notes)) < 0
    assert pan_of(Part("violin", 40, False, notes, 0.8)) == 0.8
    assert pan_of(Part("trumpet", 56, False, notes)) > 0


def test_drums_are_in_the_middle() -> None:
    """Program 40 is a violin, but as a kit the brushes."""
    notes = Notes(*(np.zeros(0),) * 2, *(np.zeros(0, np.int64),) * 2)
    assert pan_of(Part("kit", 40, True, notes)) == 0.0
    assert pan_of(Part("kit", 40, True, notes, -0.3)) == -0.3


# Files


def test_a_file_has_the_samples_of_the_mix(tmp_path) -> None:
    rendering = mixed(voice(noise(2.0), pan=0.3))
    path = rendering.write(rendering.mixture, tmp_path / "mix.wav")
    read = read_audio(path)
    assert read.sample_rate == RATE
    np.testing.assert_allclose(read.samples, rendering.audio().samples, atol=1 / 2**15)
    with pytest.raises(AudioError, match=r"mix\.wav exists"):
        rendering.write(rendering.mixture, path)
    rendering.write(rendering.mixture, path, force=True)
    assert [each.name for each in tmp_path.iterdir()] == ["mix.wav"]


class Sparse(Given):
    """Sounds in one block of ten."""

    def blocks(self, notes: Notes, samples: int) -> Iterator[np.ndarray]:
        for number, first in enumerate(range(0, samples, self.block)):
            length = min(self.block, samples - first)
            yield self.given[:, :length] if number % 10 == 0 else np.zeros((1, length), np.float32)


def test_a_long_mix_is_never_in_memory_at_once(tmp_path, monkeypatch) -> None:
    """Half an hour, 58 MB of samples."""
    monkeypatch.setattr(render, "_READ_SAMPLES", 2**16)
    rate, minutes = 4_000, 30
    long = Voice(voice(noise(0.1)).part, Sparse(noise(6.0), block=12 * rate))
    tracemalloc.start()
    try:
        rendering = render_voices([long], 60.0 * minutes, rate)
        path = rendering.write(rendering.mixture, tmp_path / "long.wav")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size == 44 + 4 * 60 * minutes * rate
    assert peak_bytes < 20e6
