import pytest
import torch

from symvae.errors import LatentError
from symvae.evaluation.latent_fit import ATTRIBUTES, choose_mixture, fit_latent
from symvae.latent.flow import FlowPrior
from symvae.system.checkpoint import load_latent, save_latent


def test_the_number_of_clouds_is_found() -> None:
    generator = torch.Generator().manual_seed(0)
    z = 0.3 * torch.randn((6000, 3), generator=generator)
    z[:3000, 0] += 6
    z = z[torch.randperm(6000, generator=generator)]
    prior, nats = choose_mixture(z, (1, 2), torch.Generator().manual_seed(1))
    assert len(prior.weight) == 2
    assert nats[2] > nats[1] + 1
    _, nats = choose_mixture(z[z[:, 0] < 3], (1, 2), torch.Generator().manual_seed(1))
    assert abs(nats[2] - nats[1]) < 0.05  # one cloud is not better told as two


def test_too_many_components_for_the_phrases_are_passed_over_and_too_few_phrases_refused() -> None:
    z = torch.randn((60, 2), generator=torch.Generator().manual_seed(0))
    _, nats = choose_mixture(z, (1, 50), torch.Generator().manual_seed(1))
    assert list(nats) == [1]
    with pytest.raises(LatentError, match="too few to fit a prior"):
        choose_mixture(z[:5], (1, 2), torch.Generator().manual_seed(1))


def test_what_is_fitted_can_be_shipped_and_points_the_right_way(perfect, memory_shards, tmp_path) -> None:
    fit = fit_latent(perfect, memory_shards, phrases=400, components=(1,), flow_steps=2)
    assert set(fit.directions) <= set(ATTRIBUTES)
    # In this model's z an onset is a large number and a hold a small one.
    assert fit.directions["note_density"].sum() > 0
    assert fit.attribute_std["note_density"] > 0
    save_latent(tmp_path, fit.tensors())
    stored = load_latent(tmp_path)
    flow = {name.removeprefix("flow."): value for name, value in stored.items() if name.startswith("flow.")}
    assert set(stored) == {"prior.weight", "prior.mean", "prior.cholesky"} | {
        *(f"direction.{name}" for name in fit.directions),
        *(f"flow.{name}" for name in flow),
    }
    torch.testing.assert_close(stored["prior.mean"], fit.mixture.mean, atol=2e-3, rtol=2e-3)
    again, drawn = (
        prior.sample(5, torch.Generator().manual_seed(0)) for prior in (FlowPrior.from_state(flow), fit.prior)
    )
    torch.testing.assert_close(again, drawn, atol=2e-2, rtol=2e-2)


def test_the_same_seed_the_same_fit(perfect, memory_shards) -> None:
    first, again, other = (
        fit_latent(perfect, memory_shards, phrases=200, components=(1,), seed=seed) for seed in (1, 1, 2)
    )
    assert first.prior is first.mixture  # without steps for a flow there is none
    assert torch.equal(first.mixture.mean, again.mixture.mean)
    assert not torch.equal(first.mixture.mean, other.mixture.mean)
