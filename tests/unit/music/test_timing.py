"""Beat, swing and tuplets of notes whose rhythm is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.music.beat import has_beat
from symvae.music.swing import find_swing
from symvae.music.timing import Onsets, Timing, measure_timing
from symvae.music.tuplets import find_tuplets

TICKS = 480
#: Places of notes in a quarter.
RHYTHMS = {
    "straight": (0, 1 / 2),
    "sixteenths": (0, 1 / 4, 1 / 2, 3 / 4),
    "dotted": (0, 3 / 4),
    "triplets": (0, 1 / 3, 2 / 3),
    "sextuplets": (0, 1 / 6, 1 / 3, 1 / 2, 2 / 3, 5 / 6),
    "quintuplets": (0, 1 / 5, 2 / 5, 3 / 5, 4 / 5),
    "thirty-seconds": tuple(np.arange(8) / 8),
    "swung": (0, 0.6),
    "shuffle": (0, 2 / 3),
}


def rhythm(name: str, quarters: int = 32) -> np.ndarray:
    return (np.arange(quarters)[:, None] + np.array(RHYTHMS[name])).ravel()


def played(onset_quarter: np.ndarray, deviation_ms: float, tempo_qpm: float, seed: int = 0) -> np.ndarray:
    """The notes as played to a click, with normal deviations."""
    noise = np.random.default_rng(seed).normal(0, deviation_ms / 60_000 * tempo_qpm, len(onset_quarter))
    return np.maximum(onset_quarter + noise, 0)


def transcribed(onset_quarter: np.ndarray, deviation: float, seed: int = 0) -> np.ndarray:
    """The notes as played without a click, in quarters of a file at a constant 120 qpm.

    The logarithm of the tempo is an autoregressive process of first order from beat to beat, .9, around a
    tempo between 60 and 140 qpm; each note deviates by 10 ms.
    """
    rng = np.random.default_rng(seed)
    beats = int(onset_quarter.max()) + 2
    log_tempo = np.zeros(beats)
    for beat in range(1, beats):
        log_tempo[beat] = 0.9 * log_tempo[beat - 1] + rng.normal(0, deviation * np.sqrt(1 - 0.81))
    beat_sec = 60 / rng.uniform(60, 140) * np.exp(-log_tempo)
    onset_sec = np.interp(onset_quarter, np.arange(beats + 1), np.concatenate([[0], np.cumsum(beat_sec)]))
    return np.sort(np.maximum(onset_sec + rng.normal(0, 0.01, len(onset_sec)), 0)) * 2


@pytest.mark.parametrize("name", RHYTHMS)
@settings(max_examples=20, deadline=None)
@given(tempo_qpm=st.floats(60, 160), seed=st.integers(0, 2**31))
def test_notes_played_to_a_click_have_a_beat(name: str, tempo_qpm: float, seed: int) -> None:
    assert has_beat(rhythm(name)) is True
    if name in ("straight", "dotted", "triplets", "swung", "shuffle"):
        assert has_beat(played(rhythm(name), 20, tempo_qpm, seed)) is True


@pytest.mark.parametrize("name", ["straight", "sixteenths", "triplets", "shuffle"])
def test_nearly_all_transcriptions_have_no_beat(name: str) -> None:
    found = [has_beat(transcribed(rhythm(name, 200), 0.08, seed)) for seed in range(50)]
    assert found.count(False) >= 45
    assert None not in found


def test_a_few_notes_do_not_tell() -> None:
    assert has_beat(np.arange(47.0)) is None
    assert has_beat(np.arange(48.0)) is True


@pytest.mark.parametrize("deviation_ms", [0, 15])
@pytest.mark.parametrize("name", RHYTHMS)
def test_swing_is_found_where_notes_are_swung(name: str, deviation_ms: float) -> None:
    swing = find_swing(played(rhythm(name), deviation_ms, 100))
    if name in ("swung", "shuffle"):
        assert swing is not None
        assert swing.unit == "eighths"
        assert swing.position == pytest.approx(RHYTHMS[name][1], abs=0.015)
    else:
        assert swing is None


def test_swing_of_sixteenths() -> None:
    swing = find_swing((np.arange(32)[:, None] + np.array([0, 0.3, 0.5, 0.8])).ravel())
    assert swing is not None
    assert (round(swing.position, 3), swing.unit) == (0.6, "sixteenths")


def test_a_delay_of_all_notes_is_no_swing() -> None:
    assert find_swing(rhythm("straight") + 0.06) is None


@pytest.mark.parametrize("deviation_ms", [0, 15])
@pytest.mark.parametrize(
    ("name", "triplets", "thirty_seconds", "other"),
    [
        ("straight", 0, 0, 0),
        ("sixteenths", 0, 0, 0),
        ("dotted", 0, 0, 0),
        ("triplets", 2 / 3, 0, 0),
        ("sextuplets", 2 / 3, 0, 0),
        ("shuffle", 1 / 2, 0, 0),
        ("swung", 0, 0, 0),
        ("quintuplets", 0, 0, 4 / 5),
        ("thirty-seconds", 0, 1 / 2, 0),
    ],
)
def test_shares_of_tuplets(
    name: str, triplets: float, thirty_seconds: float, other: float, deviation_ms: float
):
    notes = played(rhythm(name, 64), deviation_ms, 80)
    shares = find_tuplets(notes, TICKS, find_swing(notes))
    assert shares == pytest.approx((triplets, thirty_seconds, other), abs=0.1 if deviation_ms else 0.01)


def test_coarse_files_are_no_tuplets() -> None:
    """At 30 ticks a quarter a sixteenth is 7.5 ticks, so every second one is written a half tick off."""
    rounded = np.round(rhythm("sixteenths") * 30) / 30
    assert find_tuplets(rounded, 30).triplets < 0.01


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 100), max_size=80), st.integers(1, 960))
def test_measures_are_shares_for_any_notes(onsets: list[float], ticks_per_quarter: int) -> None:
    quarter = np.sort(np.array(onsets, float))
    shift = np.abs(quarter * 4 - np.floor(quarter * 4 + 0.5))
    timing = measure_timing(
        Onsets(quarter, shift, shift * 125, shift, ticks_per_quarter, song_quarter=np.unique(quarter))
    )
    shares = (timing.triplet_share, timing.thirty_second_share, timing.other_share)
    assert all(-1e-9 <= share <= 1 + 1e-9 for share in (*shares, timing.off_grid_share, sum(shares)))
    assert timing.mean_shift_step <= 0.5
    assert Timing.from_data(timing.data()) == timing


def test_the_rhythm_of_music_without_a_beat_is_not_named() -> None:
    quarter = np.sort(np.random.default_rng(0).uniform(0, 100, 300))
    shift = np.abs(quarter * 4 - np.floor(quarter * 4 + 0.5))
    timing = measure_timing(Onsets(quarter, shift, shift * 125, shift, TICKS, song_quarter=quarter))
    assert timing.has_beat is False
    assert (timing.triplet_share, timing.other_share, timing.swing) == (0, 0, None)
    assert timing.off_grid_share == pytest.approx(0.75, abs=0.05)
