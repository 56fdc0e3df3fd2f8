"""Panel of a piano roll: lanes of pitches, bars and beats, and the notes of one phrase."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from symvae.music.phrase import Phrase

INK, BAR, BEAT, BLACK_KEY, OCTAVE = "#333333", "#8f8f8f", "#e3e3e3", "#f4f4f5", "#cfcfd4"
BLACK_KEYS = (1, 3, 6, 8, 10)
NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")

MIN_SEMITONES = 14  # so that a tune on three notes is not enlarged
NUMBER_INCH = 0.36  # space for the number of a bar
LINE_INCH = 0.03  # least distance of two lines
GAP_INCH = 0.014  # space at the end of a note, so that repeated notes do not merge


def pitch_name(pitch: int) -> str:
    """Name a MIDI pitch.

    Args:
        pitch: MIDI note number.

    Returns:
        Its name: 60 is C4.
    """
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"


def pitch_span(phrases: Sequence[Phrase]) -> tuple[int, int]:
    """Find the lowest and highest lane: those of all notes, and a margin.

    Args:
        phrases: Phrases of all panels.

    Returns:
        MIDI note numbers.
    """
    pitch = np.concatenate([phrase.pitch for phrase in phrases])
    lowest, highest = (int(pitch.min()), int(pitch.max())) if len(pitch) else (60, 72)
    margin = max(2, MIN_SEMITONES - (highest - lowest))
    return max(0, lowest - margin // 2), min(127, highest + margin - margin // 2)


def panel_width(steps: int, columns: int) -> float:
    """Choose the width of a panel: one fills a page, several share it, long phrases get more.

    Args:
        steps: Steps of the longest phrase.
        columns: Panels of a row.

    Returns:
        Inches.
    """
    alone = float(np.clip(0.11 * steps, 5.5, 11.0))
    return alone if columns == 1 else max(1.7, min(alone, 11.0 / columns))


def draw_keys(axes: Axes, lowest: int, highest: int) -> None:
    """Draw lanes and names of pitches, without a frame.

    Args:
        axes: The panel.
        lowest, highest: MIDI note numbers of the outer lanes.
    """
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


def draw_metre(axes: Axes, phrase: Phrase, step_inch: float) -> None:
    """Draw beats, bars and bar numbers; only every second, fourth … number where they would overlap.

    Lines that would touch are left out, so that music of hours has no more of them than a page shows.

    Args:
        axes: The panel.
        phrase: Phrase whose grid is drawn.
        step_inch: Width of a step.
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


def draw_notes(axes: Axes, phrase: Phrase, colors: Float[np.ndarray, "..."], gap_step: float) -> None:
    """Draw a rectangle for each note.

    Args:
        axes: The panel.
        phrase: The notes.
        colors: One RGB color for all notes, or one for each.
        gap_step: Space at the end of a note.
    """
    left, right = phrase.onset_step, phrase.end_step - np.minimum(gap_step, 0.4)
    low, high = phrase.pitch - 0.46, phrase.pitch + 0.46
    corners = [[left, low], [left, high], [right, high], [right, low]]
    outlines = np.array(corners).transpose(2, 0, 1)  # (note, corner, step and pitch)
    axes.add_collection(PolyCollection(list(outlines), facecolors=colors, edgecolors="none", zorder=3))
