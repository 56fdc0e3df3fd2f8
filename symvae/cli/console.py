"""The only place that prints: results to stdout, everything else to stderr."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

#: Width of a table where there is no terminal to fit it into: as wide as it likes, every row one line.
PIPE_WIDTH = 1_000_000


def show(text: str = "") -> None:
    """A result."""
    typer.echo(text)


def show_json(value: Any) -> None:
    """A result for a script."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, left: Sequence[str] = ()) -> None:
    """A result in columns; all but the first are set flush right, but for those named in ``left``."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, name in enumerate(columns):
        right = number > 0 and name not in left
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False).print(table)


def counted(count: int, thing: str) -> str:
    """ "1 bar", "2 bars"."""
    return f"{count} {thing}" + ("" if count == 1 else "s")


def say(text: str) -> None:
    """A word about the work, beside the results."""
    typer.echo(text, err=True)


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator["Progress"]:
    """A live bar on stderr with rate and time left; silent where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet or not sys.stderr.isatty(),
    ) as progress:
        yield progress
