"""Infilling and continuation: known bars stay note by note."""

from pathlib import Path

import numpy as np
import pytest
import torch

import symvae
from symvae.errors import LatentError, PhraseError
from symvae.models.flow.prior import FlowPrior
from symvae.music.grid import Grid
from symvae.music.merge_bars import merge_bars, only_bars
from symvae.music.phrase import Phrase
from symvae.system.infill import HOME_REGISTER, home_shift_within
from symvae.system.symvae import SymVAE

FOUR_BARS = Grid.of_metre("4/4", 4)


def notes(phrase: Phrase) -> list[tuple[int, ...]]:
    columns = (phrase.onset_step, phrase.end_step, phrase.pitch, phrase.velocity)
    return [tuple(int(value) for value in note) for note in zip(*columns, strict=True)]


def melody(*each: tuple[int, int, int, int], grid: Grid = FOUR_BARS) -> Phrase:
    """From (onset, end, pitch, velocity)."""
    onset, end, pitch, velocity = np.array(each).T
    return Phrase(grid, onset, end - onset, pitch, velocity, 90.0)


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> SymVAE:
    return symvae.load(tiny_model)


@pytest.fixture
def phrase(model: SymVAE) -> Phrase:
    onset = np.arange(0, 32, 4)
    pitch = np.array([62, 66, 69, 66, 67, 71, 74, 71])
    return Phrase(model.grid, onset, np.full(8, 4), pitch, np.arange(60, 68), tempo_qpm=90.0)


def test_given_notes_stay_and_drawn_notes_end_with_their_bars() -> None:
    """Bars 2 and 3 of 4 are unknown; the draw has notes in known bars too, and one is held beyond."""
    given = melody((0, 4, 60, 50), (12, 16, 62, 51), (48, 52, 64, 52))
    drawn = melody((4, 8, 90, 1), (20, 30, 70, 1), (40, 64, 72, 1))
    together = merge_bars(given, drawn, [True, False, False, True])
    assert notes(together) == [
        (0, 4, 60, 50),
        (12, 16, 62, 51),
        (20, 30, 70, 51),
        (40, 48, 72, 51),
        (48, 52, 64, 52),
    ]
    assert together.tempo_qpm == 90.0


def test_a_given_note_held_into_unknown_bars_ends_at_the_next_drawn_onset() -> None:
    given = melody((8, 28, 60, 50))
    known = [True, False, False, True]
    assert notes(merge_bars(given, melody((20, 24, 70, 1)), known))[0] == (8, 20, 60, 50)
    assert notes(merge_bars(given, melody((30, 34, 70, 1)), known))[0] == (8, 28, 60, 50)


def test_drawn_notes_stay_on_the_piano() -> None:
    drawn = melody((20, 24, 109, 1), (24, 28, 121, 1), (28, 32, 20, 1), (32, 36, 108, 1), (36, 40, 21, 1))
    together = merge_bars(melody((0, 4, 107, 50)), drawn, [True, False, False, True])
    assert together.pitch.tolist() == [107, 97, 97, 32, 108, 21]


def test_the_home_key_is_in_the_register_of_the_training_tunes_and_on_the_piano() -> None:
    tune = melody((0, 4, 67, 9), (4, 8, 71, 9), (8, 16, 74, 9))  # G major: home is five semitones higher
    assert home_shift_within(tune) == 5
    for octaves in range(-3, 3):
        moved = tune.transpose(12 * octaves)
        shift = home_shift_within(moved)
        assert shift % 12 == 5
        assert HOME_REGISTER[0] <= moved.pitch.mean() + shift <= HOME_REGISTER[1]
    wide = melody((0, 4, 22, 9), (4, 8, 106, 9))
    assert (wide.pitch + home_shift_within(wide)).min() >= 21
    assert (wide.pitch + home_shift_within(wide)).max() <= 108
    assert home_shift_within(Phrase(FOUR_BARS)) == 0


@pytest.mark.parametrize("drawn", [0, 1])
def test_known_bars_stay_note_by_note(model: SymVAE, phrase: Phrase, drawn: int) -> None:
    fillings = model.infill(phrase, [drawn], count=3, seed=1)
    assert len(fillings) == 3
    for filled, _ in fillings:
        assert filled.window(1 - drawn, 1) == phrase.window(1 - drawn, 1)
        model.to_ids(filled)  # draws can be encoded


