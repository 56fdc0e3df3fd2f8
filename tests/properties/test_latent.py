"""Laws of interpolation, variation and attribute vectors in z."""

import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import Tensor

from symvae.latent.direction import analogy, attribute_vector, move, variations
from symvae.latent.interpolate import corners, lerp, slerp

LATENT = 6
STEPS = st.integers(2, 9)


@st.composite
def latents(draw) -> Tensor:
    return torch.from_numpy(draw(arrays("float64", LATENT, elements=st.floats(-4, 4))))


@settings(deadline=None)
@given(latents(), latents(), STEPS)
def test_both_ends_are_exact(start: Tensor, end: Tensor, steps: int) -> None:
    for path in (slerp(start, end, steps), lerp(start, end, steps)):
        assert path.shape == (steps, LATENT)
        assert torch.equal(path[0], start)
        assert torch.equal(path[-1], end)
        assert path.isfinite().all()


@settings(deadline=None)
@given(latents(), STEPS)
def test_between_equal_ends_nothing_moves(z: Tensor, steps: int) -> None:
    torch.testing.assert_close(slerp(z, z.clone(), steps), z.expand(steps, -1))


@settings(deadline=None)
@given(latents(), STEPS, st.floats(0.1, 3))
def test_opposite_ends_are_joined_by_an_arc_around_the_origin(z: Tensor, steps: int, ratio: float) -> None:
    assume(z.norm() > 0.1)
    path = slerp(z, -ratio * z, steps)
    assert torch.equal(path[0], z)
    assert torch.equal(path[-1], -ratio * z)
    assert (path.norm(dim=1) >= 0.999 * min(z.norm(), ratio * z.norm())).all()


@settings(deadline=None)
@given(latents(), latents(), STEPS)
def test_norms_change_linearly_along_the_arc(start: Tensor, end: Tensor, steps: int) -> None:
    assume(start.norm() > 0.1 and end.norm() > 0.1)
    cosine = torch.nn.functional.cosine_similarity(start, end, dim=0)
    assume(cosine < 0.999)
    even = torch.linspace(0, 1, steps, dtype=start.dtype)
    expected = (1 - even) * start.norm() + even * end.norm()
    torch.testing.assert_close(slerp(start, end, steps).norm(dim=1), expected, rtol=1e-4, atol=1e-4)


@settings(deadline=None)
@given(latents(), latents(), latents(), latents())
def test_a_square_has_its_four_corners(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> None:
    square = corners(a, b, c, d, 3)
    for corner, z in ((square[0, 0], a), (square[0, -1], b), (square[-1, 0], c), (square[-1, -1], d)):
        assert torch.equal(corner, z)


@settings(deadline=None)
@given(latents(), st.integers(1, 5), st.integers(0, 2**31))
def test_variations_of_amount_zero_are_z_itself(z: Tensor, count: int, seed: int) -> None:
    near = variations(z, 0.0, count, torch.Generator().manual_seed(seed))
    assert torch.equal(near, z.expand(count, -1))


@settings(deadline=None)
@given(latents(), latents(), st.floats(-3, 3))
def test_a_move_and_its_opposite_cancel(z: Tensor, vector: Tensor, amount: float) -> None:
    there = move(z[None], {"up": vector}, {"up": amount})
    torch.testing.assert_close(move(there, {"up": vector}, {"up": -amount}), z[None])
    torch.testing.assert_close(analogy(z[None], there, z[None]), there)


@settings(deadline=None)
@given(arrays("float64", 12, elements=st.floats(-3, 3), unique=True), st.floats(0.1, 5))
def test_an_attribute_vector_points_where_the_attribute_increases(values, slope: float) -> None:
    value = torch.from_numpy(values)
    direction = torch.tensor([1.0, -2.0, 0.0], dtype=torch.float64)
    z = slope * value[:, None] * direction
    vector = attribute_vector(z, value)
    assert vector @ direction > 0
    assert vector[2] == 0
