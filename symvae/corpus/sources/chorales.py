"""Bach chorales with all voices, from the corpus of music21.

The source `folk` reads their sopranos as melodies; this one reads soprano, alto, tenor and bass (two chorales
have a second soprano) as one polyphonic phrase. Doubling instruments of the cantata are ignored. Where two
voices meet on one pitch, the longer of two notes that start together is kept, and a held note ends where
another voice strikes its pitch, as on a piano. The scores have no velocities, and few have a tempo.
"""

from dataclasses import replace
from pathlib import Path

from symvae.corpus.exact import exact_tunes
from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.pieces import pieces
from symvae.corpus.source import FileSource, MusicFile
from symvae.corpus.sources.folk import FOLDERS, music21_corpus
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.reason import Dropped, Reason

COLLECTION = "bach-chorales"
VOICES = ("soprano", "alto", "tenor", "bass")
SUFFIXES = (".mxl", ".xml")


def chorales(
    *, workers: int = 2, limits: FileLimits = DEFAULT_LIMITS, corpus: Path | None = None
) -> FileSource:
    """Read each chorale as one polyphonic tune in its own metre, "bach-chorales/bwv1.6".

    A chorale is cut as in `folk` ("…#1", "…#2") at a bar that is off the grid in any voice.

    Args:
        workers: Processes that read files.
        limits: The most that one file may take.
        corpus: A folder laid out like the corpus of music21; by default the installed one.

    Returns:
        Tunes, and drops for the rest.

    Raises:
        CorpusError: If there is no such corpus.
    """
    root = corpus or music21_corpus()
    files = tuple(
        MusicFile(path, f"{COLLECTION}/{path.stem}")
        for path in sorted((root / FOLDERS["bach"]).glob("*"))
        if path.suffix in SUFFIXES
    )
    if not files:
        raise CorpusError(f"No chorales in {root}. Install music21 (version 9) or name its corpus folder.")
    return FileSource(files, _read, "chorales", workers, limits)


def _read(file: MusicFile) -> list[Tune | Dropped]:
    found: list[Tune | Dropped] = []
    for piece in pieces(file.path, file.name):
        if isinstance(piece, Dropped):
            found.append(piece)
            continue
        voices = tuple(t for t in piece.song.tracks if t.name.lower().startswith(VOICES))
        if len(voices) < len(VOICES):
            detail = f"{len(voices)} of the {len(VOICES)} voices {', '.join(VOICES)}"
            found.append(Dropped(piece.name, Reason.EMPTY, detail))
        else:
            found += exact_tunes(replace(piece.song, tracks=voices), piece.name, COLLECTION, piece.title)
    return found
