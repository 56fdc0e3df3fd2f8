"""Contours of a line: pitches hold, slurs glide, long notes get vibrato."""

import numpy as np

from symvae.audio.contours import DELAY_SEC, GLIDE_SEC, frequency_contour
from symvae.audio.notes import Notes
from symvae.dsp.pitch import hz_to_pitch, pitch_to_hz

FRAME_SEC = 0.004


def line(*rows: tuple[float, float, int]) -> Notes:
    onset, duration, pitch = (np.array(column) for column in zip(*rows, strict=True))
    return Notes(onset.astype(float), duration.astype(float), pitch, np.full(len(rows), 80))


def pitches(notes: Notes, **choices: float) -> np.ndarray:
    return hz_to_pitch(frequency_contour(notes, 0, 500, FRAME_SEC, **choices))


def test_a_pitch_holds_until_the_next_note():
    found = pitches(line((0.2, 0.1, 60), (0.8, 0.5, 67)))
    np.testing.assert_allclose(found[:199], 60, atol=1e-3)
    np.testing.assert_allclose(found[201:], 67, atol=1e-3)


def test_a_slur_glides_and_a_rest_does_not():
    found = pitches(line((0.0, 1.0, 60), (1.0, 1.0, 64)))
    gliding = found[250 : 250 + int(GLIDE_SEC / FRAME_SEC)]
    assert (np.diff(gliding) > 0).all()
    assert gliding[0] < 60.1
    np.testing.assert_allclose(found[260:], 64, atol=1e-3)


def test_vibrato_begins_late_and_has_its_depth():
    found = 100 * (pitches(line((0.0, 2.0, 69)), vibrato_cents=20.0) - 69)
    assert np.abs(found[: int(DELAY_SEC / FRAME_SEC)]).max() < 1e-2
    assert 19 < np.abs(found[int(2 * DELAY_SEC / FRAME_SEC) + 20 :]).max() <= 20.01


def test_no_notes_have_a_pitch_and_blocks_equal_the_whole():
    nothing = Notes(*(np.zeros(0) for _ in range(4)))
    assert (frequency_contour(nothing, 0, 3, FRAME_SEC) > 0).all()
    notes = line((0.0, 0.5, 60), (0.5, 1.0, 62))
    whole = frequency_contour(notes, 0, 300, FRAME_SEC, vibrato_cents=10.0)
    part = frequency_contour(notes, 120, 60, FRAME_SEC, vibrato_cents=10.0)
    np.testing.assert_allclose(part, whole[120:180])


def test_pitch_and_frequency_are_inverse():
    np.testing.assert_allclose(hz_to_pitch(pitch_to_hz(np.array([21.0, 69.0, 108.5]))), [21, 69, 108.5])
    assert pitch_to_hz(np.array([57.0])).tolist() == [220.0]
