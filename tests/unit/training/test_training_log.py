"""The log of a run: one row for each validation, and one column for each figure."""

import csv
from pathlib import Path

from symvae.training.log import TrainingLog


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "log.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_figure_that_comes_later_has_a_column_of_its_own(tmp_path: Path) -> None:
    """Discriminators join in late; their losses once stood under the names of other figures."""
    with TrainingLog(tmp_path, 0) as log:
        log.write(1, loss=0.5, mss=2.0)
        log.write(2, loss=0.4, fooled=0.9, mss=1.5)
        log.write(3, loss=0.3, mss=1.0)
    assert rows(tmp_path) == [
        {"step": "1", "loss": "0.5", "mss": "2", "fooled": ""},
        {"step": "2", "loss": "0.4", "mss": "1.5", "fooled": "0.9"},
        {"step": "3", "loss": "0.3", "mss": "1", "fooled": ""},
    ]


def test_a_resumed_log_reads_as_if_never_interrupted(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    with TrainingLog(whole, 0) as log:
        log.write(1, loss=0.5)
        log.write(2, loss=0.4, fooled=0.9)
    with TrainingLog(parts, 0) as log:
        log.write(1, loss=0.5)
        log.write(2, loss=7.0)
    with TrainingLog(parts, 1) as log:
        log.write(2, loss=0.4, fooled=0.9)
    assert (parts / "log.csv").read_bytes() == (whole / "log.csv").read_bytes()
