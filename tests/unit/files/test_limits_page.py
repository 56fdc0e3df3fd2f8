"""docs/limits.md is what the limits say, and each limit says what it is."""

import pytest

from benchmarks import limits_table
from symvae.errors import SymvaeError
from symvae.files.limit import Limit

LIMITS = [limit for module in limits_table.TITLES for limit in limits_table.rows(module)]


def test_the_page_has_every_limit_of_the_package() -> None:
    assert set(limits_table.TITLES) == set(limits_table.modules())
    text = limits_table.PAGE.read_text(encoding="utf-8")
    start, end = text.index(limits_table.START) + len(limits_table.START), text.index(limits_table.END)
    assert text[start:end].strip() == limits_table.table().strip()


def test_codes_are_unique() -> None:
    codes = [limit.code for limit in LIMITS]
    assert len(set(codes)) == len(codes) > 40


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.code)
def test_a_limit_is_complete_and_refuses_in_a_sentence(limit: Limit) -> None:
    assert limit.unit
    assert limit.reason
    limit.check(limit.most, "a file")
    with pytest.raises(SymvaeError) as refusal:
        limit.check(limit.most + 1, "a file")
    assert type(refusal.value) is limit.error or limit.error is SymvaeError
    assert refusal.value.limit == limit.code
    assert str(refusal.value).startswith("a file ")
    assert str(refusal.value).endswith(".")
    assert not limit.flag or limit.flag in str(refusal.value)
