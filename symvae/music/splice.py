"""Splicing: write the edits of phrases into the song that they were read from, note by note.

The inverse of `symvae.music.windows`. A `Patch` has a phrase as it was read and as it is now; only the
difference is applied, to the song's own notes:

- a note that both phrases have stays exactly as it is; where its velocity or its end differs, they move by
  the same amount, so that accents and articulation stay,
- a note that replaces another (`symvae.music.continuation`) takes its track, its exact onset and, if both end
  at the same step, its exact end,
- a note that is gone is removed, and a new one is played in the groove of its neighbors
  (`symvae.music.groove`), in the track of the nearest one,
- notes that the reading hid (of a chord under a melody, out of range, held into the window) stay.

Number, order, names and programs of the tracks stay, and so do bars without a patch, other tracks and all
controllers, except pitch bends of notes that are gone (`symvae.music.bends`) and a pedal that would blur old
notes into new ones (`symvae.music.pedal`). A note that starts while its pitch sounds in its track, or in one
voice while any note of the line does, ends the earlier one; these are counted. This module knows ticks and
steps, and no files or models.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.bends import without_bends_of
from symvae.music.collisions import without_collisions
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.patch import Patch
from symvae.music.pedal import press_again
from symvae.music.played_notes import AddedNote, PlayedNotes
from symvae.music.song import Song, Track

#: Semitones that a quarter note of distance counts for, in the choice of a new note's track.
PITCH_PER_QUARTER = 3.0


class TrackEdits(NamedTuple):
    """Number of notes of a track by what became of them; hidden notes and those without a patch are kept."""

    track: int
    """Number of the track, from 0."""
    kept: int
    """Exactly as they were."""
    changed: int
    """With another velocity or another end."""
    replaced: int
    """With another pitch or another onset."""
    removed: int
    added: int
    cut: int
    """Old notes that end early, since a new one starts; they count as changed."""
    transposed: int = 0
    """With another pitch by a transposition of all notes around them."""


class Spliced(NamedTuple):
    """A song with edited bars."""

    song: Song
    edits: tuple[TrackEdits, ...] = ()
    """One for each track that was read."""
    num_bends: int = 0
    """Pitch bends that were removed with the notes that they belong to."""
    num_pedals: int = 0
    """Places where a held pedal is pressed again."""


def splice(
    song: Song,
    patches: Sequence[Patch],
    tracks: Sequence[int],
    *,
    one_voice: bool = False,
    program: int | None = None,
    closed: Sequence[int] = (),
) -> Spliced:
    """Apply the edits of phrases to the tracks that they were read from.

    Args:
        song: The song, with a whole number of ticks a step (`symvae.music.resolution.with_whole_steps`).
        patches: The edits; their spans do not overlap.
        tracks: Numbers of the tracks that were read, from 0.
        one_voice: The phrases are a melody line: its notes end at the latest where the next one starts.
        program: General MIDI program of these tracks; by default each keeps its own.
        closed: Tracks among them that get no new note.

    Returns:
        The new song, and the number of notes, pitch bends and pedals that changed.
    """
    if not patches:
        return Spliced(song)
    patches = sorted(patches, key=lambda patch: patch.start_tick)
    notes = PlayedNotes(song, tracks, song.ticks_per_quarter / STEPS_PER_QUARTER)
    line = notes.line(patches) if one_voice else np.zeros(len(notes.part), bool)
    added = [note for patch in patches for note in notes.edit(patch)]
    open_tracks = [index for index in tracks if index not in closed]
    part_of = [_nearest_part(notes, each, song.ticks_per_quarter, open_tracks) for each in added]
    edges = _edges(notes, np.array([each.onset for each in added], np.int64), patches)
    tracks_after, edits = list(song.tracks), []
    num_bends = num_pedals = 0
    counted: set[int] = set()
    for index in tracks:
        new = [each for each, part in zip(added, part_of, strict=True) if part == index]
        track, edit = _edited(song.tracks[index], index, notes, new, line if one_voice else None)
        bends, reset = without_bends_of(track.bends, *_sounding_with(song, index, notes))
        controls, pressed = press_again(track.controls, edges, notes.step_tick)
        if bends is not track.bends or pressed:
            track = replace(track, bends=bends, controls=controls)
        tracks_after[index] = track if program is None else replace(track, program=program)
        edits.append(edit)
        if counted.isdisjoint(track.channels):  # else they are the same bends and pedals
            num_bends, num_pedals = num_bends + reset, num_pedals + pressed
        counted.update(track.channels)
    end_tick = max([song.end_tick, *(int(track.end_tick.max()) for track in tracks_after if len(track))])
    new_song = replace(song, tracks=tuple(tracks_after), end_tick=end_tick)
    return Spliced(new_song, tuple(edits), num_bends, num_pedals)


def _nearest_part(notes: PlayedNotes, added: AddedNote, ticks_per_quarter: int, tracks: Sequence[int]) -> int:
    """Track among some of the note nearest to a new one, in time and pitch; the first if all are silent."""
    among = np.isin(notes.part, tracks)
    if not among.any():
        return tracks[0]
    # A note that is gone stands for where its track would play now.
    interval = abs(notes.pitch + np.where(notes.gone, added.shift, 0) - added.pitch)
    quarters = abs(notes.onset - added.onset) / ticks_per_quarter
    distance = np.where(among, interval + PITCH_PER_QUARTER * quarters, np.inf)
    return int(notes.part[np.argmin(distance)])


def _sounding_with(
    song: Song, index: int, notes: PlayedNotes
) -> tuple[Int[np.ndarray, " note"], Int[np.ndarray, " note"], Bool[np.ndarray, " note"]]:
    """Start and end of the old notes on the channels of a track, and which of them are gone or replaced."""
    channels = set(song.tracks[index].channels)
    shared = [other for other, track in enumerate(song.tracks) if not channels.isdisjoint(track.channels)]
    mine = np.isin(notes.part, [index, *shared])
    unread = [song.tracks[other] for other in shared if other not in notes.part]
    onset = np.concatenate([notes.old_onset[mine], *(track.onset_tick for track in unread)])
    end = np.concatenate([notes.old_end[mine], *(track.end_tick for track in unread)])
    gone = np.zeros(len(onset), bool)
    gone[: np.count_nonzero(mine)] = (notes.gone | notes.replaced)[mine]
    return onset, end, gone


def _edges(notes: PlayedNotes, added: Int[np.ndarray, " note"], patches: Sequence[Patch]) -> list[int]:
    """Ticks at which bars with other pitches begin or end, beside bars without."""
    early = notes.step_tick / 2
    other = np.concatenate([notes.old_onset[notes.gone | (notes.pitch != notes.old_pitch)], added])
    edges: set[int] = set()
    for patch in patches:
        if ((other >= patch.start_tick - early) & (other < patch.end_tick - early)).any():
            edges ^= {patch.start_tick, patch.end_tick}
    return sorted(edges)


def _edited(
    track: Track,
    index: int,
    notes: PlayedNotes,
    added: Sequence[AddedNote],
    line: Bool[np.ndarray, " note"] | None,
) -> tuple[Track, TrackEdits]:
    """A track with its notes as they are now, without collisions; the same object if none changed."""
    mine, stays = notes.part == index, (notes.part == index) & ~notes.gone
    new = np.array([each[:4] for each in added], np.int64).reshape(-1, 4).T
    onset, end, pitch, velocity = (
        np.concatenate([column[stays], more])
        for column, more in zip((notes.onset, notes.end, notes.pitch, notes.velocity), new, strict=True)
    )
    is_new = np.concatenate([notes.replaced[stays], np.ones(len(added), bool)])
    new_end = np.concatenate([(notes.end != notes.old_end)[stays], np.ones(len(added), bool)])
    until = without_collisions(onset, end, pitch, is_new, new_end)
    if line is not None:
        voice = np.where(np.concatenate([line[stays], np.ones(len(added), bool)]), 0, -1)
        until = without_collisions(onset, until, voice, is_new, new_end)
    cut = ((until < end) & ~is_new)[: np.count_nonzero(stays)]
    notes.end[stays] = until[: len(cut)]
    edit = TrackEdits(
        index,
        kept=int(np.count_nonzero(stays & ~notes.changed & ~notes.replaced)),
        changed=int(np.count_nonzero(mine & notes.changed)),
        replaced=int(np.count_nonzero(mine & notes.replaced)),
        removed=int(np.count_nonzero(mine & notes.gone)),
        added=len(added),
        cut=int(np.count_nonzero(cut)),
    )
    if edit.kept == len(track) and not added:
        return track, edit
    return track.with_notes(onset, until - onset, pitch, velocity), edit