@pytest.mark.parametrize("wrong", [0, 3, 16])
def test_kept_is_the_share_of_known_tokens_that_the_model_predicts(
    model: SymVAE, phrase: Phrase, monkeypatch: pytest.MonkeyPatch, wrong: int
) -> None:
    """A decoder that predicts ``wrong`` of the 16 tokens of the known bar wrongly, and any in the other."""
    predicted = model.to_ids(phrase)
    predicted[0, 0, :wrong] = (predicted[0, 0, :wrong] + 1) % model.tokenizer.vocabulary_size
    predicted[0, 1] = predicted[0, 1].roll(1)
    monkeypatch.setattr(model.codec, "decode_ids", lambda z: predicted)
    assert model.infill(phrase, [1], 1)[0].kept == 1 - wrong / 16


def test_known_silence_stays_silent(model: SymVAE, phrase: Phrase) -> None:
    opening = only_bars(phrase, [True, False])
    for filled, _ in model.infill(opening, [0], count=4, seed=2):
        assert filled.end_step.max(initial=0) <= 16


def test_a_prior_in_the_home_key_fills_in_the_key_of_the_phrase(
    model: SymVAE, phrase: Phrase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The filling of a transposed phrase is the transposed filling."""
    at_home = SymVAE(model.folder, model.config, model.vae, model.tokenizer)
    prior = FlowPrior(model.prior.active, model.prior.velocity, home_key=True)
    monkeypatch.setattr(at_home, "prior", prior)
    low, high = (at_home.infill(each, [1], 1, seed=4)[0].phrase for each in (phrase, phrase.transpose(2)))
    assert high == low.transpose(2)


def test_the_seed_decides(model: SymVAE, phrase: Phrase) -> None:
    one, again, other = (model.infill(phrase, [1], 2, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_a_continuation_begins_with_the_phrase(model: SymVAE, phrase: Phrase) -> None:
    for bars in (1, 5):
        for longer, _ in model.continue_(phrase, bars, count=2, seed=3):
            assert longer.grid.bars == 2 + bars
            assert longer.window(0, 2) == phrase
    one_bar = phrase.window(0, 1)
    assert model.continue_(one_bar, 1, count=1)[0].phrase.window(0, 1) == one_bar


def test_every_turn_of_a_continuation_draws_its_own_noise(
    model: SymVAE, phrase: Phrase, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[torch.Tensor] = []
    integrate = FlowPrior.integrate
    monkeypatch.setattr(
        FlowPrior, "integrate", lambda self, z, guidance: (drawn.append(z), integrate(self, z, guidance))[1]
    )
    model.continue_(phrase, 3, count=2)
    assert len(drawn) == 3
    assert (
        len({row.numpy().tobytes() for noise in drawn for row in noise}) == 3 * 2 * 4
    )  # turns, results, draws of each


def test_impossible_requests_are_refused(model: SymVAE, phrase: Phrase) -> None:
    for bars in ([], [2], [-1], [0, 1]):
        with pytest.raises(LatentError, match="from 0 to 1"):
            model.infill(phrase, bars)
    with pytest.raises(LatentError, match="add 1 or more"):
        model.continue_(phrase, 0)
    for act in (lambda: model.infill(phrase, [1], 0), lambda: model.continue_(phrase, 1, 0)):
        with pytest.raises(LatentError, match="1 or more, not 0"):
            act()
    with pytest.raises(LatentError, match="has 2 bars, and `known` is given for 1"):
        model.fill([phrase], [True])
    with pytest.raises(PhraseError, match="takes 2 bars"):
        model.infill(phrase.window(0, 1), [1])
    with pytest.raises(PhraseError, match="continues music in 4/4"):
        model.continue_(Phrase(Grid.of_metre("3/4", 2)))


def test_a_model_without_a_prior_names_the_command_that_trains_one(
    model: SymVAE, phrase: Phrase, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = SymVAE(model.folder, model.config, model.vae, model.tokenizer)
    monkeypatch.setattr(bare, "prior", None)
    with pytest.raises(LatentError, match="symvae train-prior"):
        bare.infill(phrase, [1])
