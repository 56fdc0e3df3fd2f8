"""The prior over codes of one-shots: its logits, its draws, and codes that are kept."""

import pytest
import torch

from symvae.models.oneshot.code_prior import DrumCodePrior
from symvae.nn.causal_convolution import CausalConvolutions
from symvae.nn.causal_transformer import CausalTransformer

POSITIONS, LEVELS, ENTRIES, CLASSES, WIDTH = 5, 3, 7, 4, 32
DRUM = torch.eye(CLASSES)[[0, 2, 3]]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(params=[CausalConvolutions, CausalTransformer])
def prior(request):
    torch.manual_seed(0)
    prior = DrumCodePrior(
        request.param(WIDTH, layers=2),
        positions=POSITIONS,
        levels=LEVELS,
        entries=ENTRIES,
        classes=CLASSES,
        width=WIDTH,
    )
    # Far from uniform, so that draws depend on what they are given.
    with torch.no_grad():
        for head in prior.leave:
            head.weight.mul_(5)
    return prior.eval()


@torch.no_grad()
@pytest.mark.parametrize("place", [0, 1, 2, 7, POSITIONS * LEVELS - 1])
def test_logits_never_see_the_code_or_its_future(prior, place):
    codes = torch.randint(ENTRIES, (3, POSITIONS, LEVELS), generator=generator())
    other = codes.flatten(1).clone()
    other[:, place:] = torch.randint(ENTRIES, other[:, place:].shape, generator=generator(1))
    one, two = (
        prior.logits(each.view_as(codes), DRUM).flatten(1, 2)[:, : place + 1] for each in (codes, other)
    )
    torch.testing.assert_close(one, two, rtol=0, atol=1e-5)


@torch.no_grad()
def test_probabilities_of_a_place_sum_to_one(prior):
    codes = torch.randint(ENTRIES, (1, POSITIONS, LEVELS), generator=generator())
    total = 0.0
    for entry in range(ENTRIES):
        codes[0, 2, 1] = entry
        total += float((-prior(codes, DRUM[:1]))[0, 2, 1].exp())
    assert total == pytest.approx(1, abs=1e-5)


@torch.no_grad()
def test_draws_from_the_cache_are_those_of_the_logits(prior):
    """With the temperature 0 each code is the likeliest one given those before it, computed afresh."""
    codes = prior.sample(DRUM, generator(), 0.0)
    assert torch.equal(prior.logits(codes, DRUM).argmax(-1), codes)


def test_the_same_seed_gives_the_same_codes(prior):
    one, same, other = (prior.sample(DRUM, generator(seed)) for seed in (3, 3, 4))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert (int(one.min()) >= 0, int(one.max()) < ENTRIES) == (True, True)


def test_kept_codes_stay_and_the_others_are_drawn(prior):
    given = torch.randint(ENTRIES, (3, POSITIONS, LEVELS), generator=generator(5))
    kept = torch.zeros(POSITIONS, LEVELS, dtype=torch.bool)
    kept[:, 0] = True
    codes = prior.sample(DRUM, generator(6), given=given, kept=kept)
    assert torch.equal(codes[:, :, 0], given[:, :, 0])
    assert not torch.equal(codes, given)
    assert torch.equal(prior.sample(DRUM, generator(6), given=given, kept=torch.ones_like(kept)), given)
