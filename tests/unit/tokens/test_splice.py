"""Bars spliced of two bars."""

import numpy as np

from symvae.music.arrangement import BASS, DRUMS, MELODY, Arrangement
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.tokens.splice import splice_parts
from symvae.tokens.trio import TrioGrid

TOKENS = TrioGrid()


def line(*notes: tuple[int, int, int]) -> Phrase:
    step, length, pitch = (np.array(column) for column in zip(*notes, strict=True))
    return Phrase(Grid(1), step, length, pitch)


def kit(pitch: int) -> Phrase:
    step = np.arange(0, 16, 4)
    return Phrase(Grid(1), step, np.ones(4, int), np.full(4, pitch), is_drum=True)


def spliced(*arrangements: Arrangement, share: float = 1.0) -> list[Arrangement]:
    ids = np.stack([TOKENS.encode_phrase(each) for each in arrangements])
    return [TOKENS.decode_ids(row) for row in splice_parts(TOKENS, share, ids, np.random.default_rng(0))]


def test_nothing_is_spliced_for_a_share_of_none() -> None:
    (bar,) = spliced(Arrangement(Grid(1), {MELODY: line((0, 4, 60))}), share=0.0)
    assert bar.parts[MELODY].pitch.tolist() == [60]


def test_the_first_beats_are_of_one_bar_and_the_rest_of_another() -> None:
    low = Arrangement(Grid(1), {MELODY: line(*((step, 2, 60) for step in range(0, 16, 2))), DRUMS: kit(36)})
    high = Arrangement(Grid(1), {MELODY: line(*((step, 2, 72) for step in range(0, 16, 2))), DRUMS: kit(42)})
    bars = spliced(*[low, high] * 16)
    mixed = 0
    for bar, own in zip(bars, [60, 72] * 16, strict=True):
        pitch = bar.parts[MELODY].pitch
        change = int((pitch == own).sum())
        assert change in (2, 4, 6, 8)
        assert (pitch[:change] == own).all()
        assert (pitch[change:] == 132 - own).all()
        mixed += change < 8
        assert len(set(bar.parts[DRUMS].pitch.tolist())) <= 2
        assert bar.parts[DRUMS].onset_step.tolist() == [0, 4, 8, 12]
    assert mixed > 4


def test_absent_parts_stay_absent() -> None:
    alone = Arrangement(Grid(1), {MELODY: line((0, 16, 60))})
    both = Arrangement(Grid(1), {MELODY: line((0, 16, 62)), BASS: line((0, 4, 36), (4, 12, 38))})
    for before, bar in zip([alone, both] * 8, spliced(*[alone, both] * 8), strict=True):
        assert set(bar.parts) == set(before.parts)


def test_spliced_bars_hold_no_needless_note_off() -> None:
    short = Arrangement(Grid(1), {MELODY: line((0, 2, 60))})
    late = Arrangement(Grid(1), {MELODY: line((0, 6, 62), (14, 1, 64))})
    ids = np.stack([TOKENS.encode_phrase(each) for each in [short, late] * 16])
    for row in splice_parts(TOKENS, 1.0, ids, np.random.default_rng(1)):
        assert np.array_equal(TOKENS.encode_phrase(TOKENS.decode_ids(row)), row)


def test_longer_phrases_go_on_at_a_bar_line() -> None:
    def phrase(pitch: int) -> np.ndarray:
        step = np.arange(0, 64, 2)
        tune = Phrase(Grid(4), step, np.full(32, 2), np.full(32, pitch))
        return TOKENS.encode_phrase(Arrangement(Grid(4), {MELODY: tune}))

    ids = np.stack([phrase(pitch) for pitch in [60, 72] * 16])
    cuts = set()
    for row, own in zip(splice_parts(TOKENS, 1.0, ids, np.random.default_rng(2)), [60, 72] * 16, strict=True):
        by_bar = TOKENS.decode_ids(row).parts[MELODY].pitch.reshape(4, 8)
        assert (by_bar == by_bar[:, :1]).all()
        cuts.add(int((by_bar[:, 0] == own).sum()))
    assert cuts == {0, 1, 2, 3, 4}
