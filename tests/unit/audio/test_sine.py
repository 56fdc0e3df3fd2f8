from collections.abc import Sequence

import numpy as np
import pytest

from symvae.audio.sine import PEAK, RELEASE_SEC, render
from symvae.errors import AudioError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase


def notes_on(grid: Grid, *columns: Sequence[int]) -> Phrase:
    """A phrase of lists: onsets, durations, pitches and, if given, velocities."""
    return Phrase(grid, *(np.array(column, np.int64) for column in columns))


A4 = notes_on(Grid(1), [0], [16], [69])


def strongest_hz(samples: np.ndarray, sample_rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / sample_rate)[spectrum.argmax()])


@pytest.mark.parametrize(("pitch", "frequency_hz"), [(69, 440.0), (57, 220.0), (60, 261.626), (108, 4186.01)])
def test_a_note_sounds_at_its_frequency(pitch: int, frequency_hz: float) -> None:
    audio = render(notes_on(Grid(1), [0], [16], [pitch]))
    one_bin_hz = 1 / audio.duration_sec
    assert strongest_hz(audio.samples[0], audio.sample_rate) == pytest.approx(frequency_hz, abs=one_bin_hz)


@pytest.mark.parametrize("sample_rate", [8_000, 24_000, 44_100])
def test_it_lasts_as_long_as_the_grid_and_a_release(sample_rate: int) -> None:
    for tempo_qpm in (60.0, 133.33):
        phrase = A4.with_tempo(tempo_qpm)
        audio = render(phrase, sample_rate)
        assert audio.samples.shape == (1, round((phrase.duration_sec + RELEASE_SEC) * sample_rate))


def test_each_phrase_keeps_its_tempo() -> None:
    audio = render([A4.with_tempo(60.0), A4.with_tempo(240.0)])
    assert audio.duration_sec == pytest.approx(4.0 + 1.0 + RELEASE_SEC, abs=1e-4)


def test_a_note_starts_and_stops_where_the_score_says() -> None:
    audio = render(notes_on(Grid(1), [4], [4], [69]))  # the second quarter, from .5 to 1 second
    sounding = np.flatnonzero(np.abs(audio.samples[0]) > 1e-3) / audio.sample_rate
    assert 0.5 <= sounding[0] < 0.505
    assert 1.0 < sounding[-1] < 1.0 + RELEASE_SEC


def test_the_loudest_sample_is_just_under_full_scale() -> None:
    loud_chord = notes_on(Grid(1), [0] * 6, [16] * 6, [36, 48, 60, 64, 67, 72], [127] * 6)
    for phrase in (A4, loud_chord):
        assert np.abs(render(phrase).samples).max() == pytest.approx(PEAK, rel=1e-6)
    assert PEAK < 1


def test_silence_is_silence() -> None:
    for phrases in (Phrase(Grid(2)), [Phrase(Grid(1)), Phrase(Grid(1))], []):
        samples = render(phrases).samples
        assert samples.dtype == np.float32
        assert not samples.any()


def test_velocity_is_level() -> None:
    two = render(notes_on(Grid(2), [0, 16], [4, 4], [69, 69], [127, 64])).samples[0]
    half = 48_000  # one bar at 120
    ratio = np.abs(two[half:]).max() / np.abs(two[:half]).max()
    assert ratio == pytest.approx((64 / 127) ** 2, rel=0.01)


def test_a_note_ends_without_a_click() -> None:
    """Steps between samples at the end of a note stay below those within it."""
    samples = render(notes_on(Grid(1), [0], [8], [69])).samples[0]
    end = 24_000  # eight sixteenths at 120
    step = np.abs(np.diff(samples))
    assert step[end - 10 : end + 4_000].max() < step[:2_000].max()
    assert abs(samples[-1]) < 1e-6


def test_nothing_aliases() -> None:
    """A7 at 8 kHz: the second harmonic, 7040 Hz, would fold back to 960 Hz."""
    samples = render(notes_on(Grid(1), [0], [16], [105]), sample_rate=8_000).samples[0]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    hz = np.fft.rfftfreq(len(samples), 1 / 8_000)
    assert spectrum[(hz > 860) & (hz < 1_060)].max() < 1e-4 * spectrum.max()


def test_a_fundamental_above_half_the_rate_makes_no_sound() -> None:
    assert not render(notes_on(Grid(1), [0], [16], [127])).samples.any()


def test_the_same_phrase_sounds_the_same() -> None:
    np.testing.assert_array_equal(render(A4).samples, render(A4).samples)


def test_a_sample_rate_of_nothing_is_refused() -> None:
    with pytest.raises(AudioError, match="A sample rate is a positive number of Hz, not 0"):
        render(A4, sample_rate=0)
