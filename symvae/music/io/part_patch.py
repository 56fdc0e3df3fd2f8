"""The change of one part of a MIDI file: its notes, controllers, pitch bends and program.

See `symvae.music.io.midi_patch`.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from symvae.music.io.events import CONTROLLER, NOTE_OFF, NOTE_ON, PITCH_BEND, PROGRAM, Event
from symvae.music.io.midi_build import bend_event, program_event
from symvae.music.io.midi_notes import NO_EVENT
from symvae.music.io.midi_read import FileView
from symvae.music.io.programs import free_channel
from symvae.music.io.track_edit import AFTER, BEFORE, TrackEdit
from symvae.music.song import Track

#: Onset, length, pitch and velocity.
Note: TypeAlias = tuple[int, int, int, int]
#: What two notes share that are the same but for velocity, or but for length and velocity.
_LIKENESSES: tuple[Callable[[Note], tuple[int, ...]], ...] = (
    lambda note: note,
    lambda note: note[:3],
    lambda note: (note[0], note[2]),
)


class _FileNote(NamedTuple):
    """A note of the file, with its events."""

    on: int
    off: int
    """Number of its note-off among the events of its track, or `NO_EVENT`."""
    channel: int
    onset: int
    end: int
    pitch: int
    velocity: int

    @property
    def note(self) -> Note:
        return self.onset, self.end - self.onset, self.pitch, self.velocity


class _NoteChange(NamedTuple):
    """A note of the file and its new state; None on one side for a note that is new or gone."""

    old: _FileNote | None
    new: Note | None


def patch_part(edits: Sequence[TrackEdit], before: FileView, number: int, after: Track) -> None:
    """Enter the change of one part into the edits of the tracks.

    Args:
        edits: Edit of each track of the file.
        before: The file.
        number: Number of the part.
        after: The part as it becomes.

    Raises:
        MidiError: The program is outside General MIDI, or needs a channel and none is free.
    """
    old, part = before.song.tracks[number], before.parts[number]
    home = edits[part.track]
    if not all(map(np.array_equal, after.columns, old.columns)):
        _patch_notes(home, _file_notes(before, number), after)
    for kind, old_rows, new_rows in (
        (CONTROLLER, old.controls, after.controls),
        (PITCH_BEND, old.bends, after.bends),
    ):
        _patch_states(edits, home, kind, part.channels, _difference(old_rows, new_rows))
    if after.program != old.program:
        _patch_program(edits, before, number, after)


def _file_notes(before: FileView, number: int) -> list[_FileNote]:
    table = before.notes.select(before.parts[number].rows)
    columns = (
        table.on_event,
        table.off_event,
        table.channel,
        table.onset_tick,
        table.end_tick,
        table.pitch,
        table.velocity,
    )
    return [_FileNote(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _note_changes(old: Sequence[_FileNote], after: Track) -> list[_NoteChange]:
    """Notes of a part that differ from the file's, each with what it becomes."""
    waiting = {each.on: each for each in old}
    new: list[Note] = list(zip(*(column.tolist() for column in after.columns), strict=True))
    changes: list[_NoteChange] = []
    for likeness in _LIKENESSES:
        like: defaultdict[tuple[int, ...], list[_FileNote]] = defaultdict(list)
        for each in reversed(waiting.values()):
            like[likeness(each.note)].append(each)
        unmatched = []
        for note in new:
            same = like[likeness(note)]
            if not same:
                unmatched.append(note)
                continue
            each = same.pop()
            del waiting[each.on]
            if each.note != note:
                changes.append(_NoteChange(each, note))
        new = unmatched
    gone = [_NoteChange(each, None) for each in waiting.values()]
    return changes + gone + [_NoteChange(None, note) for note in new]


def _patch_notes(edit: TrackEdit, old: Sequence[_FileNote], after: Track) -> None:
    changes = _note_changes(old, after)
    changed = {change.old.on for change in changes if change.old is not None}
    for each in old:
        # What ended this note may be gone: from now on it has a note-off of its own.
        if each.on not in changed and each.off == NO_EVENT:
            edit.add(_note_off(each.channel, each.end, each.pitch), BEFORE)
    onsets = [each.onset for each in old]
    for file_note, note in changes:
        if file_note is None:
            assert note is not None
            onset, duration, pitch, velocity = note
            channel = old[max(0, bisect_right(onsets, onset) - 1)].channel
            edit.add(Event(onset, NOTE_ON | channel, bytes((pitch, velocity))), AFTER)
            edit.add(_note_off(channel, onset + duration, pitch), BEFORE)
        elif note is None:
            edit.remove(file_note.on)
            if file_note.off != NO_EVENT:
                edit.remove(file_note.off)
        else:
            _change_note(edit, file_note, note)


