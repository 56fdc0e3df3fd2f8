"""Which track is the melody, and which of its notes.

**The track.** A user's word goes first: a track's name or its number. Without one, the first track
whose name says that it is the melody (`MELODY_WORDS`, in that order, so "MELODY" goes before "lead"):
as a word of its own, so a neptune is no tune, or as its plural.
Without such a name, the most melody-like of the pitched tracks that are busy enough, by

    share of its notes that sound alone + mean pitch / 24

so two octaves higher count as much as all notes being alone. It is a rule of thumb: it
finds the right hand of a piano piece and the tune above a bass, and it can be wrong, which is why the
choice and its reason stand in every report.

**The line.** The skyline, the best of the four ways of Uitdenbogerd and Zobel (Melodic matching
techniques for large music databases, ACM Multimedia 1999): of notes that start together the highest
stays, and one that still sounds when a higher starts is cut there. One departure: they also keep a
lower note that starts under a sounding higher one and cut the higher. In piano music that note is
mostly accompaniment, so here it is left out, unless the higher note stops before half of the lower
one is over: then the two are one line played legato, and the higher is cut.

This module knows notes and their times; it does not know bars, files or models.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from symvae.errors import MidiError
from symvae.music.song import Song, Track

#: What people call the track with the tune, most telling first.
MELODY_WORDS = (
    "melody",
    "melodie",
    "vocal",
    "vox",
    "voice",
    "lead",
    "sing",
    "singer",
    "soprano",
    "solo",
    "tune",
)
#: A name that also says this is not the tune.
NOT_MELODY_WORDS = ("back", "backing", "background", "choir", "counter", "bass")
#: A track with fewer than this share of the busiest track's notes is an ornament, not a melody.
BUSY_SHARE = 0.1
SEMITONES_WORTH_ALL_ALONE = 24


@dataclass(frozen=True)
class TrackChoice:
    """The track that a reading is made of."""

    index: int
    name: str
    why: str


class MelodyLine(NamedTuple):
    """One voice out of many, as row numbers of the notes it was drawn from."""

    kept: Int[np.ndarray, " kept"]
    duration_step: Int[np.ndarray, " kept"]
    hidden: Int[np.ndarray, " hidden"]
    """Rows that are left out."""
    num_cut: int
    """Kept notes that were shortened, since the next one starts before their end."""


def choose_track(song: Song, track: str | int | None = None) -> TrackChoice | None:
    """The track that is asked for, or the melody; None when no pitched track has notes.

    Raises `MidiError` when the track that is asked for does not exist.
    """
    if track is not None:
        return _asked(song, track)
    pitched = [i for i, t in enumerate(song.tracks) if len(t) and not t.is_drum]
    if not pitched:
        return None
    for word in MELODY_WORDS:
        for i in pitched:
            words = name_words(song.tracks[i].name)
            if word in words and words.isdisjoint(NOT_MELODY_WORDS):
                return TrackChoice(i, song.tracks[i].name, f'its name says "{word}"')
    if len(pitched) == 1:
        return TrackChoice(
            pitched[0], song.tracks[pitched[0]].name, "it is the only pitched track with notes"
        )
    busiest = max(len(song.tracks[i]) for i in pitched)
    busy = [i for i in pitched if len(song.tracks[i]) >= BUSY_SHARE * busiest]
    best = max(busy, key=lambda i: melody_likeness(song.tracks[i], song.ticks_per_quarter))
    share = alone_share(song.tracks[best], song.ticks_per_quarter)
    why = (
        f"it is the most melody-like of {len(pitched)} tracks: {share:.0%} of its notes sound alone, "
        f"mean pitch {song.tracks[best].pitch.mean():.0f}"
    )
    return TrackChoice(best, song.tracks[best].name, why)


def name_words(name: str) -> set[str]:
    """The words of a track's name, in small letters and in the singular: "LeadVocals_1" is lead, vocal."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return {word.lower() for word in words} | {word.lower().removesuffix("s") for word in words}


def _asked(song: Song, track: str | int) -> TrackChoice:
    names = [t.name for t in song.tracks]
    by_name = [i for i, name in enumerate(names) if name.lower() == str(track).strip().lower()]
    if isinstance(track, str) and by_name:
        return TrackChoice(by_name[0], names[by_name[0]], "it was asked for by name")
    number = str(track).strip()
    if number.isdecimal() and int(number) < len(names):
        return TrackChoice(int(number), names[int(number)], "it was asked for by number")
    known = ", ".join(f"{i} {name!r}" for i, name in enumerate(names)) or "none"
    raise MidiError(f"There is no track {track!r} in {song.name or 'the song'}. It has: {known}.")


def melody_likeness(track: Track, ticks_per_quarter: int) -> float:
    """How much a track looks like a tune: higher is more. See the module's rule."""
    return alone_share(track, ticks_per_quarter) + float(track.pitch.mean()) / SEMITONES_WORTH_ALL_ALONE


def alone_share(track: Track, ticks_per_quarter: int) -> float:
    """The share of notes that sound alone, 1.0 for a melody and for silence.

    Overlaps shorter than half a sixteenth are legato playing and do not count.
    """
    if not len(track):
        return 1.0
    overlap_tick = ticks_per_quarter / 8
    ends = np.maximum.accumulate(track.end_tick)
    gap = track.onset_tick[1:] - ends[:-1]
    together = (gap < -overlap_tick) | (np.diff(track.onset_tick) == 0)
    alone = np.ones(len(track), bool)
    alone[1:] &= ~together
    alone[:-1] &= ~together
    return float(alone.mean())


def skyline(
    onset_step: Int[np.ndarray, " note"],
    duration_step: Int[np.ndarray, " note"],
    pitch: Int[np.ndarray, " note"],
) -> MelodyLine:
    """The melody line of notes that are sorted by onset, then pitch."""
    top = np.ones(len(onset_step), bool)
    top[:-1] = onset_step[1:] != onset_step[:-1]  # the last of its onset is the highest
    kept: list[int] = []
    ends: list[int] = []
    num_cut = 0
    rows = np.flatnonzero(top).tolist()
    onsets, durations, pitches = onset_step.tolist(), duration_step.tolist(), pitch.tolist()
    for row in rows:
        onset, end = onsets[row], onsets[row] + durations[row]
        if kept and ends[-1] > onset:
            legato = 2 * (ends[-1] - onset) < durations[row]
            if pitches[row] < pitches[kept[-1]] and not legato:
                continue
            ends[-1] = onset
            num_cut += 1
        kept.append(row)
        ends.append(end)
    kept_rows = np.array(kept, np.int64)
    hidden = np.setdiff1d(np.arange(len(onset_step)), kept_rows)
    return MelodyLine(kept_rows, np.array(ends, np.int64) - onset_step[kept_rows], hidden, num_cut)
