"""Valence of a song by mode mixture: which notes move, what it reaches, and its refusals."""

from dataclasses import replace

import numpy as np
import pytest

import symvae
from symvae.attributes.emotion import VALENCE_CUES
from symvae.errors import ConfigError, LatentError
from symvae.latent.valence import Valence
from symvae.music.grid import Grid
from symvae.pipelines.fade_valence import move_valence
from tests.fader_models import ODE


def scale(correlation: float = 0.6) -> Valence:
    """A valence that is the mode alone."""
    size = len(VALENCE_CUES)
    weight = np.array([1.0 if name == "mode" else 0.0 for name in VALENCE_CUES])
    return Valence(np.zeros(size), np.ones(size), weight, np.linspace(-0.6, 0.6, 33), correlation)


@pytest.fixture
def song():
    from symvae.music.io.source import load_any

    return load_any(ODE)


def test_a_sad_song_has_lower_thirds_and_sixths_and_else_the_same_notes(song):
    move = move_valence(song, Grid(2), scale(), 0.0)
    assert move.step > 0
    assert move.achieved < move.before
    for old, new in zip(song.tracks, move.song.tracks, strict=True):
        assert (new.onset_tick == old.onset_tick).all()
        assert (new.velocity == old.velocity).all()
        assert set((new.pitch - old.pitch).tolist()) <= {0, -1}
    changed = sum(
        int((new.pitch != old.pitch).sum()) for old, new in zip(song.tracks, move.song.tracks, strict=True)
    )
    assert move.notes == changed > 0
    assert f"in {changed} notes" in move.line()


def test_the_present_valence_moves_nothing(song):
    here = move_valence(song, Grid(2), scale(), 0.0).before
    move = move_valence(song, Grid(2), scale(), here)
    assert (move.step, move.notes, move.achieved) == (0, 0, here)
    assert "no note moved" in move.line()


def test_a_valence_that_listeners_do_not_bear_out_is_refused(song):
    with pytest.raises(LatentError, match=r"0\.43 only"):
        move_valence(song, Grid(2), scale(0.43), 0.2)


def test_a_place_on_the_plane_sets_arousal_and_valence(aroused_model):
    model = symvae.load(aroused_model)
    with pytest.raises(LatentError, match="has not learned valence"):
        symvae.fade_song(ODE, model=model, emotion=(0.7, 0.1))
    model.scales = replace(model.scales, valence=scale())
    result = symvae.fade_song(ODE, model=model, emotion=(0.7, 0.1), refine=False)
    assert result.report["faders"]["arousal"]["asked"] == "0.7"
    assert result.report["valence"]["way"] == "lowered"
    assert any(line.startswith("valence ") for line in result.lines())
    assert result.report["harm"]["kept"]["all"] < 1  # measured against the song as it was
    with pytest.raises(ConfigError, match=r"Valence changes the mode, .* so it cannot keep harmony"):
        symvae.fade_song(ODE, model=model, emotion=(0.7, 0.1), refine=False, keep="harmony")


@pytest.mark.parametrize("emotion", [(0.8, 1.2), (-0.1, 0.5), (float("nan"), 0.1)])
def test_other_places_are_refused(aroused_model, emotion):
    with pytest.raises(ConfigError, match=r"An emotion is \(arousal, valence\)"):
        symvae.fade_song(ODE, model=aroused_model, emotion=emotion)


def test_arousal_is_set_once(aroused_model):
    with pytest.raises(ConfigError, match="arousal is set in two ways"):
        symvae.fade_song(ODE, {"arousal": 0.2}, model=aroused_model, emotion=(0.8, 0.2))
