"""Distance of envelopes: levels of sounds over short times.

Spectral distances of the shortest window leave an attack anywhere within its samples; levels of a
millisecond place it.
"""

import torch
from jaxtyping import Float
from torch import Tensor

#: Lengths over which levels are taken, in samples, and the level of silence.
_SPANS = (32, 128, 512)
_FLOOR = 1e-4


def envelope_distance(
    generated: Float[Tensor, "batch sample"], real: Float[Tensor, "batch sample"]
) -> Float[Tensor, " batch"]:
    """Mean absolute difference of the logarithms of levels, averaged over several spans.

    Args:
        generated: Generated sounds.
        real: Reference sounds, as long.

    Returns:
        The distance of each sound, in nepers.
    """
    parts = [(_levels(generated, span) - _levels(real, span)).abs().mean(1) for span in _SPANS]
    return torch.stack(parts).mean(0)


def _levels(wave: Float[Tensor, "batch sample"], span: int) -> Float[Tensor, "batch frame"]:
    whole = wave[:, : wave.shape[1] // span * span].unflatten(1, (-1, span))
    return 0.5 * (whole.square().mean(2) + _FLOOR**2).log()
