"""Source signals: exact onsets, levels by velocity, decay after the release, blocks equal the whole."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.audio.lanes import TAIL_SEC
from symvae.audio.notes import Notes
from symvae.audio.partials import HARMONIC, Partials
from symvae.audio.source import GROUPS, balanced_source, source
from symvae.models.sound.balance import balanced
from tests.sounds import NO_NOTES, any_notes, notes_from

RATE, HOP = 2_000, 50


STRING = Partials(stretch=(-9.0, 1.0, 0.0), stretch_share=1.0)
VIBRATO = Partials(vibrato_cents=20.0, vibrato_hz=5.0)
SECTION = Partials(vibrato_cents=3.0, detune_cents=8.0)
KINDS = st.sampled_from([HARMONIC, STRING, VIBRATO, SECTION])


@settings(max_examples=15)
@given(any_notes(), st.lists(st.integers(0, 4_000), max_size=4), KINDS)
def test_blocks_equal_the_whole(some: Notes, cuts: list[int], kind: Partials) -> None:
    edges = [0, *sorted(cuts), 4_000]
    blocks = [source(some, a, b - a, RATE, kind) for a, b in pairwise(edges)]
    assert torch.equal(torch.cat(blocks, 1), source(some, 0, 4_000, RATE, kind))


def test_the_partials_of_a_string_are_beside_the_multiples() -> None:
    """A2 held for a second: bins of 1 Hz; n·f·√(1 + B·n²)."""
    rate, pitch = 24_000, 45
    held = notes_from((0.0, 1.5, pitch, 127))
    wave = source(held, 0, rate, rate, STRING).sum(0).numpy()
    power = np.square(np.abs(np.fft.rfft(wave * np.hanning(rate))))
    for number in (1, 4, 7, 12):
        partial_hz = number * 110 * np.sqrt(1 + STRING.inharmonicity(pitch) * number**2)
        around = np.arange(round(partial_hz) - 40, round(partial_hz) + 41)
        assert abs(around[power[around].argmax()] - partial_hz) <= 1


def test_the_pitch_of_a_vibrato_swings_by_its_depth() -> None:
    rate = 24_000
    wave = source(notes_from((0.0, 2.0, 69, 127)), 0, 2 * rate, rate, VIBRATO)[1].numpy()
    spectrum = np.fft.fft(wave)
    spectrum[rate:] = 0
    phase = np.unwrap(np.angle(np.fft.ifft(spectrum)))
    hz = np.convolve(np.diff(phase) / (2 * np.pi) * rate, np.ones(480) / 480, "same")
    cents = 1200 * np.log2(hz / 440)[rate // 2 : 3 * rate // 2]
    assert cents.max() == pytest.approx(20, abs=1.5)
    assert cents.min() == pytest.approx(-20, abs=1.5)
    crossings = np.count_nonzero(np.diff(np.sign(cents - cents.mean())))
    assert crossings == pytest.approx(10, abs=1)


def test_a_section_beats_at_the_level_of_one_player() -> None:
    rate = 8_000
    one, many = (
        source(notes_from((0.0, 4.0, 69, 127)), 0, 4 * rate, rate, kind)[1].numpy()
        for kind in (HARMONIC, SECTION)
    )
    level = np.sqrt(np.square(many.reshape(-1, 400)).mean(1))
    assert level.max() > 2 * level.min()
    assert np.square(many).mean() == pytest.approx(np.square(one).mean(), rel=0.3)


@settings(max_examples=15)
@given(any_notes())
def test_the_order_of_notes_does_not_matter(some: Notes) -> None:
    reversed_notes = some.select(np.arange(len(some.pitch))[::-1])
    torch.testing.assert_close(
        source(reversed_notes, 0, 3_000, RATE), source(some, 0, 3_000, RATE), atol=1e-3, rtol=1e-4
    )


def test_a_note_sounds_from_its_onset_to_the_end_of_its_tail() -> None:
    wave = source(notes_from((0.5, 0.25, 60, 100)), 0, 6_000, RATE)
    assert wave.shape == (len(GROUPS), 6_000)
    sounding = wave.any(0).nonzero()[:, 0]
    assert sounding[0] == 1_000
    end = round((0.75 + TAIL_SEC) * RATE)
    assert end - 20 < sounding[-1] < end
    assert not source(NO_NOTES, 0, 100, RATE).any()


def test_the_level_follows_the_square_of_the_velocity() -> None:
    loud, soft = (source(notes_from((0.0, 1.0, 60, velocity)), 0, 2_000, RATE) for velocity in (127, 64))
    torch.testing.assert_close(soft, loud * (64 / 127) ** 2)


def test_a_shifted_note_is_a_shifted_signal() -> None:
    early, late = (source(notes_from((at, 0.3, 64, 90)), 0, 4_000, RATE) for at in (0.0, 0.7))
    assert torch.equal(late[:, 1_400:], early[:, : 4_000 - 1_400])


def test_a_note_longer_than_the_cache_starts_alike() -> None:
    short, long = (source(notes_from((0.0, seconds, 60, 127)), 0, 4_000, RATE) for seconds in (2.0, 30.0))
    assert torch.equal(short, long)


def test_a_released_key_decays() -> None:
    held, released = (source(notes_from((0.0, seconds, 57, 127)), 0, 3_000, RATE) for seconds in (2.0, 0.5))
    assert torch.equal(held[:, :1_000], released[:, :1_000])
    assert released[:, 2_000:].square().mean() < 0.05 * held[:, 2_000:].square().mean()


@settings(max_examples=15)
@given(any_notes(), st.integers(0, 60), KINDS)
def test_the_balanced_source_equals_balancing_the_source(some: Notes, first: int, kind: Partials) -> None:
    levels = torch.randn(21, len(GROUPS), generator=torch.Generator().manual_seed(first))
    expected = balanced(source(some, first * HOP, 20 * HOP, RATE, kind)[None], levels[None], HOP)[0]
    fast = balanced_source(some, levels, first, HOP, RATE, kind)
    torch.testing.assert_close(fast, expected, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("first_sample", [0, 3_000, 31_000, 47_000, 100_000])
def test_a_long_note_in_pieces_equals_the_whole(first_sample: int) -> None:
    """Its first seconds are cached, the rest is computed where it is needed."""
    held = Notes(np.array([0.5]), np.array([9.0]), np.array([50]), np.array([90]))
    whole = source(held, 0, 120_000, RATE)
    torch.testing.assert_close(
        source(held, first_sample, 8_000, RATE), whole[:, first_sample : first_sample + 8_000]
    )
