"""Windows: from a song to phrases, whole or of the length that a model takes.

`whole` gives one phrase for each stretch of one metre, `windows` cuts it into phrases of one length, `ending`
gives the last bars, and `tune` one stretch without silence around it. All read one track by
`symvae.music.section_phrases`.

Nothing is dropped silently: a `symvae.music.reading.Reading` has the track, the timing of its notes,
and every note, window and section that was dropped, with its reason. This module knows no files, and of
models only grid and pitch range.
"""

import numpy as np
from jaxtyping import Int

from symvae.music.bars import Section
from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.phrase import Phrase
from symvae.music.reading import Collector, Reading
from symvae.music.reason import Reason
from symvae.music.section_phrases import Choice, SectionPhrase, section_phrases
from symvae.music.song import Song


def whole(
    song: Song,
    track: str | int | None = None,
    polyphonic: bool = False,
    pitch_range: tuple[int, int] | None = None,
    drums: bool = False,
) -> Reading:
    """Read a song as one phrase for each stretch of one metre, over all its bars.

    Stretches without notes are dropped, unless the whole song is silent and its end marker gives the length
    of the silence.

    Args:
        song: The song.
        track: Name or number of the track; by default the melody, or all pitched tracks if polyphonic.
        polyphonic: Keep all voices instead of the melody line.
        pitch_range: Lowest and highest MIDI note number; by default all.
        drums: Read the drum tracks; ``polyphonic`` has no effect then.

    Returns:
        The phrases and everything that was dropped.
    """
    collector = Collector()
    for read in section_phrases(song, Choice(track, polyphonic, pitch_range, drums), collector):
        collector.take(read.phrase, read.bar_span, float(read.section.start_tick))
    return collector.reading()


