"""Choice between the drums and the pitched tracks of a song, where no model says so."""

from symvae.music.melody_line import choose_track
from symvae.music.part import Part
from symvae.music.song import Song


def means_drums(song: Song, track: str | int | None = None) -> bool:
    """True if the drums or a drum track are named, or none is named and only drum tracks have notes.

    Args:
        song: The song.
        track: Name or number of the track, or None.

    Returns:
        Whether its drum tracks are read.

    Raises:
        MidiError: The named track does not exist.
    """
    if isinstance(track, Part):
        return True
    if track is None:
        return song.num_notes > 0 and all(part.is_drum for part in song.tracks if len(part))
    chosen = choose_track(song, track)
    return chosen is not None and song.tracks[chosen.index].is_drum
