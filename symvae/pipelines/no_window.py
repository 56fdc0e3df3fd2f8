"""Files without a window for a model: the fault, and tracks of the file that have one."""

from collections.abc import Callable

from symvae.errors import MidiError
from symvae.music.reading import Reading
from symvae.music.song import Song

#: Tracks that are tried in search of one that can be read.
MOST_TRIED = 32


class NoWindowError(MidiError):
    """A file without a window for a model.

    Args:
        fault: The fault, as one sentence.
        remedy: Help with the same model, as one sentence; empty where there is none.
    """

    def __init__(self, fault: str, remedy: str = "") -> None:
        super().__init__(f"{fault} {remedy}".strip())
        self.fault = fault
        self.remedy = remedy


def reasons(reading: Reading) -> str:
    """Describe everything that was dropped in one clause, for an error.

    Args:
        reading: A reading without phrases.

    Returns:
        The reasons.
    """
    return "; ".join(map(str, reading.dropped)) or "it holds no notes"


def other_tracks(song: Song, reading: Reading, read: Callable[[int], Reading]) -> str:
    """Advise on tracks that can be read in place of the one that was.

    Args:
        song: The song.
        reading: A reading of it without phrases.
        read: Reads the same of another track.

    Returns:
        One sentence, or an empty one where there is no such track.
    """
    if any(dropped.what == "song" for dropped in reading.dropped):
        return ""
    read_index = None if reading.track is None else reading.track.index
    others = [
        i
        for i, part in enumerate(song.tracks)
        if len(part) and part.is_drum == reading.drums and i != read_index
    ]
    good = [f"--track {index}" for index in others[:MOST_TRIED] if read(index).phrases]
    return f"Use {' or '.join(good[:3])}." if good else ""
