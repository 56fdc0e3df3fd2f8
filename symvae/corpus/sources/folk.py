"""Melodies from the corpus of music21, which is installed with symvae.

    ryans     Ryan's Mammoth Collection
    oneills   O'Neill's Music of Ireland, 1,850 tunes
    airds     Aird's Airs
    misc      American fife tunes and the Northumbrian Minstrelsy
    bach      chorale sopranos
    essen     the Essen folk songs: on request only, since their license is non-commercial

`symvae.corpus.provenance` has their origins. music21 itself is never imported (that takes seconds, and its
converter 24 ms a tune): only its folder of files is read.
"""

import importlib.util
from pathlib import Path

from symvae.corpus.exact import exact_tunes
from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.pieces import pieces
from symvae.corpus.source import FileSource, MusicFile
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.reason import Dropped, Reason

#: Collection → its folder in the corpus of music21.
FOLDERS = {
    "ryans": "ryansMammoth",
    "oneills": "oneills1850",
    "airds": "airdsAirs",
    "misc": "miscFolk",
    "bach": "bach",
    "essen": "essenFolksong",
}
SUFFIXES = (".abc", ".mxl", ".xml")


def folk(
    *,
    essen: bool = False,
    workers: int = 2,
    limits: FileLimits = DEFAULT_LIMITS,
    corpus: Path | None = None,
) -> FileSource:
    """Read the tunes collection by collection, "oneills/0001-0050/17".

    A tune that is cut at a bar off the grid yields parts "…#1", "…#2".

    Args:
        essen: Include the Essen folk songs.
        workers: Processes that read files.
        limits: The most that one file may take.
        corpus: A folder laid out like the corpus of music21; by default the installed one.

    Returns:
        Tunes, and drops for the rest.

    Raises:
        CorpusError: If there is no such corpus.
    """
    root = corpus or music21_corpus()
    files = _files(root, essen)
    if not files:
        raise CorpusError(f"No tunes in {root}. Install music21 (version 9) or name its corpus folder.")
    return FileSource(files, _read, "folk", workers, limits)


def music21_corpus() -> Path:
    """Find the corpus of music21 without importing it.

    Raises:
        CorpusError: If music21 is not installed.
    """
    spec = importlib.util.find_spec("music21")
    if spec is None or not spec.submodule_search_locations:
        raise CorpusError("The folk tunes come with music21, which is missing: pip install 'music21>=9,<10'.")
    return Path(next(iter(spec.submodule_search_locations))) / "corpus"


def _files(corpus: Path, essen: bool) -> tuple[MusicFile, ...]:
    return tuple(
        MusicFile(path, f"{name}/{path.stem}")
        for name, folder in FOLDERS.items()
        if essen or name != "essen"
        for path in sorted((corpus / folder).glob("*"))
        if path.suffix in SUFFIXES
    )


def _read(file: MusicFile) -> list[Tune | Dropped]:
    collection = file.name.partition("/")[0]
    return melodies(file.path, file.name, collection, "soprano" if collection == "bach" else "")


def melodies(path: Path, name: str, collection: str, part: str = "") -> list[Tune | Dropped]:
    """Read the melody of every piece of a score file, exactly.

    Args:
        path: An ABC or MusicXML file.
        name: Its name in the corpus; tunes of a book are named by their numbers, "name/17".
        collection: Collection of the tunes.
        part: The first track whose name begins with this is read.

    Returns:
        Tunes, and drops for the rest; a bad file is a drop, too.
    """
    found: list[Tune | Dropped] = []
    for piece in pieces(path, name):
        if isinstance(piece, Dropped):
            found.append(piece)
            continue
        tracks = [i for i, track in enumerate(piece.song.tracks) if track.name.lower().startswith(part)]
        if tracks:
            found += exact_tunes(piece.song, piece.name, collection, piece.title, tracks[0])
        else:
            found.append(Dropped(piece.name, Reason.EMPTY, f"no part is called {part!r}" if part else ""))
    return found
