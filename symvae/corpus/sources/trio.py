"""Trios in a user's own folder: songs that have a melody, a bass and drums.

A song is a tune if all three tracks are found (`symvae.music.trio_tracks`), in one metre over at least
`FEWEST_BARS` bars, and lie on the sixteenth grid. Which track was taken for which part, and on what evidence,
is the title of the tune in tunes.csv; why a song is no trio is in dropped.csv.
"""

from dataclasses import dataclass
from pathlib import Path

from symvae.corpus.card import MANY
from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.pieces import pieces
from symvae.corpus.source import FileSource, MusicFile
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError, SymvaeError
from symvae.music.arrangement import PARTS
from symvae.music.io.music_files import as_text, music_files
from symvae.music.reason import Dropped, Reason
from symvae.music.song import Song
from symvae.music.trio_reading import whole_trio

FEWEST_BARS = 2


def trio(
    path: Path | str,
    *,
    collection: str = "folder",
    workers: int = 2,
    limits: FileLimits = DEFAULT_LIMITS,
) -> FileSource:
    """Read the trios of a folder in order of file name, "collection/path/within/file.mid".

    Args:
        path: The folder.
        collection: Name of the collection.
        workers: Processes that read files.
        limits: The most that one file may take.

    Returns:
        Tunes, and drops for the rest.

    Raises:
        CorpusError: For a folder without music.
    """
    root = Path(path)
    found = music_files(root, CorpusError)

    def name(file: Path) -> str:
        return as_text(f"{collection}/{file.relative_to(root).as_posix()}").replace("#", "♯")

    files = tuple(MusicFile(file, name(file)) for file in found.files)
    dropped = tuple(Dropped(name(file), Reason.UNREADABLE, fault) for file, fault in found.unreadable.items())
    return FileSource(files, _Reader(collection), "trio", workers, limits, dropped)


@dataclass(frozen=True)
class _Reader:
    collection: str

    def __call__(self, file: MusicFile) -> list[Tune | Dropped]:
        found: list[Tune | Dropped] = []
        for piece in pieces(file.path, file.name):
            if isinstance(piece, Dropped):
                found.append(piece)
                continue
            try:
                found += trios_of_song(piece.song, piece.name, self.collection)
            except SymvaeError as fault:
                found.append(Dropped(piece.name, Reason.UNREADABLE, str(fault)))
        return found


def trios_of_song(song: Song, name: str, collection: str) -> list[Tune | Dropped]:
    """Turn each stretch of one metre in which all three parts play into a tune.

    Args:
        song: The song.
        name: Its name in the corpus; several stretches are "name#1", "name#2".
        collection: Collection of the tunes.

    Returns:
        Tunes, and drops for the rest.
    """
    trio_reading = whole_trio(song)
    tracks, reading = trio_reading
    if missing := tracks.missing:
        return [Dropped(name, reason, tracks.words() or "no track") for reason in missing]
    timing = reading.timing
    if timing.off_grid_share > MANY:
        detail = f"{timing.off_grid_share:.0%} of the notes of the trio are off the sixteenths"
        return [Dropped(name, Reason.OFF_GRID, detail)]
    kept, dropped = [], []
    for number, arrangement in enumerate(trio_reading.arrangements, 1):
        absent = [part for part in PARTS if part not in arrangement.parts]
        if absent:
            detail = f"no {' and no '.join(absent)} in stretch {number} of one metre"
            dropped.append(Dropped(f"{name}#{number}", Reason.EMPTY, detail))
        elif arrangement.grid.bars < FEWEST_BARS:
            dropped.append(Dropped(f"{name}#{number}", Reason.TOO_SHORT))
        else:
            kept.append(arrangement)
    names = [name] if len(kept) == 1 else [f"{name}#{number}" for number in range(1, len(kept) + 1)]
    tunes = [
        Tune(own, collection, tracks.words(), arrangement, timing)
        for own, arrangement in zip(names, kept, strict=True)
    ]
    dropped += [Dropped(f"{name}#{d.what}", d.reason, d.detail, d.count) for d in reading.dropped]
    return [*tunes, *dropped] or [Dropped(name, Reason.EMPTY)]
