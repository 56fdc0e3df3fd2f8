"""A whole song as the one result of a verb: its place, checked before the work, and its file."""

from pathlib import Path

from symvae.errors import MidiError
from symvae.music.io.files import is_score, write
from symvae.music.song import Song
from symvae.pipelines.output import Saved, refuse_existing


def check_place(place: Path | None, force: bool) -> None:
    """Refuse a place that a song cannot be written to.

    Args:
        place: The file; None for a result in memory.
        force: Allow an existing file.

    Raises:
        MidiError: It is a score.
        SymvaeError: It exists, or its folder is not writable.
    """
    if place is None:
        return
    if is_score(place):
        raise MidiError(f"A whole song is written as MIDI only. Use a name that ends in .mid, not {place}.")
    refuse_existing([place], force)


def save_song(song: Song, place: Path | None, force: bool) -> Saved:
    """Write a song.

    Args:
        song: The song.
        place: The file; None writes nothing.
        force: Overwrite an existing file.

    Returns:
        The file.
    """
    if place is None:
        return Saved()
    write(song, place, force=force)
    return Saved((place,))
