"""Attributes of a bass among other parts, on bars that can be checked by hand."""

import numpy as np
import pytest

from symvae.attributes.table import ATTRIBUTES, measure
from symvae.errors import ConfigError
from symvae.music.arrangement import Arrangement
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase

KICK, SNARE = 36, 38


def line(onset, pitch, bars=1, drum=False):
    size = len(onset)
    return Phrase(Grid(bars), np.array(onset), np.full(size, 2), np.array(pitch), is_drum=drum)


def arrangement(bass, drums=None, melody=None):
    parts = {"melody": melody, "bass": bass, "drums": drums}
    return Arrangement(bass.grid, {name: each for name, each in parts.items() if each is not None})


def test_bass_and_kick_that_always_strike_together():
    drums = line([0, 4, 8, 12], [KICK, SNARE, KICK, SNARE], drum=True)
    assert ATTRIBUTES["bass_kick_agreement"](arrangement(line([0, 8], [36, 36]), drums)) == 1.0


def test_the_agreement_is_a_harmonic_mean():
    """Half of the bass notes on kicks, all of the kicks under bass notes: 2 · ½ · 1 / (½ + 1)."""
    drums = line([0, 8], [KICK, KICK], drum=True)
    bass = line([0, 4, 8, 12], [36, 36, 36, 36])
    assert ATTRIBUTES["bass_kick_agreement"](arrangement(bass, drums)) == pytest.approx(2 / 3)


def test_a_bass_on_the_roots_of_a_tune_is_on_its_chords():
    melody = line([0, 2, 4, 8, 10, 12], [60, 64, 67, 67, 71, 74])  # C E G, G B D
    assert ATTRIBUTES["bass_on_chord"](arrangement(line([0, 8], [36, 43]), melody=melody)) == 1.0
    off = arrangement(line([0, 2, 4, 8], [36, 37, 36, 43]), melody=melody)
    assert ATTRIBUTES["bass_on_chord"](off) == pytest.approx(3 / 4)


@pytest.mark.parametrize(("name", "value"), [("bass_on_chord", 1.0), ("bass_kick_agreement", 0.0)])
def test_music_without_the_parts_has_the_value_of_silence(name, value):
    phrase = line([0, 4], [60, 62])
    assert ATTRIBUTES[name](phrase) == value
    assert ATTRIBUTES[name](Arrangement(phrase.grid, {"melody": phrase})) == value
    assert ATTRIBUTES[name].on_silence == value


def test_measure_takes_the_melody_and_all_parts_of_an_arrangement():
    melody = line([0, 4, 8], [60, 64, 67])
    drums = line([0], [KICK], drum=True)
    music = [arrangement(line([0], [36]), drums, melody), melody]
    found = measure(music, ["notes_per_bar", "bass_kick_agreement"])
    assert found["notes_per_bar"].tolist() == [3.0, 3.0]
    assert found["bass_kick_agreement"].tolist() == [1.0, 0.0]
    assert "bass_on_chord" in measure(music)


def test_single_phrases_have_no_attributes_of_parts():
    melody = line([0, 4, 8], [60, 64, 67])
    assert not {"bass_on_chord", "bass_kick_agreement"} & measure([melody]).keys()
    with pytest.raises(ConfigError, match=r"^bass_on_chord is measured on parts together, .* Give arrange"):
        measure([melody], ["register", "bass_on_chord"])
