"""POP909: the sung melodies of pop songs, or their whole arrangements, from a folder that the user has.

POP909 is 909 pop songs as piano arrangements with a MELODY track (Wang et al., "POP909: A Pop-song
Dataset for Music Arrangement Generation", ISMIR 2020; MIT licence;
github.com/music-x-lab/POP909-Dataset). Its original files are not on their own bar grid: 694 of
them carry a 1/4 metre and a random phase under a sixteenth. This source expects files that were
re-timed onto the beat annotation that comes with each song (`beat_midi.txt`): 4/4, one tempo a
file. What is still off the grid moves to the nearest sixteenth.
"""

from collections.abc import Iterator
from pathlib import Path

from symvae.corpus.sources.song_file import tunes_of_song
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError, SymvaeError
from symvae.music.midi import load
from symvae.music.reason import Dropped, Reason

MELODY_TRACK = "MELODY"


def pop909(folder: Path | str, *, polyphonic: bool = False) -> Iterator[Tune | Dropped]:
    """One tune a song, named "pop909/001": its melody, or all its tracks merged if ``polyphonic``.

    Raises `CorpusError` for a folder without MIDI files.
    """
    folder = Path(folder)
    paths = sorted(folder.glob("*.mid"))
    if not paths:
        raise CorpusError(f"{folder} holds no .mid files. Name the folder of the aligned POP909 songs.")
    for path in paths:
        yield from _read(path, polyphonic)


def _read(path: Path, polyphonic: bool) -> list[Tune | Dropped]:
    name = f"pop909/{path.stem}"
    track = None if polyphonic else MELODY_TRACK
    try:
        return tunes_of_song(load(path), name, "pop909", path.stem, track, polyphonic=polyphonic)
    except SymvaeError as fault:
        return [Dropped(name, Reason.UNREADABLE, str(fault))]
