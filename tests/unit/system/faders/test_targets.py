"""Target positions: requests are met, held faders stay, the others follow."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from symvae.system.faders.targets import couple

POSITIONS = arrays("float32", (3, 4), elements=st.floats(-2, 2, width=32)).map(torch.from_numpy)
COUPLINGS = arrays("float32", (4, 4), elements=st.floats(-1, 1, width=32)).map(torch.from_numpy)
FLAGS = arrays("bool", 4).map(torch.from_numpy)


@given(POSITIONS, POSITIONS, COUPLINGS, FLAGS, FLAGS)
def test_requests_are_met_held_faders_stay_and_the_others_follow(
    position, asked, coupling, wished, held
) -> None:
    wanted = torch.where(wished, asked, torch.nan)
    target = couple(position, wanted, coupling, held)
    assert torch.equal(target[:, wished], asked[:, wished])
    assert torch.equal(target[:, held & ~wished], position[:, held & ~wished])
    along = (asked - position)[:, wished] @ coupling[wished]
    free = ~held & ~wished
    torch.testing.assert_close(target[:, free], (position + along)[:, free], atol=1e-5, rtol=1e-5)


@given(POSITIONS, COUPLINGS, FLAGS)
def test_without_a_request_nothing_moves(position, coupling, held) -> None:
    assert torch.equal(couple(position, torch.full_like(position, torch.nan), coupling, held), position)
    assert torch.equal(couple(position, position, coupling, held), position)
