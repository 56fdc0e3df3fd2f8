"""Tunes that are on the sixteenth grid as written: no note is moved.

The named corpora of scores are read this way. From each stretch of one metre, as `symvae.music.windows.whole`
reads it, the bars are left out that have a note off the grid (triplets, thirty-seconds) or a wrong number of
beats. They cut the tune in parts; a part of a single bar is too short to keep.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from symvae.corpus.tune import Tune
from symvae.music.bars import Section
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.phrase import Phrase
from symvae.music.reading import Collector
from symvae.music.reason import Dropped, Reason
from symvae.music.section_phrases import Choice, SectionPhrase, section_phrases
from symvae.music.song import Song, Track

FEWEST_BARS = 2
#: Notes of a whole number of these are no tuplets: 128th notes.
_FINEST_PER_QUARTER = 32


class _Fault(NamedTuple):
    """The reason why a bar is left out."""

    reason: Reason
    detail: str = ""


def exact_tunes(
    song: Song, name: str, collection: str, title: str, track: int | None = None
) -> list[Tune | Dropped]:
    """Read the bars of a song that are on the grid.

    Args:
        song: The song.
        name: Its name in the corpus; several parts are named "name#1", "name#2".
        collection: Collection of the tunes.
        title: Title of the tunes.
        track: Number of the track whose melody line is read; None: all pitched tracks with all voices.

    Returns:
        Tunes, and drops for the rest: a bar as "name#bar 7", counted from 1 in playing order.
    """
    collector = Collector()
    choice = Choice(track, polyphonic=track is None)
    tracks = [t for t in song.tracks if not t.is_drum] if track is None else [song.tracks[track]]
    phrases: list[Phrase] = []
    left_out: Counter[tuple[str, _Fault]] = Counter()
    for read in section_phrases(song, choice, collector):
        for item in _parts(read, song, tracks):
            if isinstance(item, Phrase):
                phrases.append(item)
            else:
                left_out[f"{name}#bar {item[0] + 1}", item[1]] += 1
    names = [name] if len(phrases) == 1 else [f"{name}#{i}" for i in range(1, len(phrases) + 1)]
    tunes = [Tune(n, collection, title, phrase) for n, phrase in zip(names, phrases, strict=True)]
    notes = [Dropped(f"{name}#{d.what}", d.reason, d.detail, d.count) for d in collector.reading().dropped]
    bars = [Dropped(what, fault.reason, fault.detail, count) for (what, fault), count in left_out.items()]
    return [*tunes, *bars, *notes] or [Dropped(name, Reason.EMPTY)]


def _parts(read: SectionPhrase, song: Song, tracks: Sequence[Track]) -> Iterator[Phrase | tuple[int, _Fault]]:
    """The parts between faulty bars, and each faulty bar of the file with its fault."""
    section, phrase = read
    faults = _faults(section, song, tracks)
    in_file, in_grid = section.grid_bar.file_bars, section.grid_bar.grid_bars
    cuts: set[int] = set()
    for group in sorted({bar // in_file for bar in faults}):
        cuts.update(range(group * in_grid, (group + 1) * in_grid))
        bars = range(group * in_file, min((group + 1) * in_file, section.num_file_bars))
        paired = _Fault(next(faults[bar].reason for bar in bars if bar in faults), "paired with such a bar")
        for bar in bars:
            yield section.first_bar + bar, faults.get(bar, paired)
    start = 0
    for end in [*sorted(cuts), phrase.grid.bars]:
        first = section.first_bar + section.grid_bar.in_file(start)
        if end - start >= FEWEST_BARS:
            part = phrase.window(start, end - start)
            yield part if len(part) else (first, _Fault(Reason.EMPTY, "nothing but rests from here"))
        elif end > start:
            yield first, _Fault(Reason.TOO_SHORT, "a single bar between two cuts")
        start = end + 1


def _faults(section: Section, song: Song, tracks: Sequence[Track]) -> dict[int, _Fault]:
    """Fault of each faulty bar of the file, counted from 0 within the section."""
    length_tick = section.end_tick - section.start_tick
    numerator, denominator = map(int, section.metre.split("/"))
    bar_tick = song.ticks_per_quarter * 4 * numerator // denominator
    step_tick = song.ticks_per_quarter // STEPS_PER_QUARTER
    last = section.num_file_bars - 1  # which a rest of less than half a step may follow
    found: dict[int, _Fault] = {}
    for track in tracks:
        for ticks in (track.onset_tick, track.end_tick):
            inside = ticks[(ticks >= section.start_tick) & (ticks < section.end_tick)] - section.start_tick
            off = inside[inside % step_tick != 0]
            is_tuplet = off % (song.ticks_per_quarter // _FINEST_PER_QUARTER) != 0
            for bar in np.unique(off // bar_tick).tolist():
                reason = Reason.TUPLET if is_tuplet[off // bar_tick == bar].any() else Reason.OFF_GRID
                found.setdefault(min(bar, last), _Fault(reason))
    beyond_tick = length_tick % bar_tick
    if beyond_tick and not section.is_last:
        detail = f"a bar of {beyond_tick / step_tick:g} sixteenths, not {bar_tick / step_tick:g}"
        found[min(length_tick // bar_tick, last)] = _Fault(Reason.OFF_GRID, detail)
    return found
