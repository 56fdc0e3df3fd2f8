"""Piano rolls of files."""

from collections.abc import Sequence
from pathlib import Path

from symvae.errors import MidiError
from symvae.music.io.files import load_any
from symvae.music.phrase import Phrase
from symvae.music.windows import whole
from symvae.pipelines.output import Saved, refuse_existing
from symvae.pipelines.spans import titles_of
from symvae.pipelines.timing_words import timing_in_words
from symvae.pipelines.tracks import Tracks, each_track
from symvae.plot.piano_roll import piano_roll, picture_path
from symvae.storage.whole_file import make_folder


def plot(files: Sequence[str | Path], out: str | Path, track: Tracks = None, *, force: bool = False) -> Saved:
    """Draw the melody of each file, one panel for each stretch of constant metre.

    Args:
        files: MIDI, MusicXML or ABC files.
        out: The picture (PNG, PDF or SVG by its suffix, PNG without one).
        track: Name or number of the track to read in all files, or a sequence with one for each; by default
            the melody.
        force: Overwrite an existing picture.

    Returns:
        The picture, with notices of everything that was dropped.

    Raises:
        MidiError: No file has a melody; the message has the reasons.
    """
    picture = picture_path(out)
    refuse_existing([picture], force)
    phrases: list[Phrase] = []
    titles: list[str] = []
    notices: list[str] = []
    for file, one in zip(files, each_track(track, len(files)), strict=True):
        reading = whole(load_any(file), one)
        notices += [f"{file}: {line}" for line in timing_in_words(reading.timing)]
        notices += [f"{file}: left out: {dropped}" for dropped in reading.dropped]
        phrases += reading.phrases
        titles += [f"{Path(file).name}, {title}" for title in titles_of(reading)]
    if not phrases:
        reasons = f" ({'; '.join(notices)})" if notices else ""
        raise MidiError(
            f"There is nothing to draw: no file has a melody{reasons}. `symvae inspect` lists the contents."
        )
    make_folder(picture.parent)
    piano_roll(phrases, picture, titles, force=force)
    return Saved((picture,), tuple(notices))
