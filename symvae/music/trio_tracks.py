"""Tracks of a trio: which tracks of a song are its melody, bass and drums, and the evidence.

    drums     all drum tracks together
    bass      a track whose name says "bass"; else the fullest with a bass program of General MIDI (32 to 39)
              that plays low; else the lowest track that is mostly one voice
    melody    a track whose name says so, as in `symvae.music.melody_line`; else the fullest of the other
              tracks that lies above MIDI note `MELODY_ABOVE` and has few chords

"Fullest" is the track with most notes: of two that are equal, the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from symvae.music.arrangement import BASS, DRUMS, MELODY, PARTS
from symvae.music.melody_line import (
    MELODY_WORDS,
    NOT_MELODY_WORDS,
    TrackChoice,
    alone_share,
    name_words,
)
from symvae.music.reason import Reason
from symvae.music.song import Song, Track

#: Programs of basses in General MIDI.
BASS_PROGRAMS = range(32, 40)
#: Highest mean pitch of a bass, and lowest of a melody.
BASS_BELOW, MELODY_ABOVE = 55, 52
#: Smallest share of notes that sound alone, in a melody and in a bass that no name or program tells.
MELODY_ALONE, BASS_ALONE = 0.8, 0.5
_BASS_WORDS = ("bass", "basse", "bajo", "basso")


@dataclass(frozen=True)
class TrioTracks:
    """The tracks of a song that are its parts."""

    choice: Mapping[str, TrackChoice]
    """Melody, bass and drums, as far as the song has them; of several drum tracks the first."""

    @property
    def missing(self) -> tuple[Reason, ...]:
        """Why the song is no trio; empty if it is one."""
        reasons = {MELODY: Reason.NO_MELODY, BASS: Reason.NO_BASS, DRUMS: Reason.NO_DRUMS}
        return tuple(reason for name, reason in reasons.items() if name not in self.choice)

    def words(self) -> str:
        """Tracks and evidence in one line: "melody: track 3 (Lead), its name says …; bass: …"."""
        return "; ".join(
            f"{name}: track {track.index}{f' ({track.name})' if track.name else ''}, {track.why}"
            for name, track in self.choice.items()
        )


def trio_tracks(song: Song) -> TrioTracks:
    """Choose the tracks of melody, bass and drums, each with its evidence."""
    found: dict[str, TrackChoice] = {}
    drums = [i for i, track in enumerate(song.tracks) if track.is_drum and len(track)]
    if drums:
        several = f"it is the first of {len(drums)} drum tracks"
        why = several if len(drums) > 1 else "it is the only drum track"
        found[DRUMS] = TrackChoice(drums[0], song.tracks[drums[0]].name, why)
    for name, choose in ((BASS, _bass), (MELODY, _melody)):
        taken = {each.index for each in found.values()}
        pitched = [i for i, t in enumerate(song.tracks) if len(t) and not t.is_drum and i not in taken]
        if choice := choose(song, pitched):
            found[name] = choice
    return TrioTracks({name: found[name] for name in PARTS if name in found})


def _bass(song: Song, pitched: list[int]) -> TrackChoice | None:
    tracks = song.tracks
    low = [i for i in pitched if tracks[i].pitch.mean() <= BASS_BELOW]
    for i in _fullest_first(song, low):
        if word := next((each for each in _BASS_WORDS if each in name_words(tracks[i].name)), None):
            return TrackChoice(i, tracks[i].name, f'its name says "{word}"')
    for i in _fullest_first(song, low):
        if tracks[i].program in BASS_PROGRAMS:
            why = f"its program {tracks[i].program} is a bass, mean pitch {tracks[i].pitch.mean():.0f}"
            return TrackChoice(i, tracks[i].name, why)
    if len(pitched) > 1 and low:
        lowest = min(low, key=lambda i: float(tracks[i].pitch.mean()))
        share = alone_share(tracks[lowest], song.ticks_per_quarter)
        if share >= BASS_ALONE:
            why = f"it is the lowest track, mean pitch {tracks[lowest].pitch.mean():.0f}, {share:.0%} alone"
            return TrackChoice(lowest, tracks[lowest].name, why)
    return None


def _melody(song: Song, pitched: list[int]) -> TrackChoice | None:
    tracks = song.tracks
    for word in MELODY_WORDS:
        for i in pitched:
            words = name_words(tracks[i].name)
            if word in words and words.isdisjoint(NOT_MELODY_WORDS):
                return TrackChoice(i, tracks[i].name, f'its name says "{word}"')

    def sings(track: Track) -> bool:
        alone = alone_share(track, song.ticks_per_quarter)
        return track.pitch.mean() > MELODY_ABOVE and alone >= MELODY_ALONE

    for i in _fullest_first(song, pitched):
        if sings(tracks[i]):
            share = alone_share(tracks[i], song.ticks_per_quarter)
            why = (
                f"it is the fullest above MIDI note {MELODY_ABOVE} with few chords: {share:.0%} of its "
                f"{len(tracks[i])} notes sound alone, mean pitch {tracks[i].pitch.mean():.0f}"
            )
            return TrackChoice(i, tracks[i].name, why)
    return None


def _fullest_first(song: Song, numbers: list[int]) -> list[int]:
    return sorted(numbers, key=lambda i: -len(song.tracks[i]))
