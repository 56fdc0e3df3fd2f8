"""Schedules of weights and rates, as functions of the completed share of training."""

import math


def linear(progress: float, until: float) -> float:
    """Linear ramp from 0 to 1 at ``until``, then 1."""
    return min(1.0, progress / until) if until > 0 else 1.0


def cyclical(progress: float, until: float, cycles: int) -> float:
    """Cyclical annealing (Fu et al. 2019, arXiv 1903.10145), with their ratio of one half.

    Args:
        progress: Completed share of training, 0 to 1.
        until: Share of training after which the value stays 1.
        cycles: Linear ramps from 0 to 1 before that, each of which holds 1 in its second half.

    Returns:
        A factor from 0 to 1.
    """
    if progress >= until:
        return 1.0
    within = (progress / until * cycles) % 1.0
    return min(1.0, 2 * within)


def warmup_cosine(step: int, steps: int, warmup: int, floor: float = 0.02) -> float:
    """Linear warmup to 1, then half a cosine down to ``floor``.

    Args:
        step: Completed steps.
        steps: Steps of the whole training.
        warmup: Steps of the warmup.
        floor: Value at the end.

    Returns:
        A factor of the learning rate, above 0 and up to 1.
    """
    if step < warmup:
        return (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
