"""Musical attributes of files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from symvae.attributes.table import measure as measure_phrases
from symvae.errors import MidiError
from symvae.music.io.files import load_any
from symvae.music.reading import Reading
from symvae.music.windows import whole
from symvae.pipelines.spans import spans_of, titles_of
from symvae.pipelines.timing_words import timing_in_words
from symvae.pipelines.tracks import Tracks, each_track, track_in_words, unread_tracks_in_words


@dataclass(frozen=True)
class Measurement:
    """Attributes of each stretch of constant metre in some files."""

    readings: dict[str, Reading]
    """The melody of each file."""
    values: dict[str, Float[np.ndarray, " phrase"]]
    """Each attribute, in its unit; the phrases of all files in a row."""
    notices: tuple[str, ...]
    """Sentences about tracks that were read or not, and drops."""

    @property
    def titles(self) -> list[str]:
        """File and bars of each phrase."""
        return [
            f"{Path(file).name} {title}"
            for file, reading in self.readings.items()
            for title in titles_of(reading)
        ]

    def data(self) -> list[dict[str, Any]]:
        """The values as plain data, one row for each phrase."""
        places = [(file, span) for file, reading in self.readings.items() for span in spans_of(reading)]
        timing = {file: reading.timing.data() for file, reading in self.readings.items()}
        return [
            {"file": file, "bars": bars}
            | {name: float(column[row]) for name, column in self.values.items()}
            | {"timing": timing[file]}
            for row, (file, bars) in enumerate(places)
        ]


def measure(files: Sequence[str | Path], track: Tracks = None) -> Measurement:
    """Measure the melody of each file.

    Args:
        files: MIDI, MusicXML or ABC files.
        track: Name or number of the track to read in all files, or a sequence with one for each; by default
            the melody.

    Returns:
        Every attribute of every phrase.

    Raises:
        MidiError: No file has a melody; the message has the reasons.
    """
    songs = {str(file): load_any(file) for file in files}
    tracks = dict(zip(map(str, files), each_track(track, len(files)), strict=True))
    readings = {file: whole(song, tracks[file]) for file, song in songs.items()}
    notices = []
    for file, reading in readings.items():
        if reading.track is not None:
            notices.append(f"{file}: {track_in_words(reading.track)}")
        notices += unread_tracks_in_words(songs[file], reading.track)
        notices += [f"{file}: {line}" for line in timing_in_words(reading.timing)]
        notices += [f"{file}: left out: {dropped}" for dropped in reading.dropped]
    phrases = [phrase for reading in readings.values() for phrase in reading.phrases]
    if not phrases:
        drops = [f"{file}: {dropped}" for file, reading in readings.items() for dropped in reading.dropped]
        reasons = f" ({'; '.join(drops)})" if drops else ""
        raise MidiError(
            f"There is nothing to measure: no file has a melody{reasons}. Choose another file or --track; "
            "`symvae inspect` lists the contents of a file."
        )
    return Measurement(readings, measure_phrases(phrases), tuple(notices))
