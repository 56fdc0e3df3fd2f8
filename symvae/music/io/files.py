"""Music files in and out: phrases, without a report.

    .mid .midi .kar           `symvae.music.io.midi_read`, `symvae.music.io.midi_write`
    .xml .musicxml .mxl .abc  `symvae.music.io.score_read`, `symvae.music.io.score_write`

`read` and `write` are the front door of the package; `read` takes any `symvae.music.io.source`. For drop
reasons see `symvae.pipelines.inspect`, or the `symvae.music.reading.Reading` of `symvae.music.windows`.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

from symvae.arguments import checked
from symvae.errors import ArgumentError, MidiError
from symvae.music.arrangement import Arrangement
from symvae.music.drum_tracks import means_drums
from symvae.music.grid import Grid
from symvae.music.io.book_tune import in_book
from symvae.music.io.bridges.convert import as_song
from symvae.music.io.file_bytes import write_bytes
from symvae.music.io.midi_write import song_to_bytes, to_bytes
from symvae.music.io.score_write import score_bytes
from symvae.music.io.sniff import MIDI_SUFFIXES, SCORE_SUFFIXES
from symvae.music.io.source import Music, load_any, name_of, pieces
from symvae.music.phrase import Phrase
from symvae.music.windows import whole, windows

#: A path, or a file that is open for bytes.
Target: TypeAlias = Any
#: Endings of sound files, which are played and not written.
SOUND_SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".m4a")


@checked
def read(
    source: Music | Iterable[Music],
    grid: Grid | None = None,
    track: str | int | None = None,
    tune: str | int | None = None,
) -> list[Phrase]:
    """Read the phrases of music in any form.

    Args:
        source: Path of a MIDI, MusicXML or ABC file, "-" for standard input, the bytes of a file, an open
            file, an object of pretty_midi, muspy, symusic, music21 or mido, a `Song`; or several, as a list,
            an iterator or a folder.
        grid: Window of a model (``model.grid``): read the melody line, cut into windows of this grid. Without
            it, read each pitched track whole, with all its voices, one phrase for each stretch of one metre.
            Drum tracks are read where ``track`` names one, and where the song has no others.
        track: Name or number (from 0) of the track; the melody track or all pitched tracks by default.
        tune: Number or title of the tune, where an ABC file holds several.

    Returns:
        At least one phrase of each piece.

    Raises:
        MidiError: A source cannot be read, or no phrase is left; the message gives the drop reasons.
        ArgumentError: It is of a type that holds no music; the message lists those that do.
    """
    found = [phrase for piece in pieces(source) for phrase in _phrases(in_book(piece, tune), grid, track)]
    if not found:
        raise MidiError("There is no music in an empty list. Give at least one file.")
    return found


def _phrases(source: Music, grid: Grid | None, track: str | int | None) -> list[Phrase]:
    song = load_any(source)
    if grid is not None:
        readings = [windows(song, grid, track, drums=means_drums(song, track))]
    elif track is not None:
        readings = [whole(song, track, polyphonic=True, drums=means_drums(song, track))]
    else:
        pitched = [i for i, part in enumerate(song.tracks) if len(part) and not part.is_drum]
        readings = [whole(song, i, polyphonic=True) for i in pitched] or [
            whole(song, drums=means_drums(song))
        ]
    phrases = [phrase for reading in readings for phrase in reading.phrases]
    if not phrases:
        wanted = "phrase" if grid is None else f"window of {grid.bars} bars of {grid.metre}"
        reasons = "; ".join(str(drop) for reading in readings for drop in reading.dropped)
        raise MidiError(
            f"{name_of(source)} has no {wanted} ({reasons or 'it holds no notes'}). "
            "Choose another file or track."
        )
    return phrases


@checked
def write(
    music: Music | Iterable[Music],
    path: Target,
    program: int = 0,
    force: bool = False,
) -> Target:
    """Write one phrase, several in sequence, or a song, in the format that the suffix names.

    Args:
        music: One phrase, or several of one metre; MIDI keeps the tempo of each, a score that of the first.
            Or a song in any form that `read` takes, as MIDI with its own programs.
        path: A file name that ends in .mid, .midi, .kar, .musicxml, .xml, .mxl or .abc; or a file open for
            writing bytes, which gets MIDI unless its name ends in one of the others.
        program: General MIDI program of phrases, 0 to 127; a score has none.
        force: Overwrite an existing file.

    Returns:
        The path, or the open file.

    Raises:
        MidiError: The suffix names no format of music, the file cannot be written, or it is a score of a
            whole song or of drums.
        ArgumentError: The music or the path is of a wrong type.
    """
    if isinstance(path, str | os.PathLike):
        return write_bytes(_contents(music, Path(path), program), path, force)
    if not hasattr(path, "write"):
        raise ArgumentError(
            f"Music cannot be written to {path!r:.60}. Give a file name, or a file that is open for bytes."
        )
    name = Path(str(getattr(path, "name", "")))
    data = _contents(music, name if is_score(name) else Path("song.mid"), program)
    try:
        path.write(data)
    except (TypeError, OSError, ValueError) as error:
        raise MidiError(f"The open file cannot be written: {error}. Open it with mode 'wb'.") from error
    return path


def _contents(music: Music | Iterable[Music], path: Path, program: int) -> bytes:
    """The file that `write` writes."""
    suffix = path.suffix.lower()
    if suffix not in (*MIDI_SUFFIXES, *SCORE_SUFFIXES):
        sound = " For sound, use Synth.render or `symvae render`." if suffix in SOUND_SUFFIXES else ""
        raise MidiError(
            f"{path} is no name of a music file. Use one that ends in "
            f"{', '.join((*MIDI_SUFFIXES, *SCORE_SUFFIXES))}.{sound}"
        )
    found = pieces(music)
    if not all(isinstance(piece, Phrase | Arrangement) for piece in found):
        if suffix in SCORE_SUFFIXES:
            raise MidiError(
                f"A whole song is written as MIDI only. Use a name that ends in .mid, not {path}."
            )
        return song_to_bytes(as_song(found))
    if suffix in SCORE_SUFFIXES and any(isinstance(piece, Arrangement) for piece in found):
        raise MidiError(f"An arrangement is written as MIDI only. Use a name that ends in .mid, not {path}.")
    if suffix in SCORE_SUFFIXES and any(piece.is_drum for piece in found):
        raise MidiError(f"Drums are written as MIDI only. Use a name that ends in .mid, not {path}.")
    return to_bytes(found, program) if suffix in MIDI_SUFFIXES else score_bytes(found, suffix, path.stem)


def is_score(path: str | os.PathLike[str]) -> bool:
    """Tell whether the suffix names a score format (MusicXML or ABC).

    Args:
        path: A file name.

    Returns:
        True for .xml, .musicxml, .mxl and .abc, in any case.
    """
    return Path(path).suffix.lower() in SCORE_SUFFIXES