def windows(
    song: Song,
    grid: Grid,
    track: str | int | None = None,
    stride_bars: int | None = None,
    polyphonic: bool = False,
    pitch_range: tuple[int, int] | None = None,
    max_rest_bars: int | float | None = None,
    drums: bool = False,
) -> Reading:
    """Cut a song into phrases of exactly ``grid``.

    The last window of a section is filled up with silence if at least half of its bars exist. A window in
    which no note starts is dropped, unless the whole song is silent.

    Args:
        song: The song.
        grid: Grid of a window.
        track: Name or number of the track; by default the melody, or all pitched tracks if polyphonic.
        stride_bars: Bars from one window to the next; by default the length of a window.
        polyphonic: Keep all voices instead of the melody line.
        pitch_range: Lowest and highest MIDI note number; by default all.
        max_rest_bars: Drop windows that are silent for more bars in a row; by default none.
        drums: Read the drum tracks; ``polyphonic`` has no effect then.

    Returns:
        The phrases and everything that was dropped.
    """
    collector = Collector()
    for read in section_phrases(song, Choice(track, polyphonic, pitch_range, drums), collector):
        section, phrase = read
        if phrase.grid.metre != grid.metre:
            detail = f"in {section.metre}, the window is in {grid.metre}"
            collector.drop_bars("section", Reason.METRE_NOT_SUPPORTED, section.bar_span, detail)
            continue
        whole_bar = section.grid_bar.grid_bars
        if grid.bars % whole_bar:
            detail = (
                f"a bar of {section.metre} is {whole_bar} bars of {grid.metre}, the window has {grid.bars}"
            )
            collector.drop_bars("section", Reason.METRE_NOT_SUPPORTED, section.bar_span, detail)
            continue
        # Windows start on bar lines of the file.
        stride = -(-(stride_bars or grid.bars) // whole_bar) * whole_bar
        starting, held = _notes_in_windows(phrase, grid, stride)
        for start in range(0, phrase.grid.bars, stride):
            num_bars = min(grid.bars, phrase.grid.bars - start)
            if start and num_bars < grid.bars and start + num_bars <= start - stride + grid.bars:
                break  # overlapping windows: the window before has all these bars
            span = _file_bars(read, start, num_bars)
            if 2 * num_bars < grid.bars:
                reason = Reason.TOO_SHORT if section.is_last else Reason.METRE_CHANGES
                collector.drop_bars("window", reason, span, f"{num_bars} of the window's {grid.bars} bars")
                continue
            if len(phrase) and not starting[start // stride]:
                # A file may have thousands of such windows: none of them is made.
                if num_held := int(held[start // stride]):
                    detail = "no note starts, and one from before sounds on"
                    collector.drop_bars("window", Reason.TIED_IN, span, detail)
                    collector.drop("notes", Reason.TIED_IN, count=num_held)
                else:
                    collector.drop_bars("window", Reason.LONG_REST, span, "silent")
                continue
            window = phrase.pad(start + grid.bars).window(start, grid.bars)
            rest_bars = longest_rest_step(window) / grid.steps_per_bar
            if max_rest_bars is not None and rest_bars > max_rest_bars:
                detail = f"silent for more than {max_rest_bars:g} bars in a row"
                collector.drop_bars("window", Reason.LONG_REST, span, detail)
                continue
            collector.drop_at_edges(phrase, start, grid)
            tick = _tick(song, section, start, grid)
            collector.take(window.with_tempo(song.tempo_qpm_at(tick)), span, tick)
    return collector.reading()


def ending(
    song: Song,
    grid: Grid,
    track: str | int | None = None,
    end_bar: int | None = None,
    pitch_range: tuple[int, int] | None = None,
    drums: bool = False,
) -> Reading:
    """Read the last bars of the melody as one phrase.

    The phrase has as many bars as the grid, or fewer where the stretch in its metre is shorter. It ends with
    a bar line of the file and of the grid: where two bars of the file make one of the grid, with the second.

    Args:
        song: The song.
        grid: Longest grid of the phrase.
        track: Name or number of the track; by default the melody.
        end_bar: Last bar of the phrase in the file, from 1; by default the last bar with music.
        pitch_range: Lowest and highest MIDI note number; by default all.
        drums: Read the drum tracks.

    Returns:
        One phrase, or none where no note starts, and everything that was dropped.
    """
    collector = Collector()
    found: tuple[SectionPhrase, int] | None = None
    for read in section_phrases(song, Choice(track, pitch_range=pitch_range, drums=drums), collector):
        section, phrase = read
        if phrase.grid.metre != grid.metre:
            detail = f"in {section.metre}, the model is in {grid.metre}"
            collector.drop_bars("section", Reason.METRE_NOT_SUPPORTED, section.bar_span, detail)
            continue
        bar, (first, end) = section.grid_bar, read.bar_span
        last = -(-int(phrase.end_step.max(initial=0)) // grid.steps_per_bar)
        last = -(-last // bar.grid_bars) * bar.grid_bars
        if end_bar is not None:
            last = bar.in_grid(end_bar - first) if first < end_bar <= end else 0
        if last:
            found = read, last
    if found is not None:
        read, last = found
        whole_bar = read.section.grid_bar.grid_bars
        num_bars = min(last, max(1, grid.bars // whole_bar) * whole_bar)
        start = last - num_bars
        window = read.phrase.pad(last).window(start, num_bars)
        collector.drop_at_edges(read.phrase, start, window.grid)
        span = _file_bars(read, start, num_bars)
        if len(window):
            tick = _tick(song, read.section, start, window.grid)
            collector.take(window.with_tempo(song.tempo_qpm_at(tick)), span, tick)
        else:
            collector.drop_bars("window", Reason.LONG_REST, span, "no note starts in it")
    return collector.reading()


def tune(
    song: Song,
    metre: str,
    track: str | int | None = None,
    start_bar: int | None = None,
    pitch_range: tuple[int, int] | None = None,
    drums: bool = False,
) -> Reading:
    """Read the melody of one stretch in a metre as one phrase, up to its last bar with music.

    Args:
        song: The song.
        metre: Metre of the grid.
        track: Name or number of the track; by default the melody.
        start_bar: First bar of the phrase in the file, from 1: a bar line of file and grid. By default the
            first bar with music in that metre.
        pitch_range: Lowest and highest MIDI note number; by default all.
        drums: Read the drum tracks.

    Returns:
        One phrase, or none where no note starts, and everything that was dropped.
    """
    collector = Collector()
    found = False
    for read in section_phrases(song, Choice(track, pitch_range=pitch_range, drums=drums), collector):
        section, phrase = read
        if phrase.grid.metre != metre:
            detail = f"in {section.metre}, the model is in {metre}"
            collector.drop_bars("section", Reason.METRE_NOT_SUPPORTED, section.bar_span, detail)
            continue
        start = _tune_start(read, start_bar)
        if found or start is None:
            detail = "it is outside the tune that is read"
            collector.drop_bars("section", Reason.METRE_CHANGES, section.bar_span, detail)
            continue
        found, whole_bar = True, section.grid_bar.grid_bars
        last = -(-int(phrase.end_step.max()) // phrase.grid.steps_per_bar)
        num_bars = -(-last // whole_bar) * whole_bar - start
        window = phrase.pad(start + num_bars).window(start, num_bars)
        collector.drop_at_edges(phrase, start, window.grid)
        tick = _tick(song, section, start, window.grid)
        tempo_qpm = song.tempo_qpm_at(tick)
        collector.take(window.with_tempo(tempo_qpm), _file_bars(read, start, num_bars), tick)
    return collector.reading()


def longest_rest_step(phrase: Phrase) -> int:
    """Length of the longest silence, in steps."""
    sounding_until = np.maximum.accumulate(np.concatenate([[0], phrase.end_step]))
    starts = np.concatenate([phrase.onset_step, [phrase.grid.num_steps]])
    return int(np.max(starts - sounding_until))


def _tune_start(read: SectionPhrase, start_bar: int | None) -> int | None:
    """Bar of the grid from which a tune is read, as in `tune`; None where no note starts from there on."""
    bar, (first, end) = read.section.grid_bar, read.bar_span
    onset_bar = read.phrase.onset_step // read.phrase.grid.steps_per_bar
    if start_bar is None:
        return int(onset_bar[0]) // bar.grid_bars * bar.grid_bars if len(onset_bar) else None
    groups, rest = divmod(start_bar - 1 - first, bar.file_bars)
    start = groups * bar.grid_bars
    return start if first < start_bar <= end and not rest and (onset_bar >= start).any() else None


def _notes_in_windows(
    phrase: Phrase, grid: Grid, stride: int
) -> tuple[Int[np.ndarray, " window"], Int[np.ndarray, " window"]]:
    """Number of notes that start in each window, and of those that sound into it from before."""
    first = np.arange(0, phrase.grid.bars, stride) * grid.steps_per_bar
    started, started_by_end = np.searchsorted(phrase.onset_step, [first, first + grid.num_steps])
    ended = np.searchsorted(np.sort(phrase.end_step), first, side="right")
    return started_by_end - started, started - ended


def _file_bars(read: SectionPhrase, start: int, num_bars: int) -> tuple[int, int]:
    """Bars of the file, from 0 to one after the last, of ``num_bars`` bars of the grid from ``start`` on."""
    first, end = read.bar_span
    bar = read.section.grid_bar
    return first + start * bar.file_bars // bar.grid_bars, min(first + bar.in_file(start + num_bars), end)


def _tick(song: Song, section: Section, start_bar: int, grid: Grid) -> float:
    """Start of a bar of a section, in ticks."""
    step_tick = song.ticks_per_quarter / STEPS_PER_QUARTER
    return section.start_tick + start_bar * grid.steps_per_bar * step_tick
