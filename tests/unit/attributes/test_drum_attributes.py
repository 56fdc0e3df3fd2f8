"""Attributes of drum tracks, on beats small enough to check by hand."""

import numpy as np
import pytest

from symvae.attributes.drum_density import DRUM_DENSITIES
from symvae.attributes.table import ATTRIBUTES
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase

KICK, SNARE, CLOSED, TOM, CRASH = 36, 38, 42, 45, 49


def beat(bars: int = 1, metre: str = "4/4", **steps: list[int]) -> Phrase:
    """Hits by the name of their piece: ``beat(kick=[0, 8])``."""
    pitch_of = {"kick": KICK, "snare": SNARE, "hat": CLOSED, "crash": CRASH, "tom": TOM}
    hits = sorted((step, pitch_of[name]) for name, each in steps.items() for step in each)
    onset, pitch = np.array(hits, np.int64).reshape(-1, 2).T
    return Phrase(Grid.of_metre(metre, bars), onset, np.ones_like(onset), pitch, is_drum=True)


def value(name: str, phrase: Phrase) -> float:
    return ATTRIBUTES[name](phrase)


ROCK = beat(kick=[0, 8], snare=[4, 12], hat=[*range(0, 16, 2)])


def test_densities_count_the_hits_of_each_part_of_the_kit() -> None:
    assert value("drum_density", ROCK) == 12
    assert [value(f"{part}_density", ROCK) for part in ("kick", "snare", "hihat", "tom")] == [2, 2, 8, 0]
    two_bars = beat(2, kick=[0], crash=[0], tom=[28, 30])
    assert value("drum_density", two_bars) == 2
    assert value("tom_density", two_bars) == 1
    assert value("crash_density", two_bars) == 0.5


def test_the_densities_of_the_parts_add_up() -> None:
    every = Phrase(
        Grid(1), np.arange(9), np.ones(9, int), np.array([36, 38, 42, 46, 45, 48, 50, 49, 51]), is_drum=True
    )
    whole, *parts = (each(every) for each in DRUM_DENSITIES)
    assert whole == sum(parts) == 9


def test_a_beat_on_its_beats_does_not_syncopate() -> None:
    assert value("drum_syncopation", ROCK) == 0


def test_a_kick_before_cymbals_alone_counts_the_weights_and_five() -> None:
    """The kick on the sixteenth before the third beat (-3), then the hi-hat on that beat (-1): 2 + 5."""
    assert value("drum_syncopation", beat(kick=[7], hat=[8])) == 7


def test_a_kick_before_a_snare_counts_two_and_a_snare_before_a_kick_one() -> None:
    assert value("drum_syncopation", beat(kick=[6], snare=[8], hat=[8])) == (-1 + 2) + 2
    # A phrase is a loop: after the snare on the last sixteenth comes the kick on the first beat.
    assert value("drum_syncopation", beat(snare=[15], kick=[0])) == (0 + 3) + 1


def test_a_drum_that_is_hit_again_within_two_steps_does_not_syncopate() -> None:
    assert value("drum_syncopation", beat(kick=[7, 9], hat=[8])) == 0


def test_syncopation_is_per_bar_and_knows_other_metres() -> None:
    one, two = beat(kick=[7], hat=[8]), beat(2, kick=[7, 23], hat=[8, 24])
    assert value("drum_syncopation", one) == value("drum_syncopation", two)
    # In 6/8 the second beat is on step 6: the kick on step 5 (-3), the hi-hat there (-1).
    assert value("drum_syncopation", beat(metre="6/8", kick=[5], hat=[6])) == 7


def test_kick_snare_entropy_is_that_of_the_beats() -> None:
    assert value("kick_snare_entropy", ROCK) == pytest.approx(1.0)
    assert value("kick_snare_entropy", beat(kick=[0, 4, 8, 12], hat=[2])) == 0
    assert value("kick_snare_entropy", beat(kick=[0], snare=[4], hat=[8])) == pytest.approx(1.5)


@pytest.mark.parametrize("name", ["drum_density", "drum_syncopation", "kick_snare_entropy"])
def test_pitched_music_has_no_drums(name: str) -> None:
    melody = Phrase(Grid(1), np.array([0, 7]), np.array([4, 1]), np.array([36, 42]))
    assert value(name, melody) == 0
