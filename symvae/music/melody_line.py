"""Melody extraction: the track of the melody, and its skyline.

**Track.** The user's choice, by name or number, has priority. Else the first track whose name contains one of
`MELODY_WORDS`, in the order of the list ("melody" before "lead"), as a whole word or its plural ("Neptune"
contains no "tune"). Else the most melody-like of the pitched tracks with enough notes, by

    share of notes that sound alone + mean pitch / 24

so that two octaves weigh as much as all notes alone. This heuristic finds the right hand of a piano piece and
the tune above a bass. It can be wrong, so the choice and its reason are in every report.

**Line.** The skyline, the best of four algorithms in Uitdenbogerd and Zobel (Melodic matching techniques for
large music databases, ACM Multimedia 1999): of notes that start together the highest is kept, and a note that
sounds when a higher one starts ends there. One departure: they also keep a lower note that starts under a
sounding higher one, and end the higher. In piano music such a note is mostly accompaniment, so here it is
dropped, unless the higher note ends within the first half of the lower: then the two are one line played
legato, and the higher note ends early.

This module knows notes and their times, and no bars, files or models.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from symvae.errors import MidiError
from symvae.music.song import Song, Track

#: Words in the name of a melody track, most reliable first.
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
#: A name with one of these words too is not the melody ("backing vocals").
NOT_MELODY_WORDS = ("back", "backing", "background", "choir", "counter", "bass")
#: A track needs this share of the notes of the track with the most notes.
BUSY_SHARE = 0.1
#: Semitones of mean pitch that weigh as much as a share of 1.
PITCH_SCALE = 24


@dataclass(frozen=True)
class TrackChoice:
    """The track that is read."""

    index: int
    name: str
    why: str
    """The reason of the choice, a clause that begins with "it" or "its"."""


class MelodyLine(NamedTuple):
    """One voice out of several, as row numbers of the input notes."""

    kept: Int[np.ndarray, " kept"]
    """Rows of the melody."""
    duration_step: Int[np.ndarray, " kept"]
    """New lengths of the melody notes."""
    hidden: Int[np.ndarray, " hidden"]
    """Rows that are dropped."""
    num_cut: int
    """Melody notes that were shortened, since the next one starts before their end."""


def choose_track(song: Song, track: str | int | None = None) -> TrackChoice | None:
    """Choose the track given by name or number (from 0), else the melody.

    Returns None when no track is given and no pitched track has notes.

    Raises:
        MidiError: The given track does not exist.
    """
    if track is not None:
        return _track_by_name(song, track)
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
    """Words of a track name in lower case, with singulars: "LeadVocals_1" gives lead, vocals, vocal."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return {word.lower() for word in words} | {word.lower().removesuffix("s") for word in words}


def _track_by_name(song: Song, track: str | int) -> TrackChoice:
    names = [t.name for t in song.tracks]
    by_name = [i for i, name in enumerate(names) if name.lower() == str(track).strip().lower()]
    if isinstance(track, str) and by_name:
        return TrackChoice(by_name[0], names[by_name[0]], "it was asked for by name")
    number = str(track).strip()
    if number.isdecimal() and int(number) < len(names):
        return TrackChoice(int(number), names[int(number)], "it was asked for by number")
    tracks = ", ".join(f"{i} {name!r}" for i, name in enumerate(names)) or "none"
    raise MidiError(f"There is no track {track!r} in {song.name or 'the song'}. It has: {tracks}.")


def melody_likeness(track: Track, ticks_per_quarter: int) -> float:
    """Score of a track by the rule above; the highest is taken for the melody."""
    return alone_share(track, ticks_per_quarter) + float(track.pitch.mean()) / PITCH_SCALE


def alone_share(track: Track, ticks_per_quarter: int) -> float:
    """Share of notes that sound alone, 1.0 for a melody and for silence.

    Overlaps up to half a sixteenth are legato and do not count.
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
    """Extract the melody line from notes sorted by onset, then pitch.

    Args:
        onset_step: Start of each note, in steps.
        duration_step: Length of each note, in steps.
        pitch: MIDI note numbers.

    Returns:
        The rows of the melody with their new lengths, and the other rows.
    """
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


def bass_line(
    onset_step: Int[np.ndarray, " note"],
    duration_step: Int[np.ndarray, " note"],
    pitch: Int[np.ndarray, " note"],
) -> MelodyLine:
    """Extract the lowest line: the skyline of the music turned upside down.

    Args:
        onset_step: Start of each note, in steps.
        duration_step: Length of each note, in steps.
        pitch: MIDI note numbers.

    Returns:
        The rows of the bass with their new lengths, and the other rows.
    """
    order = np.lexsort((-pitch, onset_step))
    line = skyline(onset_step[order], duration_step[order], -pitch[order])
    return MelodyLine(order[line.kept], line.duration_step, np.sort(order[line.hidden]), line.num_cut)
