"""Forms of tunes, and what follows their beginnings."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from symvae.music.grid import Grid
from symvae.music.metre import METRES
from symvae.music.phrase import Phrase, join
from symvae.system.bar_plan import NEW, SAME, VARIED, infill_plan
from symvae.system.continuation import section_plans
from symvae.system.section_forms import Section, form, forms, in_letters, next_section, spelled

ONE = Grid.of_metre("3/4", 1)


def bar(letter: str, changed: int = 0) -> Phrase:
    """Six eighths around a pitch of the letter's own, some of them changed."""
    pitch = 40 + 10 * (ord(letter) - ord("A")) + np.arange(6) + 5 * (np.arange(6) < changed)
    return Phrase(ONE, np.arange(0, 12, 2), np.full(6, 2), pitch)


def tune(letters: str) -> Phrase:
    """Sections of two bars; a small letter is a variation, two eighths of twelve changed."""
    return join([bar(each.upper(), 2 * each.islower() * first) for each in letters for first in (1, 0)])


@pytest.mark.parametrize(
    ("letters", "as_numbers", "as_letters"),
    [("ABAB", "AB12", "ABAB"), ("ABaC", "AB1'C", "ABA'C"), ("AaaB", "A1'2B", "AA'AB"), ("A", "A", "A")],
)
def test_sections_are_new_repeat_or_vary(letters: str, as_numbers: str, as_letters: str) -> None:
    found = form(tune(letters), 2)
    assert spelled(found) == as_numbers
    assert in_letters(found) == as_letters
    assert form(join([bar("D"), tune(letters)]), 2) == found  # counted back from the end


def test_music_shorter_than_a_section_has_no_form() -> None:
    assert form(bar("A"), 2) == []
    assert in_letters([]) == ""


def test_no_letter_names_two_sections() -> None:
    """Long continuations have more new sections than the alphabet has letters."""
    assert in_letters([Section(None)] * 27 + [Section(26, True)]).endswith("YZA2A2'")


@pytest.mark.parametrize("metre", METRES)
def test_the_shares_of_all_forms_of_a_metre_are_1(metre: str) -> None:
    assert sum(share for _, share in forms(metre)) == pytest.approx(1, abs=1e-3)
    assert all(len(sections) == 4 for sections, _ in forms(metre))


@given(st.text("ABCa", min_size=1, max_size=6), st.integers(0, 99))
def test_every_beginning_goes_on(letters: str, seed: int) -> None:
    given_bars = tune(letters)
    back, pull = next_section(given_bars, 2, torch.Generator().manual_seed(seed))
    assert 1 <= back <= min(len(letters), 3)
    assert pull in (SAME, VARIED, NEW)


def test_a_b_goes_on_as_often_with_a_as_in_real_tunes() -> None:
    drawn = [next_section(tune("AB"), 2, torch.Generator().manual_seed(seed)) for seed in range(300)]
    begun = [(each[2], share) for each, share in forms("3/4") if each[1].like is None]
    real = sum(share for third, share in begun if third.like == 0) / sum(share for _, share in begun)
    found = np.mean([back == 2 and pull != NEW for back, pull in drawn])
    assert found == pytest.approx(real, abs=0.1)  # 4 standard deviations


def test_no_two_sections_in_a_row_repeat_two_others() -> None:
    """After A B A, B comes again only as a variation."""
    pulls = [next_section(tune("ABA"), 2, torch.Generator().manual_seed(seed)) for seed in range(60)]
    assert (2, VARIED) in pulls
    assert (2, SAME) not in pulls


def test_a_section_is_planned_and_bars_after_it_are_free() -> None:
    *plans, last = section_plans(tune("AB"), 2, 4, 3, torch.Generator().manual_seed(0))
    assert len(plans) == 2
    for plan in (*plans, last):
        assert plan.source[:4].tolist() == [0, 1, 2, 3]
        assert plan.source.max() < 4
        assert plan.pull[:4].tolist() == [1] * 4
        assert plan.pull[6:].tolist() == [0, 0]
    assert last.pull[4] == NEW


def test_infilled_bars_resemble_those_at_the_distance_at_which_given_bars_are_alike() -> None:
    """Bars 6 to 9 of sixteen: in a tune whose bars come again after eight, or five, three or two."""
    known = [not 6 <= each < 10 for each in range(16)]
    for period in (8, 5, 3, 2):
        ids = np.arange(16)[:, None] % period + np.zeros((1, 12), int)
        source = infill_plan(ids, known, 0.2).source[6:10]
        assert not ((source - range(6, 10)) % period).any()


@given(st.lists(st.booleans(), min_size=1, max_size=16), st.integers(0, 3))
def test_sources_are_known_bars(known: list[bool], rank: int) -> None:
    ids = np.random.default_rng(len(known)).integers(0, 3, (len(known), 4))
    for each, (source, pull) in enumerate(zip(*infill_plan(ids, known, 0.2, rank), strict=True)):
        assert known[source] or not any(known)
        assert pull == (1 if known[each] else 0.2 * any(known))
        assert source == each or not known[each]
