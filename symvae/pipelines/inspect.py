"""What symvae makes of a file: every track, every window a model could take, every note left out.

Users of melody models have long asked why their files vanish: a metre change, a rest or a chord, and
a converter gives back nothing and says nothing. `inspect` is the answer. For one file it reports the
metre map, the tempo map and each track: what is in it, how far from the grid it was played, whether it
is taken for the melody and why; for each model how many windows it could take and which bars they
are; and for each thing that falls away a reason code, a count and a sentence.

A file that cannot be read has a report as well, with its fault. Bars are counted from 1 here, as
musicians count. The models are known by name and grid alone.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from symvae.errors import MidiError
from symvae.music.bars import bars_in_words, sections
from symvae.music.grid import Grid
from symvae.music.io.files import load_any
from symvae.music.melody_line import alone_share, choose_track
from symvae.music.pitch import PIANO_PITCHES
from symvae.music.reason import Dropped, Reason
from symvae.music.song import Song
from symvae.music.windows import whole, windows


@dataclass(frozen=True)
class MetreReport:
    """A stretch of one metre: its bars from 1, and the grid that holds it (None: no grid does)."""

    metre: str
    first_bar: int
    num_bars: int
    grid_metre: str | None


@dataclass(frozen=True)
class TempoReport:
    """A tempo and the second at which it begins."""

    start_sec: float
    tempo_qpm: float


@dataclass(frozen=True)
class ModelFit:
    """What one model could take of one track: (first, last) bar of each window, and what falls away."""

    model: str
    metre: str
    window_bars: int
    num_windows: int
    bars: tuple[tuple[int, int], ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True)
class TrackReport:
    """One track; pitches are None and shares 0 where there are no notes."""

    index: int
    name: str
    program: int
    is_drum: bool
    num_notes: int
    lowest_pitch: int | None
    highest_pitch: int | None
    monophonic_share: float
    off_grid_share: float
    mean_shift_step: float
    mean_shift_ms: float
    is_melody: bool
    why: str
    num_melody_notes: int
    num_melody_notes_cut: int
    dropped: tuple[Dropped, ...]
    models: tuple[ModelFit, ...]


@dataclass(frozen=True)
class Report:
    """Everything about one file. ``fault`` is set, and the rest empty, if it cannot be read."""

    file: str
    fault: str | None
    ticks_per_quarter: int
    duration_sec: float
    num_bars: int
    num_notes: int
    metres: tuple[MetreReport, ...]
    tempos: tuple[TempoReport, ...]
    tracks: tuple[TrackReport, ...]
    dropped: tuple[Dropped, ...]

    def to_dict(self) -> dict[str, Any]:
        """The report as plain lists, dicts, numbers and strings, for JSON."""
        return _plain(asdict(self))

    def to_text(self) -> str:
        """The report as a person reads it."""
        return "\n".join(_lines(self))


def inspect(
    path: str | os.PathLike[str],
    grids: Mapping[str, Grid],
    pitch_range: tuple[int, int] | None = PIANO_PITCHES,
    track: str | int | None = None,
) -> Report:
    """Report on a MIDI, MusicXML or ABC file, for models given as name → grid of their window.

    Raises `MidiError` only if ``track`` names no track of the file.
    """
    try:
        song = load_any(path)
    except MidiError as error:
        dropped = (Dropped(Path(path).name, Reason.UNREADABLE, str(error)),)
        return Report(str(path), str(error), 0, 0.0, 0, 0, (), (), (), dropped)
    return inspect_song(song, grids, pitch_range, track, file=str(path))


def inspect_song(
    song: Song,
    grids: Mapping[str, Grid],
    pitch_range: tuple[int, int] | None = PIANO_PITCHES,
    track: str | int | None = None,
    file: str = "",
) -> Report:
    """The same for a song that is loaded already."""
    stretches = sections(song)
    choice = choose_track(song, track)
    reports = tuple(
        _track_report(song, i, grids, pitch_range, choice.why if choice and choice.index == i else None)
        for i in range(len(song.tracks))
    )
    dropped = []
    if not song.num_notes:
        dropped.append(Dropped("song", Reason.EMPTY))
    elif choice is None:
        dropped.append(Dropped("song", Reason.DRUMS, "all its notes are in drum tracks", song.num_notes))
    return Report(
        file=file or song.name,
        fault=None,
        ticks_per_quarter=song.ticks_per_quarter,
        duration_sec=_second_of(song, song.end_tick),
        num_bars=sum(s.num_file_bars for s in stretches),
        num_notes=song.num_notes,
        metres=tuple(MetreReport(s.metre, s.first_bar + 1, s.num_file_bars, s.grid_metre) for s in stretches),
        tempos=tuple(TempoReport(_second_of(song, t.tick), round(t.qpm, 2)) for t in song.tempos),
        tracks=reports,
        dropped=tuple(dropped),
    )


def _track_report(
    song: Song,
    index: int,
    grids: Mapping[str, Grid],
    pitch_range: tuple[int, int] | None,
    why_melody: str | None,
) -> TrackReport:
    part = song.tracks[index]
    readable = bool(len(part)) and not part.is_drum
    line = whole(song, index, pitch_range=pitch_range)
    return TrackReport(
        index=index,
        name=part.name,
        program=part.program,
        is_drum=part.is_drum,
        num_notes=len(part),
        lowest_pitch=int(part.pitch.min()) if len(part) else None,
        highest_pitch=int(part.pitch.max()) if len(part) else None,
        monophonic_share=alone_share(part, song.ticks_per_quarter) if len(part) else 0.0,
        off_grid_share=line.off_grid_share,
        mean_shift_step=line.mean_shift_step,
        mean_shift_ms=line.mean_shift_ms,
        is_melody=why_melody is not None,
        why=why_melody or "",
        num_melody_notes=sum(len(phrase) for phrase in line.phrases),
        num_melody_notes_cut=line.num_cut,
        dropped=line.dropped,
        models=tuple(_fit(song, index, name, grid, pitch_range) for name, grid in grids.items())
        if readable
        else (),
    )


def _fit(song: Song, index: int, model: str, grid: Grid, pitch_range: tuple[int, int] | None) -> ModelFit:
    reading = windows(song, grid, index, pitch_range=pitch_range)
    spans = zip(reading.start_bar, reading.end_bar, strict=True)
    return ModelFit(
        model=model,
        metre=grid.metre,
        window_bars=grid.bars,
        num_windows=len(reading.phrases),
        bars=tuple((start + 1, end) for start, end in spans),
        dropped=reading.dropped,
    )


def _second_of(song: Song, tick: int) -> float:
    """How many seconds of music lie before a tick."""
    starts = np.array([t.tick for t in song.tempos if t.tick < tick] + [tick], np.float64)
    tempos_qpm = np.array([t.qpm for t in song.tempos if t.tick < tick])
    return round(float((np.diff(starts) / song.ticks_per_quarter * 60.0 / tempos_qpm).sum()), 3)


def _plain(value: Any) -> Any:
    """Tuples to lists, reasons to their code and sentence, all the way down."""
    if isinstance(value, dict):
        plain = {key: _plain(entry) for key, entry in value.items()}
        return plain | {"sentence": value["reason"].sentence} if "reason" in value else plain
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value.value if isinstance(value, Reason) else value


def _lines(report: Report) -> list[str]:
    if report.fault:
        return [f"{report.file}: not read", f"  {report.fault}"]
    minutes, seconds = divmod(round(report.duration_sec), 60)
    lines = [
        f"{report.file}: {report.num_bars} bars, {report.num_notes} notes, {minutes}:{seconds:02d} min",
        "  metre  " + _few([_metre_words(m) for m in report.metres]),
        "  tempo  " + _few([f"{t.tempo_qpm:g} qpm from {t.start_sec:g} s" for t in report.tempos]),
        *(f"  left out: {d}" for d in report.dropped),
    ]
    for part in report.tracks:
        lines += _track_lines(part)
    return lines


def _metre_words(metre: MetreReport) -> str:
    last = metre.first_bar + metre.num_bars - 1
    return f"{metre.metre} bars {metre.first_bar}-{last}" + ("" if metre.grid_metre else " (no grid)")


def _track_lines(part: TrackReport) -> list[str]:
    kind = "drums" if part.is_drum else f"program {part.program}"
    lines = [f"  track {part.index} {part.name!r}: {kind}, {part.num_notes} notes"]
    if part.is_melody:
        lines[0] += f"  ← taken for the melody: {part.why}"
    if part.models:
        lines.append(
            f"    pitch {part.lowest_pitch} to {part.highest_pitch}, {part.monophonic_share:.0%} of the "
            f"notes sound alone, {part.off_grid_share:.0%} off the grid "
            f"(mean shift {part.mean_shift_step:.3f} steps, {part.mean_shift_ms:.1f} ms)"
        )
        lines.append(
            f"    melody line of {part.num_melody_notes} notes, {part.num_melody_notes_cut} of them cut short"
        )
    lines += [f"    left out: {d}" for d in part.dropped]
    for fit in part.models:
        lines.append(f"    {fit.model} ({fit.window_bars} bars of {fit.metre}): {_fit_words(fit)}")
        lines += [f"      left out: {d}" for d in fit.dropped if d not in part.dropped]
    return lines


def _fit_words(fit: ModelFit) -> str:
    windows_words = f"{fit.num_windows} window" + ("" if fit.num_windows == 1 else "s")
    return (
        f"{windows_words}, {bars_in_words((first - 1, last) for first, last in fit.bars)}"
        if fit.bars
        else windows_words
    )


def _few(words: list[str], limit: int = 12) -> str:
    """The first of many, and how many more there are: nobody reads a thousand tempo changes."""
    more = f", and {len(words) - limit} more" if len(words) > limit else ""
    return ", ".join(words[:limit]) + more
