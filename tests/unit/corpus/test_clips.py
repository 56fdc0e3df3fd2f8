"""Clips: draws follow from seed and step alone, and notes stay on keys that sound."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.audio.keyboard import KEYS, LOWEST, fold_into
from symvae.audio.notes import Notes
from symvae.audio.roll import ROLL_SIZE
from symvae.audio.soundfont import TinySoundFont
from symvae.corpus.clips import (
    ClipDraws,
    Clips,
    excerpt,
    line,
    phrases_of,
    random_notes,
    sounding_keys,
)
from symvae.dsp.stft import Stft
from symvae.errors import AudioError
from tests.soundfont import burst, default_voices, write_soundfont

RATE, STFT = 8_000, Stft(256, 64)
PHRASE = Notes(
    np.arange(16) * 0.25, np.full(16, 0.25), np.arange(60, 76).astype(np.int64), np.full(16, 80, np.int64)
)


@pytest.fixture(scope="module")
def font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    silent = burst(np.zeros(100), 90, 0)
    return write_soundfont(tmp_path_factory.mktemp("font") / "tones.sf2", [*default_voices(), silent])


def draws(font: Path, seed: int = 0, programs: tuple[int, ...] = (0, 73), fonts: int = 2) -> ClipDraws:
    players = [TinySoundFont(font, RATE) for _ in range(fonts)]
    choice = {"frames": 40, "stft": STFT, "sample_rate": RATE, "made_up": 0.5, "seed": seed}
    return ClipDraws([PHRASE], players, programs, **choice)


def test_fonts_without_any_of_the_instruments_are_refused(font: Path) -> None:
    with pytest.raises(AudioError, match="None of the instruments can be played by these sound fonts"):
        draws(font, programs=(90,))


def same(one: Clips, other: Clips) -> bool:
    return all(torch.equal(*columns) for columns in zip(one, other, strict=True))


def test_a_batch_follows_from_seed_and_step_alone(font: Path) -> None:
    """A player once let the previous clip ring on."""
    one, other = draws(font), draws(font)
    expected = one.batch(3, 4, 2)
    other.batch(7, 4, 2)
    assert same(other.batch(3, 4, 2), expected)
    assert same(one.batch(3, 4, 2), expected)
    assert not same(one.batch(4, 4, 2), expected)
    assert not same(draws(font, seed=1).batch(3, 4, 2), expected)


@pytest.mark.parametrize("alike", [2, 4])
def test_clips_of_one_timbre_are_consecutive_with_different_notes(font: Path, alike: int) -> None:
    clips = draws(font).batch(0, 8, alike)
    samples = 39 * STFT.hop
    assert clips.wave.shape == (8, samples)
    assert clips.roll.shape[0] == clips.source.shape[0] == 8
    assert clips.roll.shape[2:] == (40, ROLL_SIZE)
    assert clips.source.shape[-1] == samples
    for column in (clips.font, clips.timbre):
        groups = column.view(-1, alike)
        assert (groups == groups[:, :1]).all()
    for first in range(0, 8, alike):
        waves = clips.wave[first : first + alike]
        assert not any(torch.equal(waves[0], wave) for wave in waves[1:])


def test_sound_starts_with_the_first_onset_of_the_roll(font: Path) -> None:
    clips = draws(font).batch(1, 8, 2)
    for roll, wave in zip(clips.roll, clips.wave, strict=True):
        struck = roll.flatten(2)[..., :KEYS].sum((0, 2)).nonzero()[:, 0]
        sounding = (wave.abs() > 1e-5).nonzero()[:, 0]
        assert len(struck)
        if len(sounding):
            assert sounding[0] >= struck[0] * STFT.hop


def test_a_silent_program_is_left_out(font: Path) -> None:
    some = draws(font, programs=(0, 90, 40))
    assert sorted(some.timbres) == [(0, 0), (0, 2), (1, 0), (1, 2)]
    assert some.keys[0, 1] is None
    low, high = some.keys[0, 0]
    assert low == LOWEST
    assert high >= 100
    assert sounding_keys(some.players[0], 90, RATE) is None


@given(st.integers(0, 127), st.integers(21, 60), st.integers(12, 40))
def test_folding_keeps_the_pitch_class(pitch: int, low: int, more: int) -> None:
    folded = int(fold_into(np.array([pitch]), low, low + more)[0])
    assert low <= folded <= low + more
    assert (folded - pitch) % 12 == 0
    assert folded == pitch or not low <= pitch <= low + more


@settings(max_examples=50)
@given(st.integers(0, 2**31), st.floats(0.1, 8))
def test_random_notes_are_valid(seed: int, seconds: float) -> None:
    notes = random_notes(np.random.default_rng(seed), seconds)
    assert len(notes.pitch)
    check(notes, seconds)
    check(line(notes, np.random.default_rng(seed)), seconds)


@settings(max_examples=50)
@given(st.integers(0, 2**31), st.floats(0.5, 8))
def test_an_excerpt_lies_within_its_duration(seed: int, seconds: float) -> None:
    check(excerpt(PHRASE, np.random.default_rng(seed), seconds), seconds)


def check(notes: Notes, seconds: float) -> None:
    assert ((notes.onset_sec >= 0) & (notes.onset_sec < seconds)).all()
    assert (notes.duration_sec > 0).all()
    assert ((notes.pitch >= LOWEST) & (notes.pitch < LOWEST + KEYS)).all()
    assert ((notes.velocity >= 1) & (notes.velocity <= 127)).all()


@settings(max_examples=50)
@given(st.integers(0, 2**31))
def test_a_line_has_one_of_the_notes_at_a_time(seed: int) -> None:
    rng = np.random.default_rng(seed)
    notes = random_notes(rng, 4.0)
    one = line(notes, rng)
    assert len(one.pitch)
    assert (np.diff(one.onset_sec) > 0).all()
    assert (one.end_sec[:-1] <= one.onset_sec[1:] + 1e-9).all()
    assert set(zip(one.onset_sec, one.pitch, strict=True)) <= set(
        zip(notes.onset_sec, notes.pitch, strict=True)
    )


def test_excerpts_vary_the_tempo() -> None:
    """By factors from three quarters to four thirds."""
    rng = np.random.default_rng(0)
    gaps = [np.diff(excerpt(PHRASE, rng, 2.0).onset_sec) / 0.25 for _ in range(50)]
    stretches = np.concatenate(gaps)
    assert 0.74 - 1e-6 < stretches.min() < 0.85
    assert 1.2 < stretches.max() < 1.35 + 1e-6


def test_phrases_of_shards_become_notes_in_seconds(shards: Path) -> None:
    phrases = phrases_of([shards], "train")
    assert len(phrases) > 10
    assert all(notes.last_sec > 0.5 for notes in phrases[:10])
    again = phrases_of([shards], "train")
    assert all(
        np.array_equal(a, b)
        for one, two in zip(phrases, again, strict=True)
        for a, b in zip(one, two, strict=True)
    )
