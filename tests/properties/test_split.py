"""Law of the corpus: no piece, and no near-duplicate of it, is in two splits."""

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.corpus.cluster import FEWEST_SHARED, SMALLEST_SHARE, clusters, window_keys, work_name
from symvae.corpus.split import released_split, split
from symvae.corpus.tune import Tune
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase

# A bar is one of six figures, so that random tunes share windows often.
FIGURES = np.random.default_rng(0).integers(0, 12, (6, 8))


@st.composite
def tunes(draw: st.DrawFn) -> list[Tune]:
    made = []
    for index in range(draw(st.integers(1, 12))):
        figures = draw(st.lists(st.integers(0, 5), min_size=2, max_size=8))
        pitch = 60 + FIGURES[figures].ravel() + draw(st.integers(-5, 5))
        onset = np.arange(len(pitch)) * 2
        phrase = Phrase(Grid(len(figures)), onset, np.full(len(pitch), 2), pitch)
        collection = draw(st.sampled_from(["a", "b"]))
        part = draw(st.sampled_from(["", "#1", "#2"]))
        made.append(Tune(f"{collection}/{index // 2}{part}", collection, "", phrase))
    return made


def clustered(made: list[Tune]) -> np.ndarray:
    return clusters([tune.name for tune in made], [window_keys(tune.phrase) for tune in made])


def dealt(made: list[Tune], seed: int, released: dict[str, str]) -> list[str]:
    return split([tune.entry for tune in made], clustered(made), seed, released)


def released_of(made: list[Tune], draw_from: list[str | None]) -> dict[str, str]:
    works = sorted({work_name(tune.name) for tune in made})
    return {work: name for work, name in zip(works, draw_from, strict=False) if name}


PINS = st.lists(st.sampled_from([None, "train", "validation", "test"]), min_size=12, max_size=12)


@given(tunes(), st.integers(0, 5), PINS)
@settings(max_examples=150, deadline=None)
def test_near_duplicates_share_a_split(made: list[Tune], seed: int, pins: list[str | None]):
    split_of = dealt(made, seed, released_of(made, pins))
    windows: dict[str, set[int]] = defaultdict(set)
    place: dict[str, set[str]] = defaultdict(set)
    for tune, name in zip(made, split_of, strict=True):
        windows[work_name(tune.name)] |= set(window_keys(tune.phrase).tolist())
        place[work_name(tune.name)].add(name)
    assert all(len(names) == 1 for names in place.values())
    works = list(windows)
    for i, a in enumerate(works):
        for b in works[:i]:
            shared = len(windows[a] & windows[b])
            smaller = min(len(windows[a]), len(windows[b]))
            if shared >= FEWEST_SHARED and shared >= SMALLEST_SHARE * smaller:
                assert place[a] == place[b]


@given(tunes(), st.integers(0, 5), PINS)
@settings(max_examples=60, deadline=None)
def test_the_training_music_of_a_released_model_is_never_held_out(
    made: list[Tune], seed: int, pins: list[str | None]
):
    released = released_of(made, pins)
    for tune, name in zip(made, dealt(made, seed, released), strict=True):
        if released.get(work_name(tune.name)) == "train":
            assert name == "train"


@given(tunes(), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_the_split_does_not_depend_on_the_order_of_the_tunes(made: list[Tune], seed: int):
    unique = list({tune.name: tune for tune in made}.values())
    forwards = dict(zip((t.name for t in unique), dealt(unique, seed, {}), strict=True))
    backwards = unique[::-1]
    assert forwards == dict(zip((t.name for t in backwards), dealt(backwards, seed, {}), strict=True))


def test_shares_are_near_four_and_eight_percent_of_the_bars():
    generator = np.random.default_rng(1)
    made = []
    for index in range(300):
        pitch = generator.integers(40, 90, 32)
        made.append(Tune(f"a/{index}", "a", "", Phrase(Grid(4), np.arange(32) * 2, np.full(32, 2), pitch)))
    split_of = dealt(made, 0, {})
    assert split_of.count("test") == 24
    assert split_of.count("validation") == 12


def test_the_released_split_holds_out_every_collection():
    held_out = defaultdict(set)
    for work, name in released_split().items():
        held_out[name].add(work.split("/")[0])
    books = {"airds", "bach", "misc", "oneills", "openscore_lieder", "pop909", "ryans"}
    games = {"blasphemer", "easyrpg", "freedoom", "helland"}
    assert held_out["test"] == held_out["train"] == books | games
    assert books < held_out["validation"] < books | games
