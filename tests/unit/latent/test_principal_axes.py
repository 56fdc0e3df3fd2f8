"""Principal axes: an orthogonal basis by variance, and what moves along it."""

import pytest
import torch

from symvae.latent.principal_axes import PrincipalAxes


@pytest.fixture
def means():
    torch.manual_seed(0)
    return torch.randn(500, 4) * torch.tensor([0.1, 3.0, 0.01, 1.0]) + torch.tensor([1.0, 2.0, 3.0, 4.0])


def test_axes_are_orthogonal_and_ordered_by_variance(means):
    axes = PrincipalAxes.of(means)
    torch.testing.assert_close(axes.axes @ axes.axes.T, torch.eye(4), atol=1e-5, rtol=0)
    assert (axes.std.diff() < 0).all()
    torch.testing.assert_close(axes.std[0], means[:, 1].std(), rtol=0.01, atol=0)


def test_fidelity_is_the_share_of_the_variance(means):
    axes = PrincipalAxes.of(means)
    assert axes.needed(0.5) == 1
    assert axes.needed(0.95) == 2
    assert axes.needed(1.0) <= 4
    torch.testing.assert_close(axes.fidelity()[-1], torch.tensor(1.0))


def test_a_move_is_counted_in_deviations(means):
    axes = PrincipalAxes.of(means)
    z = means.T[None]
    by = torch.tensor([[0.0], [2.0], [0.0], [0.0]])
    difference = axes.project(axes.moved(z, by)) - axes.project(z)
    torch.testing.assert_close(difference[:, 1], torch.full((1, 500), 2.0), atol=1e-3, rtol=0)
    torch.testing.assert_close(difference[:, 0], torch.zeros(1, 500), atol=1e-3, rtol=0)
    torch.testing.assert_close(axes.moved(z, torch.zeros(4, 1)), z)


def test_fewer_frames_than_coordinates_still_make_a_basis():
    axes = PrincipalAxes.of(torch.randn(2, 5, generator=torch.Generator().manual_seed(0)))
    torch.testing.assert_close(axes.axes @ axes.axes.T, torch.eye(5), atol=1e-5, rtol=0)


def test_axes_of_other_sizes_are_refused(means):
    state = PrincipalAxes.of(means).state()
    assert PrincipalAxes.of_state(state, latent=4).std.shape == (4,)
    with pytest.raises(ValueError, match="instead of"):
        PrincipalAxes.of_state(state, latent=5)
