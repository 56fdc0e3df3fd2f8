"""Arithmetic of timbres, on ones that are made so that it holds, and so that it does not."""

import torch

from symvae.evaluation.timbre_analogy import font_analogies

INSTRUMENTS = ("piano", "organ", "flute", "violin")


def timbres(same_way: bool) -> dict[tuple[str, str], torch.Tensor]:
    """Each instrument at its place in two fonts, the second ones all moved alike or each by itself."""
    generator = torch.Generator().manual_seed(0)
    place = torch.randn(len(INSTRUMENTS), 8, generator=generator)
    way = 3 * torch.randn(1 if same_way else len(INSTRUMENTS), 8, generator=generator)
    moved = place + way
    return {(name, "one"): place[row] for row, name in enumerate(INSTRUMENTS)} | {
        (name, "two"): moved[row] for row, name in enumerate(INSTRUMENTS)
    }


def test_where_fonts_differ_in_one_way_all_answers_are_right():
    result = font_analogies(timbres(same_way=True))
    assert result.questions == 2 * 4 * 3
    assert result.right == 1
    assert result.without_arithmetic < 1


def test_where_each_instrument_differs_in_its_own_way_few_are():
    assert font_analogies(timbres(same_way=False)).right < 0.5


def test_one_font_asks_nothing():
    one = {key: z for key, z in timbres(same_way=True).items() if key[1] == "one"}
    assert font_analogies(one) == (0, 0, 0)
