"""The residual quantizer: sums of entries, gradients, learning, and dead entries."""

import pytest
import torch

from symvae.nn.residual_vq import ResidualVQ, perplexity, used_share


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def learned():
    """A quantizer that has seen a few batches."""
    quantizer = ResidualVQ(4, levels=3, entries=16)
    for step in range(10):
        quantizer(torch.randn(8, 6, 4, generator=generator(step)), generator(step))
    return quantizer


def test_vectors_are_the_sums_of_their_entries(learned):
    found = learned(torch.randn(5, 6, 4, generator=generator(99)))
    assert torch.equal(found.vectors, learned.lookup(found.codes))
    assert found.codes.shape == (5, 6, 3)


def test_a_vector_of_one_level_is_quantized_to_itself():
    quantizer = ResidualVQ(4, levels=1, entries=16)
    quantizer(torch.randn(8, 6, 4, generator=generator()), generator())
    codes = torch.randint(16, (3, 5, 1), generator=generator())
    found = quantizer(quantizer.lookup(codes))
    assert torch.equal(found.codes, codes)
    assert found.commitment.max() == 0


def test_levels_of_falling_size_are_quantized_to_themselves():
    quantizer = ResidualVQ(3, levels=3, entries=8)
    corners = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * 3)
    quantizer.entries.copy_(torch.cat([corners * scale for scale in (1.0, 0.2, 0.04)]))
    codes = torch.randint(8, (4, 5, 3), generator=generator())
    assert torch.equal(quantizer(quantizer.lookup(codes)).codes, codes)


def test_codes_do_not_depend_on_the_batch(learned):
    x = torch.randn(7, 6, 4, generator=generator(5))
    together = learned(x)
    for row in range(len(x)):
        alone = learned(x[row : row + 1])
        assert torch.equal(alone.codes[0], together.codes[row])
        assert torch.equal(alone.vectors[0], together.vectors[row])


def test_each_level_takes_from_the_error(learned):
    x = torch.randn(40, 6, 4, generator=generator(5))
    codes = learned(x).codes
    errors = []
    for levels in range(4):
        rows = [learned.of_level(level)[codes[:, :, level]] for level in range(levels)]
        errors.append(float((x - sum(rows)).square().mean()))
    assert errors == sorted(errors, reverse=True)


def test_the_gradient_goes_straight_through(learned):
    x = torch.randn(2, 3, 4, generator=generator(1)).requires_grad_()
    weight = torch.randn(2, 3, 4, generator=generator(2))
    (learned(x).vectors * weight).sum().backward()
    torch.testing.assert_close(x.grad, weight)


def test_commitment_pulls_vectors_to_their_entries(learned):
    x = torch.randn(2, 3, 4, generator=generator(1)).requires_grad_()
    before = learned(x)
    before.commitment.sum().backward()
    moved = learned((x - 0.5 * x.grad).detach())
    assert moved.commitment.sum() < before.commitment.sum()


def test_nothing_is_learned_without_a_generator(learned):
    before = {name: value.clone() for name, value in learned.state_dict().items()}
    learned(torch.randn(5, 6, 4))
    assert all(torch.equal(before[name], value) for name, value in learned.state_dict().items())


def test_learning_follows_from_state_and_generator(learned):
    other = ResidualVQ(4, levels=3, entries=16)
    other.load_state_dict(learned.state_dict())
    x = torch.randn(8, 6, 4, generator=generator(7))
    for quantizer in (learned, other):
        torch.rand(3)  # the global generator is not used
        quantizer(x, generator(7))
    for name, value in learned.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def test_the_first_batch_is_fitted():
    centers = 10 * torch.randn(8, 4, generator=generator())
    x = centers.repeat(12, 1) + 0.01 * torch.randn(96, 4, generator=generator(1))
    quantizer = ResidualVQ(4, levels=1, entries=8)
    found = quantizer(x.view(12, 8, 4), generator())
    assert found.commitment.mean() < 1e-3
    assert used_share(found.codes.flatten(0, 1), 8).item() == 1


def test_entries_in_a_desert_are_moved():
    quantizer = ResidualVQ(2, levels=1, entries=4)
    quantizer.entries.copy_(torch.tensor([[0.0, 0.0], [99.0, 0.0], [0.0, 99.0], [99.0, 99.0]]))
    quantizer.uses.fill_(1.0)
    for step in range(200):
        quantizer(torch.rand(4, 5, 2, generator=generator(step)), generator(step))
    assert quantizer.entries.max() < 1.5
    codes = quantizer(torch.rand(50, 4, 2, generator=generator(999))).codes
    assert used_share(codes.flatten(0, 1), 4).item() == 1


def test_fewer_vectors_than_entries_are_no_fault():
    quantizer = ResidualVQ(2, levels=2, entries=64)
    found = quantizer(torch.rand(1, 3, 2, generator=generator()), generator())
    assert found.vectors.isfinite().all()
    assert quantizer.entries.isfinite().all()


def test_use_and_perplexity_of_known_codes():
    codes = torch.tensor([[0, 1], [1, 1], [2, 1], [3, 1]])
    torch.testing.assert_close(perplexity(codes, 8), torch.tensor([4.0, 1.0]))
    torch.testing.assert_close(used_share(codes, 8), torch.tensor([0.5, 0.125]))
