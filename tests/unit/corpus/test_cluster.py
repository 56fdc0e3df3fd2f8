"""Near-duplicate clusters: what links two works and what does not."""

import numpy as np

from symvae.corpus.cluster import clusters, voice_name, window_keys, work_name
from symvae.corpus.tune import Tune
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase, join


def clustered(*tunes: Tune) -> list[int]:
    return clusters([tune.name for tune in tunes], [window_keys(tune.phrase) for tune in tunes]).tolist()


def together(*tunes: Tune) -> bool:
    return len(set(clustered(*tunes))) == 1


def test_a_part_belongs_to_the_work_before_the_first_hash():
    assert work_name("ryans/reel/1#2") == "ryans/reel/1" == work_name("ryans/reel/1")
    assert work_name("bach/3.mxl#Alto#1") == "bach/3.mxl" == work_name("bach/3.mxl#Alto")


def test_a_stretch_belongs_to_the_voice_before_its_number():
    assert voice_name("ryans/reel/1#2") == "ryans/reel/1" == voice_name("ryans/reel/1")
    assert voice_name("bach/3.mxl#Alto#1") == "bach/3.mxl#Alto" == voice_name("bach/3.mxl#Alto")


def test_works_that_share_one_voice_are_linked(make_tune):
    """Two settings of a hymn: the shared voice may be less than a fifth of all their windows."""
    hymn = make_tune("a/1", seed=1, bars=4).phrase
    first, second = (
        [Tune(f"{work}#Soprano", "a", "", hymn)]
        + [make_tune(f"{work}#{voice}", seed=seed + place, bars=16) for place, voice in enumerate("AB")]
        for work, seed in (("a/1", 10), ("a/2", 20))
    )
    assert together(*first, *second)
    assert not together(*first[1:], *second[1:])


def test_a_voice_is_compared_with_all_its_stretches(make_tune):
    """The share is of a voice, not of one of its stretches."""
    shared = make_tune("a/1", seed=1, bars=3).phrase
    medley = [make_tune(f"a/2#Alto#{stretch}", seed=stretch, bars=8) for stretch in (2, 3)]
    short = Tune("a/1#Alto", "a", "", join([shared, make_tune("a/1", seed=9, bars=20).phrase]))
    assert not together(short, Tune("a/2#Alto#1", "a", "", shared), *medley)
    assert together(short, Tune("a/2#Alto", "a", "", shared))


def test_a_transposed_copy_is_a_duplicate(make_tune):
    tune = make_tune("a/1", seed=1)
    other = Tune("b/1", "b", "", tune.phrase.transpose(5))
    assert together(tune, other)
    np.testing.assert_array_equal(window_keys(tune.phrase), window_keys(other.phrase))


def test_different_tunes_are_not_linked(make_tune):
    assert not together(make_tune("a/1", seed=1), make_tune("a/2", seed=2))


def test_the_parts_of_a_work_stay_together(make_tune):
    assert together(make_tune("a/1#1", seed=1), make_tune("a/1#2", seed=2))


def test_two_shared_windows_link_and_one_does_not(make_tune):
    first, second = make_tune("a/1", seed=1, bars=8), make_tune("a/2", seed=2, bars=8)
    for bars, expected in ((2, False), (3, True)):
        mixed = join([first.phrase.window(0, bars), second.phrase.window(0, 8 - bars)])
        assert together(first, Tune("b/1", "b", "", mixed)) is expected


def test_two_windows_of_a_long_medley_do_not_link(make_tune):
    first, second = make_tune("a/1", seed=1, bars=40), make_tune("a/2", seed=2, bars=37)
    assert not together(first, Tune("b/1", "b", "", join([first.phrase.window(0, 3), second.phrase])))


def test_windows_with_few_notes_do_not_link():
    onset, two = np.array([0, 64]), np.array([16, 16])
    empty = Tune("a/1", "a", "", Phrase(Grid(8), onset, two, np.array([60, 60])))
    other = Tune("a/2", "a", "", Phrase(Grid(8), onset, two, np.array([62, 62])))
    assert len(window_keys(empty.phrase)) == 0
    assert not together(empty, other)


def test_links_are_transitive(make_tune):
    a, c = make_tune("a/1", seed=1, bars=8), make_tune("a/3", seed=3, bars=8)
    b = Tune("a/2", "a", "", join([a.phrase.window(0, 4), c.phrase.window(0, 4)]))
    assert together(a, b, c)
    assert not together(a, c)
    assert clustered(a, c, make_tune("a/4", seed=4)) == [0, 1, 2]
