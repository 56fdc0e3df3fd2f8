"""Melodies from the corpus of music21, which is installed with symvae.

    ryans     Ryan's Mammoth Collection
    oneills   O'Neill's Music of Ireland, 1,850 tunes
    airds     Aird's Airs
    misc      American fife tunes and the Northumbrian Minstrelsy
    bach      chorale sopranos
    essen     the Essen folk songs: on request only, since their license is non-commercial

`symvae.corpus.provenance` has their origins. music21 itself is never imported (that takes seconds, and its
converter 24 ms a tune): only its folder of files is read, by `symvae.corpus.notation`.
"""

import importlib.util
from pathlib import Path

from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.notation.read import tunes_of_file
from symvae.corpus.source import FileSource, MusicFile
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.reason import Dropped

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
    part = "soprano" if collection == "bach" else ""
    return tunes_of_file(file.path, file.name, collection, part)
