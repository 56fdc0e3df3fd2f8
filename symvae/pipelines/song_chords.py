"""Chords of a song, by which new notes are chosen: of its file, as the user gives them, or estimated.

a text        "C Am F G", one a bar, or "C | Am F", from the first bar on and again and again to the end
"file"        the chord symbols of the file
"estimated"   chords of half bars, from the notes of all pitched tracks
None          those of the file; estimated where it has none
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from symvae.errors import ConfigError
from symvae.music.arrangement import pitched_of
from symvae.music.bars import bar_lines
from symvae.music.chord_symbols import ChordChange, chart_changes, chords_in_words, parse_chart
from symvae.music.chords import Chords, chords_at, chords_of
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.phrase import join
from symvae.music.song import Song
from symvae.music.windows import windows
from symvae.pipelines.intake import Intake
from symvae.pipelines.words import counted

FILE, ESTIMATED, GIVEN = "file", "estimated", "given"


@dataclass(frozen=True)
class SongChords:
    """Chords of a song, and where they come from."""

    source: str
    """`FILE`, `ESTIMATED` or `GIVEN`."""
    changes: Sequence[ChordChange] = ()
    """Chords by tick; empty for estimated ones, which windows have."""
    place: str = ""
    """Place of the chord symbols in the file."""
    asked_for: bool = False
    """The user named them, so they bind new notes even where nothing is kept."""

    def of_windows(self, intake: Intake) -> list[Chords]:
        """Chords of each window of a song.

        Args:
            intake: The song and its windows.

        Returns:
            The chord of every span of each.
        """
        reading, grid = intake.reading, intake.phrases[0].grid
        if self.source == ESTIMATED:
            return _estimated(intake)
        step_tick = intake.song.ticks_per_quarter / STEPS_PER_QUARTER
        return [chords_at(self.changes, grid, start, step_tick) for start in reading.start_tick]

    def data(self) -> dict[str, Any]:
        """The source as plain data."""
        first = [str(change.symbol) for change in self.changes[:8]]
        return {"source": self.source, "changes": len(self.changes), "first": first, "place": self.place}

    def line(self) -> str:
        """The source as a line of text."""
        if self.source == ESTIMATED:
            return "  chords: estimated from the notes"
        place = f"from {self.place}" if self.place else "as given, from the first bar on"
        return f"  chords: {counted(len(self.changes), 'change')} {place}: {chords_in_words(self.changes)}"


def song_chords(song: Song, file: str, asked: str | None = None) -> SongChords:
    """Choose the chords of a song.

    Args:
        song: The song.
        file: Its file, for messages.
        asked: Words of the user; None for the default.

    Returns:
        The chords.

    Raises:
        ConfigError: The words are no chords, or the file has none and its own are asked for.
    """
    if asked == FILE and not song.chords:
        raise ConfigError(f'{file} has no chord symbols. Give chords, as "C Am F G", or {ESTIMATED}.')
    if asked == ESTIMATED or (asked is None and not song.chords):
        return SongChords(ESTIMATED, asked_for=asked is not None)
    if asked in (FILE, None):
        return SongChords(FILE, song.chords, song.chords_from, asked is not None)
    return SongChords(GIVEN, chart_changes(parse_chart(asked or ""), bar_lines(song)), asked_for=True)


def _estimated(intake: Intake) -> list[Chords]:
    """Chords of each window, estimated over the whole song from all its pitched tracks."""
    grid = intake.phrases[0].grid
    reading = windows(intake.song, grid, polyphonic=True)
    phrase_at = dict(zip(reading.start_bar, reading.phrases, strict=True))
    starts = intake.reading.start_bar
    every = [phrase_at.get(start, pitched_of(old)) for start, old in zip(starts, intake.phrases, strict=True)]
    found = chords_of(join(every))
    spans = len(found.root) // len(every)
    return [
        Chords(found.root[first : first + spans], found.quality[first : first + spans], found.span_step)
        for first in range(0, spans * len(every), spans)
    ]
