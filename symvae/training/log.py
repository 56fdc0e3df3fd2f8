"""The log of a run: one CSV file, and TensorBoard events where tensorboard is installed."""

import csv
import io
from pathlib import Path
from types import TracebackType

from symvae.errors import TrainingError
from symvae.storage.faults import explained
from symvae.storage.whole_file import make_folder, write_text


class TrainingLog:
    """Rows of named figures, appended one by one; a figure that comes later adds a column."""

    def __init__(self, folder: Path, resume_step: int) -> None:
        """Open the log of a run.

        Rows after the checkpoint are cut off: the file reads as if the run had never been interrupted.

        Args:
            folder: The run's folder; made if missing.
            resume_step: Steps done at the checkpoint; 0 starts a new log.
        """
        make_folder(folder, TrainingError)
        self.path = folder / "log.csv"
        kept: list[str] = []
        if resume_step and self.path.is_file():
            # A row without its line end was cut off when the run was killed.
            rows = [row for row in _lines(self.path) if row.endswith("\n")]
            kept = rows[:1] + [row for row in rows[1:] if int(row.split(",")[0]) <= resume_step]
        write_text(self.path, "".join(kept), TrainingError)
        self._board = _tensorboard(folder, resume_step)

    def write(self, step: int, **figures: float) -> None:
        """Append a row; it is on disk when this returns."""
        row = {"step": str(step), **{name: f"{value:.6g}" for name, value in figures.items()}}
        header = self._columns()
        columns = header + [name for name in row if name not in header]
        if columns != header:
            write_text(self.path, self._widened(columns), TrainingError)
        with explained(self.path, TrainingError), self.path.open("a", newline="", encoding="utf-8") as file:
            csv.DictWriter(file, columns).writerow(row)
        if self._board is not None:
            for name, value in figures.items():
                self._board.add_scalar(name, value, step)

    def _columns(self) -> list[str]:
        with self.path.open(newline="", encoding="utf-8") as file:
            return next(csv.reader(file), [])

    def _widened(self, columns: list[str]) -> str:
        """Text of the file with more columns, which are empty in the rows so far."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, extrasaction="ignore")
        writer.writeheader()
        with self.path.open(newline="", encoding="utf-8") as file:
            writer.writerows(csv.DictReader(file))
        return text.getvalue()

    def __enter__(self) -> "TrainingLog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._board is not None:
            self._board.close()


def _lines(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(file)


def _tensorboard(folder: Path, resume_step: int):  # type: ignore[no-untyped-def]
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder / "tensorboard"), purge_step=resume_step or None)
