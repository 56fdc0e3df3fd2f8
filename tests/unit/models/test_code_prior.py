"""The prior over codes: a distribution, causal, sampled by seed."""

from itertools import product

import torch

from symvae.models.sound.code_prior import CodePrior


def prior(codebooks: int = 3, entries: int = 4) -> CodePrior:
    torch.manual_seed(0)
    return CodePrior(codebooks=codebooks, entries=entries, width=8)


def test_the_probabilities_of_all_words_sum_to_one():
    words = torch.tensor(list(product(range(4), repeat=3)))
    with torch.no_grad():
        assert torch.isclose((-prior().nats(words)).exp().sum(), torch.tensor(1.0), atol=1e-5)


def test_logits_depend_on_earlier_codes_alone():
    model, words = prior(), torch.zeros(1, 3, dtype=torch.long)
    with torch.no_grad():
        before = model(words)
        words[0, 1] = 3
        after = model(words)
    assert torch.equal(before[:, :2], after[:, :2])
    assert not torch.equal(before[:, 2], after[:, 2])


def test_samples_follow_the_distribution_and_the_seed():
    model = prior(2, 3)
    drawn = model.sample(20_000, torch.Generator().manual_seed(0))
    for word in product(range(3), repeat=2):
        share = (drawn == torch.tensor(word)).all(-1).float().mean()
        with torch.no_grad():
            odds = (-model.nats(torch.tensor([word]))).exp()[0]
        assert abs(share - odds) < 0.02  # six standard errors
    again = model.sample(20_000, torch.Generator().manual_seed(0))
    assert torch.equal(drawn, again)


def test_sizes_follow_from_weights():
    model = prior()
    other = CodePrior.like(model.state_dict())
    other.load_state_dict(model.state_dict())
    words = torch.tensor([[0, 1, 2]])
    torch.testing.assert_close(other.nats(words), model.nats(words))
