"""Picture of a morph: what each step keeps of the one before, and how the path goes.

A piano roll has a panel for each step, with notes that are kept, moved or new in three shades. Beside it, at
the height of each step, stand its distance from the first melody and its cost under a language model, both
against the straight line between the ends.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Int
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Patch

from symvae.errors import PhraseError
from symvae.music.arrangement import AnyPhrase, pitched_of
from symvae.music.phrase import Phrase
from symvae.plot.panel import (
    BEAT,
    GAP_INCH,
    INK,
    draw_keys,
    draw_metre,
    draw_notes,
    panel_width,
    pitch_span,
)
from symvae.plot.picture import write_picture

KINDS = ("kept", "moved", "new")
_MEANINGS = ("kept from the step before", "moved in pitch, or within the bar", "new")
_SHADES = np.array([to_rgb(color) for color in ("#a9b4c6", "#3f6fb5", "#d6336c")])
_LINE = "#9a9aa2"
#: Widths of the two curves, in inches.
_DISTANCE_INCH, _COST_INCH = 1.7, 1.3


def morph_picture(
    phrases: Sequence[AnyPhrase],
    distance: Sequence[float],
    nats_per_token: Sequence[float],
    path: "str | os.PathLike[str]",
    *,
    titles: Sequence[str] | None = None,
    force: bool = False,
) -> Path:
    """Draw a morph and write the picture.

    Args:
        phrases: Steps of the morph, two or more.
        distance: Distance of each step from the first, as a share of that of the last.
        nats_per_token: Cost of each step.
        path: File to write; its ending chooses the format (.png, .svg, .pdf), by default .png.
        titles: Title of each step.
        force: Replace an existing file.

    Returns:
        The path with its ending.

    Raises:
        PhraseError: There are fewer than two steps, or not as many figures and titles as steps.
        SymvaeError: As `symvae.plot.picture.write_picture`.
    """
    return write_picture(lambda: draw(phrases, distance, nats_per_token, titles), path, force=force)


def kinds(before: Phrase, phrase: Phrase) -> Int[np.ndarray, " note"]:
    """Compare the notes of a step with those of the step before.

    Args:
        before: The step before.
        phrase: The step, on the same grid.

    Returns:
        For each note its number in `KINDS`: it has onset and pitch of a note there, its onset or, in the same
        bar, its pitch, or neither.
    """
    onset = phrase.onset_step[:, None] == before.onset_step
    pitch = phrase.pitch[:, None] == before.pitch
    bar = phrase.grid.steps_per_bar
    same_bar = phrase.onset_step[:, None] // bar == before.onset_step // bar
    return np.where((onset & pitch).any(1), 0, np.where((onset | (pitch & same_bar)).any(1), 1, 2))


def draw(
    phrases: Sequence[AnyPhrase],
    distance: Sequence[float],
    nats_per_token: Sequence[float],
    titles: Sequence[str] | None = None,
) -> Figure:
    """Draw the picture of `morph_picture` as a matplotlib figure.

    Args:
        phrases: Steps of the morph, two or more.
        distance: Distance of each step from the first, as a share of that of the last.
        nats_per_token: Cost of each step.
        titles: Title of each step.

    Returns:
        The figure: panels from the first step to the last, then distance and cost.

    Raises:
        PhraseError: There are fewer than two steps, or not as many figures and titles as steps.
    """
    phrases = [pitched_of(phrase) for phrase in phrases]
    count = len(phrases)
    titles = [f"step {number}" for number in range(1, count + 1)] if titles is None else titles
    if count < 2 or {len(distance), len(nats_per_token), len(titles)} != {count}:
        raise PhraseError("A morph has two or more steps, each with a distance, a cost and a title.")
    steps, (lowest, highest) = phrases[0].grid.num_steps, pitch_span(phrases)
    width = panel_width(steps, 1)
    wide = width + _DISTANCE_INCH + _COST_INCH + 1.4
    font, height = 0.86 * wide, min(2.0, 0.058 * (highest - lowest + 1))
    row_inch = height + 0.026 * font
    figure = Figure(
        figsize=(wide, count * row_inch + 0.09 * font),
        layout=ConstrainedLayoutEngine(w_pad=0.05, h_pad=0.03, hspace=0.0, wspace=0.0),
        facecolor="white",
    )
    parts = figure.add_gridspec(count, 3, width_ratios=[width, _DISTANCE_INCH, _COST_INCH])
    first: Axes | None = None
    for row, (phrase, title) in enumerate(zip(phrases, titles, strict=True)):
        axes = figure.add_subplot(parts[row, 0], sharex=first, sharey=first)
        first = axes if first is None else first
        draw_keys(axes, lowest, highest)
        draw_metre(axes, phrase, width / steps)
        shades = _SHADES[kinds(phrases[max(row - 1, 0)], phrase)]
        draw_notes(axes, phrase, shades, gap_step=GAP_INCH * steps / width)
        axes.set_title(title, loc="left", fontsize=font, color=INK, pad=3)
        axes.tick_params(length=0, labelsize=0.88 * font, labelcolor=INK, labelbottom=row + 1 == count)
        axes.set(xlim=(0, steps), ylim=(lowest - 0.5, highest + 0.5))
    curves = ((distance, "distance", 1.0), (nats_per_token, "cost (nats)", max(nats_per_token)))
    for column, (values, name, most) in enumerate(curves, 1):
        axes = figure.add_subplot(parts[:, column])
        _draw_curve(axes, values, name, most, font)
        margin = 0.5 * height / row_inch  # so that each point is beside the middle of its panel
        axes.set_ylim(count - 1 + margin, -margin)
    figure.legend(
        [Patch(color=shade) for shade in _SHADES],
        _MEANINGS,
        loc="outside upper left",
        ncols=3,
        frameon=False,
        fontsize=font,
        labelcolor=INK,
        handlelength=1.4,
        columnspacing=1.4,
    )
    return figure


def _draw_curve(axes: Axes, values: Sequence[float], title: str, most: float, font: float) -> None:
    """Draw a value for each step, from the top down, and the straight line between the ends."""
    count = len(values)
    rows = np.arange(count)
    axes.plot(
        np.linspace(values[0], values[-1], count), rows, color=_LINE, linewidth=1, linestyle=(0, (4, 3))
    )
    axes.plot(values, rows, color=_SHADES[1], linewidth=1.5, marker="o", markersize=0.5 * font)
    axes.set_xlim(-0.08 * most, 1.15 * most)
    axes.set_title(title, loc="left", fontsize=font, color=INK, pad=3)
    axes.set_yticks(rows, [""] * count)
    last = most if most == 1 else round(most, 1)
    axes.set_xticks([0, 0.5 * last, last], ["0", "", f"{last:g}"])
    axes.grid(color=BEAT, linewidth=0.6)
    axes.tick_params(length=0, labelsize=0.88 * font, labelcolor=INK)
    for side in axes.spines.values():
        side.set_visible(False)
