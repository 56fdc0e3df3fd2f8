"""Partials are found again on notes that were made from known ones."""

import math
from pathlib import Path

import numpy as np
import pytest

from symvae.audio.notes import Notes
from symvae.audio.partials import HARMONIC, Partials
from symvae.audio.source import source
from symvae.corpus.measured_partials import measured_partials, measured_width
from symvae.dsp.widen import widen
from tests.sines import SinePlayer

RATE = 24_000
#: Levels of the groups of partials: softer toward the treble, as instruments are.
LEVELS = np.array([0.0, 1.0, 0.5, 0.3, 0.2, 0.1, 0.03]) / 20


class SourcePlayer(SinePlayer):
    """A `FontPlayer` of the sources themselves."""

    def __init__(self, partials: Partials) -> None:
        super().__init__(Path("sources.sf2"), RATE)
        self.partials = partials

    def play(self, notes: Notes, program: int, samples: int, *, drums: bool = False) -> np.ndarray:
        wave = LEVELS @ source(notes, 0, samples, RATE, self.partials).numpy()
        return np.stack([wave, wave])


class SilentPlayer(SourcePlayer):
    """A `FontPlayer` without a sound."""

    def play(self, notes: Notes, program: int, samples: int, *, drums: bool = False) -> np.ndarray:
        return np.zeros((2, samples))


def test_a_stiff_string_is_found() -> None:
    true = Partials(stretch=(-11.5, 1.2, 0.1), stretch_share=1.0)
    found = measured_partials(SourcePlayer(true), 0, RATE)
    assert found.stretch_share == 1
    for pitch in (36, 48, 60, 72, 84):
        assert math.log2(found.inharmonicity(pitch) / true.inharmonicity(pitch)) == pytest.approx(0, abs=0.3)


def test_vibrato_is_found() -> None:
    found = measured_partials(SourcePlayer(Partials(vibrato_cents=14.0, vibrato_hz=5.5)), 0, RATE)
    assert found.vibrato_cents == pytest.approx(14, abs=2)
    assert found.vibrato_hz == pytest.approx(5.5, abs=0.2)
    assert found.stretch_share == found.detune_cents == 0


def test_a_section_is_found() -> None:
    found = measured_partials(SourcePlayer(Partials(vibrato_cents=4.0, detune_cents=9.0)), 0, RATE)
    assert found.detune_cents > 3


@pytest.mark.parametrize("player", [SourcePlayer(HARMONIC), SilentPlayer(HARMONIC)])
def test_exact_multiples_stay_exact(player: SourcePlayer) -> None:
    assert measured_partials(player, 0, RATE) == HARMONIC


class WidePlayer(SourcePlayer):
    """A `FontPlayer` whose two channels differ."""

    def play(self, notes: Notes, program: int, samples: int, *, drums: bool = False) -> np.ndarray:
        return widen(super().play(notes, program, samples)[0], program / 100, RATE)


@pytest.mark.parametrize("width", [0.0, 0.3, 0.8])
def test_the_width_of_two_channels_is_found(width: float) -> None:
    found = measured_width(WidePlayer(HARMONIC), round(100 * width), RATE)
    assert found == pytest.approx(width, abs=0.15)
    assert measured_width(SilentPlayer(HARMONIC), 0, RATE) == 0
