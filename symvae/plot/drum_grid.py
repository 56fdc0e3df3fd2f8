"""Drum grids: a row for each piece of the kit, a cell for each hit, darker the louder it is.

A hit that is played early or late stands as far left or right of its step, and a light bar stays on the step.

The horizontal axis is time in steps, as in piano rolls; rows that no phrase plays are left out, except
kick, snare and closed hi-hat. All panels share the rows and one time axis.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from symvae.music.drum_kit import DRUM_CLASSES, class_of
from symvae.music.phrase import Phrase
from symvae.plot.panel import BEAT, INK, draw_metre, panel_width

#: From the softest hit to the loudest.
SHADE = LinearSegmentedColormap.from_list("shade", ["#cfd6e6", "#2743a6", "#141c3f"])
ROW_INCH = 0.2
_NAMES = [each.name.replace("_", " ").replace("hihat", "hi-hat") for each in DRUM_CLASSES]
_ALWAYS = (0, 1, 2)


def draw_drums(
    phrases: Sequence[Phrase],
    titles: Sequence[str] | None = None,
    *,
    columns: int = 1,
    title: str | None = None,
) -> Figure:
    """Draw a panel for each phrase.

    Args:
        phrases: Drum tracks, in the order of the panels, row by row.
        titles: Title of each panel.
        columns: Panels of a row.
        title: Title of the picture.

    Returns:
        The figure.
    """
    columns = max(1, min(columns, len(phrases)))
    rows = -(-len(phrases) // columns)
    steps = max(phrase.grid.num_steps for phrase in phrases)
    played = np.unique(np.concatenate([class_of(phrase.pitch) for phrase in phrases]))
    classes = sorted({*_ALWAYS, *played[played >= 0].tolist()})
    width, height = panel_width(steps, columns), ROW_INCH * len(classes)
    figure = Figure(
        figsize=(
            columns * width + 1.2,
            rows * (height + (0.22 if titles else 0.08)) + (0.8 if title else 0.45),
        ),
        layout=ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.03, hspace=0.0, wspace=0.0),
        facecolor="white",
    )
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).reshape(-1)
    for index, (axes, phrase) in enumerate(zip(panels, phrases, strict=False)):
        draw_metre(axes, phrase, width / steps)
        _draw_hits(axes, phrase, classes)
        if titles is not None:
            axes.set_title(titles[index], loc="left", fontsize=8.5, color=INK, pad=3)
        axes.tick_params(length=0, labelsize=7.5, labelcolor=INK, labelbottom=index + columns >= len(phrases))
        for side in axes.spines.values():
            side.set_visible(False)
    for axes in panels[len(phrases) :]:
        axes.set_visible(False)
    panels[0].set(xlim=(0, steps), ylim=(-0.5, len(classes) - 0.5))
    panels[0].set_yticks(range(len(classes)), [_NAMES[number] for number in classes])
    if title:
        figure.suptitle(title, fontsize=11, color=INK, x=0.01, ha="left")
    return figure


def _draw_hits(axes: Axes, phrase: Phrase, classes: Sequence[int]) -> None:
    """Draw lines between the rows, and a cell for each hit."""
    for row in range(1, len(classes)):
        axes.axhline(row - 0.5, color=BEAT, linewidth=0.6, zorder=1)
    row_of = {number: row for row, number in enumerate(classes)}
    known = class_of(phrase.pitch) >= 0
    middle = np.array([row_of[number] for number in class_of(phrase.pitch[known]).tolist()], float)
    step, offset = phrase.onset_step[known] + 0.08, phrase.offset_step[known]
    moved = offset != 0
    if moved.any():
        bars = _boxes(step[moved], middle[moved] - 0.38, 0.08)
        axes.add_collection(PolyCollection(bars, facecolors=BEAT, edgecolors="none", zorder=2))
    colors = SHADE(phrase.velocity[known] / 127)
    cells = _boxes(step + offset, middle - 0.38, 0.84)
    axes.add_collection(PolyCollection(cells, facecolors=colors, edgecolors="none", zorder=3))


def _boxes(
    left: Float[np.ndarray, " hit"], low: Float[np.ndarray, " hit"], width: float
) -> list[Float[np.ndarray, "4 2"]]:
    """Corners of boxes of one size."""
    corners = np.array([[left, low], [left, low + 0.76], [left + width, low + 0.76], [left + width, low]])
    return list(corners.transpose(2, 0, 1))
