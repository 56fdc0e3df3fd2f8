"""What the notes themselves say about the sound: laws of the sources and of the roll."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.audio.excitation import (
    AGE_SEC,
    FEATURES,
    GROUPS,
    KEYS,
    LOWEST,
    RELEASE_SEC,
    ROLL_SIZE,
    TAIL_SEC,
    balanced_source,
    excite,
    lanes_of,
    on_keyboard,
    roll,
    source,
)
from symvae.audio.notes import Notes, notes_of
from symvae.models.sound.spectrogram_vae import balanced
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase

RATE, HOP = 2_000, 50
FRAME_SEC = HOP / RATE
ONSET, HELD, AGE, RELEASE = range(len(FEATURES))
NOTHING = Notes(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))


def notes(*rows: tuple[float, float, int, int]) -> Notes:
    """Onset, duration, pitch, velocity."""
    onset, duration, pitch, velocity = zip(*rows, strict=True)
    return Notes(np.array(onset), np.array(duration), np.array(pitch), np.array(velocity))


def of_keys(rows: np.ndarray) -> np.ndarray:
    """What a roll says of each key: frame, feature, key."""
    return rows[:, : len(FEATURES) * KEYS].reshape(len(rows), len(FEATURES), KEYS)


@st.composite
def some_notes(draw) -> Notes:
    row = st.tuples(st.floats(0, 2), st.floats(0.001, 3), st.integers(15, 115), st.integers(1, 127))
    return notes(*draw(st.lists(row, min_size=1, max_size=5)))


@given(st.integers(-40, 200))
def test_every_pitch_has_a_key_of_its_name_in_the_nearest_octave(pitch: int) -> None:
    key = int(on_keyboard(np.array([pitch]))[0])
    assert LOWEST <= key < LOWEST + KEYS
    assert (key - pitch) % 12 == 0
    other = key + (12 if key < pitch else -12)  # one octave nearer would be off the keyboard
    assert key == pitch or not LOWEST <= other < LOWEST + KEYS


@settings(deadline=None, max_examples=15)
@given(some_notes(), st.lists(st.integers(0, 4_000), max_size=4))
def test_sources_in_blocks_are_the_whole(some: Notes, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 4_000]
    blocks = [source(some, a, b - a, RATE) for a, b in pairwise(edges)]
    assert torch.equal(torch.cat(blocks, 1), source(some, 0, 4_000, RATE))


@settings(deadline=None, max_examples=30)
@given(some_notes(), st.lists(st.integers(0, 80), max_size=4))
def test_a_roll_in_blocks_is_the_whole(some: Notes, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 80]
    blocks = [roll(some, a, b - a, FRAME_SEC) for a, b in pairwise(edges)]
    np.testing.assert_allclose(np.concatenate(blocks), roll(some, 0, 80, FRAME_SEC), atol=1e-6)


@settings(deadline=None, max_examples=15)
@given(some_notes())
def test_the_order_of_notes_does_not_matter(some: Notes) -> None:
    turned = some.select(np.arange(len(some.pitch))[::-1])
    torch.testing.assert_close(
        source(turned, 0, 3_000, RATE), source(some, 0, 3_000, RATE), atol=1e-3, rtol=1e-4
    )
    np.testing.assert_array_equal(roll(turned, 0, 80, FRAME_SEC), roll(some, 0, 80, FRAME_SEC))


def test_nothing_sounds_before_its_onset_nor_after_its_tail() -> None:
    wave = source(notes((0.5, 0.25, 60, 100)), 0, 6_000, RATE)
    assert wave.shape == (len(GROUPS), 6_000)
    sounding = wave.any(0).nonzero()[:, 0]
    assert sounding[0] == 1_000
    end = round((0.75 + TAIL_SEC) * RATE)
    assert end - 20 < sounding[-1] < end
    assert not source(NOTHING, 0, 100, RATE).any()


def test_the_level_follows_the_square_of_the_velocity() -> None:
    loud, soft = (source(notes((0.0, 1.0, 60, velocity)), 0, 2_000, RATE) for velocity in (127, 64))
    torch.testing.assert_close(soft, loud * (64 / 127) ** 2)


def test_a_note_later_is_the_same_note_later() -> None:
    early, late = (source(notes((at, 0.3, 64, 90)), 0, 4_000, RATE) for at in (0.0, 0.7))
    assert torch.equal(late[:, 1_400:], early[:, : 4_000 - 1_400])


def test_a_note_longer_than_those_that_are_kept_begins_as_they_do() -> None:
    kept, made = (source(notes((0.0, seconds, 60, 127)), 0, 4_000, RATE) for seconds in (2.0, 30.0))
    assert torch.equal(kept, made)


def test_a_key_that_is_let_go_falls_silent_sooner() -> None:
    held, let_go = (source(notes((0.0, seconds, 57, 127)), 0, 3_000, RATE) for seconds in (2.0, 0.5))
    assert torch.equal(held[:, :1_000], let_go[:, :1_000])
    assert let_go[:, 2_000:].square().mean() < 0.05 * held[:, 2_000:].square().mean()


def test_the_roll_by_hand() -> None:
    """Struck between frames 2 and 3, a quarter of the way; let go at frame 10."""
    rows = roll(notes((2.25 * FRAME_SEC, 7.75 * FRAME_SEC, 60, 127)), 0, 20, FRAME_SEC)
    assert rows.shape == (20, ROLL_SIZE)
    features = of_keys(rows)
    assert not np.delete(features, 60 - LOWEST, axis=2).any()
    key = features[:, :, 60 - LOWEST]
    np.testing.assert_allclose(key[:, ONSET], [0, 0, 0.75, 0.25] + [0] * 16, atol=1e-6)
    assert key[:, HELD].tolist() == [0] * 2 + [1] * 8 + [0] * 10
    np.testing.assert_allclose(key[3:10, AGE], np.exp(-(np.arange(3, 10) - 2.25) * FRAME_SEC / AGE_SEC), 1e-5)
    np.testing.assert_allclose(key[10:, RELEASE], np.exp(-np.arange(10) * FRAME_SEC / RELEASE_SEC), 1e-5)
    assert not key[10:, AGE].any()
    assert not key[:10, RELEASE].any()


def test_of_two_notes_on_one_key_the_louder_counts() -> None:
    loud, soft = (0.0, 1.0, 60, 127), (0.5, 1.0, 60, 40)
    both = of_keys(roll(notes(loud, soft), 0, 60, FRAME_SEC))
    alone = of_keys(roll(notes(loud), 0, 60, FRAME_SEC))
    assert np.array_equal(both[:40, HELD], alone[:40, HELD])
    assert both[50, HELD, 60 - LOWEST] == pytest.approx(40 / 127)


@settings(deadline=None, max_examples=30)
@given(some_notes())
def test_what_the_roll_says_of_keys_stays_between_0_and_the_loudest(some: Notes) -> None:
    rows = roll(some, 0, 60, FRAME_SEC)
    assert np.isfinite(rows).all()
    assert of_keys(rows).min() >= 0
    assert of_keys(rows).max() <= some.velocity.max() / 127 + 1e-6


@settings(deadline=None, max_examples=50)
@given(some_notes())
def test_a_lane_holds_one_key_at_a_time_and_there_are_no_more_than_needed(some: Notes) -> None:
    lane = lanes_of(some)
    for number in range(int(lane.max()) + 1):
        part = some.select(lane == number)
        order = np.argsort(part.onset_sec, kind="stable")
        assert len(order)
        assert (part.end_sec[order][:-1] <= part.onset_sec[order][1:] + 0.006).all()
    at_once = [
        ((some.onset_sec <= onset) & (some.end_sec > onset)).sum() for onset in some.onset_sec.tolist()
    ]
    assert lane.max() + 1 <= max(at_once)


@settings(deadline=None, max_examples=10)
@given(some_notes())
def test_the_lanes_add_up_to_the_source(some: Notes) -> None:
    given_notes = excite(some, 0, 81, HOP, RATE, lanes=7)
    assert given_notes.roll.shape == (7, 81, ROLL_SIZE)
    whole = source(some, 0, 4_000, RATE)
    torch.testing.assert_close(given_notes.source.sum(0), whole, atol=1e-3, rtol=1e-4)


@settings(deadline=None, max_examples=10)
@given(some_notes(), st.integers(1, 40))
def test_lanes_in_a_block_are_those_of_the_whole(some: Notes, first: int) -> None:
    """Those in which something is heard; others are left out, and one stands for silence."""
    whole, block = excite(some, 0, 81, HOP, RATE), excite(some, first, 30, HOP, RATE)
    within = whole.roll[:, first : first + 30]
    heard = within.flatten(1).any(1)
    kept = block.roll[block.roll.flatten(1).any(1)]
    torch.testing.assert_close(kept, within[heard], atol=1e-5, rtol=1e-4)


@settings(deadline=None, max_examples=15)
@given(some_notes(), st.integers(0, 60))
def test_balancing_while_adding_up_is_adding_up_and_balancing(some: Notes, first: int) -> None:
    levels = torch.randn(21, len(GROUPS), generator=torch.Generator().manual_seed(first))
    slow = balanced(source(some, first * HOP, 20 * HOP, RATE)[None], levels[None], HOP)[0]
    quick = balanced_source(some, levels, first, HOP, RATE)
    torch.testing.assert_close(quick, slow, atol=1e-3, rtol=1e-3)


def test_silence_has_one_lane() -> None:
    silence = excite(NOTHING, 5, 10, HOP, RATE)
    assert silence.roll.shape == (1, 10, ROLL_SIZE)
    assert silence.source.shape == (1, len(GROUPS), 9 * HOP)
    assert not silence.roll.any()


def test_phrases_in_a_row_become_notes_in_seconds() -> None:
    phrase = Phrase(Grid(1), np.array([0, 4]), np.array([4, 8]), np.array([60, 64]), tempo_qpm=120.0)
    some, seconds = notes_of([phrase, phrase.with_tempo(60.0)])
    assert seconds == pytest.approx(2.0 + 4.0)
    np.testing.assert_allclose(some.onset_sec, [0.0, 0.5, 2.0, 3.0])
    np.testing.assert_allclose(some.duration_sec, [0.5, 1.0, 1.0, 2.0])
    assert some.pitch.tolist() == [60, 64, 60, 64]
    assert some.last_sec == pytest.approx(5.0)
    assert NOTHING.last_sec == 0.0


@pytest.mark.parametrize("first_sample", [0, 3_000, 31_000, 47_000, 100_000])
def test_a_long_note_is_the_same_in_pieces(first_sample: int) -> None:
    """Its first four seconds are kept, what follows is made where it is needed."""
    held = Notes(np.array([0.5]), np.array([9.0]), np.array([50]), np.array([90]))
    whole = source(held, 0, 120_000, RATE)
    torch.testing.assert_close(
        source(held, first_sample, 8_000, RATE), whole[:, first_sample : first_sample + 8_000]
    )
