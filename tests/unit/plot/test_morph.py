"""The picture of a morph; it is looked at by people, and what can be checked by numbers is checked here."""

from pathlib import Path

import numpy as np
import pytest

from symvae.errors import PhraseError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.plot.morph import KINDS, draw, kinds, morph_picture


def line(bars: int, *notes: tuple[int, int]) -> Phrase:
    """Eighths at these steps, with these pitches."""
    onset, pitch = np.array(notes).T
    return Phrase(Grid(bars), onset, np.full(len(notes), 2), pitch)


FIRST = line(2, (0, 60), (4, 62), (8, 64), (16, 72))
SECOND = line(2, (0, 60), (4, 63), (6, 64), (10, 72), (20, 72))


def test_notes_are_kept_moved_or_new() -> None:
    """As before; other pitch; other place in the bar; a pitch of another bar; other place in the bar."""
    found = [KINDS[kind] for kind in kinds(FIRST, SECOND)]
    assert found == ["kept", "moved", "moved", "new", "moved"]
    assert {KINDS[kind] for kind in kinds(FIRST, FIRST)} == {"kept"}
    assert {KINDS[kind] for kind in kinds(Phrase(Grid(2)), FIRST)} == {"new"}


def test_every_step_has_a_panel_and_a_point_on_each_curve() -> None:
    distance, cost = [0.0, 0.4, 1.0], [0.9, 1.2, 0.8]
    *panels, of_distance, of_cost = draw([FIRST, SECOND, FIRST], distance, cost).axes
    assert [len(axes.collections[0].get_paths()) for axes in panels] == [4, 5, 4]
    shades = [{tuple(color) for color in axes.collections[0].get_facecolor()} for axes in panels]
    assert [len(each) for each in shades] == [1, 3, 2]
    for axes, values in ((of_distance, distance), (of_cost, cost)):
        straight, curve = axes.lines
        np.testing.assert_allclose(curve.get_xdata(), values)
        np.testing.assert_allclose(straight.get_xdata(), np.linspace(values[0], values[-1], 3))
        lower, upper = axes.get_ylim()
        assert lower > 2 > 0 > upper  # from the top down
        assert axes.get_xlim()[0] < 0 < max(values) < axes.get_xlim()[1]


def test_points_stand_beside_the_middle_of_their_panels() -> None:
    figure = draw([FIRST, SECOND, FIRST, SECOND, FIRST], [0.0, 0.2, 0.5, 0.7, 1.0], [1.0] * 5)
    figure.canvas.draw()
    *panels, of_distance, _ = figure.axes
    for step, axes in enumerate(panels):
        panel = axes.get_window_extent()
        _, height = of_distance.transData.transform((0, step))
        assert abs(height - (panel.y0 + panel.y1) / 2) < 0.1 * panel.height


def test_a_picture_needs_two_steps_and_figures_for_each(tmp_path: Path) -> None:
    with pytest.raises(PhraseError, match="two or more steps"):
        morph_picture([FIRST], [0.0], [1.0], tmp_path / "m.png")
    with pytest.raises(PhraseError, match="each with a distance, a cost and a title"):
        morph_picture([FIRST, SECOND], [0.0, 1.0], [1.0], tmp_path / "m.png")
    assert list(tmp_path.iterdir()) == []
    assert morph_picture([FIRST, SECOND], [0.0, 1.0], [1.0, 1.0], tmp_path / "m").suffix == ".png"
