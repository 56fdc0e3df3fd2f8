"""Written scores to songs: repeats expanded, ties joined, one track for each staff of a part.

Scores have no velocities: every note gets the default. A part whose notes are all unpitched is a drum track.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np

from symvae.music.chord_symbols import SILENT, ChordChange, ChordSymbol, changes_of
from symvae.music.io import limits
from symvae.music.io.midi_write import TICKS_PER_QUARTER
from symvae.music.io.score.layout import lay_out
from symvae.music.io.score.part_order import in_play_order
from symvae.music.io.score.written import TOLERANCE_QUARTER, Bar, Note, Part, WrittenScore
from symvae.music.io.validate import validated
from symvae.music.phrase import DEFAULT_VELOCITY
from symvae.music.reason import Dropped, Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track


def to_song(score: WrittenScore, where: str, name: str) -> Song:
    """Play a score.

    Args:
        score: The score as written.
        where: The file in error messages.
        name: Name of the song.

    Returns:
        The song, bars and notes in playing order.

    Raises:
        MidiError: More is played than is read.
    """
    limits.QUARTERS.check(max((bar.length_quarter for bar in score.bars), default=0.0), where)
    order = in_play_order(score, where)
    played = [score.bars[i] for i in order]
    limits.TEMPOS.check(sum(len(bar.tempo_changes) for bar in played), where)
    limits.CHORDS.check(sum(len(bar.chords) for bar in played), where)
    layout = lay_out(played)
    limits.QUARTERS.check(ceil(layout.end_quarter), where)
    limits.NOTES.check(sum(len(notes) for _, bar in layout.bars for notes in bar.notes.values()), where)
    chords = _chords(score.bars, order, [start for start, _ in layout.bars])
    song = Song(
        TICKS_PER_QUARTER,
        metres=tuple(MetreChange(_tick(at), *metre) for at, metre in layout.metres),
        tempos=tuple(TempoChange(_tick(at), qpm) for at, qpm in layout.tempos),
        tracks=tuple(
            track
            for index, part in enumerate(score.parts)
            for track in _tracks(part, _joined(layout.bars, index))
        ),
        end_tick=_tick(layout.end_quarter),
        title=score.title,
        chords=chords,
        chords_from="the chord symbols of the score" if chords else "",
    )
    return validated(song, where, name)


def _chords(
    bars: Sequence[Bar], order: Sequence[int], start_quarter: Sequence[float]
) -> tuple[ChordChange, ...]:
    """Chords in playing order; a jump back returns to the chord that holds there on the page."""
    holds, on_page = SILENT, []
    for bar in bars:
        on_page.append(holds)
        holds = bar.chords[-1][1] if bar.chords else holds
    at: dict[int, ChordSymbol] = {}  # of several at one tick the last
    before = -1
    for row, start in zip(order, start_quarter, strict=True):
        if row <= before:
            at[_tick(start)] = on_page[row]
        at |= {_tick(start + offset): symbol for offset, symbol in sorted(bars[row].chords, key=_start)}
        before = row
    return changes_of(at)


def _start(chord: tuple[float, ChordSymbol]) -> float:
    return chord[0]


def _joined(placed: Sequence[tuple[float, Bar]], part: int) -> list[Note]:
    """Notes of a part in playing order, at their time in the piece; tied notes are one."""
    found: list[list[float]] = []
    kinds: list[tuple[int, int, bool]] = []
    tied: dict[tuple[int, int], int] = {}  # staff and pitch → row of the note that goes on
    for start, bar in placed:
        for onset, duration, pitch, goes_on, staff, unpitched in sorted(bar.notes.get(part, ())):
            row = tied.pop((staff, pitch), None) if tied else None
            if row is not None and abs(found[row][1] - start - onset) < TOLERANCE_QUARTER:
                found[row][1] = start + onset + duration
            else:
                row = len(found)
                found.append([start + onset, start + onset + duration])
                kinds.append((pitch, staff, unpitched))
            if goes_on:
                tied[staff, pitch] = row
    return [
        Note(onset, end - onset, pitch, False, staff, unpitched)
        for (onset, end), (pitch, staff, unpitched) in zip(found, kinds, strict=True)
    ]


def _tracks(part: Part, notes: Sequence[Note]) -> list[Track]:
    staffs = sorted({note.staff for note in notes}) or [1]
    found = []
    for row, staff in enumerate(staffs):
        own = notes if len(staffs) == 1 else [note for note in notes if note.staff == staff]
        name = f"{part.name} staff {staff}".strip() if row else part.name
        dropped = part.dropped if row == 0 else ()
        found.append(_track(name, part, own, dropped))
    return found


def _track(name: str, part: Part, notes: Sequence[Note], dropped: tuple[Dropped, ...]) -> Track:
    num_unpitched = sum(note.unpitched for note in notes)
    is_drum = part.is_drum or (bool(notes) and num_unpitched == len(notes))
    if num_unpitched and not is_drum:
        dropped = (*dropped, Dropped("notes", Reason.DRUMS, "they are unpitched", num_unpitched))
        notes = [note for note in notes if not note.unpitched]
    onset = np.array([_tick(note.onset_quarter) for note in notes], np.int64)
    end = np.array([_tick(note.onset_quarter + note.duration_quarter) for note in notes], np.int64)
    pitch = np.array([note.pitch for note in notes], np.int64)
    velocity = np.full(len(pitch), DEFAULT_VELOCITY)
    program = 0 if is_drum else part.program
    return Track(name, program, is_drum, onset, end - onset, pitch, velocity, dropped=dropped)


def _tick(quarter: float) -> int:
    return round(quarter * TICKS_PER_QUARTER)
