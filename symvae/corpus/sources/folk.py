"""The melodies that music21's own corpus brings: every user has them after installing.

    ryans     Ryan's Mammoth Collection
    oneills   O'Neill's Music of Ireland, 1,850 tunes
    airds     Aird's Airs
    misc      American fife tunes and the Northumbrian Minstrelsy
    bach      chorale sopranos
    essen     the Essen folk songs: only when asked for, since their license is non-commercial

`symvae.corpus.provenance` says where each comes from. music21 itself is never imported (that takes
seconds, and its converter 24 ms a tune): only its folder of files is read, by `corpus.notation`.
"""

import importlib.util
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from symvae.corpus.notation.read import tunes_of_file
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.reason import Dropped

#: Collection → its folder in music21's corpus.
FOLDERS = {
    "ryans": "ryansMammoth",
    "oneills": "oneills1850",
    "airds": "airdsAirs",
    "misc": "miscFolk",
    "bach": "bach",
    "essen": "essenFolksong",
}
SUFFIXES = (".abc", ".mxl", ".xml")


@dataclass(frozen=True)
class _File:
    path: Path
    collection: str


def folk(*, essen: bool = False, workers: int = 2, corpus: Path | None = None) -> Iterator[Tune | Dropped]:
    """The tunes, collection by collection; a tune is named "oneills/0001-0050/17".

    ``corpus`` is a folder laid out like music21's; by default the installed one. A tune that is cut
    at a bar which the grid cannot say yields parts named "…#1", "…#2". Raises `CorpusError` where
    there is no such corpus.
    """
    root = corpus or music21_corpus()
    files = _files(root, essen)
    if not files:
        raise CorpusError(f"No tunes in {root}. Install music21 (version 9) or name its corpus folder.")
    if workers <= 1:
        for file in files:
            yield from _read(file)
        return
    with ProcessPoolExecutor(workers) as pool:
        for found in pool.map(_read, files, chunksize=8):
            yield from found


def music21_corpus() -> Path:
    """Where music21 keeps its corpus, found without importing it."""
    spec = importlib.util.find_spec("music21")
    if spec is None or not spec.submodule_search_locations:
        raise CorpusError("The folk tunes come with music21, which is missing: pip install 'music21>=9,<10'.")
    return Path(next(iter(spec.submodule_search_locations))) / "corpus"


def _files(corpus: Path, essen: bool) -> list[_File]:
    return [
        _File(path, name)
        for name, folder in FOLDERS.items()
        if essen or name != "essen"
        for path in sorted((corpus / folder).glob("*"))
        if path.suffix in SUFFIXES
    ]


def _read(file: _File) -> list[Tune | Dropped]:
    part = "soprano" if file.collection == "bach" else ""
    return tunes_of_file(file.path, f"{file.collection}/{file.path.stem}", file.collection, part)