def _change_note(edit: TrackEdit, old: _FileNote, new: Note) -> None:
    """Give a note another velocity or end; its note-off keeps the velocity of the release."""
    onset, duration, pitch, velocity = new
    edit.swap(old.on, edit.events[old.on]._replace(data=bytes((pitch, velocity))))
    end = onset + duration
    if old.off == NO_EVENT:
        edit.add(_note_off(old.channel, end, pitch), BEFORE)
    elif end != old.end:
        edit.remove(old.off)
        edit.add(edit.events[old.off]._replace(tick=end), BEFORE)


def _note_off(channel: int, tick: int, pitch: int) -> Event:
    return Event(tick, NOTE_OFF | channel, bytes((pitch, 0)))


def _difference(old: np.ndarray, new: np.ndarray) -> tuple[Counter, Counter]:
    """Rows that are gone, and rows that are new."""
    before, after = Counter(map(tuple, old.tolist())), Counter(map(tuple, new.tolist()))
    return before - after, after - before


def _patch_states(
    edits: Sequence[TrackEdit],
    home: TrackEdit,
    kind: int,
    channels: Sequence[int],
    difference: tuple[Counter, Counter],
) -> None:
    """Exchange controllers or pitch bends of the channels of a part."""
    gone, new = difference
    if gone:
        for edit, number, event in _events_on(edits, kind, channels):
            row = (event.tick + edit.offset, *_values(event))
            if gone[row] and edit.swapped.get(number, event) is not None:
                edit.remove(number)
                gone[row] -= 1
    present = {event for _, event in home.added}
    for row, count in new.items():
        for channel in channels:
            event = _state_event(kind, channel, row)
            # Another part of the channel may have made the same change.
            if event not in present:
                for _ in range(count):
                    home.add(event, BEFORE)


def _values(event: Event) -> tuple[int, ...]:
    """Number and value of a controller, or value of a pitch bend."""
    low, high = event.data
    return (low, high) if event.kind == CONTROLLER else (low + 128 * high - 8192,)


def _state_event(kind: int, channel: int, row: tuple[int, ...]) -> Event:
    tick, *values = row
    if kind == PITCH_BEND:
        return bend_event(tick, channel, values[0])
    return Event(tick, CONTROLLER | channel, bytes(values))


def _patch_program(edits: Sequence[TrackEdit], before: FileView, number: int, after: Track) -> None:
    """Give a part one program from the start, on a channel of its own if others share its channels."""
    part = before.parts[number]
    home = edits[part.track]
    others = {each for index, other in enumerate(before.parts) if index != number for each in other.channels}
    if not others & set(part.channels):
        for edit, row, _ in _events_on(edits, PROGRAM, part.channels):
            edit.remove(row)
        for channel in part.channels:
            home.add(program_event(home.offset, channel, after.program), BEFORE)
        return
    channel = free_channel(others | set(part.channels), part.is_drum)
    events = dict(enumerate(home.events)) | home.swapped
    notes = before.notes.select(part.rows)
    for row in {*notes.on_event.tolist(), *notes.off_event.tolist()} - {NO_EVENT}:
        event = events[row]
        if event is not None:
            home.swap(row, event._replace(status=event.kind | channel))
    home.added = [
        (place, event._replace(status=event.kind | channel) if event.kind in (NOTE_ON, NOTE_OFF) else event)
        for place, event in home.added
    ]
    home.add(program_event(home.offset, channel, after.program), BEFORE)
    for tick, control, value in after.controls.tolist():
        home.add(Event(tick, CONTROLLER | channel, bytes((control, value))), BEFORE)
    for tick, value in after.bends.tolist():
        home.add(bend_event(tick, channel, value), BEFORE)


def _events_on(
    edits: Sequence[TrackEdit], kind: int, channels: Sequence[int]
) -> Iterator[tuple[TrackEdit, int, Event]]:
    """Every event of a kind on some channels, with its edit and number."""
    wanted = {kind | channel for channel in channels}
    for edit in edits:
        for number, event in enumerate(edit.events):
            if event.status in wanted:
                yield edit, number, event
