"""The one-cycle schedule equals torch's own, step by step."""

import pytest
import torch

from symvae.training.one_cycle import one_cycle


@pytest.mark.parametrize("steps", [1, 2, 6, 30, 41, 400])
def test_rate_and_betas_equal_those_of_torch_bit_for_bit(steps: int) -> None:
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=2e-3)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps, pct_start=0.05)
    for step in range(steps):
        group = optimizer.param_groups[0]
        assert one_cycle(step, steps, 2e-3) == {"lr": group["lr"], "betas": tuple(group["betas"])}
        optimizer.step()
        scheduler.step()


def test_it_is_defined_where_the_rise_has_no_step() -> None:
    """Torch divides by zero where five percent of the steps are one step."""
    assert one_cycle(0, 20, 1.0) == {"lr": 1.0, "betas": (pytest.approx(0.85), 0.999)}
