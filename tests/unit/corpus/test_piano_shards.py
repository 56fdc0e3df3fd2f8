"""Piano shards: windows are those of the tune, and notes that exceed a bar's row are reported."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from symvae.config.run import ModelConfig
from symvae.corpus.dataset import Batches, windows
from symvae.corpus.prepare import prepare
from symvae.corpus.shards import SPLITS, Shards, open_shards
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError, TokenError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.music.reason import Reason
from symvae.tokens.piano import PianoBars
from symvae.tokens.piano_vocabulary import PAD, PITCH, TEMPOS_QPM, VELOCITIES, VELOCITY

BARS = 6
PIANO = ModelConfig(bars=4, tokenizer="piano", positions=128, vocabulary_size=218)


def arrangement(name: str, seed: int, notes: int = 40, metre: str = "4/4") -> Tune:
    """Chords, held notes, a fourth bar without onsets; velocities and tempo in the vocabulary."""
    chance = np.random.default_rng(seed)
    grid = Grid.of_metre(metre, BARS)
    onset = chance.integers(0, grid.num_steps, notes)
    onset = onset[onset // grid.steps_per_bar != 3]
    phrase = Phrase(
        grid,
        onset,
        np.minimum(chance.integers(1, 65, len(onset)), grid.num_steps - onset),
        chance.choice(np.arange(30, 100), len(onset), replace=False),
        chance.choice(VELOCITIES, len(onset)),
        float(TEMPOS_QPM[seed % 32]),
    )
    return Tune(name, name.split("/")[0], name, phrase)


def crowded(name: str) -> Tune:
    """Sixty notes at the start of the second bar, of which the lowest are soft and 42 fit."""
    phrase = Phrase(
        Grid(BARS),
        np.repeat([0, 16, 80], [1, 60, 1]),
        np.full(62, 4),
        np.array([60, *range(25, 85), 60]),
        np.array([15, *[31] * 20, *[95] * 40, 15]),
        float(TEMPOS_QPM[0]),
    )
    return Tune(name, name.split("/")[0], name, phrase)


@pytest.fixture
def tunes() -> list[Tune]:
    return [arrangement(f"a/{i}", seed=i) for i in range(24)]


@pytest.fixture
def shards(tmp_path: Path, tunes: list[Tune]) -> Shards:
    prepare([iter(tunes)], tmp_path / "shards", tokenizer="piano")
    return open_shards(tmp_path / "shards")


def dropped_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "dropped.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_card_names_the_tokenizer(shards: Shards):
    assert (shards.card["tokenizer"], shards.positions, shards.vocabulary_size) == ("piano", 128, 218)
    assert shards.tokenizer == PianoBars()
    shards.check_fit(PIANO)


@pytest.mark.parametrize("split", SPLITS)
def test_tunes_decode_note_for_note(shards: Shards, tunes: list[Tune], split: str):
    by_name = {tune.name: tune.phrase for tune in tunes}
    arrays = shards.split(split)
    for row, name in enumerate(shards.tune_names(split)):
        ids = arrays.ids[arrays.tune_start[row] : arrays.tune_start[row + 1]]
        assert shards.tokenizer.decode_ids(ids) == by_name[name]


def test_windows_are_those_of_the_tune(shards: Shards, tunes: list[Tune]):
    """Windows with the fourth of six bars are left out: it is silent."""
    by_name = {tune.name: tune.phrase for tune in tunes}
    names = shards.tune_names("train")
    found = windows(shards, "train", 2)
    expected = [(i, by_name[name].window(bar, 2)) for i, name in enumerate(names) for bar in (0, 1, 4)]
    got = [(int(i), shards.tokenizer.decode_ids(ids)) for i, ids in zip(found.tune, found.ids, strict=True)]
    assert got == expected
    assert found.dropped == {Reason.LONG_REST: 2 * len(names)}


def test_bars_taken_mid_phrase_are_as_in_the_tune(shards: Shards):
    found = windows(shards, "train", 1, mid_phrase=True)
    np.testing.assert_array_equal(found.ids[:, 0], shards.split("train").ids)
    assert not found.dropped


def test_batches_transpose_pitches_and_nothing_else(shards: Shards):
    ids = windows(shards, "train", 2)
    choice = {"batch_size": 16, "tokenizer": shards.tokenizer, "seed": 3}
    moved, plain = Batches(ids, transpose_by=6, **choice), Batches(ids, transpose_by=0, **choice)
    shifts = set()
    for step in range(2 * moved.steps_per_epoch):
        before, after = plain.batch(step), moved.batch(step)
        assert after.dtype == torch.int64
        is_pitch = (before >= PITCH) & (before < VELOCITY)
        assert torch.equal(after[~is_pitch], before[~is_pitch])
        for row, pitches in zip(after - before, is_pitch, strict=True):
            (shift,) = row[pitches].unique().tolist()
            shifts.add(shift)
    assert shifts == set(range(-6, 7))


def test_processes_share_a_batch(shards: Shards):
    ids = windows(shards, "train", 1)
    choice = {"batch_size": 8, "transpose_by": 6, "tokenizer": shards.tokenizer, "seed": 3}
    whole = Batches(ids, **choice).batch(5)
    halves = [Batches(ids, **choice, rank=rank, processes=2).batch(5) for rank in (0, 1)]
    assert torch.equal(torch.stack(halves, dim=1).flatten(0, 1), whole)


def test_notes_that_exceed_a_row_are_reported(tmp_path: Path, tunes: list[Tune]):
    card = prepare([iter([*tunes, crowded("a/storm")])], tmp_path / "out", tokenizer="piano")
    assert card["dropped"] == {"too_full": 18}
    assert card["works"] == {"whole": 24, "in_part": 1, "left_out": 0}
    (report,) = dropped_of(tmp_path / "out")
    assert (report["what"], report["reason"], report["count"]) == ("a/storm", str(Reason.TOO_FULL), "18")
    shards = open_shards(tmp_path / "out")
    (split,) = (name for name in SPLITS if "a/storm" in shards.tune_names(name))
    arrays, row = shards.split(split), shards.tune_names(split).index("a/storm")
    ids = arrays.ids[arrays.tune_start[row] : arrays.tune_start[row + 1]]
    assert (ids[1] != PAD).sum() == 127
    kept = shards.tokenizer.decode_ids(ids)
    assert len(kept) == 44
    assert sorted(kept.velocity.tolist()) == [15, 15, 31, 31, *[95] * 40]


def test_a_full_tune_in_another_metre_has_one_reason(tmp_path: Path, tunes: list[Tune]):
    waltz = arrangement("a/waltz", seed=1, metre="3/4")
    dense = Phrase(waltz.phrase.grid, np.zeros(60, int), np.ones(60, int), np.arange(30, 90))
    items = [*tunes, replace(waltz, phrase=dense)]
    card = prepare([iter(items)], tmp_path / "out", tokenizer="piano")
    assert card["dropped"] == {"metre_not_supported": 1}


def test_chords_are_kept_for_piano_and_dropped_for_melodies(tmp_path: Path, tunes: list[Tune]):
    items = [*tunes, Tune("a/low", "a", "", tunes[0].phrase.transpose(-20)), tunes[3]]
    card = prepare([iter(items)], tmp_path / "piano", tokenizer="piano")
    assert card["dropped"] == {"duplicate": 1, "out_of_range": 1}
    with pytest.raises(CorpusError, match=r"Not one tune in 4/4 is left to prepare \(polyphonic 24\)"):
        prepare([iter(tunes)], tmp_path / "melody")


def test_the_same_notes_at_another_tempo_are_another_tune(tmp_path: Path, tunes: list[Tune]):
    slow = Tune("a/slow", "a", "", tunes[0].phrase.with_tempo(100.0))
    assert prepare([iter([*tunes, slow])], tmp_path / "out", tokenizer="piano")["dropped"] == {}


def test_piano_shards_in_another_metre_are_refused(tmp_path: Path, tunes: list[Tune]):
    with pytest.raises(TokenError) as fault:
        prepare([iter(tunes)], tmp_path / "out", metre="3/4", tokenizer="piano")
    assert str(fault.value) == "Piano bars are in 4/4, not in '3/4'."
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (ModelConfig(bars=4), "The model wants tokenizer melody, the shards have piano. "),
        (replace(PIANO, positions=16), "The model wants positions a bar 16, the shards have 128. "),
        (replace(PIANO, vocabulary_size=90), "The model wants tokens 90, the shards have 218. "),
    ],
)
def test_a_model_of_other_tokens_is_refused(shards: Shards, model: ModelConfig, message: str):
    with pytest.raises(CorpusError) as fault:
        shards.check_fit(model)
    assert str(fault.value) == message + "Prepare shards for it, or choose another model or preset."


def test_a_piano_model_is_refused_on_melody_shards(tmp_path: Path, make_tune: Callable[..., Tune]):
    prepare([iter([make_tune(f"a/{i}", seed=i) for i in range(9)])], tmp_path / "out")
    with pytest.raises(CorpusError, match="The model wants tokenizer piano, the shards have melody"):
        open_shards(tmp_path / "out").check_fit(PIANO)
