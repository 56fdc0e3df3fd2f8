import copy

import pytest
import torch

from symvae.errors import LatentError
from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import BarVelocity
from symvae.nn.gaussian import DiagonalGaussian
from symvae.training.tasks.flow_matching import fit_flow


def two_islands(count: int = 2000) -> DiagonalGaussian:
    """Narrow posteriors around (-1.5, 0) and (1.5, 0); the third coordinate is that of the prior."""
    side = torch.where(torch.arange(count) % 2 == 0, -1.5, 1.5)
    mean = torch.stack([side, torch.zeros(count), torch.zeros(count)], dim=1)
    return DiagonalGaussian(mean, torch.tensor([0.1, 0.1, 1.0]).log().expand(count, 3))


@pytest.fixture(scope="module")
def flow() -> FlowPrior:
    return fit_flow(two_islands(), steps=500, batch_size=256, width=64, seed=0)


def test_samples_come_from_both_modes_and_not_from_between(flow: FlowPrior) -> None:
    """The best single Gaussian has a third of its samples between -.75 and .75."""
    drawn = flow.sample(2000, torch.Generator().manual_seed(1))
    assert (drawn[:, 0].abs() < 0.75).float().mean() < 0.05
    assert (drawn[:, 0] > 0).float().mean().item() == pytest.approx(0.5, abs=0.06)
    assert drawn[:, 1].std() < 0.3


def test_an_unused_coordinate_stays_standard_normal(flow: FlowPrior) -> None:
    assert flow.active.tolist() == [True, True, False]
    noise = torch.randn((50, 3), generator=torch.Generator().manual_seed(1))
    assert torch.equal(flow.integrate(noise)[:, 2], noise[:, 2])
    assert torch.equal(flow.sample(50, torch.Generator().manual_seed(1))[:, 2], noise[:, 2])


def test_the_seed_decides_the_fit_and_the_samples() -> None:
    short = {"steps": 5, "batch_size": 32, "width": 16}
    first, again, other = (fit_flow(two_islands(100), seed=seed, **short) for seed in (1, 1, 2))
    draws = [flow.sample(4, torch.Generator().manual_seed(3)) for flow in (first, again, other)]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


def test_the_fit_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    fit_flow(two_islands(100), steps=2, batch_size=32, width=16)
    assert torch.equal(torch.rand(3), expected)


def test_a_prior_survives_half_precision(flow: FlowPrior) -> None:
    state = {name: value.half().float() for name, value in flow.state_dict().items()}
    draws = [
        prior.sample(20, torch.Generator().manual_seed(3)) for prior in (FlowPrior.from_state(state), flow)
    ]
    torch.testing.assert_close(draws[0], draws[1], atol=0.02, rtol=0.02)


def test_posteriors_equal_to_the_prior_are_refused() -> None:
    with pytest.raises(LatentError, match="z carries no information"):
        fit_flow(DiagonalGaussian(torch.zeros(50, 3), torch.zeros(50, 3)), steps=1)


def test_weights_of_the_first_release_are_read(flow: FlowPrior) -> None:
    old = {name.removeprefix("velocity."): value for name, value in flow.state_dict().items()}
    del old["home_key"]
    noise = torch.randn((5, 3), generator=torch.Generator().manual_seed(1))
    assert torch.equal(FlowPrior.from_state(old).integrate(noise), flow.integrate(noise))


def test_the_noise_scale_applies_to_used_coordinates_and_is_stored(flow: FlowPrior) -> None:
    wide = FlowPrior.from_state(flow.state_dict() | {"noise_scale": torch.tensor(1.5)})
    usual, wider = (each.noise(10, torch.Generator().manual_seed(2), 0.5) for each in (flow, wide))
    torch.testing.assert_close(wider[:, :2], 1.5 * usual[:, :2])
    torch.testing.assert_close(wider[:, 2], usual[:, 2])  # an unused coordinate
    assert float(FlowPrior.from_state(wide.state_dict()).noise_scale) == 1.5


def test_both_solvers_follow_the_same_path(flow: FlowPrior) -> None:
    """Midpoints are as near in a few steps as Heun's method is in many."""
    noise = flow.noise(256, torch.Generator().manual_seed(3))
    exact = flow.integrate(noise, steps=200)
    far = {
        (solver, steps): float((flow.integrate(noise, steps=steps, solver=solver) - exact).abs().mean())
        for solver in ("heun", "midpoint")
        for steps in (2, 8, 48)
    }
    for solver in ("heun", "midpoint"):
        assert far[solver, 48] < 0.5 * far[solver, 8] < 0.5 * far[solver, 2]
    assert far["midpoint", 48] < 0.05 * float((exact - noise).abs().mean())


def test_guidance_without_a_correction_changes_nothing(flow: FlowPrior) -> None:
    noise = torch.randn((20, 3), generator=torch.Generator().manual_seed(1))
    assert torch.equal(flow.integrate(noise, lambda guess: guess), flow.integrate(noise))


def test_a_guided_path_ends_at_the_target(flow: FlowPrior) -> None:
    """The first coordinate is guided, the second is the flow's own."""

    def left(guess: torch.Tensor) -> torch.Tensor:
        return torch.cat([torch.full_like(guess[:, :1], -1.5), guess[:, 1:]], dim=1)

    noise = torch.randn((200, 3), generator=torch.Generator().manual_seed(1))
    drawn = flow.integrate(noise, left)
    assert torch.equal(drawn[:, 0], torch.full((200,), -1.5))
    assert drawn[:, 1].std() < 0.3
    assert torch.equal(drawn[:, 2], noise[:, 2])


def test_many_draws_are_integrated_in_parts(flow: FlowPrior, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = flow.sample(7, torch.Generator().manual_seed(3))
    monkeypatch.setattr("symvae.models.flow.prior._DRAWS_AT_ONCE", 3)
    sizes: list[int] = []
    hook = flow.velocity.register_forward_hook(lambda _, given, result: sizes.append(len(result)))
    torch.testing.assert_close(flow.sample(7, torch.Generator().manual_seed(3)), whole)
    hook.remove()
    assert max(sizes) == 3


def test_the_inverse_of_the_map_to_bars_follows_its_weights() -> None:
    """After a change in place, and in a copy that has changed as often since."""
    torch.manual_seed(0)
    velocity = BarVelocity(4, bars=2, code_size=3, width=32, layers=1)

    def is_inverse(network: BarVelocity) -> bool:
        return torch.allclose(network.fold() @ network.unfold.weight, torch.eye(4), atol=1e-4)

    assert is_inverse(velocity)
    assert velocity.fold() is velocity.fold()
    with torch.no_grad():
        velocity.unfold.weight.mul_(2)
    assert is_inverse(velocity)
    other = copy.deepcopy(velocity)
    with torch.no_grad():
        while other.unfold.weight._version < velocity.unfold.weight._version:
            other.unfold.weight.mul_(3)
    assert not torch.equal(other.unfold.weight, velocity.unfold.weight)
    assert is_inverse(other)
