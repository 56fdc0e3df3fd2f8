"""Arrangements from a song: its melody, bass and drums, whole or in windows.

The three tracks are chosen by `symvae.music.trio_tracks` and read one by one by
`symvae.music.section_phrases`: the highest line of the melody, the lowest of the bass, all drum tracks as one
kit. Everything that is dropped on the way is in the reading, under the name of its part.
"""

from collections.abc import Iterator
from typing import NamedTuple

from symvae.music.arrangement import BASS, DRUMS, PARTS, Arrangement
from symvae.music.bars import Section
from symvae.music.drum_kit import DRUM_PITCHES
from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.phrase import Phrase
from symvae.music.pitch import BASS_PITCHES, PIANO_PITCHES
from symvae.music.reading import Collector, Reading
from symvae.music.reason import Reason
from symvae.music.section_phrases import Choice, section_phrases
from symvae.music.song import Song
from symvae.music.trio_tracks import TrioTracks, trio_tracks


class TrioReading(NamedTuple):
    """Arrangements of a song and the tracks that they were read from."""

    tracks: TrioTracks
    reading: Reading
    """Its phrases are arrangements."""

    @property
    def arrangements(self) -> tuple[Arrangement, ...]:
        """The arrangements."""
        return tuple(each for each in self.reading.phrases if isinstance(each, Arrangement))


def whole_trio(song: Song, tracks: TrioTracks | None = None) -> TrioReading:
    """Read a song as one arrangement for each stretch of one metre, over all its bars.

    Args:
        song: The song.
        tracks: Tracks of the parts; by default those that `trio_tracks` finds.

    Returns:
        Arrangements of the parts that were found, and everything that was dropped.
    """
    tracks, collector = tracks or trio_tracks(song), Collector()
    collector.parts = tracks.choice
    for section, arrangement in _sections(song, tracks, collector):
        first, end = section.bar_span
        end += arrangement.grid.bars > section.num_bars
        collector.take(arrangement, (first, end), float(section.start_tick))
    return TrioReading(tracks, collector.reading())


def trio_windows(
    song: Song, grid: Grid, tracks: TrioTracks | None = None, *, stride_bars: int | None = None
) -> TrioReading:
    """Cut a song into arrangements of exactly ``grid``.

    The last window of a stretch is filled up with silence. A window in which no part plays is dropped.

    Args:
        song: The song.
        grid: Grid of a window.
        tracks: Tracks of the parts; by default those that `trio_tracks` finds.
        stride_bars: Bars from one window to the next; by default the length of a window.

    Returns:
        Arrangements of the parts that were found, and everything that was dropped.
    """
    tracks, collector = tracks or trio_tracks(song), Collector()
    collector.parts = tracks.choice
    step_tick = song.ticks_per_quarter / STEPS_PER_QUARTER
    for section, whole in _sections(song, tracks, collector):
        bar = section.grid_bar
        if whole.grid.metre != grid.metre or grid.bars % bar.grid_bars:
            detail = f"in {section.metre}, the window has {grid.bars} bars of {grid.metre}"
            collector.drop_bars("section", Reason.METRE_NOT_SUPPORTED, section.bar_span, detail)
            continue
        stride = -(-(stride_bars or grid.bars) // bar.grid_bars) * bar.grid_bars
        for start in range(0, whole.grid.bars, stride):
            num_bars = min(grid.bars, whole.grid.bars - start)
            first = section.first_bar + start * bar.file_bars // bar.grid_bars
            span = first, first + bar.in_file(num_bars)
            window = whole.pad(start + grid.bars).window(start, grid.bars)
            if not len(window):
                collector.drop_bars("window", Reason.LONG_REST, span, "no note starts in it")
                continue
            for phrase in whole.parts.values():
                collector.drop_at_edges(phrase, start, grid)
            tick = section.start_tick + start * grid.steps_per_bar * step_tick
            collector.take(window.with_tempo(song.tempo_qpm_at(tick)), span, tick)
    return TrioReading(tracks, collector.reading())


def trio_tune(song: Song, metre: str, start_bar: int | None = None) -> TrioReading:
    """Read one stretch of a song in a metre as one arrangement, up to its last bar with music.

    Args:
        song: The song.
        metre: Metre of the grid.
        start_bar: First bar of the arrangement in the file, from 1; by default the first bar with music in
            that metre.

    Returns:
        One arrangement, or none where no note starts, and everything that was dropped.
    """
    tracks, collector = trio_tracks(song), Collector()
    collector.parts = tracks.choice
    step_tick, found = song.ticks_per_quarter / STEPS_PER_QUARTER, False
    for section, whole in _sections(song, tracks, collector):
        bar, per_bar = section.grid_bar, whole.grid.steps_per_bar
        in_grid = None if start_bar is None else bar.in_grid(start_bar - 1 - section.first_bar)
        first = int(whole.onset_step[0]) // per_bar if in_grid is None else in_grid
        if found or whole.grid.metre != metre or not 0 <= first < whole.grid.bars:
            detail = "it is outside the tune that is read"
            collector.drop_bars("section", Reason.METRE_CHANGES, section.bar_span, detail)
            continue
        last = -(-int(whole.end_step.max()) // per_bar)
        window = whole.window(first, max(1, last - first))
        if not len(window):
            collector.drop_bars("section", Reason.LONG_REST, section.bar_span, "no note starts in it")
            continue
        found = True
        start = section.first_bar + first * bar.file_bars // bar.grid_bars
        tick = section.start_tick + first * per_bar * step_tick
        span = start, start + bar.in_file(window.grid.bars)
        collector.take(window.with_tempo(song.tempo_qpm_at(tick)), span, tick)
    return TrioReading(tracks, collector.reading())


def _sections(song: Song, tracks: TrioTracks, collector: Collector) -> Iterator[tuple[Section, Arrangement]]:
    """Each section in which a part plays, with all its parts on one grid."""
    sections: dict[int, Section] = {}
    phrases: dict[int, dict[str, Phrase]] = {}
    if not tracks.choice and any(map(len, song.tracks)):
        for reason in tracks.missing:
            collector.drop("song", reason)
    for name in PARTS:
        if name not in tracks.choice:
            continue
        account = Collector()
        for read in section_phrases(song, _choice(song, tracks, name), account):
            sections[read.section.start_tick] = read.section
            phrases.setdefault(read.section.start_tick, {})[name] = read.phrase
        collector.add(account, name)
    programs = {name: song.tracks[track.index].program for name, track in tracks.choice.items()}
    for tick in sorted(sections):
        parts = phrases[tick]
        bars = max(phrase.grid.bars for phrase in parts.values())
        grid = next(iter(parts.values())).grid.with_bars(bars)
        padded = {name: phrase.pad(bars) for name, phrase in parts.items()}
        arrangement = Arrangement(grid, padded, song.tempo_qpm_at(tick), programs)
        if len(arrangement):
            yield sections[tick], arrangement


def _choice(song: Song, tracks: TrioTracks, name: str) -> Choice:
    track = tracks.choice[name].index
    if name == DRUMS:
        return Choice(pitch_range=DRUM_PITCHES, drums=True)
    pitches = BASS_PITCHES if name == BASS else PIANO_PITCHES
    return Choice(track, pitch_range=pitches, lowest=name == BASS)
