"""From a song to phrases: whole, or in windows that a model can take.

One reading works in four steps: choose the track (`symvae.music.melody_line`), find the bars
(`symvae.music.bars`), move the notes to sixteenths (`symvae.music.quantize`) section by section, and
draw the melody line, or keep all voices if ``polyphonic``. `whole` stops there and gives one phrase a
section; `windows` cuts each section into phrases of the model's own length.

Nothing goes silently: a `Reading` names its track, the mean shift of quantization, and every note,
window and section that was left out, with its reason. What is not known here: files, and models
beyond their grid and pitch range.
"""

from collections.abc import Iterator

import numpy as np

from symvae.music.bars import Section, sections
from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.melody_line import choose_track, skyline
from symvae.music.phrase import Phrase
from symvae.music.quantize import Quantized, quantize, resolve_overlaps
from symvae.music.reading import Collector, Reading
from symvae.music.reason import Reason
from symvae.music.song import Song, Track


def whole(
    song: Song,
    track: str | int | None = None,
    polyphonic: bool = False,
    pitch_range: tuple[int, int] | None = None,
) -> Reading:
    """One phrase for each stretch of constant metre, spanning all its bars.

    A song in one metre gives one phrase. Stretches without notes are left out, unless the whole song
    is silent and an end marker says how long the silence is.
    """
    collector = Collector()
    for section, phrase in _section_phrases(song, track, polyphonic, pitch_range, collector):
        collector.take(phrase, _file_bars(section, phrase))
    return collector.reading()


def windows(
    song: Song,
    grid: Grid,
    track: str | int | None = None,
    stride_bars: int | None = None,
    polyphonic: bool = False,
    pitch_range: tuple[int, int] | None = None,
    max_rest_bars: int | float | None = None,
) -> Reading:
    """Phrases of exactly ``grid``, every ``stride_bars`` bars (by default: end to end).

    The last window of a section is filled up with silence if at least half its bars are there. A
    window in which no note starts is left out (unless the whole song is silent): nothing sounds in it,
    or only what is held from before. With ``max_rest_bars`` so is one that is silent for longer than
    that many bars in a row.
    """
    collector = Collector()
    stride = stride_bars or grid.bars
    for section, phrase in _section_phrases(song, track, polyphonic, pitch_range, collector):
        if phrase.grid.metre != grid.metre:
            fault = f"in {section.metre}, the window is in {grid.metre}"
            collector.drop_bars("section", Reason.METRE_NOT_SUPPORTED, section.bar_span, fault)
            continue
        _, end_of_section = _file_bars(section, phrase)
        for start in range(0, phrase.grid.bars, stride):
            bars_there = min(grid.bars, phrase.grid.bars - start)
            first_file_bar = section.first_bar + start * section.file_bars_per_bar
            end_file_bar = min(first_file_bar + bars_there * section.file_bars_per_bar, end_of_section)
            span = (first_file_bar, end_file_bar)
            if start and bars_there < grid.bars and start + bars_there <= start - stride + grid.bars:
                break  # overlapping windows: everything here already stood in the window before
            if 2 * bars_there < grid.bars:
                reason = Reason.TOO_SHORT if section.is_last else Reason.METRE_CHANGES
                collector.drop_bars("window", reason, span, f"{bars_there} of the window's {grid.bars} bars")
                continue
            window = _pad(phrase, start + grid.bars).window(start, grid.bars)
            rest_bars = longest_rest_step(window) / grid.steps_per_bar
            if len(phrase) and not len(window):
                if collector.count_edges(phrase, start, grid):
                    fault = "no note starts, and one from before sounds on"
                    collector.drop_bars("window", Reason.TIED_IN, span, fault)
                else:
                    collector.drop_bars("window", Reason.LONG_REST, span, "silent")
                continue
            if max_rest_bars is not None and rest_bars > max_rest_bars:
                fault = f"silent for more than {max_rest_bars:g} bars in a row"
                collector.drop_bars("window", Reason.LONG_REST, span, fault)
                continue
            collector.count_edges(phrase, start, grid)
            window = window.with_tempo(_tempo_qpm(song, section, start, grid))
            collector.take(window, span)
    return collector.reading()


