"""Piano rolls of phrases, precise enough to read the notes.

The horizontal axis is time in steps, the vertical axis pitch in semitones. Lanes of black keys are shaded;
a line with its name marks each C; beats are thin lines, bars strong ones with their numbers. All panels
share one pitch axis and one time axis, so that equal lengths mean equal values.

Color encodes the position of a phrase on a path (from the first panel to the last, or between the four
corners of a rectangle), or the velocity of each note. Drum tracks are drawn as a drum grid
(`symvae.plot.drum_grid`). The module knows no latent space, and it does not use
pyplot: there are no windows and no state between calls.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Float
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from symvae.errors import PhraseError
from symvae.music.arrangement import AnyPhrase, Arrangement, pitched_of
from symvae.music.phrase import Phrase
from symvae.plot.drum_grid import draw_drums
from symvae.plot.panel import GAP_INCH, INK, draw_keys, draw_metre, draw_notes, panel_width, pitch_span
from symvae.plot.picture import write_picture

Color: TypeAlias = Literal["path", "velocity"]

#: From the first phrase to the last: blue, violet, red, orange, of similar contrast.
PATH = LinearSegmentedColormap.from_list("path", colormaps["plasma"](np.linspace(0.08, 0.74, 64)))
#: Top left, top right, bottom left, bottom right.
CORNERS = np.array([to_rgb(color) for color in ("#2743a6", "#b5267e", "#2aa5c9", "#f1952b")])
VELOCITY = LinearSegmentedColormap.from_list("velocity", colormaps["YlGnBu"](np.linspace(0.3, 1.0, 64)))

MOST_PANELS = 200  # more are unreadable, and the layout takes minutes


def piano_roll(
    phrases: AnyPhrase | Sequence[AnyPhrase],
    path: "str | os.PathLike[str]",
    titles: Sequence[str] | None = None,
    *,
    columns: int = 1,
    color: Color = "path",
    title: str | None = None,
    force: bool = False,
) -> Path:
    """Draw a panel for each phrase and write the picture.

    Args:
        phrases: One phrase, or several in the order of the panels, row by row.
        path: File to write; its ending chooses the format (.png, .svg, .pdf), by default .png.
        titles: Title of each panel.
        columns: Panels of a row.
        color: "path" to color phrases by position, "velocity" to color notes by velocity.
        title: Title of the picture.
        force: Replace an existing file.

    Returns:
        The path with its ending.

    Raises:
        PhraseError: For no phrases, more than `MOST_PANELS` of them, or another number of titles.
        SymvaeError: As `write_picture`.
    """
    return write_picture(
        lambda: draw(phrases, titles, columns=columns, color=color, title=title), path, force=force
    )


def draw(
    phrases: AnyPhrase | Sequence[AnyPhrase],
    titles: Sequence[str] | None = None,
    *,
    columns: int = 1,
    color: Color = "path",
    title: str | None = None,
) -> Figure:
    """Draw the picture of `piano_roll` as a matplotlib figure.

    Args:
        phrases: One phrase, or several in the order of the panels, row by row.
        titles: Title of each panel.
        columns: Panels of a row.
        color: "path" to color phrases by position, "velocity" to color notes by velocity.
        title: Title of the picture.

    Returns:
        The figure.

    Raises:
        PhraseError: For no phrases, more than `MOST_PANELS` of them, or another number of titles.
    """
    several = [phrases] if isinstance(phrases, Phrase | Arrangement) else list(phrases)
    phrases = [pitched_of(each) for each in several]
    if not phrases:
        raise PhraseError("There is nothing to draw: give at least one phrase.")
    if len(phrases) > MOST_PANELS:
        raise PhraseError(
            f"{len(phrases)} phrases are too many for one picture: draw at most {MOST_PANELS} at a time."
        )
    if titles is not None and len(titles) != len(phrases):
        raise PhraseError(f"{len(phrases)} phrases need as many titles, not {len(titles)}.")
    if all(phrase.is_drum for phrase in phrases):
        return draw_drums(phrases, titles, columns=columns, title=title)
    columns = max(1, min(columns, len(phrases)))
    rows = -(-len(phrases) // columns)
    steps = max(phrase.grid.num_steps for phrase in phrases)
    lowest, highest = pitch_span(phrases)

    width = panel_width(steps, columns)
    height = min(2.6, (0.058 if rows > 1 else 0.11) * (highest - lowest + 1))
    figure = Figure(
        figsize=(
            columns * width + 0.9,
            rows * (height + (0.22 if titles else 0.08)) + (0.8 if title else 0.45),
        ),
        layout=ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.03, hspace=0.0, wspace=0.0),
        facecolor="white",
    )
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).reshape(-1)
    path_colors = _path_colors(len(phrases), columns)
    for index, (axes, phrase) in enumerate(zip(panels, phrases, strict=False)):
        draw_keys(axes, lowest, highest)
        draw_metre(axes, phrase, width / steps)
        colors = VELOCITY(np.asarray(phrase.velocity) / 127) if color == "velocity" else path_colors[index]
        draw_notes(axes, phrase, np.asarray(colors), gap_step=GAP_INCH * steps / width)
        if titles is not None:
            axes.set_title(titles[index], loc="left", fontsize=8.5, color=INK, pad=3)
        axes.tick_params(length=0, labelsize=7.5, labelcolor=INK, labelbottom=index + columns >= len(phrases))
    for axes in panels[len(phrases) :]:
        axes.set_visible(False)
    panels[0].set(xlim=(0, steps), ylim=(lowest - 0.5, highest + 0.5))
    if color == "velocity":
        scale = ScalarMappable(Normalize(1, 127), VELOCITY)
        bar = figure.colorbar(
            scale, ax=panels.tolist(), ticks=[1, 64, 127], aspect=30, pad=0.01, fraction=0.02
        )
        bar.set_label("velocity", fontsize=8, color=INK)
        bar.ax.tick_params(length=0, labelsize=7.5, labelcolor=INK)
        bar.outline.set_visible(False)
    if title:
        figure.suptitle(title, fontsize=11, color=INK, x=0.01, ha="left")
    return figure


def _path_colors(count: int, columns: int) -> Float[np.ndarray, "phrase channel"]:
    """Colors along a row or column from end to end; in a rectangle between its four corners."""
    if columns == 1 or count <= columns:
        return PATH(np.linspace(0, 1, count))[:, :3]
    row, column = np.divmod(np.arange(count), columns)
    down = (row / max(1, row.max()))[:, None]
    right = (column / (columns - 1))[:, None]
    top, bottom = (
        (1 - right) * left_end + right * right_end for left_end, right_end in CORNERS.reshape(2, 2, 3)
    )
    return (1 - down) * top + down * bottom
