"""Common tempo: one change of tempo for many windows that are to have one arousal.

The model finds a ratio of new to old tempo for each window. Their mean is not enough where windows differ:
arousal has ends, and slow windows lack more than fast ones have too much. So of the ratios between the lowest
and the highest of the windows that one is taken with which they have the arousal in the mean.
"""

from collections.abc import Sequence

import numpy as np

from symvae.music.phrase import Phrase
from symvae.system.faders.performance import TEMPO
from symvae.system.faders.scales import Scales, measure_phrases

#: Ratios that are tried.
_TRIED = 33


def common_ratio(
    scales: Scales, phrases: Sequence[Phrase], bars: Sequence[int], ratios: Sequence[float], arousal: float
) -> float:
    """Find the ratio of tempos with which windows have an arousal in the mean.

    Args:
        scales: Faders of a model with arousal and a fader of the tempo.
        phrases: The windows after, at their old tempos.
        bars: Number of bars of each.
        ratios: Ratio of new to old tempo that the model found for each.
        arousal: Arousal that is asked for.

    Returns:
        The ratio, within those of the windows.
    """
    assert scales.arousal is not None
    tried = np.geomspace(min(ratios), max(ratios), _TRIED)
    values = measure_phrases(phrases, scales.names)
    column = scales.names.index(TEMPO)
    means = []
    for ratio in tried:
        moved = values.copy()
        moved[:, column] *= ratio
        reached = scales.arousal.of(scales.positions(moved).double().numpy())
        means.append(float(np.average(reached, weights=bars)))
    return float(tried[np.argmin(np.abs(np.array(means) - arousal))])
