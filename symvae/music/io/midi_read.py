"""MIDI files to songs, parsed by symusic (about a millisecond a file).

Whatever is wrong with a file, the caller meets one error, `MidiError`, with the fault and a remedy: the
parser accepts more than music can be, and `symvae.music.io.validate` rejects the rest. This module knows no
bars, grids or melodies (see `symvae.music.windows`).
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import symusic
from jaxtyping import Int

from symvae.errors import MidiError
from symvae.music.io.controllers import with_channel_controls
from symvae.music.io.end_marker import is_end_marker
from symvae.music.io.events import read_tracks
from symvae.music.io.file_bytes import read_bytes
from symvae.music.io.validate import EXPORT_AGAIN, check_header, validated
from symvae.music.song import MetreChange, Song, TempoChange, Track

if TYPE_CHECKING:
    import pretty_midi


def load(source: "str | os.PathLike[str] | bytes | pretty_midi.PrettyMIDI") -> Song:
    """Read a MIDI file, given by its path or as its bytes, or convert a `pretty_midi.PrettyMIDI`.

    Raises:
        MidiError: The source cannot be read as music.
    """
    if isinstance(source, bytes):
        return _parse(source, "the MIDI data", "")
    if isinstance(source, str | os.PathLike):
        return _parse(read_bytes(source), str(source), Path(source).stem)
    from symvae.music.io.pretty_midi_bridge import from_pretty_midi

    return from_pretty_midi(source)


def load_for_playback(path: str | os.PathLike[str]) -> Song:
    """Read a MIDI file, and give every part all controllers of its channel.

    See `symvae.music.io.controllers.with_channel_controls`.
    """
    data = read_bytes(path)
    return with_channel_controls(_parse(data, str(path), Path(path).stem), read_tracks(data, str(path)))


def _parse(data: bytes, where: str, name: str) -> Song:
    check_header(data, where)
    try:
        song = _from_symusic(symusic.Score.from_midi(data))
    except (RuntimeError, ValueError, TypeError, OverflowError, MemoryError) as error:
        fault = str(error).replace("MiniMidi: ", "").replace("iostream error", "")
        fault = " ".join(fault.split()).rstrip(":! ")
        raise MidiError(f"{where} is damaged MIDI ({fault}). {EXPORT_AGAIN}") from error
    return validated(song, where, name)


def _from_symusic(score: Any) -> Song:
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
