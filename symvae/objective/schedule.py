"""How a weight moves through training: pure functions of the share of training that is done."""

import math


def linear(progress: float, until: float) -> float:
    """From 0 up to 1 at ``until``, then 1."""
    return min(1.0, progress / until) if until > 0 else 1.0


def cyclical(progress: float, until: float, cycles: int) -> float:
    """``cycles`` linear ramps up to ``until``, each holding 1 in its second half, then 1.

    Fu et al. 2019, "Cyclical Annealing Schedule" (arXiv 1903.10145), with their ratio of one half.
    """
    if progress >= until:
        return 1.0
    within = (progress / until * cycles) % 1.0
    return min(1.0, 2 * within)


def warmup_cosine(step: int, steps: int, warmup: int, floor: float = 0.02) -> float:
    """A linear warmup to 1, then half a cosine down to ``floor``."""
    if step < warmup:
        return (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
