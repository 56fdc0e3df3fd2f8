"""Musical attributes of files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.attributes.table import ATTRIBUTES, PARTS_ATTRIBUTES
from symvae.attributes.table import measure as measure_phrases
from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.errors import MidiError
from symvae.music.drum_tracks import means_drums
from symvae.music.io.source import Music, load_any
from symvae.music.reading import Reading
from symvae.music.windows import whole
from symvae.pipelines.many_files import Piece, each_file, read_or_unread
from symvae.pipelines.spans import spans_of, titles_of
from symvae.pipelines.timing_words import timing_in_words
from symvae.pipelines.tracks import Tracks, track_in_words, unread_tracks_in_words
from symvae.pipelines.unread import Unread

#: What single phrases have.
MEASURED = tuple(name for name in ATTRIBUTES if name not in PARTS_ATTRIBUTES)


@dataclass(frozen=True)
class Measurement:
    """Attributes of each stretch of constant metre in some files."""

    readings: dict[str, Reading]
    """The melody of each file."""
    values: dict[str, Float[np.ndarray, " phrase"]]
    """Each attribute, in its unit; the phrases of all files in a row."""
    notices: tuple[str, ...]
    """Sentences about tracks that were read or not, and drops."""
    unread: tuple[Unread, ...] = ()
    """Files that could not be read."""

    @property
    def titles(self) -> list[str]:
        """File and bars of each phrase."""
        return [
            f"{Path(file).name} {title}"
            for file, reading in self.readings.items()
            for title in titles_of(reading)
        ]

    @property
    def drums(self) -> bool:
        """True if every phrase is a drum track."""
        return all(reading.drums for reading in self.readings.values())

    def data(self) -> list[dict[str, Any]]:
        """The values as plain data, one row for each phrase, and one for each file that could not be read."""
        places = [(file, span) for file, reading in self.readings.items() for span in spans_of(reading)]
        timing = {file: reading.timing.data() for file, reading in self.readings.items()}
        rows = [
            {"file": file, "bars": bars}
            | {name: float(column[row]) for name, column in self.values.items()}
            | {"timing": timing[file]}
            for row, (file, bars) in enumerate(places)
        ]
        return [*rows, *(each.data() for each in self.unread)]


class _Measured(NamedTuple):
    """Melody of one file."""

    reading: Reading
    values: dict[str, Float[np.ndarray, " phrase"]]
    notices: list[str]


def measure(
    files: Music | Iterable[Music], track: Tracks = None, *, limits: FileLimits = DEFAULT_LIMITS
) -> Measurement:
    """Measure the melody of each file.

    Args:
        files: MIDI, MusicXML or ABC files, folders of them, or music in any other form.
        track: Name or number of the track to read in all files, or a sequence with one for each; by default
            the melody.
        limits: The most that one file may take.

    Returns:
        Every attribute of every phrase.

    Raises:
        MidiError: No file has a melody; the message has the reasons.
    """
    found, unread = read_or_unread(each_file(_measure, files, track, limits=limits))
    readings = {file: each.reading for file, each in found.items()}
    if not any(reading.phrases for reading in readings.values()):
        drops = [f"{file}: {dropped}" for file, reading in readings.items() for dropped in reading.dropped]
        reasons = "; ".join([*drops, *map(str, unread)])
        raise MidiError(
            f"There is nothing to measure: no file has a melody{f' ({reasons})' if reasons else ''}. "
            "Choose another file or --track; `symvae inspect` lists the contents of a file."
        )
    values = {name: np.concatenate([each.values[name] for each in found.values()]) for name in MEASURED}
    notices = tuple(notice for each in found.values() for notice in each.notices)
    return Measurement(readings, values, notices, tuple(unread))


def _measure(piece: Piece) -> _Measured:
    song = load_any(piece.source)
    reading = whole(song, piece.track, drums=means_drums(song, piece.track))
    notices = [] if reading.track is None else [f"{piece.name}: {track_in_words(reading.track)}"]
    notices += unread_tracks_in_words(song, reading.track)
    notices += [f"{piece.name}: {line}" for line in timing_in_words(reading.timing)]
    notices += [f"{piece.name}: left out: {dropped}" for dropped in reading.dropped]
    return _Measured(reading, measure_phrases(reading.phrases, MEASURED), notices)
