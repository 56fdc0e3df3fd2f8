import torch

from symvae.models.flow.prior import FlowPrior
from symvae.system.artifacts import load_latent, save_latent
from symvae.training.latent_fit import ATTRIBUTES, fit_latent


def test_what_is_fitted_can_be_shipped_and_points_the_right_way(perfect, memory_shards, tmp_path) -> None:
    fit = fit_latent(perfect, memory_shards, phrases=400, prior_steps=2)
    assert set(fit.directions) <= set(ATTRIBUTES)
    # In this model's z an onset is a large number and a hold a small one.
    assert fit.directions["onset_density"].sum() > 0
    assert fit.attribute_std["onset_density"] > 0
    save_latent(tmp_path, fit.tensors())
    stored = load_latent(tmp_path)
    state = {
        name.removeprefix("prior."): value for name, value in stored.items() if name.startswith("prior.")
    }
    assert set(stored) == {
        *(f"direction.{name}" for name in fit.directions),
        *(f"prior.{name}" for name in state),
    }
    again, drawn = (
        prior.sample(5, torch.Generator().manual_seed(0))
        for prior in (FlowPrior.from_state(state), fit.prior)
    )
    torch.testing.assert_close(again, drawn, atol=2e-2, rtol=2e-2)


def test_the_same_seed_the_same_fit(perfect, memory_shards) -> None:
    first, again, other = (
        fit_latent(perfect, memory_shards, phrases=200, prior_steps=2, seed=seed).prior.velocity.end.weight
        for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
