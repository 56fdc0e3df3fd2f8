"""Which tunes are one tune."""

import numpy as np

from symvae.corpus.cluster import clusters, voice_name, window_keys, work_name
from symvae.corpus.tune import Tune
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase, join


def together(*tunes: Tune) -> bool:
    return len(set(clusters(tunes).tolist())) == 1


def test_the_work_of_a_part():
    assert work_name("ryans/reel/1#2") == "ryans/reel/1" == work_name("ryans/reel/1")
    assert work_name("bach/3.mxl#Alto#1") == "bach/3.mxl" == work_name("bach/3.mxl#Alto")


def test_the_voice_of_a_stretch():
    assert voice_name("ryans/reel/1#2") == "ryans/reel/1" == voice_name("ryans/reel/1")
    assert voice_name("bach/3.mxl#Alto#1") == "bach/3.mxl#Alto" == voice_name("bach/3.mxl#Alto")


def test_one_voice_in_common_is_kinship(make_tune):
    """As of two settings of a hymn: of all their windows together it may be less than a fifth."""
    hymn = make_tune("a/1", seed=1, bars=4).phrase
    first, second = (
        [Tune(f"{work}#Soprano", "a", "", hymn)]
        + [make_tune(f"{work}#{voice}", seed=seed + place, bars=16) for place, voice in enumerate("AB")]
        for work, seed in (("a/1", 10), ("a/2", 20))
    )
    assert together(*first, *second)
    assert not together(*first[1:], *second[1:])


def test_a_voice_is_compared_with_all_its_stretches(make_tune):
    """A fifth of a voice, not of one of its stretches."""
    shared = make_tune("a/1", seed=1, bars=3).phrase
    medley = [make_tune(f"a/2#Alto#{stretch}", seed=stretch, bars=8) for stretch in (2, 3)]
    short = Tune("a/1#Alto", "a", "", join([shared, make_tune("a/1", seed=9, bars=20).phrase]))
    assert not together(short, Tune("a/2#Alto#1", "a", "", shared), *medley)
    assert together(short, Tune("a/2#Alto", "a", "", shared))


def test_a_transposed_copy_is_the_same_tune(make_tune):
    tune = make_tune("a/1", seed=1)
    other = Tune("b/1", "b", "", tune.phrase.transpose(5))
    assert together(tune, other)
    assert window_keys(tune.phrase) == window_keys(other.phrase)


def test_another_tune_is_not(make_tune):
    assert not together(make_tune("a/1", seed=1), make_tune("a/2", seed=2))


def test_the_parts_of_a_work_stay_together(make_tune):
    assert together(make_tune("a/1#1", seed=1), make_tune("a/1#2", seed=2))


def test_one_shared_window_is_chance_two_are_kinship(make_tune):
    first, second = make_tune("a/1", seed=1, bars=8), make_tune("a/2", seed=2, bars=8)
    for bars, expected in ((2, False), (3, True)):
        mixed = join([first.phrase.window(0, bars), second.phrase.window(0, 8 - bars)])
        assert together(first, Tune("b/1", "b", "", mixed)) is expected


def test_two_windows_of_a_long_medley_are_not_a_fifth(make_tune):
    first, second = make_tune("a/1", seed=1, bars=40), make_tune("a/2", seed=2, bars=37)
    assert not together(first, Tune("b/1", "b", "", join([first.phrase.window(0, 3), second.phrase])))


def test_windows_with_few_notes_glue_nothing():
    onset, two = np.array([0, 64]), np.array([16, 16])
    empty = Tune("a/1", "a", "", Phrase(Grid(8), onset, two, np.array([60, 60])))
    other = Tune("a/2", "a", "", Phrase(Grid(8), onset, two, np.array([62, 62])))
    assert not window_keys(empty.phrase)
    assert not together(empty, other)


def test_kinship_goes_through_others(make_tune):
    a, c = make_tune("a/1", seed=1, bars=8), make_tune("a/3", seed=3, bars=8)
    b = Tune("a/2", "a", "", join([a.phrase.window(0, 4), c.phrase.window(0, 4)]))
    assert together(a, b, c)
    assert not together(a, c)
    assert np.array_equal(clusters([a, c, make_tune("a/4", seed=4)]), [0, 1, 2])
