"""The log of a run: one CSV file, and TensorBoard events where tensorboard is installed."""

import csv
import os
from pathlib import Path
from types import TracebackType


class TrainingLog:
    """Rows of named figures, appended one by one; the first row of the file fixes the columns."""

    def __init__(self, folder: Path, resume_step: int) -> None:
        """Open the log of a run.

        Rows after the checkpoint are cut off: the file reads as if the run had never been interrupted.

        Args:
            folder: The run's folder; made if missing.
            resume_step: Steps done at the checkpoint; 0 starts a new log.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "log.csv"
        kept: list[dict[str, str]] = []
        if resume_step and self.path.is_file():
            with self.path.open(newline="", encoding="utf-8") as file:
                kept = [
                    row for row in csv.DictReader(file) if row["step"] and int(row["step"]) <= resume_step
                ]
        fresh = self.path.with_suffix(".new")
        with fresh.open("w", newline="", encoding="utf-8") as file:
            if kept:
                writer = csv.DictWriter(file, kept[0].keys())
                writer.writeheader()
                writer.writerows(kept)
        os.replace(fresh, self.path)
        self._board = _tensorboard(folder, resume_step)

    def write(self, step: int, **figures: float) -> None:
        """Append a row; it is on disk when this returns."""
        empty = self.path.stat().st_size == 0
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if empty:
                writer.writerow(["step", *figures])
            writer.writerow([step, *(f"{value:.6g}" for value in figures.values())])
        if self._board is not None:
            for name, value in figures.items():
                self._board.add_scalar(name, value, step)

    def __enter__(self) -> "TrainingLog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._board is not None:
            self._board.close()


def _tensorboard(folder: Path, resume_step: int):  # type: ignore[no-untyped-def]
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder / "tensorboard"), purge_step=resume_step or None)
