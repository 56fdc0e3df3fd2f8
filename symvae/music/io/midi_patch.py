"""A changed song as its file with a patch: only the events of what changed are exchanged.

    song = load("song.mid")
    patched(replace(song, tracks=…))    # every other event of song.mid, in its place

The change is the difference between the song and its file as read: notes, controllers, pitch bends, programs
and tempos. A note that is equal in onset, length, pitch and velocity keeps its events, another one of equal
onset and pitch its note-on, with the new velocity or end. New notes stand in the track of their part, on the
channel of its nearest note. Everything else stays: text, exclusive messages, aftertouch, unknown events.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from symvae.errors import MidiError
from symvae.music.io.end_marker import is_end_marker
from symvae.music.io.events import MARKER, NOTE_ON, TEMPO, TIME_SIGNATURE, MidiFile, is_meta
from symvae.music.io.midi_build import metre_event, part_events, tempo_event
from symvae.music.io.midi_notes import track_offsets
from symvae.music.io.midi_read import view
from symvae.music.io.part_patch import patch_part
from symvae.music.io.programs import free_channel
from symvae.music.io.track_edit import AFTER, BEFORE, TrackEdit
from symvae.music.song import Song, Track


def patched(song: Song) -> MidiFile:
    """The file of a song, with the changes of the song.

    Parts are told apart by their place; where their number has changed, by name and channels. A part that is
    gone loses its notes, and a new one becomes a new track.

    Args:
        song: A song that was read from a MIDI file, in the file's resolution or a multiple of it.

    Returns:
        The file.

    Raises:
        MidiError: A tempo or program is outside the range of MIDI, the resolution is no multiple of the
            file's, or a part needs a channel of its own and none is free.
    """
    assert song.events is not None
    midi = at_resolution(song.events, song.ticks_per_quarter)
    before = view(midi)
    edits = [TrackEdit(*each) for each in zip(midi.tracks, track_offsets(midi), strict=True)]
    _patch_timeline(edits, before.song, song)
    pairs, new = _paired(before.song.tracks, song.tracks)
    for number, track in enumerate(pairs):
        patch_part(edits, before, number, track or before.song.tracks[number].select(slice(0)))
    tracks = [edit.applied() for edit in edits]
    for track in new:
        used = {event.channel for events in tracks for event in events if event.kind == NOTE_ON}
        tracks.append(part_events(track, free_channel(used, track.is_drum), song.end_tick))
    return replace(midi, tracks=tuple(tracks))


def at_resolution(midi: MidiFile, ticks_per_quarter: int) -> MidiFile:
    """A file in a multiple of its resolution.

    Raises:
        MidiError: The resolution is no multiple of the file's.
    """
    if ticks_per_quarter == midi.ticks_per_quarter:
        return midi
    factor, rest = divmod(ticks_per_quarter, midi.ticks_per_quarter)
    if rest or not factor:
        raise MidiError(
            f"A file of {midi.ticks_per_quarter} ticks per quarter note cannot be written at "
            f"{ticks_per_quarter}. Use a multiple."
        )
    tracks = [[event._replace(tick=event.tick * factor) for event in track] for track in midi.tracks]
    return replace(midi, ticks_per_quarter=ticks_per_quarter, tracks=tuple(tracks))


def _paired(before: Sequence[Track], after: Sequence[Track]) -> tuple[list[Track | None], list[Track]]:
    """The new state of each part of the file, None for one that is gone; and parts that the file lacks."""
    if len(before) == len(after):
        return list(after), []
    waiting = list(after)
    found: list[Track | None] = []
    for part in before:
        same = [(track.name, track.channels) == (part.name, part.channels) for track in waiting]
        found.append(waiting.pop(same.index(True)) if any(same) else None)
    return found, waiting


def _patch_timeline(edits: list[TrackEdit], before: Song, after: Song) -> None:
    """Exchange tempos, time signatures and the end marker."""
    old_metres = {change.tick: metre_event(change) for change in before.metres}
    new_metres = {change.tick: metre_event(change) for change in after.metres}
    old_tempos = {change.tick: tempo_event(change) for change in before.tempos}
    new_tempos = {change.tick: tempo_event(change) for change in after.tempos}
    for kind, old, new in ((TIME_SIGNATURE, old_metres, new_metres), (TEMPO, old_tempos, new_tempos)):
        changed = {tick for tick in old.keys() | new.keys() if old.get(tick) != new.get(tick)}
        if changed:
            home = _remove_at(edits, kind, changed)
            for tick in sorted(changed & new.keys()):
                edits[home].add(new[tick], BEFORE)
    if before.end_tick != after.end_tick:
        for edit in edits:
            for number, event in enumerate(edit.events):
                if is_meta(event, MARKER) and is_end_marker(event.data[1:].decode("latin-1")):
                    edit.remove(number)
                    edit.add(event._replace(tick=after.end_tick), AFTER)


def _remove_at(edits: list[TrackEdit], kind: int, ticks: Collection[int]) -> int:
    """Remove meta events of a type at some ticks of the song.

    Returns:
        Number of the first track that had one, or 0.
    """
    found: list[int] = []
    for number, edit in enumerate(edits):
        for row, event in enumerate(edit.events):
            if is_meta(event, kind) and event.tick + edit.offset in ticks:
                edit.remove(row)
                found.append(number)
    return min(found, default=0)
