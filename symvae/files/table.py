"""Tables from strangers: CSV whose rows, columns and cells are counted while they are read."""

import csv
import io
import os
from collections.abc import Iterator
from typing import NamedTuple

from symvae.errors import SymvaeError
from symvae.files.limits import CSV_CELL, CSV_COLUMNS, CSV_MIB, CSV_ROWS
from symvae.files.plain import opened


class Row(NamedTuple):
    """One row of a table."""

    line: int
    """Line of the file in which the row ends, from 1."""
    cells: list[str]
    """Its cells, without the spaces around them."""


def read_rows(path: str | os.PathLike[str], error: type[SymvaeError]) -> Iterator[Row]:
    """Read the rows of a CSV file in UTF-8, empty ones left out.

    Args:
        path: The file.
        error: Class of the error.

    Yields:
        One row after the other.

    Raises:
        SymvaeError: The file cannot be read, exceeds a limit or is not CSV.
    """
    with opened(path, CSV_MIB, error) as file:
        rows = csv.reader(_lines(io.TextIOWrapper(file, "utf-8-sig", newline=""), path, error))
        for count in range(1, CSV_ROWS.most + 2):
            try:
                cells = next(rows, None)
            except UnicodeDecodeError as fault:
                raise error(f"{path} is not text in UTF-8. Save it in that encoding.") from fault
            except csv.Error as fault:
                raise error(f"{path}, line {rows.line_num}, is not CSV ({fault}). Save it as CSV.") from fault
            if cells is None:
                return
            CSV_ROWS.check(count, path, error=error)
            CSV_COLUMNS.check(len(cells), path, error=error)
            CSV_CELL.check(max(map(len, cells), default=0), path, error=error)
            if any(cells):
                yield Row(rows.line_num, [cell.strip() for cell in cells])


def _lines(file: io.TextIOWrapper, path: str | os.PathLike[str], error: type[SymvaeError]) -> Iterator[str]:
    """Lines, none of which is read beyond the longest row."""
    most = CSV_CELL.most * CSV_COLUMNS.most
    while line := file.readline(most):
        if len(line) == most:
            CSV_CELL.check(most, path, error=error)
        yield line


def read_records(
    path: str | os.PathLike[str], columns: tuple[str, ...], error: type[SymvaeError]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Read a table whose first row names its columns.

    Args:
        path: The file.
        columns: Columns that it must have; others may be there, too.
        error: Class of the error.

    Yields:
        Line and cells by column of each row below the first; a cell that a row lacks is empty.

    Raises:
        SymvaeError: As `read_rows`, or a column is missing.
    """
    rows = read_rows(path, error)
    names = next(rows, Row(0, [])).cells
    if missing := [column for column in columns if column not in names]:
        raise error(f"{path} has no column {', '.join(missing)}. Its first row names {', '.join(columns)}.")
    for line, cells in rows:
        yield line, dict.fromkeys(names, "") | dict(zip(names, cells, strict=False))
