"""Piano rolls of files."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.errors import MidiError
from symvae.music.drum_tracks import means_drums
from symvae.music.io.music_files import as_text
from symvae.music.io.source import Music, load_any
from symvae.music.phrase import Phrase
from symvae.music.windows import whole
from symvae.pipelines.many_files import Piece, each_file, read_or_unread
from symvae.pipelines.output import Saved, refuse_existing
from symvae.pipelines.spans import titles_of
from symvae.pipelines.timing_words import timing_in_words
from symvae.pipelines.tracks import Tracks
from symvae.plot.piano_roll import piano_roll
from symvae.plot.picture import picture_path
from symvae.storage.whole_file import make_folder


class _Drawn(NamedTuple):
    """Melody of one file."""

    phrases: tuple[Phrase, ...]
    titles: list[str]
    notices: list[str]


def plot(
    files: Music | Iterable[Music],
    out: str | Path,
    track: Tracks = None,
    *,
    force: bool = False,
    limits: FileLimits = DEFAULT_LIMITS,
) -> Saved:
    """Draw the melody of each file, one panel for each stretch of constant metre.

    Args:
        files: MIDI, MusicXML or ABC files, folders of them, or music in any other form.
        out: The picture (PNG, PDF or SVG by its suffix, PNG without one).
        track: Name or number of the track to read in all files, or a sequence with one for each; by default
            the melody.
        force: Overwrite an existing picture.
        limits: The most that one file may take.

    Returns:
        The picture, with notices of everything that was dropped, and the files that could not be read.

    Raises:
        MidiError: No file has a melody; the message has the reasons.
    """
    picture = picture_path(out)
    refuse_existing([picture], force)
    found, unread = read_or_unread(each_file(_draw, files, track, limits=limits))
    phrases = [phrase for each in found.values() for phrase in each.phrases]
    titles = [title for each in found.values() for title in each.titles]
    notices = [notice for each in found.values() for notice in each.notices]
    if not phrases:
        reasons = "; ".join([*notices, *map(str, unread)])
        raise MidiError(
            f"There is nothing to draw: no file has a melody{f' ({reasons})' if reasons else ''}. "
            "`symvae inspect` lists the contents."
        )
    make_folder(picture.parent)
    piano_roll(phrases, picture, titles, force=force)
    return Saved((picture,), tuple(notices), tuple(unread))


def _draw(piece: Piece) -> _Drawn:
    song = load_any(piece.source)
    reading = whole(song, piece.track, drums=means_drums(song, piece.track))
    notices = [f"{piece.name}: {line}" for line in timing_in_words(reading.timing)]
    notices += [f"{piece.name}: left out: {dropped}" for dropped in reading.dropped]
    titles = [as_text(f"{Path(piece.name).name}, {title}") for title in titles_of(reading)]
    return _Drawn(reading.phrases, titles, notices)
