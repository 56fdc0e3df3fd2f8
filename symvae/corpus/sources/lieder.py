"""OpenScore Lieder Corpus: the voice of songs for voice and piano (Gotham and Jonas 2021).

Any folder of its MusicXML files; github.com/OpenScore/Lieder has them, in the public domain (CC0).
"""

from pathlib import Path

from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.source import FileSource
from symvae.corpus.sources.folder import folder

COLLECTION = "openscore_lieder"
#: Names of the voice in the scores.
VOICES = ("Voice", "voice", "Singstimme", "Gesang")


def lieder(path: Path | str, *, workers: int = 2, limits: FileLimits = DEFAULT_LIMITS) -> FileSource:
    """Read the voice of each song, "openscore_lieder/lc6583477.mxl#Voice".

    Args:
        path: The folder.
        workers: Processes that read files.
        limits: The most that one file may take.

    Returns:
        Tunes, and drops for the rest.

    Raises:
        CorpusError: For a folder without music.
    """
    return folder(path, collection=COLLECTION, tracks=VOICES, workers=workers, limits=limits)
