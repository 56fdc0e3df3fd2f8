"""Arousal on the notes of polyphonic music: each fader moves its own way, and the melody stays."""

from dataclasses import replace

import numpy as np
import pytest

from symvae.attributes.emotion import AROUSAL_SIGN
from symvae.attributes.table import measure
from symvae.errors import LatentError
from symvae.latent.arousal import Arousal
from symvae.music.arranging.texture import texture_of
from symvae.music.phrase import Phrase
from symvae.system.faders.arrange import arrange, asked_arousal
from symvae.system.faders.scales import Scales, measure_phrases
from tests.unit.music.test_arranging import notes, piano

NAMES = ("rhythm_density", "notes_per_bar", "register", "mean_velocity", "articulation", "tempo")


def music() -> list[Phrase]:
    """Phrases of many densities, loudnesses and tempos."""
    rng = np.random.default_rng(0)
    made = []
    for seed in range(60):
        phrase = piano(seed)
        phrase = phrase.select(rng.random(len(phrase)) < rng.uniform(0.4, 1.0))
        velocity = (phrase.velocity + rng.integers(-30, 31)).clip(1, 127)
        made.append(replace(phrase, velocity=velocity).with_tempo(float(rng.uniform(60, 160))))
    return made


def scales() -> Scales:
    phrases = music()
    found = Scales.fit(NAMES, measure_phrases(phrases, NAMES))
    positions = found.positions(measure_phrases(phrases, NAMES)).double().numpy()
    excited = positions[:, 0] + positions[:, 5] + 0.2 * positions[:, 3] > 0
    sign = np.array([AROUSAL_SIGN.get(name, 0) for name in NAMES])
    return replace(found, arousal=Arousal.fit(positions, excited.astype(int), sign=sign))


SCALES = scales()
HELD = np.array([name == "tempo" for name in NAMES])


@pytest.mark.parametrize("held", [None, HELD])
def test_all_that_a_person_would_name_moves_its_own_way(held):
    for phrase in music()[:12]:
        ladder = [arrange(SCALES, phrase, arousal, held) for arousal in (0.05, 0.35, 0.65, 0.95)]
        columns = measure(ladder, NAMES)
        for name in ("tempo", "rhythm_density", "mean_velocity"):
            assert (np.diff(columns[name]) >= -1.0).all(), name
        assert columns["mean_velocity"][-1] > columns["mean_velocity"][0]
        assert columns["rhythm_density"][-1] >= columns["rhythm_density"][0]
        if held is not None:
            assert set(columns["tempo"]) == {phrase.tempo_qpm}


def test_the_melody_keeps_its_notes():
    for phrase in music()[:12]:
        melody = notes(phrase.select(texture_of(phrase).melody))
        for arousal in (0.05, 0.95):
            assert melody <= notes(arrange(SCALES, phrase, arousal))


def test_the_arousal_is_reached_with_all_free():
    assert SCALES.arousal is not None
    for phrase in music()[:12]:
        moved = arrange(SCALES, phrase, 0.5)
        position = SCALES.positions(measure_phrases([moved], NAMES)).double().numpy()
        assert SCALES.arousal.of(position)[0] == pytest.approx(0.5, abs=0.15)


def test_nothing_moves_where_all_is_held_or_silent():
    phrase, silence = music()[0], Phrase(music()[0].grid)
    assert arrange(SCALES, phrase, 0.9, np.ones(len(NAMES), bool)) is phrase
    assert len(arrange(SCALES, silence, 0.9)) == 0


def test_tempo_and_loudness_beyond_the_scales_do_not_turn_back():
    """A phrase faster and louder than all training music gets no slower and no softer when excited."""
    phrase = replace(music()[0], velocity=np.full(len(music()[0]), 127)).with_tempo(300.0)
    for arousal in (0.98, 1.0):
        if asked_arousal(SCALES, phrase, "+0") < arousal:
            moved = arrange(SCALES, phrase, arousal)
            assert (moved.tempo_qpm, moved.velocity.mean() > 125) == (300.0, True)


def test_a_change_of_arousal_starts_from_the_phrases_own():
    phrase = music()[0]
    own = asked_arousal(SCALES, phrase, "+0")
    assert asked_arousal(SCALES, phrase, "+0.1") == pytest.approx(min(1.0, own + 0.1))
    assert asked_arousal(SCALES, phrase, 2.0) == 1.0
    with pytest.raises(LatentError, match="Set arousal to a number"):
        asked_arousal(SCALES, phrase, "wild")
