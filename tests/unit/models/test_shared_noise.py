"""Noise that bars share: equal where asked, independent elsewhere."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from symvae.models.flow.shared_noise import mixing, share_noise

BARS, CODE = 4, 2
#: Here z has a coordinate for each of the embeddings, so nothing stands in the way.
UNFOLD = torch.eye(BARS * CODE)
FOLD = torch.linalg.pinv(UNFOLD)


def white(count: int, seed: int = 0) -> torch.Tensor:
    return torch.randn((count, BARS * CODE), generator=torch.Generator().manual_seed(seed))


@given(st.lists(st.integers(0, BARS - 1), min_size=BARS, max_size=BARS), st.integers(0, 9))
def test_bars_of_one_number_have_one_noise_and_ignore_all_others(equal, seed) -> None:
    mix = mixing(torch.tensor([equal] * 3))
    bars = share_noise(white(3, seed), mix, UNFOLD, FOLD).view(3, BARS, CODE)
    for a in range(BARS):
        for b in range(BARS):
            if equal[a] == equal[b]:
                torch.testing.assert_close(bars[:, a], bars[:, b])
            else:
                assert not mix[:, a, b].any()


def test_without_equal_bars_noise_stays_as_it_is() -> None:
    own = torch.arange(BARS).expand(2, -1)
    torch.testing.assert_close(share_noise(white(2), mixing(own), UNFOLD, FOLD), white(2))


def test_the_variance_lies_between_that_of_a_mean_and_that_of_copies() -> None:
    """Two equal bars: the mean of their noises has the variance 1/2, a copy 1; here the root of 1/2."""
    pair = torch.tensor([[0, 1, 0, 3]]).expand(4000, -1)
    bars = share_noise(white(4000), mixing(pair), UNFOLD, FOLD).view(-1, BARS, CODE)
    torch.testing.assert_close(
        bars.square().mean((0, 2)), torch.tensor([0.5**0.5, 1, 0.5**0.5, 1]), atol=0.05, rtol=0
    )
