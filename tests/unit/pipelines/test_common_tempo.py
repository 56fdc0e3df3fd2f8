"""One change of tempo for many windows that are to have one arousal."""

import pytest

import symvae
from symvae.pipelines.common_tempo import common_ratio
from tests.fader_models import ODE


def test_windows_have_the_arousal_in_the_mean(aroused_model) -> None:
    model = symvae.load(aroused_model)
    phrases = symvae.read(ODE, grid=model.grid)
    bars, ratios = [2] * len(phrases), [0.7 + 0.1 * row for row in range(len(phrases))]
    assert common_ratio(model.scales, phrases, bars, ratios, 0.0) == pytest.approx(0.7)
    assert common_ratio(model.scales, phrases, bars, [1.1] * len(phrases), 0.9) == pytest.approx(1.1)

    def arousal_at(ratio: float) -> float:
        moved = [phrase.with_tempo(phrase.tempo_qpm * ratio) for phrase in phrases]
        return float(model.scales.arousal.of(model.fader_positions(moved)).mean())

    asked = (arousal_at(0.7) + arousal_at(1.0)) / 2
    reached = arousal_at(common_ratio(model.scales, phrases, bars, ratios, asked))
    assert reached == pytest.approx(asked, abs=0.03)
