"""The one-cycle schedule of learning rate and momentum (Smith and Topin 2018, arXiv 1708.07120)."""

import math
from typing import Any

_START_DIVISOR, _END_DIVISOR = 25.0, 1e4
_LOW_MOMENTUM, _HIGH_MOMENTUM = 0.85, 0.95


def one_cycle(
    step: int, steps: int, peak: float, *, rise: float = 0.05, beta2: float = 0.999
) -> dict[str, Any]:
    """Learning rate and betas of Adam at a step, both along half cosines.

    The values are those of `torch.optim.lr_scheduler.OneCycleLR`, as a function of the step.

    Args:
        step: Steps done.
        steps: Steps of the whole training.
        peak: The highest learning rate; the first is 1/25 of it, the last 1/250,000.
        rise: The share of the steps in which the rate rises and the momentum falls.
        beta2: Adam's second beta, which stays.

    Returns:
        ``lr`` and ``betas`` of the optimizer's parameter groups.
    """
    top, end = rise * steps - 1, steps - 1
    lowest = peak / _START_DIVISOR
    if step <= top:
        share = step / top if top > 0 else 1.0
        rate, momentum = _cosine(lowest, peak, share), _cosine(_HIGH_MOMENTUM, _LOW_MOMENTUM, share)
    else:
        share = (step - top) / (end - top)
        rate = _cosine(peak, lowest / _END_DIVISOR, share)
        momentum = _cosine(_LOW_MOMENTUM, _HIGH_MOMENTUM, share)
    return {"lr": rate, "betas": (momentum, beta2)}


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)
