"""Faders of a drum machine: values that are asked for beside those that are measured on the sounds.

Each request has a class by chance and a value between the tenths of its training sounds. Beside the error
there is that of the same draw without a request, which tells what a fader moves.
"""

from typing import Any

import numpy as np
from jaxtyping import Float

from symvae.evaluation.metrics.correlation import spearman
from symvae.evaluation.progress import Progress, silent
from symvae.system.drum_faders import FADERS, to_scale
from symvae.system.drum_machine import DrumMachine

#: Quantiles of a class between which faders are asked for.
_ASKED = (0.1, 0.9)


def fader_figures(
    machine: DrumMachine, requests: int, seed: int, progress: Progress = silent
) -> dict[str, dict[str, Any]]:
    """Compare asked and achieved values of each fader, over classes that have the attribute.

    Args:
        machine: The drum machine.
        requests: Requests of each fader.
        seed: Seed of classes, values and draws.
        progress: Called with the share that is done.

    Returns:
        By fader the number of requests, Spearman's correlation, and the median error of the sounds and of
        those that were not moved.
    """
    figures = {}
    for at, name in enumerate(FADERS):
        known = [
            number
            for number in range(len(machine.drums))
            if np.isfinite(machine.faders.quantile(number, name, 0.5))
        ]
        chance, asked, achieved, before = np.random.default_rng([seed, at]), [], [], []
        for request in range(requests if known else 0):
            number = int(chance.choice(known))
            target = machine.faders.quantile(number, name, float(chance.uniform(*_ASKED)))
            value = target if name == "noisiness" else float(np.exp(target))
            drum = machine.drums[number]
            hit = machine.hit(drum, seed=seed + request, **{name: value})
            start = machine.hit(drum, seed=seed + request)
            reached = to_scale(name, hit.attributes[name])
            if np.isfinite(reached):
                asked.append(target)
                achieved.append(reached)
                before.append(to_scale(name, start.attributes[name]))
            progress("faders", (at + (request + 1) / requests) / len(FADERS))
        errors, starts = (np.abs(np.array(each) - np.array(asked)) for each in (achieved, before))
        figures[name] = {
            "requests": len(asked),
            "spearman": spearman(np.array([asked]), np.array([achieved])) if len(asked) > 1 else 0.0,
            "median_error": _relative(name, errors),
            "median_error_unmoved": _relative(name, starts[np.isfinite(starts)]),
        }
    return figures


def _relative(name: str, errors: Float[np.ndarray, " request"]) -> float | None:
    """Median error: relative of times and frequencies, absolute of the noisiness; None without any."""
    if not len(errors):
        return None
    middle = float(np.median(errors))
    return middle if name == "noisiness" else float(np.expm1(middle))
