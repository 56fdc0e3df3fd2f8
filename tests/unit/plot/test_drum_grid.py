"""Drum grids: rows of the kit, shades of velocity."""

import numpy as np

from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.plot.piano_roll import draw


def beat() -> Phrase:
    return Phrase(
        Grid(1),
        np.array([0, 4, 8]),
        np.ones(3, int),
        np.array([36, 51, 36]),
        np.array([127, 30, 60]),
        is_drum=True,
    )


def test_drums_are_drawn_on_the_pieces_of_the_kit() -> None:
    axes = draw([beat(), beat()], ["before", "after"]).axes
    names = [label.get_text() for label in axes[0].get_yticklabels()]
    assert names == ["kick", "snare", "closed hi-hat", "ride"]
    (hits,) = axes[0].collections
    heights = [path.vertices[:, 1] for path in hits.get_paths()]
    assert np.allclose([(row.min() + row.max()) / 2 for row in heights], [0, 3, 0])


def test_a_louder_hit_is_darker() -> None:
    (hits,) = draw(beat()).axes[0].collections
    brightness = hits.get_facecolors()[:, :3].sum(axis=1)
    assert brightness[0] < brightness[2] < brightness[1]
