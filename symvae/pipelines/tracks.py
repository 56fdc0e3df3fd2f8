"""The tracks of a song that were read, and those that were not, in words."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from symvae.errors import ConfigError
from symvae.music.melody_line import TrackChoice
from symvae.music.song import Song

TrackName: TypeAlias = str | int
#: A track for all files, or one for each.
Tracks: TypeAlias = TrackName | Sequence[TrackName | None] | None


def each_track(track: Tracks, count: int) -> list[TrackName | None]:
    """The track of each of several files.

    Args:
        track: Name or number of a track for all files, or a sequence with one for each.
        count: Number of files.

    Returns:
        One track, or None, for each file.

    Raises:
        ConfigError: There is another number of tracks.
    """
    if track is None or isinstance(track, str | int):
        return [track] * count
    if len(track) not in (1, count):
        files = "1 file" if count == 1 else f"{count} files"
        raise ConfigError(f"There are {len(track)} tracks for {files}. Give --track once, or once for each.")
    return [*track] * (count // len(track))


def tracks_read(song: Song, track: TrackChoice | None, drums: bool = False) -> list[int]:
    """Numbers of the tracks that the phrases of a song were read from.

    Args:
        song: The song.
        track: The track that was read; None where all were.
        drums: The drum tracks were read, not the pitched ones.

    Returns:
        One number, or those of all such tracks with notes; of a silent song its first one.
    """
    if track is not None:
        return [track.index]
    such = [index for index, part in enumerate(song.tracks) if part.is_drum == drums]
    return [index for index in such if len(song.tracks[index])] or such[:1]


def track_in_words(track: TrackChoice) -> str:
    """Number and name of the track that was read, with the reason of the choice.

    Args:
        track: The choice.

    Returns:
        The words.
    """
    return f"track {track.index} {track.name!r} ({track.why})"


def tracks_not_read(song: Song, track: TrackChoice | None) -> list[dict[str, Any]]:
    """List the tracks with notes beside the one that was read.

    Args:
        song: The file's song.
        track: The track that was read; None where all were, or none.

    Returns:
        Plain data of each track; empty where no single track was read.
    """
    return [
        {"index": index, "name": part.name, "is_drum": part.is_drum, "notes": len(part)}
        for index, part in enumerate(song.tracks)
        if track is not None and index != track.index and len(part)
    ]


def unread_tracks_in_words(song: Song, track: TrackChoice | None) -> list[str]:
    """List the tracks beside the one that was read in words.

    Args:
        song: The file's song.
        track: The track that was read; None where all were, or none.

    Returns:
        One line that says how to choose another track, or no line.
    """
    others = tracks_not_read(song, track)
    if not others:
        return []
    words = [f"{each['index']} {each['name']!r}" + " (drums)" * each["is_drum"] for each in others]
    choose = "" if all(each["is_drum"] for each in others) else "; choose one with --track"
    return [f"  not read: track{'s' * (len(words) > 1)} {', '.join(words)}{choose}"]
