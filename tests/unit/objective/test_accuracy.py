"""Accuracies against counts by hand."""

import functools

import pytest
import torch

from symvae.objective.accuracy import accuracy, correct_tokens

HOLD, OFF, C4, E4 = 0, 1, 41, 45
IDS = torch.tensor([[[C4, HOLD, OFF, HOLD]], [[E4, C4, HOLD, HOLD]]])

score = functools.partial(accuracy, onset_ids=(2, 89))
#: Rows of a token vocabulary: 0 fills up, 10 to 19 start a note.
padded = functools.partial(accuracy, onset_ids=(10, 19), padding=0)


def test_a_perfect_reconstruction() -> None:
    assert score(IDS.clone(), IDS) == (1.0, 1.0, 1.0)


def test_a_wrong_pitch_costs_its_token_its_onset_and_its_phrase() -> None:
    predicted = IDS.clone()
    predicted[0, 0, 0] = E4
    assert score(predicted, IDS) == pytest.approx((7 / 8, 2 / 3, 1 / 2))


def test_a_superfluous_onset_costs_a_token_but_no_onset() -> None:
    predicted = IDS.clone()
    predicted[0, 0, 3] = C4
    assert score(predicted, IDS) == (7 / 8, 1.0, 1 / 2)


def test_a_decoder_that_always_holds_is_correct_where_nothing_happens() -> None:
    assert score(torch.zeros_like(IDS), IDS) == (4 / 8, 0.0, 0.0)


def test_silence_is_fully_reconstructed_by_holding() -> None:
    silence = torch.zeros(2, 1, 4, dtype=torch.int64)
    assert score(silence.clone(), silence) == (1.0, 1.0, 1.0)


def test_only_the_ids_of_onsets_count_as_onsets() -> None:
    ids = torch.tensor([[[30, 10, 19, 20]]])
    predicted = torch.tensor([[[30, 10, 11, 21]]])
    assert accuracy(predicted, ids, onset_ids=(10, 19)) == (2 / 4, 1 / 2, 0.0)


def test_only_the_first_padding_of_a_row_counts() -> None:
    ids = torch.tensor([[[30, 10, 0, 0, 0, 0], [31, 0, 0, 0, 0, 0]]])
    assert padded(ids.clone(), ids) == (1.0, 1.0, 1.0)
    predicted = torch.tensor([[[30, 11, 0, 9, 9, 9], [31, 0, 9, 9, 9, 9]]])
    assert padded(predicted, ids) == pytest.approx((4 / 5, 0.0, 0.0))


def test_a_prediction_that_goes_on_after_the_end_is_wrong_once() -> None:
    ids = torch.tensor([[[30, 10, 0, 0]]])
    predicted = torch.tensor([[[30, 10, 20, 40]]])
    assert padded(predicted, ids) == pytest.approx((2 / 3, 1.0, 0.0))


def test_a_prediction_that_ends_too_early_does_not_get_the_end_right() -> None:
    ids = torch.tensor([[[30, 10, 20, 0, 0]]])
    predicted = torch.tensor([[[30, 0, 0, 0, 0]]])
    assert padded(predicted, ids) == (1 / 4, 0.0, 0.0)


def test_an_empty_row_is_reconstructed_by_ending_at_once() -> None:
    ids = torch.zeros(1, 1, 4, dtype=torch.int64)
    assert padded(ids.clone(), ids) == (1.0, 1.0, 1.0)


def test_batches_of_piano_bars_without_a_token_in_common_score_zero() -> None:
    short = torch.tensor([[[200, 40, 95, 110, 0, 0, 0, 0], [201, 41, 96, 111, 0, 0, 0, 0]]])
    long = torch.tensor([[[210, 50, 99, 120, 51, 100, 121, 0], [211, 52, 98, 122, 53, 97, 123, 0]]])
    of_piano = functools.partial(accuracy, onset_ids=(2, 89), padding=0)
    assert of_piano(short, long) == of_piano(long, short) == (0.0, 0.0, 0.0)


def test_phrases_without_padding_have_no_end_that_counts() -> None:
    ids = torch.tensor([[[30, 10, 0, 0]], [[30, 10, 11, 12]]])
    predicted = torch.tensor([[[30, 10, 0, 0]], [[30, 10, 11, 13]]])
    token, _, exact = padded(predicted, ids)
    assert (round(token, 6), exact) == (round(6 / 7, 6), 1 / 2)


def test_the_masks_say_which_positions_count() -> None:
    ids = torch.tensor([[[30, 10, 0, 0]]])
    found = correct_tokens(torch.tensor([[[30, 11, 0, 0]]]), ids, onset_ids=(10, 19), padding=0)
    assert found.correct.tolist() == [[[True, False, True, False]]]
    assert found.counts.tolist() == [[[True, True, True, False]]]
    assert found.onset.tolist() == [[[False, True, False, False]]]
