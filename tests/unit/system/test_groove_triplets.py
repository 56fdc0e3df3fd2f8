"""A shuffle that is humanized stays a shuffle."""

from dataclasses import replace

import numpy as np
import pytest

from symvae.attributes.groove_timing import laid_backness
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.music.triplet_bars import place_of, triplet_bars
from symvae.system.groove import Groove
from tests.groove_models import beat, tiny_groove


@pytest.fixture(scope="module")
def groove(tmp_path_factory: pytest.TempPathFactory) -> Groove:
    return Groove.load(tiny_groove(tmp_path_factory.mktemp("groove") / "model"))


def shuffle(bars: int = 2) -> Phrase:
    """A hi-hat on the first and the third triplet of each beat, over kick and snare."""
    beats = np.arange(0, 16 * bars, 4)
    step = np.concatenate([beats, beats + 3, beats])
    offset = np.concatenate([np.zeros(len(beats)), np.full(len(beats), -1 / 3), np.zeros(len(beats))])
    pitch = np.concatenate([np.full(2 * len(beats), 42), np.where(beats // 4 % 2, 38, 36)])
    return Phrase(Grid(bars), step, np.ones_like(step), pitch, np.full(len(step), 80), 100.0, True, offset)


def test_a_place_on_its_third_is_neither_early_nor_late() -> None:
    assert triplet_bars(shuffle()).all()
    assert laid_backness(shuffle()) == pytest.approx(0, abs=1e-9)


def test_hits_of_triplets_are_played_about_their_thirds(groove: Groove) -> None:
    """Without chance, a drawn offset is that of a straight beat with the same cells, from another place."""
    played = groove.humanize([shuffle()], temperature=0.0, seed=3)[0]
    straight = groove.humanize(
        [replace(shuffle(), offset_step=np.zeros(len(shuffle())))], temperature=0.0, seed=3
    )[0]
    expected = np.clip(straight.offset_step + shuffle().offset_step, -59 / 120, 59 / 120)
    assert played.offset_step == pytest.approx(expected)
    assert (played.velocity == straight.velocity).all()


def test_the_groove_of_a_shuffle_swings_straight_hits_and_leaves_a_shuffle_as_it_is(groove: Groove) -> None:
    straight = replace(shuffle(), offset_step=np.zeros(len(shuffle())))
    for phrase in (straight, shuffle()):
        played = groove.humanize([phrase], groove_from=[shuffle()])[0]
        assert played.offset_step == pytest.approx(shuffle().offset_step)
        assert (place_of(played) == place_of(shuffle())).all()


def test_straight_bars_are_as_before(groove: Groove) -> None:
    """A phrase without triplets takes the offsets that are drawn."""
    played = groove.humanize([beat()], seed=1)[0]
    assert not triplet_bars(beat()).any()
    assert np.abs(played.offset_step).max() <= 0.5
