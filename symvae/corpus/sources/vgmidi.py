"""VGMIDI: piano pieces from video games with ratings of arousal and valence, from the user's own folder.

VGMIDI has piano arrangements of game music, rated for valence and arousal by some 30 listeners a piece
(Ferreira and Whitehead, "Learning to Generate Music with Sentiment", ISMIR 2019;
github.com/lucasnfe/vgmidi). The repository states no license: use it for research, cite the paper, and do not
redistribute it. Nothing of it comes with symvae. The folder holds

    midi/*.mid     the pieces
    labels.csv     a row a piece: midi (name of the file), series (of games), arousal, valence
                   (means over raters and time, from -1 to 1); further columns are ignored

The original data has single ratings, in labeled/annotations; they have to be averaged.

Pieces of one series resemble each other, so a split keeps a series together. All windows of a piece have the
label of the piece.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.guard.pool import guarded_in_order
from symvae.corpus.source import items_of
from symvae.errors import CorpusError
from symvae.files.limit import shown
from symvae.files.table import read_records
from symvae.music.grid import Grid
from symvae.music.io.midi_read import load
from symvae.music.phrase import Phrase
from symvae.music.pitch import PIANO_PITCHES
from symvae.music.reason import Dropped, Reason
from symvae.music.windows import windows

COLUMNS = ("midi", "series", "arousal", "valence")
LABEL_FILE = "labels.csv"
FOUR_BARS = Grid(4)


@dataclass(frozen=True)
class LabeledPiece:
    """The windows of one piece, all tracks merged, each with its own tempo, and the label of the piece.

    ``arousal`` and ``valence`` are means over raters, from -1 (calm, sad) to 1 (excited, happy).
    """

    name: str
    series: str
    arousal: float
    valence: float
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True)
class Label:
    """A row of the table of labels."""

    midi: str
    series: str
    arousal: float
    valence: float


def vgmidi(
    folder: Path | str,
    *,
    grid: Grid = FOUR_BARS,
    workers: int = 2,
    limits: FileLimits = DEFAULT_LIMITS,
) -> Iterator[LabeledPiece | Dropped]:
    """Read the pieces of a folder in the order of its labels, cut into adjacent windows of ``grid``.

    A piece is named "vgmidi/file name". Stretches in another metre, unreadable files and files without a
    label are drops.

    Args:
        folder: The folder.
        grid: Grid of the windows.
        workers: Processes that read files.
        limits: The most that one file may take.

    Yields:
        Pieces, and drops for the rest.

    Raises:
        CorpusError: For a folder without labels.csv, or with a row in it that is not valid.
    """
    folder = Path(folder)
    labels = read_labels(folder / LABEL_FILE)
    read = partial(_read, folder=folder / "midi", grid=grid)
    outcomes = guarded_in_order(read, labels, workers=workers, limits=limits)
    for label, outcome in zip(labels, outcomes, strict=True):
        yield from items_of(_name(Path(label.midi)), outcome)
    labeled = {label.midi for label in labels}
    for path in sorted((folder / "midi").glob("*.mid")):
        if path.name not in labeled:
            yield Dropped(_name(path), Reason.UNREADABLE, f"{LABEL_FILE} has no row for it")


def _read(label: Label, folder: Path, grid: Grid) -> list[LabeledPiece | Dropped]:
    path = folder / label.midi
    name = _name(path)
    reading = windows(load(path), grid, polyphonic=True, pitch_range=PIANO_PITCHES)
    drops = [Dropped(f"{name}#{item.what}", item.reason, item.detail, item.count) for item in reading.dropped]
    if reading.phrases:
        return [LabeledPiece(name, label.series, label.arousal, label.valence, reading.phrases), *drops]
    return [*drops] or [Dropped(name, Reason.EMPTY)]


def _name(path: Path) -> str:
    return f"vgmidi/{path.stem}"


def read_labels(path: Path) -> list[Label]:
    """Read the table of labels.

    Raises:
        CorpusError: There is no such table, or a row of it is not valid.
    """
    if not path.exists():
        raise CorpusError(
            f"There is no {path}. Name a folder with midi/*.mid and {LABEL_FILE}, a row a piece."
        )
    labels: dict[str, Label] = {}
    for line, row in read_records(path, COLUMNS, CorpusError):
        label = _label(row, where=f"{path}, row {line}")
        if label.midi in labels:
            raise CorpusError(f"{path}, row {line}: {shown(label.midi)} has a label already. Remove one.")
        labels[label.midi] = label
    if not labels:
        raise CorpusError(f"{path} holds no row below its column names. Give it a row a piece.")
    return list(labels.values())


def _label(row: dict[str, str], where: str) -> Label:
    midi, series = (_text(row, column, where) for column in ("midi", "series"))
    if Path(midi).name != midi:
        raise CorpusError(f"{where}: midi is {shown(midi)}. Give the name of a file in the folder midi.")
    arousal, valence = (_rating(row, column, where) for column in ("arousal", "valence"))
    return Label(midi, series, arousal, valence)


def _text(row: dict[str, str], column: str, where: str) -> str:
    value = row[column]
    if not value:
        raise CorpusError(f"{where}: {column} is empty. Every piece needs {', '.join(COLUMNS)}.")
    return value


def _rating(row: dict[str, str], column: str, where: str) -> float:
    value = _text(row, column, where)
    try:
        rating = float(value)
    except ValueError:
        rating = float("nan")
    if not -1.0 <= rating <= 1.0:
        raise CorpusError(f"{where}: {column} is {shown(value)}. A rating is a number from -1 to 1.")
    return rating
