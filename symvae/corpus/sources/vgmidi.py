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

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from symvae.errors import CorpusError, SymvaeError
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
class _Label:
    midi: str
    series: str
    arousal: float
    valence: float


def vgmidi(folder: Path | str, *, grid: Grid = FOUR_BARS) -> Iterator[LabeledPiece | Dropped]:
    """Read the pieces of a folder in the order of its labels, cut into adjacent windows of ``grid``.

    A piece is named "vgmidi/file name". Stretches in another metre, unreadable files and files without a
    label are drops.

    Raises:
        CorpusError: For a folder without labels.csv, or with a row in it that is not valid.
    """
    folder = Path(folder)
    labels = _read_labels(folder / LABEL_FILE)
    for label in labels:
        yield from _read(folder / "midi" / label.midi, label, grid)
    labeled = {label.midi for label in labels}
    for path in sorted((folder / "midi").glob("*.mid")):
        if path.name not in labeled:
            yield Dropped(_name(path), Reason.UNREADABLE, f"{LABEL_FILE} has no row for it")


def _read(path: Path, label: _Label, grid: Grid) -> Iterator[LabeledPiece | Dropped]:
    name = _name(path)
    try:
        reading = windows(load(path), grid, polyphonic=True, pitch_range=PIANO_PITCHES)
    except SymvaeError as fault:
        yield Dropped(name, Reason.UNREADABLE, str(fault))
        return
    if reading.phrases:
        yield LabeledPiece(name, label.series, label.arousal, label.valence, reading.phrases)
    elif not reading.dropped:
        yield Dropped(name, Reason.EMPTY)
    for item in reading.dropped:
        yield Dropped(f"{name}#{item.what}", item.reason, item.detail, item.count)


def _name(path: Path) -> str:
    return f"vgmidi/{path.stem}"


def _read_labels(path: Path) -> list[_Label]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if missing := [column for column in COLUMNS if column not in (rows.fieldnames or ())]:
                raise CorpusError(
                    f"{path} has no column {', '.join(missing)}. Its first row names {', '.join(COLUMNS)}."
                )
            labels: dict[str, _Label] = {}
            for row in rows:
                label = _label(row, where=f"{path}, row {rows.line_num}")
                if label.midi in labels:
                    raise CorpusError(
                        f"{path}, row {rows.line_num}: {label.midi!r} has a label already. Remove one."
                    )
                labels[label.midi] = label
    except FileNotFoundError:
        raise CorpusError(
            f"There is no {path}. Name a folder with midi/*.mid and {LABEL_FILE}, a row a piece."
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise CorpusError(f"{path} cannot be read as a table ({fault}). Save it as CSV in UTF-8.") from fault
    if not labels:
        raise CorpusError(f"{path} holds no row below its column names. Give it a row a piece.")
    return list(labels.values())


def _label(row: dict[str, str | None], where: str) -> _Label:
    midi, series = (_text(row, column, where) for column in ("midi", "series"))
    arousal, valence = (_rating(row, column, where) for column in ("arousal", "valence"))
    return _Label(midi, series, arousal, valence)


def _text(row: dict[str, str | None], column: str, where: str) -> str:
    value = (row[column] or "").strip()
    if not value:
        raise CorpusError(f"{where}: {column} is empty. Every piece needs {', '.join(COLUMNS)}.")
    return value


def _rating(row: dict[str, str | None], column: str, where: str) -> float:
    value = _text(row, column, where)
    try:
        rating = float(value)
    except ValueError:
        rating = float("nan")
    if not -1.0 <= rating <= 1.0:
        raise CorpusError(f"{where}: {column} is {value!r}. A rating is a number from -1 to 1.")
    return rating
