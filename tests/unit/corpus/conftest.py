"""Random tunes."""

from collections.abc import Callable

import numpy as np
import pytest

from symvae.corpus.tune import Tune
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase

MakeTune = Callable[..., Tune]


@pytest.fixture
def make_tune() -> MakeTune:
    """Make a tune of random eighths; two seeds share no two bars."""

    def make(name: str, seed: int, bars: int = 4, metre: str = "4/4", lowest: int = 60) -> Tune:
        grid = Grid.of_metre(metre, bars)
        onset = np.arange(0, grid.num_steps, 2)
        pitch = lowest + np.random.default_rng(seed).integers(0, 13, len(onset))
        return Tune(name, name.split("/")[0], name, Phrase(grid, onset, np.full(len(onset), 2), pitch))

    return make
