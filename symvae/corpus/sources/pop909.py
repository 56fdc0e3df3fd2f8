"""POP909: vocal melodies of pop songs, or their whole arrangements, from the user's own folder.

POP909 has 909 pop songs as piano arrangements with tracks MELODY, BRIDGE and PIANO (Wang et al., "POP909: A
Pop-song Dataset for Music Arrangement Generation", ISMIR 2020; MIT license;
github.com/music-x-lab/POP909-Dataset). Its files are not on their own bar grid, so each song of the original
folder is aligned with its beat annotation (`pop909_align`). A folder of .mid files that are aligned already,
in 4/4 and with one tempo a file, is read as it is. Remaining deviations are quantized to the nearest
sixteenth.
"""

from collections.abc import Iterator
from pathlib import Path

from symvae.corpus.sources.pop909_align import BEAT_FILE, load_aligned
from symvae.corpus.sources.song_file import tunes_of_song
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError, SymvaeError
from symvae.music.io.midi_read import load
from symvae.music.reason import Dropped, Reason

MELODY_TRACK = "MELODY"


def pop909(folder: Path | str, *, polyphonic: bool = False) -> Iterator[Tune | Dropped]:
    """Read each song as one tune, "pop909/001": its melody, or if ``polyphonic`` all its tracks merged.

    ``folder`` is the original one, its subfolder POP909, or a folder of aligned .mid files.

    Raises:
        CorpusError: For any other folder.
    """
    for path in _songs(Path(folder)):
        yield from _read(path, polyphonic)


def _songs(folder: Path) -> list[Path]:
    """The folders of the original songs, or the aligned files."""
    if _is_original(folder):  # the folder of a single song, whose .mid is not aligned
        return [folder]
    for parent in (folder, folder / "POP909"):
        if originals := sorted(path for path in parent.glob("*") if _is_original(path)):
            return originals
    if files := sorted(folder.glob("*.mid")):
        return files
    raise CorpusError(
        f"{folder} holds no songs of POP909. Name the original folder, with 001/001.mid and 001/{BEAT_FILE} "
        "in it, or one of aligned .mid files."
    )


def _is_original(path: Path) -> bool:
    return (path / f"{path.name}.mid").is_file() or (path / BEAT_FILE).is_file()


def _read(path: Path, polyphonic: bool) -> list[Tune | Dropped]:
    name = f"pop909/{path.stem}"
    track = None if polyphonic else MELODY_TRACK
    try:
        song = load_aligned(path, name) if path.is_dir() else load(path)
        if isinstance(song, Dropped):
            return [song]
        return tunes_of_song(song, name, "pop909", path.stem, track, polyphonic=polyphonic)
    except SymvaeError as fault:
        return [Dropped(name, Reason.UNREADABLE, str(fault))]
