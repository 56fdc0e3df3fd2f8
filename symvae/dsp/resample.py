"""Sample rate conversion, of whole sounds and of recordings of any length block by block.

Polyphase filtering with a Kaiser window (`scipy.signal.resample_poly`).
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
from jaxtyping import Float

#: Largest factor of a change of sample rate: the filter has ten times as many coefficients.
_MOST_FACTOR = 8192
#: Taps of the filter to each side, in samples of the lower rate; a margin of as many is exact.
_REACH = 10


def factors(rate: int, wanted: int) -> tuple[int, int]:
    """Factors of upsampling and of downsampling, in lowest terms.

    The ratio of two unusual rates is approximated by smaller numbers, with an error below a thousandth of a
    cent.
    """
    low, high = sorted((wanted, rate))
    # The larger factor is bounded, so that of the two rates the larger one is the denominator.
    small, large = Fraction(low, high).limit_denominator(_MOST_FACTOR).as_integer_ratio()
    return (small, large) if wanted == low else (large, small)


def resampled(
    samples: Float[np.ndarray, "channel sample"], rate: int, wanted: int
) -> Float[np.ndarray, "channel other"]:
    """Convert a whole sound; the filter's ringing may exceed full scale.

    Args:
        samples: The sound.
        rate: Its sample rate in Hz.
        wanted: The other one.

    Returns:
        The sound at ``wanted`` Hz.
    """
    up, down = factors(rate, wanted)
    if up == down or not samples.size:
        return samples
    from scipy.signal import resample_poly

    converted: Float[np.ndarray, "channel other"] = resample_poly(
        samples.astype(np.float32), up, down, axis=1
    ).astype(np.float32)
    return converted


def resampled_blocks(
    blocks: Iterable[Float[np.ndarray, "channel _"]], rate: int, wanted: int
) -> Iterator[Float[np.ndarray, "channel _"]]:
    """Convert a recording block by block, with the same samples as `resampled` gives of the whole.

    Args:
        blocks: Blocks of any length, one after the other.
        rate: Their sample rate in Hz.
        wanted: The other one.

    Yields:
        Blocks at ``wanted`` Hz.
    """
    up, down = factors(rate, wanted)
    if up == down:
        yield from blocks
        return
    margin = down * (-(-_REACH * max(up, down) // (up * down)) + 1)
    before, waiting = 0, None  # samples in front of what is due, and all samples held
    for block in blocks:
        waiting = block if waiting is None else np.concatenate([waiting, block], 1)
        due = (waiting.shape[1] - before - margin) // down * down
        if due <= 0:
            continue
        whole = resampled(waiting, rate, wanted)
        yield whole[:, before * up // down : (before + due) * up // down]
        kept = max(before + due - margin, 0)
        waiting, before = waiting[:, kept:], before + due - kept
    if waiting is not None:
        yield resampled(waiting, rate, wanted)[:, before * up // down :]
