"""Arousal as a fader: a move of all others."""

import dataclasses

import numpy as np
import pytest

from symvae.music.phrase import Phrase
from symvae.system.faders.scales import measure_phrases
from symvae.system.symvae import SymVAE
from tests.unit.system.faders.conftest import NAMES, arousal_of

pytestmark = pytest.mark.usefixtures("few_exchanges")


def test_arousal_is_a_fader_where_it_was_learned(model: SymVAE, aroused: SymVAE) -> None:
    assert list(model.faders) == list(NAMES)
    assert list(aroused.faders) == [*NAMES, "arousal"]
    assert (aroused.faders["arousal"].low, aroused.faders["arousal"].high) == (0.0, 1.0)


def test_another_arousal_gives_another_model_and_leaves_the_first(
    model: SymVAE, aroused: SymVAE, phrases: list[Phrase]
) -> None:
    """Network and editor are shared; the scales are not."""
    mixture = arousal_of(model.scales)
    other = model.with_arousal(mixture)
    assert (list(model.faders), list(other.faders)) == (list(NAMES), [*NAMES, "arousal"])
    assert model.scales.arousal is None
    wishes = [{"arousal": 0.8}] * len(phrases)
    assert other.fade_each(phrases, wishes) == aroused.fade_each(phrases, wishes)
    back = dataclasses.replace(mixture, mean=mixture.mean[::-1].copy())
    assert other.with_arousal(back).scales.arousal.weights == pytest.approx(-mixture.weights)


def test_more_arousal_is_faster_and_less_is_slower(aroused: SymVAE, phrases: list[Phrase]) -> None:
    many = len(phrases)
    calm, plain, wild = (
        [out.tempo_qpm for out in aroused.fade_each(phrases, [wishes] * many)]
        for wishes in ({"arousal": 0.02}, {}, {"arousal": 0.98})
    )
    assert np.mean(calm) < np.mean(plain) < np.mean(wild)
    assert all(a <= b for a, b in zip(calm, wild, strict=True))


def test_arousal_moves_neither_held_nor_requested_faders(aroused: SymVAE, phrases) -> None:
    some = phrases[:6]
    held = aroused.fade_each(some, [{"arousal": 0.95}] * 6, hold=["tempo"])
    assert [out.tempo_qpm for out in held] == [phrase.tempo_qpm for phrase in some]
    asked = aroused.fade_each(some, [{"arousal": 0.95, "tempo": 85.0}] * 6)
    assert [out.tempo_qpm for out in asked] == pytest.approx([85.0] * 6, abs=0.011)


@pytest.mark.filterwarnings("error:.*divide")
def test_arousal_with_every_fader_held_gives_the_reconstruction(aroused: SymVAE, phrases) -> None:
    assert aroused.fade(phrases[0], {"arousal": 0.9}, hold=NAMES) == aroused.fade(phrases[0], {})


def test_the_current_arousal_as_a_request_moves_almost_nothing(
    aroused: SymVAE, phrases: list[Phrase]
) -> None:
    position = aroused.scales.positions(measure_phrases(phrases, NAMES)).double().numpy()
    arousal = aroused.scales.arousal.of(position)
    inside = (arousal > 0.05) & (arousal < 0.95)
    moved = aroused.scales.arousal.toward(position[inside], arousal[inside])
    assert moved == pytest.approx(position[inside], abs=1e-6)