def ending(
    song: Song,
    grid: Grid,
    track: str | int | None = None,
    end_bar: int | None = None,
    pitch_range: tuple[int, int] | None = None,
) -> Reading:
    """One phrase: the bars up to bar ``end_bar`` of the file, from 1, by default the last with music.

    As many bars as ``grid`` has, or fewer where the stretch in its metre is shorter. Where two bars of the
    file make one of the grid, the phrase ends with the second. No phrase where there is no note.
    """
    collector = Collector()
    found: tuple[Section, Phrase, int] | None = None
    for section, phrase in _section_phrases(song, track, False, pitch_range, collector):
        if phrase.grid.metre != grid.metre:
            fault = f"in {section.metre}, the model is in {grid.metre}"
            collector.drop_bars("section", Reason.METRE_NOT_SUPPORTED, section.bar_span, fault)
            continue
        first, end = _file_bars(section, phrase)
        last = -(-int(phrase.end_step.max(initial=0)) // grid.steps_per_bar)
        if end_bar is not None:
            last = -(-(end_bar - first) // section.file_bars_per_bar) if first < end_bar <= end else 0
        if last:
            found = section, phrase, last
    if found is not None:
        section, phrase, last = found
        bars = min(last, grid.bars)
        start, of_file = last - bars, section.file_bars_per_bar
        window = phrase.window(start, bars)
        first, end = _file_bars(section, phrase)
        span = (first + start * of_file, min(first + last * of_file, end))
        collector.count_edges(phrase, start, window.grid)
        if len(window):
            collector.take(window.with_tempo(_tempo_qpm(song, section, start, window.grid)), span)
        else:
            collector.drop_bars("window", Reason.LONG_REST, span, "no note starts in it")
    return collector.reading()


def longest_rest_step(phrase: Phrase) -> int:
    """The longest stretch of steps in which nothing sounds."""
    sounding_until = np.maximum.accumulate(np.concatenate([[0], phrase.end_step]))
    starts = np.concatenate([phrase.onset_step, [phrase.grid.num_steps]])
    return int(np.max(starts - sounding_until))


def _section_phrases(
    song: Song,
    track: str | int | None,
    polyphonic: bool,
    pitch_range: tuple[int, int] | None,
    collector: "Collector",
) -> Iterator[tuple[Section, Phrase]]:
    """Each section that a grid can hold, as one phrase over all its bars."""
    part = _take_track(song, track, polyphonic, collector)
    if part is None:
        return
    step_tick = song.ticks_per_quarter / STEPS_PER_QUARTER
    for section in sections(song):
        # A note played a hair early belongs to the bar it was meant for: half a step of grace.
        first_row = (
            0
            if section.first_bar == 0
            else np.searchsorted(part.onset_tick, section.start_tick - step_tick / 2)
        )
        last_row = (
            len(part)
            if section.is_last
            else np.searchsorted(part.onset_tick, section.end_tick - step_tick / 2)
        )
        rows = slice(int(first_row), int(last_row))
        grid = section.grid
        num_notes = rows.stop - rows.start
        if grid is None:
            fault = f"in {section.metre}, which no grid holds"
            collector.drop_bars("section", Reason.METRE_NOT_SUPPORTED, section.bar_span, fault)
            continue
        if not num_notes and len(part):
            collector.drop_bars("section", Reason.EMPTY, section.bar_span, "no notes of this track")
            continue
        notes = quantize(
            part.onset_tick[rows] - section.start_tick,
            part.duration_tick[rows],
            part.pitch[rows],
            part.velocity[rows],
            step_tick,
        )
        onset_tick = section.start_tick + (notes.onset_step * step_tick).astype(np.int64)
        collector.count_shifts(notes, song, onset_tick)
        tempo_qpm = song.tempo_qpm_at(section.start_tick)
        yield section, _phrase_of(notes, section, grid, tempo_qpm, polyphonic, pitch_range, collector)


def _take_track(
    song: Song, track: str | int | None, polyphonic: bool, collector: "Collector"
) -> Track | None:
    pitched = [t for t in song.tracks if not t.is_drum and len(t)]
    drums = [t for t in song.tracks if t.is_drum and len(t)]
    if polyphonic and track is None and len(pitched) > 1:
        collector.carry_over(pitched)
        merged = (np.concatenate(columns) for columns in zip(*(t.columns for t in pitched), strict=True))
        return Track("all pitched tracks", 0, False, *merged)
    choice = choose_track(song, track)
    collector.track = choice
    if choice is None:
        if drums:
            collector.drop("song", Reason.DRUMS, "all its notes are in drum tracks", sum(map(len, drums)))
        elif song.end_tick:
            return Track("", 0, False, *(np.empty(0, np.int64) for _ in range(4)))
        else:
            collector.drop("song", Reason.EMPTY)
        return None
    part = song.tracks[choice.index]
    collector.carry_over([part])
    if part.is_drum:
        collector.drop(f"track {choice.index}", Reason.DRUMS, count=max(1, len(part)))
        return None
    if not len(part) and any(len(t) for t in song.tracks):
        collector.drop(f"track {choice.index}", Reason.EMPTY)
        return None
    return part


def _phrase_of(
    notes: Quantized,
    section: Section,
    grid: Grid,
    tempo_qpm: float,
    polyphonic: bool,
    pitch_range: tuple[int, int] | None,
    collector: "Collector",
) -> Phrase:
    """The section's notes as a phrase: within range, within the section, one voice if asked."""
    low, high = pitch_range or (0, 127)
    inside = (notes.pitch >= low) & (notes.pitch <= high)
    collector.drop("notes", Reason.OUT_OF_RANGE, f"below {low} or above {high}", int((~inside).sum()))
    onset, duration, pitch, velocity, shift, exact_end = (column[inside] for column in notes[:6])
    if polyphonic:
        onset, duration, pitch, velocity = resolve_overlaps(onset, duration, pitch, velocity)
    else:
        line = skyline(onset, duration, pitch)
        collector.num_cut += line.num_cut
        too_fast = _too_fast(onset, shift, exact_end, line.kept, line.hidden)
        collector.drop(
            "notes", Reason.OFF_GRID, "they share a sixteenth with the note kept", int(too_fast.sum())
        )
        collector.drop("notes", Reason.POLYPHONIC, count=int((~too_fast).sum()))
        onset, pitch, velocity = (column[line.kept] for column in (onset, pitch, velocity))
        duration = line.duration_step
    # The file's last bar may be opened by nothing but a note's rounding to its first step.
    if section.is_last and len(onset):
        grid = grid.with_bars(max(grid.bars, int(onset.max()) // grid.steps_per_bar + 1))
    last_step = grid.num_steps
    if not section.is_last:
        over = int((onset + duration > last_step).sum())
        collector.drop("notes", Reason.CUT_OFF, "they sound on past a change of metre", over)
    starts_inside = onset < last_step
    onset, duration, pitch, velocity = (c[starts_inside] for c in (onset, duration, pitch, velocity))
    return Phrase(grid, onset, np.minimum(duration, last_step - onset), pitch, velocity, tempo_qpm)


def _too_fast(
    onset: np.ndarray, shift: np.ndarray, exact_end: np.ndarray, kept: np.ndarray, hidden: np.ndarray
) -> np.ndarray:
    """Of the hidden notes, those that did not sound with the one kept on their step: a run, no chord."""
    if not len(hidden):
        return np.zeros(0, bool)
    rival = kept[np.minimum(np.searchsorted(onset[kept], onset[hidden]), len(kept) - 1)]
    exact_onset = onset + shift
    apart = np.maximum(exact_onset[hidden], exact_onset[rival]) >= np.minimum(
        exact_end[hidden], exact_end[rival]
    )
    return (onset[rival] == onset[hidden]) & apart


def _file_bars(section: Section, phrase: Phrase) -> tuple[int, int]:
    """The file's bars that the section's phrase spans: one more where a note's rounding opens a bar."""
    first, end = section.bar_span
    return first, end + max(0, phrase.grid.bars - section.num_bars)


def _pad(phrase: Phrase, bars: int) -> Phrase:
    """The phrase with silent bars behind it, so that it has at least ``bars``."""
    if phrase.grid.bars >= bars:
        return phrase
    columns = (phrase.onset_step, phrase.duration_step, phrase.pitch, phrase.velocity)
    return Phrase(phrase.grid.with_bars(bars), *columns, phrase.tempo_qpm)


def _tempo_qpm(song: Song, section: Section, start_bar: int, grid: Grid) -> float:
    step_tick = song.ticks_per_quarter / STEPS_PER_QUARTER
    return song.tempo_qpm_at(section.start_tick + start_bar * grid.steps_per_bar * step_tick)
