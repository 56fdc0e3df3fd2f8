"""Equalizers: gains follow the keys, mix by shares, and refuse damaged files."""

import numpy as np
import pytest

from symvae.audio.equalizer import KEYS, MOST_DB, SHAPE, equalizer_of, lane_gains_db, mixed
from symvae.audio.keyboard import on_keyboard
from symvae.audio.notes import Notes

FRAME_SEC = 0.01


def by_key() -> np.ndarray:
    """Gains in dB that are a tenth of the key, for the noise its negative."""
    gains = np.repeat(np.array(KEYS, float)[:, None, None] / 10, 2, 1).repeat(8, 2)
    gains[:, 1] *= -1
    return gains


def line(*rows: tuple[float, int]) -> Notes:
    onset, pitch = (np.array(column) for column in zip(*rows, strict=True))
    return Notes(onset, np.full(len(rows), 0.05), pitch, np.full(len(rows), 80))


def test_gains_are_those_of_the_most_recent_note() -> None:
    gains = lane_gains_db(line((0.1, 60), (0.5, 72)), by_key(), 0, 80, FRAME_SEC)
    assert gains.shape == (80, *SHAPE[1:])
    assert gains[:49, 0, 0] == pytest.approx(6.0)  # of the first note, also before it
    assert gains[50:, 0, 3] == pytest.approx(7.2)
    assert gains[50:, 1, 3] == pytest.approx(-7.2)


def test_a_note_that_dies_away_is_not_raised_by_the_next() -> None:
    """The second note begins where the first one ends, at 0.15 s; two tenths later it is alone."""
    gains = lane_gains_db(line((0.1, 60), (0.15, 72)), by_key(), 0, 60, FRAME_SEC)
    assert gains[14, 0] == pytest.approx(6.0)
    assert (np.diff(gains[14:34, 0], axis=0) > 0).all()
    assert gains[15:, 1] == pytest.approx(-7.2)  # less is less
    assert gains[36:, 0] == pytest.approx(7.2)


@pytest.mark.parametrize("pitch", [21, 22, 61, 108])
def test_each_key_has_its_own_gains(pitch: int) -> None:
    assert lane_gains_db(line((0.0, pitch)), by_key(), 0, 1, FRAME_SEC)[0, 0, 0] == pytest.approx(pitch / 10)


@pytest.mark.parametrize("pitch", [0, 20, 109, 127])
def test_keys_off_the_keyboard_are_those_of_the_roll(pitch: int) -> None:
    """They sound an octave or more away, with the gains of the keys that sound."""
    sounding = int(on_keyboard(np.array([pitch]))[0])
    found, wanted = (
        lane_gains_db(line((0.0, each)), by_key(), 0, 1, FRAME_SEC)[0, 0, 0] for each in (pitch, sounding)
    )
    assert sounding != pitch
    assert found == pytest.approx(wanted)


def test_a_range_of_frames_is_a_part_of_the_whole() -> None:
    notes = line((0.03, 50), (0.11, 80), (0.12, 40))
    whole = lane_gains_db(notes, by_key(), 0, 60, FRAME_SEC)
    np.testing.assert_array_equal(lane_gains_db(notes, by_key(), 9, 7, FRAME_SEC), whole[9:16])


def test_without_an_equalizer_or_notes_there_is_no_gain() -> None:
    assert not lane_gains_db(line((0.0, 60)), None, 0, 5, FRAME_SEC).any()
    nothing = line((0.0, 60)).select(np.array([False]))
    assert not lane_gains_db(nothing, by_key(), 0, 5, FRAME_SEC).any()


def test_a_blend_has_the_mean_gain_in_db() -> None:
    np.testing.assert_allclose(mixed((by_key(), None), (0.25, 0.75)), by_key() / 4)
    np.testing.assert_allclose(mixed((by_key(), -by_key()), (0.75, 0.25)), by_key() / 2)
    assert mixed((None, None), (0.5, 0.5)) is None


def test_a_file_holds_what_was_written() -> None:
    np.testing.assert_array_equal(equalizer_of(by_key().tolist()), by_key())
    assert equalizer_of(None) is None


@pytest.mark.parametrize(
    "saved",
    [
        "loud",
        [[1.0]],
        [["a"]],
        np.full(SHAPE, "1").tolist(),
        np.full(SHAPE, True).tolist(),
        [[1.0], [1.0, 2.0]],
        np.full(SHAPE, MOST_DB + 1).tolist(),
        np.full(SHAPE, np.nan).tolist(),
    ],
)
def test_damaged_gains_are_refused(saved: object) -> None:
    with pytest.raises(ValueError, match="its equalizer"):
        equalizer_of(saved)  # type: ignore[arg-type]
