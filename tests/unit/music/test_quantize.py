"""Ticks to steps, with numbers that can be checked by hand: 120 ticks to a step."""

import numpy as np

from symvae.music.quantize import nearest_step, quantize, resolve_overlaps


def columns(*rows: tuple[int, int, int, int]) -> tuple[np.ndarray, ...]:
    return tuple(np.array(rows, np.int64).reshape(-1, 4).T)


def test_late_and_early_notes_move_to_the_nearest_step() -> None:
    notes = quantize(*columns((30, 100, 60, 90), (210, 130, 62, 80)), ticks_per_step=120.0)
    assert notes.onset_step.tolist() == [0, 2]
    assert notes.duration_step.tolist() == [1, 1]
    assert notes.shift_step.tolist() == [0.25, -0.25]
    assert notes.num_merged == 0


def test_very_short_notes_last_one_step() -> None:
    notes = quantize(*columns((0, 5, 60, 90)), ticks_per_step=120.0)
    assert notes.duration_step.tolist() == [1]


def test_of_equal_pitches_on_one_step_the_longer_is_kept() -> None:
    notes = quantize(*columns((0, 30, 60, 99), (40, 500, 60, 50), (10, 30, 64, 70)), ticks_per_step=120.0)
    assert notes.pitch.tolist() == [60, 64]
    assert notes.velocity.tolist() == [50, 70]
    assert notes.num_merged == 1


def test_halves_round_up_on_even_and_odd_steps() -> None:
    assert nearest_step(np.array([0.5, 1.5, 2.5, 2.49])).tolist() == [1, 2, 3, 2]


def test_triplet_eighths_are_a_third_of_a_step_off() -> None:
    notes = quantize(*columns((0, 160, 60, 90), (160, 160, 62, 90), (320, 160, 64, 90)), ticks_per_step=120.0)
    np.testing.assert_allclose(np.abs(notes.shift_step), [0, 1 / 3, 1 / 3])


def test_a_step_may_be_a_fraction_of_ticks() -> None:
    notes = quantize(*columns((0, 1, 60, 90), (5, 1, 62, 90)), ticks_per_step=5 / 4)
    assert notes.onset_step.tolist() == [0, 4]


def test_no_notes_quantize_to_no_notes() -> None:
    notes = quantize(*columns(), ticks_per_step=120.0)
    assert len(notes.onset_step) == 0


def test_without_overlaps_no_pitch_sounds_twice() -> None:
    onset, duration, pitch, velocity = resolve_overlaps(
        *columns((0, 8, 60, 1), (2, 8, 60, 2), (2, 3, 60, 3), (0, 8, 62, 4), (8, 1, 62, 5))
    )
    assert list(zip(onset.tolist(), duration.tolist(), pitch.tolist(), velocity.tolist(), strict=True)) == [
        (0, 2, 60, 1),
        (0, 8, 62, 4),
        (2, 8, 60, 2),
        (8, 1, 62, 5),
    ]
