"""Sound in memory: samples and their rate."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float


class Audio(NamedTuple):
    """``samples`` from -1 to 1, one row a channel, at ``sample_rate`` Hz."""

    samples: Float[np.ndarray, "channel sample"]
    sample_rate: int

    @property
    def duration_sec(self) -> float:
        """Duration in seconds."""
        return self.samples.shape[-1] / self.sample_rate
