"""Splicing: write phrases back into the song that they were read from, bar by bar.

The inverse of `symvae.music.windows`. A `Patch` replaces the notes of a span of ticks by the notes of a
phrase, in the tracks that were read. All other tracks are the same objects afterwards, and bars without a
patch keep every note.

Adjacent bars may come from different phrases, since each bar may have its own fader value. A note belongs to
the bar in which it starts. It keeps its length over the bar line, up to the end of its phrase: cutting all
notes at all bar lines would change the rhythm. It ends earlier where the same pitch starts again, since MIDI
holds a pitch once, and in one voice where any note starts. The same is true of notes of the song that sound
into a patch; these are counted.

Controllers, such as the pedal, stay. Pitch bends are reset to 0 under a patch, since they belong to notes
that are gone. The tempo map stays, except under a patch with a tempo of its own. This module knows ticks
and steps, and no files or models.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int, Num

from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.phrase import Phrase
from symvae.music.song import Song, TempoChange, Track

#: Name of the new track when several tracks were read.
MERGED_NAME = "piano"


class Patch(NamedTuple):
    """New notes for a span of ticks."""

    phrase: Phrase
    at_tick: int
    """Tick of the first step of the phrase."""
    start_tick: int
    """First tick of the span: the patch brings the notes of the phrase that start in it."""
    end_tick: int
    """First tick after the span."""
    until_tick: int
    """End of the bars of the phrase in the song: no note lasts longer."""
    tempo_qpm: float | None = None
    """Tempo of the span; None keeps the tempo map."""


class Spliced(NamedTuple):
    """A song with new bars."""

    song: Song
    num_cut: int
    """Old notes that end earlier, since a new note starts."""
    num_bends: int
    """Pitch bends that were dropped with the notes that they belong to."""


def splice(
    song: Song,
    patches: Sequence[Patch],
    tracks: Sequence[int],
    *,
    one_voice: bool = False,
    program: int | None = None,
) -> Spliced:
    """Apply patches to the tracks that their phrases were read from.

    A single track keeps its place, name and program. Of several tracks, the new notes form one new track
    before all others, the old ones stay in their tracks, and tracks without a note left are dropped.

    Args:
        song: The song.
        patches: New bars, whose spans do not overlap.
        tracks: Numbers of the tracks that were read, from 0.
        one_voice: End each note at the latest where the next one starts.
        program: General MIDI program of the new notes; by default that of the track, or 0 for several tracks.

    Returns:
        The new song, and the number of old notes and pitch bends that changed with it.
    """
    if not patches:
        return Spliced(song, 0, 0)
    step_tick = song.ticks_per_quarter / STEPS_PER_QUARTER
    kept = {index: _outside(song.tracks[index], patches, step_tick) for index in tracks}
    new = zip(*(_notes(patch, step_tick) for patch in patches), strict=True)
    columns = [np.concatenate(column) for column in new]
    if len(tracks) == 1:
        (index,) = tracks
        track, num_cut = _merged(kept[index], columns, one_voice)
        if program is not None:
            track = replace(track, program=program)
        spliced = [*song.tracks[:index], track, *song.tracks[index + 1 :]]
    else:
        track, num_cut = _merged(Track.empty(MERGED_NAME, program or 0), columns, one_voice)
        others = [kept.get(index, old) for index, old in enumerate(song.tracks)]
        spliced = [track, *(part for i, part in enumerate(others) if len(part) or i not in kept)]
    end_tick = max([song.end_tick, *(int(track.end_tick.max()) for track in spliced if len(track))])
    new_song = replace(song, tracks=tuple(spliced), tempos=with_tempos(song, patches), end_tick=end_tick)
    starts, ends = _spans(patches)
    bends = np.concatenate([song.tracks[index].bends for index in tracks])
    num_bends = int(np.count_nonzero(bends[_inside(bends[:, 0], starts, ends), 1]))
    return Spliced(new_song, num_cut, num_bends)


def with_tempos(song: Song, patches: Iterable[Patch]) -> tuple[TempoChange, ...]:
    """The tempo map of a song, with one tempo under each patch that has one."""
    moved = sorted((p.start_tick, p.end_tick, p.tempo_qpm) for p in patches if p.tempo_qpm is not None)
    if not moved:
        return song.tempos
    starts, ends = (np.array(column) for column in list(zip(*moved, strict=True))[:2])
    under = _inside(np.array([change.tick for change in song.tempos]), starts, ends)
    stays = [change for change, gone in zip(song.tempos, under, strict=True) if not gone]
    new = {start: qpm for start, _, qpm in moved}
    changing = new.keys() | {change.tick for change in stays}
    after = [int(end) for end in ends if end not in changing and end < song.end_tick]
    new |= dict(zip(after, song.tempo_qpm_of(np.array(after, np.int64)).tolist(), strict=True))
    ordered = sorted([*stays, *(TempoChange(*row) for row in new.items())], key=lambda change: change.tick)
    return tuple(
        change
        for before, change in zip([None, *ordered], ordered, strict=False)
        if before is None or change.tick not in new or change.qpm != before.qpm
    )


def _inside(
    tick: Num[np.ndarray, " event"], starts: Int[np.ndarray, " span"], ends: Int[np.ndarray, " span"]
) -> Bool[np.ndarray, " event"]:
    """Mask of the ticks inside of any span; spans do not overlap."""
    order = np.argsort(starts)
    span = np.searchsorted(starts[order], tick, side="right") - 1
    return (span >= 0) & (tick < ends[order][np.maximum(span, 0)])


def _notes(patch: Patch, step_tick: float) -> tuple[Int[np.ndarray, " note"], ...]:
    """Notes of a patch: onset and duration in ticks of the song, pitch, velocity."""
    phrase = patch.phrase
    # Rounded as bar lines are: a step on a bar line is exactly there.
    onset = np.floor(patch.at_tick + phrase.onset_step * step_tick + 0.5).astype(np.int64)
    end = np.floor(patch.at_tick + phrase.end_step * step_tick + 0.5).astype(np.int64)
    inside = (onset >= patch.start_tick) & (onset < patch.end_tick)
    end = np.minimum(end, patch.until_tick)
    duration = np.maximum(end - onset, 1)
    return tuple(column[inside] for column in (onset, duration, phrase.pitch, phrase.velocity))


def _outside(track: Track, patches: Sequence[Patch], step_tick: float) -> Track:
    """The track without notes and bends under patches; a note up to half a step early is under the patch."""
    starts, ends = _spans(patches)
    replaced = _inside(track.onset_tick + step_tick / 2, starts, ends)
    return replace(track.select(~replaced), bends=_centered(track.bends, starts, ends))


def _spans(patches: Sequence[Patch]) -> tuple[Int[np.ndarray, " patch"], Int[np.ndarray, " patch"]]:
    return np.array([p.start_tick for p in patches]), np.array([p.end_tick for p in patches])


def _centered(
    bends: Int[np.ndarray, "bend 2"], starts: Int[np.ndarray, " span"], ends: Int[np.ndarray, " span"]
) -> Int[np.ndarray, "changed 2"]:
    """Pitch bends with 0 in the spans, and the bend that holds again after them."""
    if not len(bends):
        return bends
    tick, value = bends.T
    resumed = np.concatenate([[0], value])[np.searchsorted(tick, ends, side="right")]
    after = np.stack([ends, resumed], axis=1)[~np.isin(ends, starts)]
    center = np.stack([starts, np.zeros_like(starts)], axis=1)[~np.isin(starts, ends)]
    changed = np.concatenate([bends[~_inside(tick, starts, ends)], center, after])
    return changed[np.argsort(changed[:, 0], kind="stable")]


def _merged(track: Track, new: Sequence[np.ndarray], one_voice: bool) -> tuple[Track, int]:
    """Old and new notes in one track, each ending at the latest where a new one of its pitch (voice) starts.

    Also returns the number of old notes that end earlier.
    """
    is_new = np.repeat([False, True], [len(track), len(new[0])])
    onset, duration, pitch, velocity = (np.concatenate(pair) for pair in zip(track.columns, new, strict=True))
    order = np.lexsort((is_new, onset))
    onset, duration, pitch, velocity, is_new = (c[order] for c in (onset, duration, pitch, velocity, is_new))
    until = onset + duration
    voice_of = np.zeros_like(pitch) if one_voice else pitch
    for each in np.unique(voice_of):
        voice = np.flatnonzero(voice_of == each)
        until[voice] = _ends(onset[voice], until[voice], is_new[voice])
    num_cut = int(((until < onset + duration) & ~is_new).sum())
    return track.with_notes(onset, until - onset, pitch, velocity), num_cut


def _ends(
    onset: Int[np.ndarray, " note"], end: Int[np.ndarray, " note"], is_new: Bool[np.ndarray, " note"]
) -> Int[np.ndarray, " note"]:
    """End of each note of a voice: its own, or the start of the next one if either of the two is new."""
    following = np.searchsorted(onset, onset, side="right")
    starts = np.append(onset, np.iinfo(np.int64).max)
    any_next = starts[following]
    new_starts = np.append(onset[is_new], np.iinfo(np.int64).max)
    next_new = new_starts[np.searchsorted(new_starts[:-1], onset, side="right")]
    return np.minimum(end, np.where(is_new, any_next, next_new))
