"""Everything that is printed: results to stdout, all else to stderr."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from symvae.pipelines.output import Result, Saved
from symvae.pipelines.unread import Unread

if TYPE_CHECKING:
    from rich.progress import Progress

#: Width of a table where no terminal limits it: every row is one line.
PIPE_WIDTH = 1_000_000


def show(text: str = "") -> None:
    """Print a result."""
    typer.echo(text)


def show_json(value: Any) -> None:
    """Print a result for a script."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def show_result(result: Result, *, as_json: bool) -> None:
    """Print the report of a pipeline and its files; its notices go to stderr."""
    for notice in result.saved.notices:
        say(notice)
    if as_json:
        show_json(result.data())
        return
    for line in result.lines():
        show(line)
    show_files(result.saved)


def show_files(saved: Saved) -> None:
    """Print the files that a pipeline wrote, one a line."""
    for name in saved.names:
        show(name)


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, left: Sequence[str] = ()) -> None:
    """Print a result in columns, flush right except the first and those named in ``left``."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, name in enumerate(columns):
        right = number > 0 and name not in left
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    # Names of tracks and timbres are no markup: piano:violin:0.5 is no picture of a violin.
    console = Console(
        file=sys.stdout,
        width=None if sys.stdout.isatty() else PIPE_WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(table)


def say(text: str) -> None:
    """Print a notice beside the results, to stderr."""
    typer.echo(text, err=True)


def exit_if_unread(unread: Sequence[Unread]) -> None:
    """Print a sentence for each file that could not be read, and exit with status 1 if there is any."""
    for each in unread:
        say(f"symvae: {each}")
    if unread:
        raise typer.Exit(1)


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator["Progress"]:
    """A live bar on stderr with time left; silent without a terminal."""
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


@contextmanager
def watching(description: str) -> Iterator[Callable[[float], None]]:
    """A live bar in percent, moved by the share of work that is done (0 to 1)."""
    with progress_bar() as bar:
        task = bar.add_task(description, total=100, note="%")
        yield lambda share: bar.update(task, completed=round(100 * share))
