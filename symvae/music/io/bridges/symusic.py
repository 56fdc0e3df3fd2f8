"""`symusic.Score` (in ticks, quarters or seconds) ↔ song.

A Score has notes, controllers, pitch bends, programs, names, tempos, metres, keys, lyrics and markers, which
hold all other text, too; the end of the music is the marker "end" (see `symvae.music.io.end_marker`).
"""

from typing import Any

import numpy as np
import symusic
from jaxtyping import Int

from symvae.errors import MidiError
from symvae.music.io.bridges.words import Key, Word, keys_of, with_words, words_of
from symvae.music.io.end_marker import END_MARKER, is_end_marker
from symvae.music.io.events import LYRIC, MARKER
from symvae.music.io.validate import validated
from symvae.music.song import MetreChange, Song, TempoChange, Track


def from_song(song: Song) -> Any:
    """Convert a song to a Score in ticks."""
    score: Any = symusic.Score(song.ticks_per_quarter)
    for metre in song.metres:
        score.time_signatures.append(symusic.TimeSignature(metre.tick, metre.numerator, metre.denominator))
    for tempo in song.tempos:
        score.tempos.append(symusic.Tempo(tempo.tick, tempo.qpm))
    score.markers.append(symusic.TextMeta(song.end_tick, END_MARKER))
    for key in keys_of(song):
        score.key_signatures.append(symusic.KeySignature(key.tick, key.sharps, int(key.is_minor)))
    score.markers.extend(
        symusic.TextMeta(word.tick, word.text) for word in words_of(song) if word.kind != LYRIC
    )
    for track in song.tracks:
        score.tracks.append(_from_track(track))
    if len(score.tracks):
        score.tracks[0].lyrics.extend(
            symusic.TextMeta(word.tick, word.text) for word in words_of(song) if word.kind == LYRIC
        )
    return score


def _from_track(track: Track) -> Any:
    part: Any = symusic.Track(track.name, track.program, track.is_drum)
    onset, duration, pitch, velocity = track.columns
    part.notes = symusic.Note.from_numpy(
        onset.astype(np.int32), duration.astype(np.int32), pitch.astype(np.int8), velocity.astype(np.int8)
    )
    tick, number, value = track.controls.T
    part.controls = symusic.ControlChange.from_numpy(
        tick.astype(np.int32), number.astype(np.uint8), value.astype(np.uint8)
    )
    tick, value = track.bends.T
    part.pitch_bends = symusic.PitchBend.from_numpy(tick.astype(np.int32), value.astype(np.int32))
    return part


def to_song(score: Any, where: str) -> Song:
    """Convert a Score of any time unit.

    Raises:
        MidiError: Its times do not fit the range of ticks.
    """
    try:
        score = score.to("tick")
        song, words, keys = _song(score), *_words(score)
    except (RuntimeError, ValueError, TypeError, OverflowError) as error:
        raise MidiError(
            f"The Score object cannot be read ({error}). Check its times and its tempos."
        ) from error
    return with_words(validated(song, where, ""), words, keys)


def _words(score: Any) -> tuple[list[Word], list[Key]]:
    """Markers, lyrics and keys of a Score."""
    words = [Word(int(each.time), MARKER, each.text) for each in score.markers]
    words += [Word(int(each.time), LYRIC, each.text) for part in score.tracks for each in part.lyrics]
    keys = [Key(int(each.time), int(each.key), bool(each.tonality)) for each in score.key_signatures]
    return words, keys


def _song(score: Any) -> Song:
    ends = [int(marker.time) for marker in score.markers if is_end_marker(marker.text)]
    return Song(
        ticks_per_quarter=int(score.ticks_per_quarter),
        metres=tuple(
            MetreChange(int(m.time), int(m.numerator), int(m.denominator)) for m in score.time_signatures
        ),
        tempos=tuple(TempoChange(int(t.time), 60e6 / t.mspq if t.mspq else 0.0) for t in score.tempos),
        tracks=tuple(_track(part) for part in score.tracks),
        end_tick=max(ends, default=0),
    )


def _track(part: Any) -> Track:
    notes = part.notes.numpy()
    columns = (np.asarray(notes[key], np.int64) for key in ("time", "duration", "pitch", "velocity"))
    return Track(
        *(part.name.strip(), int(part.program), bool(part.is_drum), *columns),
        controls=_in_time_order(part.controls.numpy(), "time", "number", "value"),
        bends=_in_time_order(part.pitch_bends.numpy(), "time", "value"),
    )


def _in_time_order(events: Any, *names: str) -> Int[np.ndarray, "event column"]:
    """The named columns of a table of events as one array."""
    rows = np.stack([np.asarray(events[name], np.int64) for name in names], axis=1)
    return rows[np.argsort(rows[:, 0], kind="stable")]
