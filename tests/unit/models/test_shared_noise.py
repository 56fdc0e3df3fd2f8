"""Noise that bars share: correlations as asked, variance kept."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from symvae.models.flow.shared_noise import mixing, share_noise

BARS, CODE = 4, 2


@st.composite
def forms(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    source = [draw(st.integers(0, bar)) for bar in range(BARS)]
    share = [draw(st.floats(0, 1, width=32)) for _ in range(BARS)]
    return torch.tensor([source]), torch.tensor([share])


@given(forms())
def test_each_bar_has_the_variance_of_white_noise_and_its_share_of_the_source(form) -> None:
    source, share = form
    covariance = (mix := mixing(source, share))[0] @ mix[0].t()
    torch.testing.assert_close(covariance.diag(), torch.ones(BARS))
    for bar, (of, part) in enumerate(zip(source[0].tolist(), share[0].tolist(), strict=True)):
        assert abs(float(covariance[bar, of]) - (part if of < bar else 1.0)) < 1e-5


@given(forms(), st.integers(0, 9))
def test_bars_that_share_all_have_equal_noise_and_the_norm_stays(form, seed) -> None:
    """Here z has a coordinate for each of the embeddings, so nothing stands in the way."""
    source = form[0].expand(3, -1)
    noise = torch.randn((3, BARS * CODE), generator=torch.Generator().manual_seed(seed))
    mixed = share_noise(noise, mixing(source, torch.ones(3, BARS)), torch.eye(BARS * CODE))
    torch.testing.assert_close(mixed.norm(dim=1), noise.norm(dim=1))
    bars = mixed.view(3, BARS, CODE)
    for bar, of in enumerate(source[0].tolist()):
        torch.testing.assert_close(bars[:, bar], bars[:, of])


def test_without_shares_noise_stays_white() -> None:
    noise = torch.randn((2, BARS * CODE), generator=torch.Generator().manual_seed(0))
    own = torch.arange(BARS).expand(2, -1)
    torch.testing.assert_close(share_noise(noise, mixing(own, torch.ones(2, BARS)), torch.eye(8)), noise)
