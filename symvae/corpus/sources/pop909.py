"""POP909: vocal melodies of pop songs, or their whole arrangements, from the user's own folder.

POP909 has 909 pop songs as piano arrangements with tracks MELODY, BRIDGE and PIANO (Wang et al., "POP909: A
Pop-song Dataset for Music Arrangement Generation", ISMIR 2020; MIT license;
github.com/music-x-lab/POP909-Dataset). Its files are not on their own bar grid, so each song of the original
folder is aligned with its beat annotation (`pop909_align`). A folder of .mid files that are aligned already,
in 4/4 and with one tempo a file, is read as it is. Remaining deviations are quantized to the nearest
sixteenth.
"""

from functools import partial
from pathlib import Path

from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.source import FileSource, MusicFile
from symvae.corpus.sources.pop909_align import BEAT_FILE, load_aligned
from symvae.corpus.sources.song_file import tunes_of_song
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError, SymvaeError
from symvae.music.io.midi_read import load
from symvae.music.reason import Dropped, Reason

MELODY_TRACK = "MELODY"


def pop909(
    folder: Path | str,
    *,
    polyphonic: bool = False,
    workers: int = 2,
    limits: FileLimits = DEFAULT_LIMITS,
) -> FileSource:
    """Read each song as one tune, "pop909/001".

    Args:
        folder: The original folder, its subfolder POP909, or a folder of aligned .mid files.
        polyphonic: Merge all tracks of a song, instead of reading its melody.
        workers: Processes that read files.
        limits: The most that one song may take.

    Returns:
        Tunes, and drops for the rest.

    Raises:
        CorpusError: For any other folder.
    """
    files = tuple(MusicFile(path, f"pop909/{path.stem}") for path in _songs(Path(folder)))
    read = partial(_read, polyphonic=polyphonic)
    return FileSource(files, read, f"pop909, polyphonic {polyphonic}", workers, limits)


def original_songs(folder: Path) -> list[Path]:
    """Folders of the original songs in the original folder, or its subfolder POP909; none in any other."""
    if _is_original(folder):  # the folder of a single song, whose .mid is not aligned
        return [folder]
    for parent in (folder, folder / "POP909"):
        if originals := sorted(path for path in parent.glob("*") if _is_original(path)):
            return originals
    return []


def _songs(folder: Path) -> list[Path]:
    """The folders of the original songs, or the aligned files."""
    if originals := original_songs(folder):
        return originals
    if files := sorted(folder.glob("*.mid")):
        return files
    raise CorpusError(
        f"{folder} holds no songs of POP909. Name the original folder, with 001/001.mid and 001/{BEAT_FILE} "
        "in it, or one of aligned .mid files."
    )


def _is_original(path: Path) -> bool:
    return (path / f"{path.name}.mid").is_file() or (path / BEAT_FILE).is_file()


def _read(file: MusicFile, polyphonic: bool) -> list[Tune | Dropped]:
    path, name = file
    track = None if polyphonic else MELODY_TRACK
    try:
        song = load_aligned(path, name) if path.is_dir() else load(path)
        if isinstance(song, Dropped):
            return [song]
        return tunes_of_song(song, name, "pop909", path.stem, track, polyphonic=polyphonic)
    except SymvaeError as fault:
        return [Dropped(name, Reason.UNREADABLE, str(fault))]
