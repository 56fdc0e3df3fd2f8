"""Harm: what an edit of a whole song does to the rest of the music, beside what it achieves.

    kept          share of the notes whose pitch still starts at their step: all, melody and bass, as they are
                  and after the transposition of the whole song that keeps most
    chroma        similarity of the pitch classes of each bar (`metrics.similarity`)
    restrikes     share of notes whose pitch has just sounded
    clashes       share of notes that start a semitone or a minor ninth from a sounding note
    out_of_key    share of notes outside the scale of the source at their place
    over_bar_lines, over_window_lines
                  notes that sound on over bar lines, and over those where two windows of the model meet
    tempo         changes of tempo that the edit adds, and the largest
    repeats       similarity of bars that are alike in the source

Each definition is in a file of `symvae.evaluation.metrics`. All are measured on the grid of sixteenths, on
the tracks that were read; the other tracks count where notes sound together.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from symvae.evaluation.metrics.clashes import clashing
from symvae.evaluation.metrics.foreign_notes import foreign, scales_of
from symvae.evaluation.metrics.held_notes import HeldNotes, held_notes
from symvae.evaluation.metrics.kept_notes import KeptNotes, common_transposition, kept_notes
from symvae.evaluation.metrics.repeated_bars import RepeatedBars, repeated_bars
from symvae.evaluation.metrics.restrikes import restruck
from symvae.evaluation.metrics.similarity import mean_cosine
from symvae.evaluation.metrics.song_notes import SongNotes, bass_of, in_parts, melody_of, song_notes
from symvae.evaluation.metrics.tempo_steps import TempoSteps, tempo_steps
from symvae.evaluation.reports.markdown import section, share, table
from symvae.music.song import Song

#: A named tuple of figures, or of named tuples of figures.
Figures = TypeVar("Figures", bound=tuple[Any, ...])
HEAD = (
    "edit",
    "kept",
    "melody",
    "bass",
    "melody, transposed",
    "chroma",
    "re-strikes",
    "clashes",
    "out of key",
    "held over bar lines",
    "over window lines",
    "tempo changes",
    "largest",
    "repeated bars",
    "their rhythm",
)


class Change(NamedTuple):
    """A figure of the song before and after an edit."""

    before: float
    after: float


class Harm(NamedTuple):
    """Figures of one edited song; the module docstring defines them."""

    notes: Change
    kept: KeptNotes
    kept_transposed: KeptNotes
    transposition: int
    """Semitones of ``kept_transposed``."""
    chroma: float
    restrikes: Change
    clashes: Change
    out_of_key: Change
    over_bar_lines: HeldNotes
    over_window_lines: HeldNotes
    tempo: TempoSteps
    repeats: RepeatedBars


def harm(before: Song, after: Song, tracks: Collection[int], window_bars: Iterable[int]) -> Harm:
    """Measure what an edit harms.

    Args:
        before: The song.
        after: The edited song, with the same tracks and bar lines.
        tracks: Numbers of the tracks that were read, from 0.
        window_bars: Bars, from 0, at whose start two windows of the model meet.

    Returns:
        The figures.
    """
    old, new = song_notes(before), song_notes(after)
    new = replace(new, line_step=old.line_step)
    mine, yours = in_parts(old, tracks), in_parts(new, tracks)
    melody = melody_of(before, old)
    bass = bass_of(old) & ~melody
    scales = scales_of(old)
    lines = np.setdiff1d(old.line_step, [0])
    seams = old.line_step[sorted({bar for bar in window_bars if bar < len(old.line_step)})]
    source, result = old.select(mine), new.select(yours)
    shift = common_transposition(source, result)
    return Harm(
        notes=Change(len(source), len(result)),
        kept=kept_notes(source, result, melody[mine], bass[mine]),
        kept_transposed=kept_notes(source, result, melody[mine], bass[mine], shift),
        transposition=shift,
        chroma=_chroma(source, result),
        restrikes=Change(_mean(restruck(source)), _mean(restruck(result))),
        clashes=Change(_mean(clashing(old)[mine]), _mean(clashing(new)[yours])),
        out_of_key=Change(_mean(foreign(source, scales)), _mean(foreign(result, scales))),
        over_bar_lines=held_notes(source, result, lines, shift),
        over_window_lines=held_notes(source, result, seams, shift),
        tempo=tempo_steps(before, after),
        repeats=repeated_bars(source, result),
    )


def _chroma(before: SongNotes, after: SongNotes) -> float:
    """Mean over bars with notes of the cosine of the counts of pitch classes."""
    bars = len(before.line_step)
    counts = [
        np.bincount(notes.bar.clip(0) * 12 + notes.pitch % 12, minlength=bars * 12).reshape(-1, 12)[:bars]
        for notes in (before, after)
    ]
    sounding = counts[0].any(axis=1) | counts[1].any(axis=1)
    return mean_cosine(*(count[sounding].astype(np.float64) for count in counts)) if sounding.any() else 1.0


def _mean(mask: np.ndarray) -> float:
    """Share of True, 0 for none."""
    return float(mask.mean()) if len(mask) else 0.0


def mean_of(rows: Sequence[Figures]) -> Figures:
    """Mean of each figure over songs.

    Args:
        rows: Figures of each song.

    Returns:
        The same figures, whole numbers as fractions.
    """
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True))
    means = [mean_of(each) if isinstance(each[0], tuple) else float(np.mean(each)) for each in columns]
    return cast(Figures, rows[0]._make(means))  # type: ignore[attr-defined]


def tables(part: dict[str, Any]) -> str:
    """Table of the part "harm" of metrics.json."""
    return section(
        "Harm",
        f"{part['songs']} held-out songs, whole, each with one fader moved: means over songs.",
        harm_table(part["edits"]),
    )


def harm_table(edits: dict[str, Any]) -> str:
    """Figures of each edit, a row each, below those of the songs themselves."""
    if not edits:
        return ""
    rows = [_row(name, edit) for name, edit in edits.items()]
    return table(HEAD, [_source_row(next(iter(edits.values()))), *rows])


def _row(name: str, edit: dict[str, Any]) -> list[str]:
    kept, moved = edit["kept"], edit["kept_transposed"]
    windows, bars = edit["over_window_lines"], edit["over_bar_lines"]
    return [
        name,
        *(share(kept[which], digits=2) for which in ("all", "melody", "bass")),
        share(moved["melody"], digits=2),
        share(edit["chroma"], digits=2),
        *(share(edit[figure]["after"]) for figure in ("restrikes", "clashes", "out_of_key")),
        *(share(_ratio(lines["kept"], lines["before"]), digits=2) for lines in (bars, windows)),
        f"{edit['tempo']['changes']:.3g}",
        f"{edit['tempo']['largest_step']:.1%}",
        *(share(edit["repeats"][figure], digits=2) for figure in ("after", "rhythm_after")),
    ]


def _source_row(edit: dict[str, Any]) -> list[str]:
    repeats = edit["repeats"]
    return [
        "source",
        *[""] * 5,
        *(share(edit[figure]["before"]) for figure in ("restrikes", "clashes", "out_of_key")),
        *[""] * 4,
        *(share(repeats[figure], digits=2) for figure in ("before", "rhythm_before")),
    ]


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
