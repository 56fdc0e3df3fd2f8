import pytest
import torch

from symvae.objective.accuracy import accuracy, always_hold

IDS = torch.tensor([[[40, 0, 0, 1]], [[42, 0, 44, 0]]])


def test_all_right() -> None:
    assert accuracy(IDS.clone(), IDS) == (1.0, 1.0, 1.0)


def test_one_wrong_onset_spoils_a_third_of_onsets_and_one_phrase() -> None:
    predicted = IDS.clone()
    predicted[1, 0, 2] = 45
    token, onset, exact = accuracy(predicted, IDS)
    assert (token, exact) == (7 / 8, 1 / 2)
    assert abs(onset - 2 / 3) < 1e-6


def test_an_invented_onset_costs_tokens_but_no_true_onset() -> None:
    predicted = IDS.clone()
    predicted[0, 0, 1] = 50
    assert accuracy(predicted, IDS) == (7 / 8, 1.0, 1 / 2)


def test_always_hold_is_right_where_nothing_happens() -> None:
    assert always_hold(IDS) == (4 / 8, 0.0, 0.0)


def test_silence_has_no_onset_to_miss() -> None:
    silence = torch.zeros((2, 1, 4), dtype=torch.int64)
    assert always_hold(silence) == (1.0, 1.0, 1.0)


def test_of_the_padding_that_fills_a_row_only_the_first_is_asked_for() -> None:
    """Ids 5, 6 and the end are asked in the first phrase, only the end in the second, all in the third."""
    ids = torch.tensor([[[5, 6, 0, 0]], [[0, 0, 0, 0]], [[5, 6, 7, 8]]])
    assert accuracy(ids.clone(), ids, padding=0) == (1.0, 1.0, 1.0)
    predicted = torch.tensor([[[5, 9, 0, 3]], [[0, 7, 7, 7]], [[5, 6, 7, 0]]])
    token, onset, exact = accuracy(predicted, ids, padding=0)
    assert token == pytest.approx(6 / 8)
    assert onset == pytest.approx(4 / 6)
    assert exact == pytest.approx(1 / 3)


def test_an_end_that_comes_too_soon_or_too_late_is_wrong() -> None:
    ids = torch.tensor([[[5, 6, 0, 0]], [[5, 0, 0, 0]]])
    predicted = torch.tensor([[[5, 0, 0, 0]], [[5, 6, 0, 0]]])
    token, _, exact = accuracy(predicted, ids, padding=0)
    assert (token, exact) == (pytest.approx(3 / 5), 0.0)
