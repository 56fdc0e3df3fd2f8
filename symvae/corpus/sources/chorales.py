"""Bach chorales with all voices, from the corpus of music21.

The source `folk` reads their sopranos as melodies; this one reads soprano, alto, tenor and bass (two chorales
have a second soprano) as one polyphonic phrase. Doubling instruments of the cantata are ignored. Where two
voices meet on one pitch, the longer of two notes that start together is kept, and a held note ends where
another voice strikes its pitch, as on a piano. The scores have no velocities, and few have a tempo.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.notation.musicxml import read_parts
from symvae.corpus.notation.read import tunes_of
from symvae.corpus.source import FileSource, MusicFile
from symvae.corpus.sources.folk import FOLDERS, music21_corpus
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.grid import Grid
from symvae.music.reason import Dropped, Reason

COLLECTION = "bach-chorales"
VOICES = ("soprano", "alto", "tenor", "bass")
SUFFIXES = (".mxl", ".xml")


def chorales(
    *, workers: int = 2, limits: FileLimits = DEFAULT_LIMITS, corpus: Path | None = None
) -> FileSource:
    """Read each chorale as one polyphonic tune in its own metre, "bach-chorales/bwv1.6".

    A chorale is cut as in `folk` ("…#1", "…#2") at a bar that is off the grid in all voices, and dropped if
    a bar is off the grid in some voices only.

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
    path, name = file
    try:
        parts = list(read_parts(path, *VOICES))
    except CorpusError as fault:
        return [Dropped(name, Reason.UNREADABLE, str(fault))]
    if len(parts) < len(VOICES):
        detail = f"{len(parts)} of the {len(VOICES)} voices {', '.join(VOICES)}"
        return [Dropped(name, Reason.EMPTY, detail)]
    voices = [tunes_of(name, COLLECTION, part) for part in parts]
    if any(_cuts(voice) != _cuts(voices[0]) for voice in voices):
        faults = dict.fromkeys(item.what for voice in voices for item in voice if isinstance(item, Dropped))
        bars = ", ".join(what.partition("#")[2] for what in faults) or "their number of bars"
        return [Dropped(name, Reason.OFF_GRID, f"the voices differ in {bars}")]
    return [_together(items) for items in zip(*voices, strict=True)]


def _cuts(voice: Sequence[Tune | Dropped]) -> list[tuple[str, Grid | int]]:
    """Bars of each stretch and number of drops: these must be the same in all voices."""
    return [
        (item.name, item.phrase.grid) if isinstance(item, Tune) else (item.what, item.count) for item in voice
    ]


def _together(items: Sequence[Tune | Dropped]) -> Tune | Dropped:
    """Merge the same stretch of all voices into one tune; a drop is common to all of them."""
    first = items[0]
    if isinstance(first, Dropped):
        return first
    phrases = [item.phrase for item in items if isinstance(item, Tune)]
    columns = map(np.concatenate, zip(*(phrase.columns for phrase in phrases), strict=True))
    return replace(first, phrase=first.phrase.with_notes(*columns).without_overlaps())
