"""Phrases back into the song that they were read from: some bars new, everything else as it was.

`symvae.music.windows` draws phrases out of a song; this is the way back. A `Patch` says which bars, from
tick to tick, take their notes from which phrase. In these bars the notes of the tracks that were read
give way; a track that was not read is the same object afterwards, and so is a bar without a patch, note
for note.

Bars side by side may come from different phrases, as when each bar has a value of its own. A note belongs
to the bar in which it starts and keeps its length, over the bar line, up to the end of its phrase: cutting
every note at every bar line would change the rhythm of music that nobody asked to change. It ends sooner
where the same pitch starts again, since MIDI cannot say two of it, and in one voice where any note starts.
That goes for notes of the song that sound into a patch, too; how many is told.

Controllers stay with their track, its pedal, too; pitch bends are centered under a patch, since they were
meant for notes that are gone. The tempo map stays, except under a patch that names a tempo: there it is
that one tempo, and behind it the song's own again. This module knows ticks and steps, no files and no
models.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int, Num

from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.phrase import Phrase
from symvae.music.song import Song, TempoChange, Track

MERGED_NAME = "piano"


class Patch(NamedTuple):
    """New notes for the ticks from ``start_tick`` up to ``end_tick``."""

    phrase: Phrase
    at_tick: int
    """Where the phrase's first step stands; its notes count that start between the two ticks above."""
    start_tick: int
    end_tick: int
    until_tick: int
    """Where the phrase's bars end in the song: no note lasts longer."""
    tempo_qpm: float | None = None
    """The tempo of these ticks; None leaves the song's own."""


class Spliced(NamedTuple):
    """A song with new bars."""

    song: Song
    num_cut: int
    """Notes of bars that stayed which end sooner, where a new note starts."""
    num_bends: int
    """Pitch bends that are gone with the notes that they were meant for."""


def splice(
    song: Song,
    patches: Sequence[Patch],
    tracks: Sequence[int],
    *,
    one_voice: bool = False,
    program: int | None = None,
) -> Spliced:
    """The song with the patches in the ``tracks`` that they were read from.

    One track keeps its place, its name and its sound, unless ``program`` names another. Of several, bars
    that stay do so in their tracks, the new ones stand in one piano track (or ``program``) before them,
    and tracks that are left without a note fall away.
    """
    if not patches:
        return Spliced(song, 0, 0)
    step_tick = song.ticks_per_quarter / STEPS_PER_QUARTER
    kept = {index: _without(song.tracks[index], patches, step_tick) for index in tracks}
    new = [_notes(patch, step_tick) for patch in patches]
    columns = [np.concatenate(column) for column in zip(*new, strict=True)]
    if len(tracks) == 1:
        (index,) = tracks
        track, num_cut = _together(kept[index], columns, one_voice)
        if program is not None:
            track = replace(track, program=program)
        spliced = [*song.tracks[:index], track, *song.tracks[index + 1 :]]
    else:
        piano = Track(MERGED_NAME, program or 0, False, *[_NOTHING] * 4)
        track, num_cut = _together(piano, columns, one_voice)
        left = [kept.get(index, old) for index, old in enumerate(song.tracks)]
        spliced = [track, *(part for i, part in enumerate(left) if len(part) or i not in kept)]
    end_tick = max([song.end_tick, *(int(track.end_tick.max()) for track in spliced if len(track))])
    whole = replace(song, tracks=tuple(spliced), tempos=with_tempos(song, patches), end_tick=end_tick)
    starts, ends = _spans(patches)
    bends = np.concatenate([song.tracks[index].bends for index in tracks])
    num_bends = int(np.count_nonzero(bends[_inside(bends[:, 0], starts, ends), 1]))
    return Spliced(whole, num_cut, num_bends)


def with_tempos(song: Song, patches: Iterable[Patch]) -> tuple[TempoChange, ...]:
    """The song's tempo map with one tempo under each patch that names one, and the song's own behind it."""
    moved = sorted((p.start_tick, p.end_tick, p.tempo_qpm) for p in patches if p.tempo_qpm is not None)
    if not moved:
        return song.tempos
    starts, ends = (np.array(column) for column in list(zip(*moved, strict=True))[:2])
    under = _inside(np.array([change.tick for change in song.tempos]), starts, ends)
    stays = [change for change, gone in zip(song.tempos, under, strict=True) if not gone]
    new = {start: qpm for start, _, qpm in moved}
    known = new.keys() | {change.tick for change in stays}
    behind = [int(end) for end in ends if end not in known and end < song.end_tick]
    new |= dict(zip(behind, song.tempo_qpm_of(np.array(behind, np.int64)).tolist(), strict=True))
    ordered = sorted([*stays, *(TempoChange(*row) for row in new.items())], key=lambda change: change.tick)
    return tuple(
        change
        for before, change in zip([None, *ordered], ordered, strict=False)
        if before is None or change.tick not in new or change.qpm != before.qpm
    )


