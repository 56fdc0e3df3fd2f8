"""Files into windows of a model, with a report of everything that was dropped."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

from symvae.music.arrangement import AnyPhrase
from symvae.music.bars import bars_in_words, grid_bar_at
from symvae.music.grid import Grid
from symvae.music.io.source import Music, load_any, name_of
from symvae.music.reading import Reading
from symvae.music.song import Song
from symvae.music.trio_reading import trio_windows
from symvae.music.windows import ending, windows
from symvae.pipelines.file_notes import FileNotes, file_notes
from symvae.pipelines.no_window import NoWindowError, other_tracks, reasons
from symvae.pipelines.spans import bar_spans, spans_of, titles_of
from symvae.pipelines.timing_words import second_hits_in_words, timing_in_words
from symvae.pipelines.tracks import track_in_words, tracks_not_read, unread_tracks_in_words
from symvae.pipelines.words import counted
from symvae.tokens.tokenizer import Tokenizer


@runtime_checkable
class Windowed(Protocol):
    """A model as far as reading needs it; its weights need not be in memory."""

    @property
    def grid(self) -> Grid:
        """Grid of a window."""

    @property
    def tokenizer(self) -> Tokenizer:
        """Its voices and pitch range."""


#: Fields of a reading with a row for each window.
_ROWS = ("phrases", "start_bar", "end_bar", "start_tick")


@dataclass(frozen=True)
class Intake:
    """Windows of one file, as a model reads it."""

    file: str
    """Name of the file, as reports have it."""
    song: Song
    reading: Reading

    @property
    def phrases(self) -> tuple[AnyPhrase, ...]:
        """The windows."""
        return self.reading.phrases

    @property
    def spans(self) -> list[str]:
        """First and last bar of each window in the file, from 1: "3-4"."""
        return spans_of(self.reading)

    @property
    def program(self) -> int:
        """General MIDI program of the track that is read; of several tracks, that of most notes."""
        track = self.reading.track
        parts = self.song.tracks if track is None else [self.song.tracks[track.index]]
        notes: Counter[int] = Counter()
        for part in parts:
            if part.is_drum == self.reading.drums:
                notes[part.program] += len(part)
        return notes.most_common(1)[0][0] if notes else 0

    @property
    def titles(self) -> list[str]:
        """Bars of each window in words: "bars 3-4", or "bar 3"."""
        return titles_of(self.reading)

    @property
    def silent_bars(self) -> list[int]:
        """Bars of silence appended to each window after the end of the music."""
        return [
            _bars_added(self.song, phrase, start, end)
            for phrase, (start, end) in zip(self.phrases, bar_spans(self.reading), strict=True)
        ]

    @cached_property
    def file_notes(self) -> list[FileNotes]:
        """Notes of the file in each window, before they were moved to the grid."""
        return file_notes(self.song, self.reading)

    @property
    def exact(self) -> list[bool]:
        """For each window, True if no note was moved or dropped in reading it."""
        return [notes.are(phrase) for notes, phrase in zip(self.file_notes, self.phrases, strict=True)]

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        reading, track = self.reading, self.reading.track
        return {
            "file": self.file,
            "track": None if track is None else {"index": track.index, "name": track.name, "why": track.why},
            "parts": {
                name: {"index": part.index, "name": part.name, "why": part.why}
                for name, part in reading.parts.items()
            },
            "repairs": [{"kind": each.kind.value, "count": each.count} for each in self.song.repairs],
            "tracks_not_read": tracks_not_read(self.song, track),
            "bars": self.spans,
            "silent_bars_added": self.silent_bars,
            **reading.timing.data(),
            "notes_cut": reading.num_cut,
            "second_hits": reading.num_second_hits,
            "dropped": [
                {"what": d.what, "reason": d.reason.value, "count": d.count, "detail": d.detail}
                for d in reading.dropped
            ],
        }

    def lines(self) -> list[str]:
        """The report as lines of text."""
        reading, track = self.reading, self.reading.track
        chosen = "" if track is None else f", {track_in_words(track)}"
        spans = bars_in_words(bar_spans(reading))
        lines = [f"{self.file}: {spans} in {counted(len(self.phrases), 'window')}{chosen}"]
        lines += [f"  repaired: {each}" for each in self.song.repairs]
        for title, bars in zip(self.titles, self.silent_bars, strict=True):
            if bars:
                lines.append(f"  {counted(bars, 'bar')} of silence added after {title}, to fill the window")
        lines += unread_tracks_in_words(self.song, track)
        if reading.drums and track is not None and not self.song.tracks[track.index].is_drum:
            lines.append(f"  track {track.index} is no drum track: its pitches are read as drums")
        lines += [f"  {line}" for line in timing_in_words(reading.timing)]
        if reading.num_cut:
            lines.append(f"  {counted(reading.num_cut, 'note')} shortened, where the next one starts")
        lines += [f"  {name}: {track_in_words(track)}" for name, track in reading.parts.items()]
        lines += second_hits_in_words(reading)
        return lines + [f"  left out: {dropped}" for dropped in reading.dropped]


def read_windows(
    file: Music, model: Windowed, track: str | int | None = None, *, song: Song | None = None
) -> Intake:
    """Read every window of a file that fits the model's grid.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        model: Model whose grid and pitch range the windows have.
        track: Name or number of the track to read; by default the melody, or all pitched tracks of a
            polyphonic model.
        song: The file's song, where it has been read.

    Returns:
        The windows, end to end.

    Raises:
        NoWindowError: The file has no such window; the message has the reasons.
    """
    song, file = song or load_any(file), name_of(file)
    reading = _read(song, model, track)
    if not reading.phrases:
        grid = model.grid
        raise NoWindowError(
            f"{file} has no window of {counted(grid.bars, 'bar')} of {grid.metre} ({reasons(reading)}).",
            other_tracks(song, reading, lambda other: _read(song, model, other)),
        )
    return Intake(file, song, reading)


def read_window(
    file: Music,
    model: Windowed,
    track: str | int | None = None,
    bar: int | None = None,
    *,
    song: Song | None = None,
) -> Intake:
    """Read one window of a file.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        model: Model whose grid and pitch range the window has.
        track: Name or number of the track to read.
        bar: First bar of the window, from 1: any bar of the grid. By default the first window.
        song: The file's song, where it has been read.

    Returns:
        One window; the drops reported are those of the whole file.

    Raises:
        NoWindowError: No window starts at that bar.
    """
    intake = read_windows(file, model, track, song=song)
    if bar is None:
        return replace(intake, reading=_one_row(intake.reading, 0))
    every = _read(intake.song, model, track, stride_bars=1)
    starts = [start + 1 for start in every.start_bar]
    if bar not in starts:
        file, grid = intake.file, model.grid
        choices = ", ".join(map(str, starts[:12])) + (", …" if len(starts) > 12 else "")
        raise NoWindowError(
            f"{file} has no window that starts at bar {bar} ({counted(grid.bars, 'bar')} of {grid.metre}).",
            f"Choose --bar among {choices}.",
        )
    chosen = _one_row(every, starts.index(bar))
    columns = {name: getattr(chosen, name) for name in _ROWS}
    return replace(intake, reading=replace(intake.reading, **columns))


def read_ending(
    file: Music,
    model: Windowed,
    track: str | int | None = None,
    bar: int | None = None,
    *,
    song: Song | None = None,
) -> Intake:
    """Read the bars that a model continues: at most half as many as its own.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        model: Model whose metre and pitch range the bars have.
        track: Name or number of the track to read.
        bar: Last bar to read, from 1; by default the last one with music.
        song: The file's song, where it has been read.

    Returns:
        One phrase; shorter where the tune or its stretch in one metre is.

    Raises:
        NoWindowError: There is no music in the model's metre up to that bar.
    """
    song, file = song or load_any(file), name_of(file)
    most = model.grid.with_bars(max(1, model.grid.bars // 2))

    def read(track: str | int | None, bar: int | None) -> Reading:
        return ending(song, most, track, bar, model.tokenizer.pitch_range, model.tokenizer.drums)

    reading = read(track, bar)
    if not reading.phrases:
        where = "no music" if bar is None else f"no music up to bar {bar}"
        remedy = other_tracks(song, reading, lambda other: read(other, bar))
        if bar is not None and (last := read(track, None)).phrases:
            remedy = f"Leave out --bar to go on from bar {last.end_bar[0]}, or choose another."
        raise NoWindowError(
            f"{file} has {where} in {model.grid.metre} to continue ({reasons(reading)}).", remedy
        )
    return Intake(file, song, reading)


def _bars_added(song: Song, phrase: AnyPhrase, start_bar: int, end_bar: int) -> int:
    """Bars of silence at the end of a window beyond the file's bars, in bars of the file."""
    bar = grid_bar_at(song, start_bar)
    missing = bar.in_file(phrase.grid.bars) - (end_bar - start_bar)
    silent_step = phrase.grid.num_steps - int(phrase.end_step.max(initial=0))
    silent_bars = silent_step // phrase.grid.steps_per_bar
    return max(0, min(missing, silent_bars * bar.file_bars // bar.grid_bars))


def _read(song: Song, model: Windowed, track: str | int | None, stride_bars: int | None = None) -> Reading:
    tokenizer = model.tokenizer
    if tokenizer.part_names:
        return trio_windows(song, model.grid, stride_bars=stride_bars).reading
    return windows(
        song,
        model.grid,
        track,
        stride_bars,
        polyphonic=tokenizer.polyphonic,
        pitch_range=tokenizer.pitch_range,
        drums=tokenizer.drums,
    )


def _one_row(reading: Reading, row: int) -> Reading:
    one: dict[str, Any] = {name: getattr(reading, name)[row : row + 1] for name in _ROWS}
    return replace(reading, **one)
