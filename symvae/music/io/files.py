"""Any music file in or out: the suffix says which room it goes to.

    .mid .midi .kar           `symvae.music.io.midi`
    .xml .musicxml .mxl .abc  `symvae.music.io.score` (through music21: 3 s to import)

A file without a suffix that is known is tried as MIDI, which says what is wrong with it. `read` and
`write` are the package's front door: phrases in and out, without a report; for what falls away on the
way, see `symvae.pipelines.inspect` or the `Reading` that `symvae.music.windows` gives.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from symvae.errors import MidiError
from symvae.music.grid import Grid
from symvae.music.io import midi
from symvae.music.phrase import Phrase
from symvae.music.song import Song
from symvae.music.windows import whole, windows

SCORE_SUFFIXES = (".xml", ".musicxml", ".mxl", ".abc")
MIDI_SUFFIXES = (".mid", ".midi", ".kar")


def read(source: Any, grid: Grid | None = None, track: str | int | None = None) -> list[Phrase]:
    """The phrases of a file (its path), of a MIDI file's bytes, or of a `pretty_midi.PrettyMIDI`.

    With ``grid`` (a model's ``model.grid``): the melody, cut into windows that the grid can take.
    Without: each pitched track whole, with all its voices, one phrase for each stretch of constant
    metre. ``track`` chooses a track by name or number. Raises `MidiError`, with the reasons, when
    nothing is left.
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
        reasons = "; ".join(str(d) for reading in readings for d in reading.dropped)
        raise MidiError(
            f"{song.name or 'This music'} has no {wanted} ({reasons or 'it holds no notes'}). "
            "Choose another file or track."
        )
    return phrases


def load_any(source: Any) -> Song:
    """Read a MIDI, MusicXML or ABC file, or what `symvae.music.io.midi.load` takes beside paths.

    Raises `MidiError` for whatever cannot be read as music.
    """
    if isinstance(source, str | os.PathLike) and Path(source).suffix.lower() in SCORE_SUFFIXES:
        from symvae.music.io.score import load_score

        return load_score(source)
    return midi.load(source)


def load_to_play(path: str | os.PathLike[str]) -> Song:
    """As `load_any` for whoever plays the song: see `symvae.music.io.midi.load_to_play`."""
    is_score = Path(path).suffix.lower() in SCORE_SUFFIXES
    return load_any(path) if is_score else midi.load_to_play(path)


def write(
    phrases: Phrase | Sequence[Phrase],
    path: str | os.PathLike[str],
    program: int = 0,
    force: bool = False,
) -> Path:
    """Write one phrase, or several in a row, in the format that the path's suffix names.

    A score has no program: it is given to MIDI alone. MIDI keeps the tempo of each phrase; a score is
    written at the first one's. An existing file is kept unless ``force``.
    """
    if Path(path).suffix.lower() in SCORE_SUFFIXES:
        from symvae.music.io.score import write_score

        return write_score(phrases, path, force)
    return midi.write(phrases, path, program, force)
