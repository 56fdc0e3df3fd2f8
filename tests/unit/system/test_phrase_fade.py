"""`SymVAE.fade` with the words of the command line: ways and locks of one phrase."""

import numpy as np
import pytest

import symvae
from symvae.errors import ConfigError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase

pytestmark = pytest.mark.usefixtures("few_exchanges")


@pytest.fixture(scope="module")
def piano() -> symvae.SymVAE:
    return symvae.load("piano-4bar")


@pytest.fixture(scope="module")
def phrase() -> Phrase:
    """A tune over chords, four bars."""
    rows = [(step, 4, (72, 76, 74, 71)[step // 4 % 4]) for step in range(0, 64, 4)]
    rows += [
        (step, 6, pitch) for step in range(0, 64, 8) for pitch in ((48, 55, 64), (43, 59, 62))[step // 8 % 2]
    ]
    onset, duration, pitch = np.array(sorted(rows)).T
    return Phrase(Grid(4), onset, duration, pitch)


def test_notes_move_alone_where_that_is_exact(piano, phrase):
    done = piano.fade(phrase, {"register": "+12", "mean_velocity": 60, "tempo": 90}, via="notes")
    assert np.array_equal(done.pitch, phrase.pitch + 12)
    assert np.array_equal(done.onset_step, phrase.onset_step)
    assert np.array_equal(done.duration_step, phrase.duration_step)
    assert set(done.velocity.tolist()) == {60}
    assert done.tempo_qpm == 90


def test_lengths_come_as_near_as_the_grid_allows(piano, phrase):
    before = symvae.SymVAE.measure([phrase], ["articulation"])["articulation"][0]
    done = piano.fade(phrase, {"articulation": before / 2}, via="notes")
    assert symvae.SymVAE.measure([done], ["articulation"])["articulation"][0] == pytest.approx(
        before / 2, abs=0.08
    )
    assert np.array_equal(done.pitch, phrase.pitch)


def test_what_is_kept_survives_a_fade_through_z(piano, phrase):
    done = piano.fade(phrase, {"notes_per_bar": "+4", "register": "+12"}, via="latent", keep="melody")
    tune = {(step, (72, 76, 74, 71)[step // 4 % 4]) for step in range(0, 64, 4)}
    assert tune <= set(zip(done.onset_step.tolist(), done.pitch.tolist(), strict=True))


def test_auto_takes_notes_and_z(piano, phrase):
    done = piano.fade(phrase, {"notes_per_bar": "+3", "mean_velocity": 70}, via="auto", keep=["rhythm"])
    assert set(done.onset_step.tolist()) == set(phrase.onset_step.tolist())
    assert abs(done.velocity.mean() - 70) <= 1


def test_chords_bind_new_notes(piano, phrase):
    done = piano.fade(phrase, {"notes_per_bar": "+4"}, keep="harmony", chords="Am | F")
    old = set(zip(phrase.onset_step.tolist(), phrase.pitch.tolist(), strict=True))
    new = set(zip(done.onset_step.tolist(), done.pitch.tolist(), strict=True)) - old
    assert new
    assert all(pitch % 12 in ({9, 0, 4}, {5, 9, 0})[step // 16 % 2] for step, pitch in new)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"keep": "flute"}, "Tracks are kept in whole songs"),
        ({"keep": ["nothing", "bass"]}, "give nothing alone"),
        ({"via": "sideways"}, "The way is auto, notes or latent"),
        ({"via": "notes"}, "notes_per_bar cannot be set on the notes alone"),
        ({"chords": "C X"}, "'X' in bar 2 of the chords is no chord symbol"),
    ],
)
def test_words_that_cannot_be_followed(piano, phrase, options, fault):
    with pytest.raises(ConfigError, match=fault):
        piano.fade(phrase, {"notes_per_bar": "+4"}, **options)
