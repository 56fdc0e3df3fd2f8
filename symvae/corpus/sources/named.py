"""Sources by name, as the command line names them. A new corpus adds its name here."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.source import Source
from symvae.corpus.sources.chorales import chorales
from symvae.corpus.sources.folder import folder
from symvae.corpus.sources.folk import folk
from symvae.corpus.sources.groove import COLLECTION as GROOVE
from symvae.corpus.sources.groove import groove
from symvae.corpus.sources.lieder import lieder
from symvae.corpus.sources.muspy import muspy_folder
from symvae.corpus.sources.pop909 import pop909
from symvae.corpus.sources.pop909_trio import pop909_trio
from symvae.corpus.sources.trio import trio
from symvae.errors import CorpusError
from symvae.music.io.music_files import as_text


class Named(NamedTuple):
    """A source to open: "folk" and "chorales" need no path, all others do: "pop909", "lieder", "muspy",
    "groove", "trios", "trio-pop909" and "folder"."""

    kind: str
    path: Path | None = None


def open_sources(
    names: Sequence[Named],
    *,
    essen: bool = False,
    tracks: Sequence[str] = (),
    polyphonic: bool = False,
    drums: bool = False,
    takes: Path | None = None,
    workers: int = 2,
    limits: FileLimits = DEFAULT_LIMITS,
) -> list[Source]:
    """Open sources for `symvae.corpus.prepare`.

    Args:
        names: The sources.
        essen: Include the Essen folk songs in "folk".
        tracks: Names of the melody tracks in a "folder".
        polyphonic: Read whole pieces instead of melodies, where the source has them.
        drums: Read drum tracks of a "folder".
        takes: Folder of the Groove MIDI Dataset, which "trio-pop909" takes its drums from.
        workers: Processes that read files.
        limits: The most that one file may take.

    Returns:
        A source for each name.

    Raises:
        CorpusError: For a path that is no folder.
    """
    opened: list[Source] = []
    for kind, path in names:
        if kind == "folk":
            opened.append(folk(essen=essen, workers=workers, limits=limits))
        elif kind == "chorales":
            opened.append(chorales(workers=workers, limits=limits))
        elif path is None or not path.is_dir():
            raise CorpusError(
                f'{path} is no folder. Give "folk", "chorales", "pop909 FOLDER", '
                '"lieder FOLDER", "muspy FOLDER", "groove FOLDER", "trio FOLDER", "trio-pop909 FOLDER" '
                "or a folder of music files."
            )
        elif kind == "muspy":
            opened.append(muspy_folder(path, polyphonic=polyphonic, workers=workers, limits=limits))
        elif kind == GROOVE:
            opened.append(groove(path, workers=workers, limits=limits))
        elif kind == "trios":
            name = as_text(path.resolve().name)
            opened.append(trio(path, collection=name, workers=workers, limits=limits))
        elif kind == "trio-pop909":
            if takes is None:
                raise CorpusError(
                    "POP909 has no drums: name the folder of the Groove MIDI Dataset with --drums, and they "
                    "are taken from it."
                )
            opened.append(pop909_trio(path, takes, workers=workers, limits=limits))
        elif kind == "lieder":
            opened.append(lieder(path, workers=workers, limits=limits))
        elif kind == "pop909":
            opened.append(pop909(path, polyphonic=polyphonic, workers=workers, limits=limits))
        else:
            collection = as_text(path.resolve().name)
            opened.append(
                folder(
                    path,
                    collection=collection,
                    tracks=tracks,
                    polyphonic=polyphonic,
                    drums=drums,
                    workers=workers,
                    limits=limits,
                )
            )
    return opened
