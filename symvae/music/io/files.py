"""Music files in and out, in the format that the suffix names.

    .mid .midi .kar           `symvae.music.io.midi_read`, `symvae.music.io.midi_write`
    .xml .musicxml .mxl .abc  `symvae.music.io.score_read`, `symvae.music.io.score_write`

A file with any other suffix is read as MIDI, which gives the error. `read` and `write` are the front door
of the package: phrases in and out, without a report. For drop reasons see `symvae.pipelines.inspect`, or the
`symvae.music.reading.Reading` of `symvae.music.windows`.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Union

from symvae.errors import MidiError
from symvae.music.grid import Grid
from symvae.music.io import midi_read, midi_write
from symvae.music.io.file_bytes import write_bytes
from symvae.music.io.score_read import FORMATS, load_score
from symvae.music.io.score_write import write_score
from symvae.music.phrase import Phrase
from symvae.music.song import Song
from symvae.music.windows import whole, windows

if TYPE_CHECKING:
    import pretty_midi

SCORE_SUFFIXES = tuple(FORMATS)
MIDI_SUFFIXES = (".mid", ".midi", ".kar")

Source = Union[str, os.PathLike[str], bytes, "pretty_midi.PrettyMIDI"]


def read(source: Source, grid: Grid | None = None, track: str | int | None = None) -> list[Phrase]:
    """Read the phrases of a file.

    Args:
        source: Path of a MIDI, MusicXML or ABC file, the bytes of a MIDI file, or a `pretty_midi.PrettyMIDI`.
        grid: Window of a model (``model.grid``): read the melody line, cut into windows of this grid. Without
            it, read each pitched track whole, with all its voices, one phrase for each stretch of one metre.
        track: Name or number (from 0) of the track; the melody track or all pitched tracks by default.

    Returns:
        At least one phrase.

    Raises:
        MidiError: The source cannot be read, or no phrase is left; the message gives the drop reasons.
    """
    song = load_any(source)
    if grid is not None:
        readings = [windows(song, grid, track)]
    elif track is not None:
        readings = [whole(song, track, polyphonic=True)]
    else:
        pitched = [i for i, part in enumerate(song.tracks) if len(part) and not part.is_drum]
        readings = [whole(song, i, polyphonic=True) for i in pitched] or [whole(song)]
    phrases = [phrase for reading in readings for phrase in reading.phrases]
    if not phrases:
        wanted = "phrase" if grid is None else f"window of {grid.bars} bars of {grid.metre}"
        reasons = "; ".join(str(drop) for reading in readings for drop in reading.dropped)
        raise MidiError(
            f"{song.name or 'This music'} has no {wanted} ({reasons or 'it holds no notes'}). "
            "Choose another file or track."
        )
    return phrases


def load_any(source: Source) -> Song:
    """Read a music file as a song, with all its tracks.

    Args:
        source: Path of a MIDI, MusicXML or ABC file, the bytes of a MIDI file, or a `pretty_midi.PrettyMIDI`.

    Returns:
        The song, in ticks.
    """
    if isinstance(source, str | os.PathLike) and is_score(source):
        return load_score(source)
    return midi_read.load(source)


def load_for_playback(path: str | os.PathLike[str]) -> Song:
    """Read a music file as a song whose parts have one channel and one program each, as players need them.

    Args:
        path: A MIDI, MusicXML or ABC file.

    Returns:
        The song, as `symvae.music.io.midi_read.for_playback` gives it.
    """
    song = load_any(path)
    return song if song.events is None else midi_read.for_playback(song.events, str(path), song.name)


def write(
    phrases: Phrase | Sequence[Phrase] | Song,
    path: str | os.PathLike[str],
    program: int = 0,
    force: bool = False,
) -> Path:
    """Write one phrase, or several in sequence, in the format that the suffix names.

    Args:
        phrases: One phrase, or several of one metre. MIDI keeps the tempo of each, a score that of the first.
            Or a whole song, as MIDI with its own programs.
        path: A file name that ends in .mid, .musicxml, .mxl, .abc …; MIDI for any other.
        program: General MIDI program, 0 to 127; a score has none.
        force: Overwrite an existing file.

    Returns:
        The path.

    Raises:
        MidiError: The file cannot be written, or it is a score of a whole song.
    """
    if isinstance(phrases, Song):
        if is_score(path):
            raise MidiError(
                f"A whole song is written as MIDI only. Use a name that ends in .mid, not {path}."
            )
        return write_bytes(midi_write.song_to_bytes(phrases), path, force)
    if is_score(path):
        return write_score(phrases, path, force)
    return midi_write.write(phrases, path, program, force)


def is_score(path: str | os.PathLike[str]) -> bool:
    """Tell whether the suffix names a score format (MusicXML or ABC).

    Args:
        path: A file name.

    Returns:
        True for .xml, .musicxml, .mxl and .abc, in any case.
    """
    return Path(path).suffix.lower() in SCORE_SUFFIXES
