"""Piano rolls of phrases, precise enough to read the notes.

The horizontal axis is time in steps, the vertical axis pitch in semitones. Lanes of black keys are shaded;
a line with its name marks each C; beats are thin lines, bars strong ones with their numbers. All panels
share one pitch axis and one time axis, so that equal lengths mean equal values.

Color encodes the position of a phrase on a path (from the first panel to the last, or between the four
corners of a rectangle), or the velocity of each note. The module knows no latent space, and it does not use
pyplot: there are no windows and no state between calls.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Float
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from symvae.errors import PhraseError, SymvaeError, refuse_to_overwrite
from symvae.music.phrase import Phrase
from symvae.storage.whole_file import whole_file

Color: TypeAlias = Literal["path", "velocity"]

#: From the first phrase to the last: blue, violet, red, orange, of similar contrast.
PATH = LinearSegmentedColormap.from_list("path", colormaps["plasma"](np.linspace(0.08, 0.74, 64)))
#: Top left, top right, bottom left, bottom right.
CORNERS = np.array([to_rgb(color) for color in ("#2743a6", "#b5267e", "#2aa5c9", "#f1952b")])
VELOCITY = LinearSegmentedColormap.from_list("velocity", colormaps["YlGnBu"](np.linspace(0.3, 1.0, 64)))

INK, BAR, BEAT, BLACK_KEY, OCTAVE = "#333333", "#8f8f8f", "#e3e3e3", "#f4f4f5", "#cfcfd4"
BLACK_KEYS = (1, 3, 6, 8, 10)
NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")

MIN_SEMITONES = 14  # so that a tune on three notes is not enlarged
NUMBER_INCH = 0.36  # space for the number of a bar
LINE_INCH = 0.03  # least distance of two lines
MOST_PANELS = 200  # more are unreadable, and the layout takes minutes
GAP_INCH = 0.014  # space at the end of a note, so that repeated notes do not merge


def piano_roll(
    phrases: Phrase | Sequence[Phrase],
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
        SymvaeError: For an existing file without ``force``, an unknown format, and a file that cannot be
            written.
    """
    path = picture_path(path)
    refuse_to_overwrite(path, SymvaeError, force=force)
    if path.suffix.lower()[1:] not in Figure().canvas.get_supported_filetypes():
        raise SymvaeError(f"{path} ends in no format that can be drawn: use .png, .svg or .pdf.")
    figure = draw(phrases, titles, columns=columns, color=color, title=title)
    try:
        with whole_file(path) as part:
            figure.savefig(part, dpi=160)
    except ValueError as fault:
        raise SymvaeError(
            f"{path} is too large for a picture: draw fewer phrases, in more columns, or as .pdf."
        ) from fault
    return path


def picture_path(path: "str | os.PathLike[str]") -> Path:
    """Path of the picture: ``path``, with .png if it has no ending.

    Raises:
        SymvaeError: The path is a folder.
    """
    path = Path(path)
    if path.is_dir():
        raise SymvaeError(f"{path} is a folder. Give the name of a picture to write.")
    return path if path.suffix else path.with_name(f"{path.name}.png")


def draw(
    phrases: Phrase | Sequence[Phrase],
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
    phrases = [phrases] if isinstance(phrases, Phrase) else list(phrases)
    if not phrases:
        raise PhraseError("There is nothing to draw: give at least one phrase.")
    if len(phrases) > MOST_PANELS:
        raise PhraseError(
            f"{len(phrases)} phrases are too many for one picture: draw at most {MOST_PANELS} at a time."
        )
    if titles is not None and len(titles) != len(phrases):
        raise PhraseError(f"{len(phrases)} phrases need as many titles, not {len(titles)}.")
    columns = max(1, min(columns, len(phrases)))
    rows = -(-len(phrases) // columns)
    steps = max(phrase.grid.num_steps for phrase in phrases)
    lowest, highest = _pitch_span(phrases)

    width = _panel_width(steps, columns)
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
        _draw_keys(axes, lowest, highest)
        _draw_metre(axes, phrase, width / steps)
        colors = VELOCITY(np.asarray(phrase.velocity) / 127) if color == "velocity" else path_colors[index]
        _draw_notes(axes, phrase, np.asarray(colors), gap_step=GAP_INCH * steps / width)
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


def pitch_name(pitch: int) -> str:
    """Name of a MIDI pitch: 60 is C4."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"


def _pitch_span(phrases: Sequence[Phrase]) -> tuple[int, int]:
    """Lowest and highest lane: those of all notes, and a margin."""
    pitch = np.concatenate([phrase.pitch for phrase in phrases])
    lowest, highest = (int(pitch.min()), int(pitch.max())) if len(pitch) else (60, 72)
    margin = max(2, MIN_SEMITONES - (highest - lowest))
    return max(0, lowest - margin // 2), min(127, highest + margin - margin // 2)


def _panel_width(steps: int, columns: int) -> float:
    """Width in inches: one panel fills a page, several share it, long phrases get more."""
    alone = float(np.clip(0.11 * steps, 5.5, 11.0))
    return alone if columns == 1 else max(1.7, min(alone, 11.0 / columns))


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


def _draw_keys(axes: Axes, lowest: int, highest: int) -> None:
    """Draw lanes and names of pitches, without a frame."""
    for pitch in range(lowest, highest + 1):
        if pitch % 12 in BLACK_KEYS:
            axes.axhspan(pitch - 0.5, pitch + 0.5, color=BLACK_KEY, linewidth=0, zorder=0)
        if pitch % 12 == 0:
            axes.axhline(pitch - 0.5, color=OCTAVE, linewidth=0.7, zorder=1)
    named = (0,) if highest - lowest > 20 else (0, 7)
    ticks = [pitch for pitch in range(lowest, highest + 1) if pitch % 12 in named]
    axes.set_yticks(ticks, [pitch_name(pitch) for pitch in ticks])
    for side in axes.spines.values():
        side.set_visible(False)


def _draw_metre(axes: Axes, phrase: Phrase, step_inch: float) -> None:
    """Draw beats, bars and bar numbers; only every second, fourth … number where they would overlap.

    Lines that would touch are left out, so that music of hours has no more of them than a page shows.
    """
    grid, every = phrase.grid, 1
    while every * grid.steps_per_bar * step_inch < NUMBER_INCH:
        every *= 2
    bar = grid.steps_per_bar
    apart = next((gap for gap in (grid.steps_per_beat, bar) if gap * step_inch >= LINE_INCH), bar * every)
    for step in range(0, grid.num_steps + 1, apart):
        is_bar = step % bar == 0
        axes.axvline(step, color=BAR if is_bar else BEAT, linewidth=0.9 if is_bar else 0.6, zorder=1)
    bars = np.arange(0, grid.bars, every)
    axes.set_xticks(bars * grid.steps_per_bar, ["bar 1", *(str(bar + 1) for bar in bars[1:])], ha="left")


def _draw_notes(axes: Axes, phrase: Phrase, colors: Float[np.ndarray, "..."], gap_step: float) -> None:
    """Draw a rectangle for each note."""
    left, right = phrase.onset_step, phrase.end_step - np.minimum(gap_step, 0.4)
    low, high = phrase.pitch - 0.46, phrase.pitch + 0.46
    corners = [[left, low], [left, high], [right, high], [right, low]]
    outlines = np.array(corners).transpose(2, 0, 1)  # (note, corner, step and pitch)
    axes.add_collection(PolyCollection(list(outlines), facecolors=colors, edgecolors="none", zorder=3))