def _inside(
    tick: Num[np.ndarray, " event"], starts: Int[np.ndarray, " span"], ends: Int[np.ndarray, " span"]
) -> Bool[np.ndarray, " event"]:
    """Which ticks lie in one of the spans, which do not overlap."""
    order = np.argsort(starts)
    span = np.searchsorted(starts[order], tick, side="right") - 1
    return (span >= 0) & (tick < ends[order][np.maximum(span, 0)])


_NOTHING = np.empty(0, np.int64)


def _notes(patch: Patch, step_tick: float) -> tuple[Int[np.ndarray, " note"], ...]:
    """The notes that a patch brings: onset and duration in the song's ticks, pitch, velocity."""
    phrase = patch.phrase
    # Rounded as on the way in: a step that lies on a bar line stands exactly there.
    onset = np.floor(patch.at_tick + phrase.onset_step * step_tick + 0.5).astype(np.int64)
    end = np.floor(patch.at_tick + phrase.end_step * step_tick + 0.5).astype(np.int64)
    inside = (onset >= patch.start_tick) & (onset < patch.end_tick)
    end = np.minimum(end, patch.until_tick)
    duration = np.maximum(end - onset, 1)
    return tuple(column[inside] for column in (onset, duration, phrase.pitch, phrase.velocity))


def _without(track: Track, patches: Sequence[Patch], step_tick: float) -> Track:
    """The track without the notes that give way; half a step early counts as in the bar."""
    starts, ends = _spans(patches)
    gives_way = _inside(track.onset_tick + step_tick / 2, starts, ends)
    return _rows(replace(track, bends=_centered(track.bends, starts, ends)), ~gives_way)


def _spans(patches: Sequence[Patch]) -> tuple[Int[np.ndarray, " patch"], Int[np.ndarray, " patch"]]:
    return np.array([p.start_tick for p in patches]), np.array([p.end_tick for p in patches])


def _centered(
    bends: Int[np.ndarray, "bend 2"], starts: Int[np.ndarray, " span"], ends: Int[np.ndarray, " span"]
) -> Int[np.ndarray, "changed 2"]:
    """The bends with none in the spans, and the one that is due again behind them."""
    if not len(bends):
        return bends
    tick, value = bends.T
    due = np.concatenate([[0], value])[np.searchsorted(tick, ends, side="right")]
    behind = np.stack([ends, due], axis=1)[~np.isin(ends, starts)]
    center = np.stack([starts, np.zeros_like(starts)], axis=1)[~np.isin(starts, ends)]
    changed = np.concatenate([bends[~_inside(tick, starts, ends)], center, behind])
    return changed[np.argsort(changed[:, 0], kind="stable")]


def _together(track: Track, new: Sequence[np.ndarray], one_voice: bool) -> tuple[Track, int]:
    """Old notes and new ones in one track, none sounding on into a new one of its pitch (or its voice)."""
    is_new = np.repeat([False, True], [len(track), len(new[0])])
    onset, duration, pitch, velocity = (np.concatenate(pair) for pair in zip(track.columns, new, strict=True))
    order = np.lexsort((is_new, onset))
    onset, duration, pitch, velocity, is_new = (c[order] for c in (onset, duration, pitch, velocity, is_new))
    until = onset + duration
    voice_of = np.zeros_like(pitch) if one_voice else pitch
    for each in np.unique(voice_of):
        voice = np.flatnonzero(voice_of == each)
        until[voice] = _until(onset[voice], until[voice], is_new[voice])
    num_cut = int(((until < onset + duration) & ~is_new).sum())
    joined = replace(track, onset_tick=onset, duration_tick=until - onset, pitch=pitch, velocity=velocity)
    return joined, num_cut


def _until(
    onset: Int[np.ndarray, " note"], end: Int[np.ndarray, " note"], is_new: Bool[np.ndarray, " note"]
) -> Int[np.ndarray, " note"]:
    """Where each note of a voice ends: where it did, or where the next one starts if either is new."""
    following = np.searchsorted(onset, onset, side="right")
    starts = np.append(onset, np.iinfo(np.int64).max)
    any_next = starts[following]
    new_starts = np.append(onset[is_new], np.iinfo(np.int64).max)
    next_new = new_starts[np.searchsorted(new_starts[:-1], onset, side="right")]
    return np.minimum(end, np.where(is_new, any_next, next_new))


def _rows(track: Track, keep: Bool[np.ndarray, " note"]) -> Track:
    onset, duration, pitch, velocity = (column[keep] for column in track.columns)
    return replace(track, onset_tick=onset, duration_tick=duration, pitch=pitch, velocity=velocity)
