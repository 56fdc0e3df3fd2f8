"""Locks of the phrases of a song, from the words of a user.

    melody    notes of the track that is named so; else the highest line of the most melody-like track
    bass      notes of the track that is named so; else the notes under which none sounds
    rhythm    where notes start
    harmony   the tones of the chords
    nothing   no lock
    TRACK     notes of the track of that name or number

Chords are those of `symvae.pipelines.song_chords`. Without a word the melody of polyphonic music is kept. A
model of one line moves the melody itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from symvae.errors import ConfigError
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.locks import Lock, bass_line, lowest_notes
from symvae.music.melody_line import MELODY_WORDS, choose_track, name_words, skyline
from symvae.music.phrase import Phrase
from symvae.music.played_notes import PlayedNotes
from symvae.music.quantize import nearest_step
from symvae.music.song import Song
from symvae.pipelines.intake import Intake
from symvae.pipelines.song_chords import SongChords
from symvae.pipelines.tracks import tracks_read

MELODY, BASS, RHYTHM, HARMONY, NOTHING = "melody", "bass", "rhythm", "harmony", "nothing"
WORDS = (MELODY, RHYTHM, BASS, HARMONY, NOTHING)
PITCHES = 128


@dataclass(frozen=True)
class Keep:
    """Parts of a song that stay."""

    words: tuple[str, ...] = ()
    """Of `WORDS`, without "nothing"."""
    tracks: tuple[int, ...] = ()
    """Numbers of further tracks, from 0."""

    def __bool__(self) -> bool:
        return bool(self.words or self.tracks)

    def names(self, song: Song) -> list[str]:
        """Name what is kept, for reports.

        Args:
            song: The song.

        Returns:
            Words, and names of tracks.
        """
        return [*self.words, *(song.tracks[index].name or str(index) for index in self.tracks)]


#: Nothing is kept.
NO_LOCK = Keep()


def keep_of(
    words: str | Iterable[str] | None, song: Song, *, polyphonic: bool, drums: bool = False, model: str
) -> Keep:
    """Understand the words of a user.

    Args:
        words: Words of `WORDS`, and names or numbers of tracks; None for the default.
        song: The song.
        polyphonic: The model has all voices.
        drums: The model plays drums.
        model: Name of the model, for messages.

    Returns:
        What is kept.

    Raises:
        ConfigError: "nothing" stands beside other words, the melody of a model of one line is to stay, or a
            part that drums do not have.
        MidiError: A word is neither one of `WORDS` nor a track.
    """
    if words is None:
        return Keep((MELODY,)) if polyphonic and not drums else Keep()
    given = list(dict.fromkeys([words] if isinstance(words, str) else [str(word) for word in words]))
    if NOTHING in given and len(given) > 1:
        raise ConfigError("Nothing is kept, or something: give nothing alone.")
    if drums and (pitched := {MELODY, BASS, HARMONY} & {*given}):
        raise ConfigError(
            f"{model} changes drums alone: {' and '.join(sorted(pitched))} stays as it is anyway. Leave it "
            "out, or keep the rhythm."
        )
    if MELODY in given and not polyphonic:
        raise ConfigError(
            f"{model} moves the melody itself, so it cannot keep it. Keep its rhythm or harmony, or choose "
            "a polyphonic model."
        )
    tracks = [choice.index for word in given if word not in WORDS if (choice := choose_track(song, word))]
    return Keep(tuple(word for word in given if word in WORDS and word != NOTHING), tuple(tracks))


class _Window(NamedTuple):
    start_tick: float
    step_tick: float
    phrase: Phrase


def locks_of(
    keep: Keep,
    intake: Intake,
    phrases: Sequence[Phrase],
    rows: Sequence[int],
    chords: SongChords,
    *,
    one_voice: bool,
) -> list[Lock] | None:
    """Lock phrases.

    Args:
        keep: What is kept.
        intake: The song and its windows.
        phrases: Phrases as the model edits them.
        rows: Index of the window of each.
        chords: Chords of the song, which bind new notes.
        one_voice: The model has one line.

    Returns:
        One lock for each; None where nothing is kept and no chords were asked for.
    """
    if not keep and not chords.asked_for:
        return None
    song, spans = intake.song, chords.of_windows(intake)
    step_tick = song.ticks_per_quarter / STEPS_PER_QUARTER
    tracks = _kept_tracks(keep, intake)
    locks = []
    for phrase, row in zip(phrases, rows, strict=True):
        window = _Window(intake.reading.start_tick[row], step_tick, phrase)
        kept = np.zeros(len(phrase), bool)
        for index, line in tracks:
            kept |= _notes_of(song, index, window, line=line)
        if BASS in keep.words and not any(_is_bass(song, index) for index, _ in tracks):
            kept |= bass_line(phrase)
        rhythm, harmony = RHYTHM in keep.words, HARMONY in keep.words
        locks.append(Lock(phrase, kept, spans[row], rhythm=rhythm, harmony=harmony, one_voice=one_voice))
    return locks


def closed_tracks(keep: Keep, intake: Intake) -> list[int]:
    """Tracks that get no new note.

    Args:
        keep: What is kept.
        intake: The song and its windows.

    Returns:
        Their numbers; none where all tracks that are read would be.
    """
    closed = [index for index, line in _kept_tracks(keep, intake) if not line]
    rest = set(tracks_read(intake.song, intake.reading.track, intake.reading.drums)) - set(closed)
    return closed if rest else []


def bass_notes(keep: Keep, song: Song, notes: PlayedNotes) -> Bool[np.ndarray, " note"]:
    """Mark the notes of a bass that is kept.

    Args:
        keep: What is kept.
        song: The song.
        notes: Its notes.

    Returns:
        Notes of tracks that are named so, else those under which none sounds; none where no bass is kept.
    """
    if BASS not in keep.words:
        return np.zeros(len(notes.part), bool)
    named = [index for index in np.unique(notes.part).tolist() if _is_bass(song, index)]
    if named:
        return np.isin(notes.part, named)
    onset = nearest_step(notes.old_onset / notes.step_tick)
    end = np.maximum(nearest_step(notes.old_end / notes.step_tick), onset + 1)
    return lowest_notes(onset, end, notes.old_pitch)


def _kept_tracks(keep: Keep, intake: Intake) -> list[tuple[int, bool]]:
    """Tracks to keep, and whether only their highest line is."""
    song, read = intake.song, tracks_read(intake.song, intake.reading.track, intake.reading.drums)
    kept = [(index, False) for index in keep.tracks]
    if MELODY in keep.words and (choice := choose_track(song)):
        index = choice.index if choice.index in read else read[0]
        named = not name_words(song.tracks[index].name).isdisjoint(MELODY_WORDS)
        kept.append((index, len(read) == 1 or not named))
    if BASS in keep.words:
        kept += [(index, False) for index in read if _is_bass(song, index)]
    return kept


def _is_bass(song: Song, index: int) -> bool:
    return BASS in name_words(song.tracks[index].name)


def _notes_of(song: Song, index: int, window: _Window, *, line: bool) -> Bool[np.ndarray, " note"]:
    """Notes of a window's phrase that a track has, or its highest line."""
    track, phrase = song.tracks[index], window.phrase
    step = nearest_step((track.onset_tick - window.start_tick) / window.step_tick)
    here: Int[np.ndarray, " place"] = step * PITCHES + track.pitch
    kept = np.isin(phrase.onset_step * PITCHES + phrase.pitch, here)
    if line:
        rows = np.flatnonzero(kept)
        top = skyline(phrase.onset_step[rows], phrase.duration_step[rows], phrase.pitch[rows]).kept
        kept = np.zeros_like(kept)
        kept[rows[top]] = True
    return kept
