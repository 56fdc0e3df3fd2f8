"""Errors at the terminal: one sentence and an exit status.

    0    done; also where the reader of a pipe (`| head`) has seen enough
    1    an error of symvae: `symvae: <the fault and its remedy>` on stderr, no traceback
    2    wrong use: an option or argument that does not exist (typer's own message)
    130  Ctrl-C, 143 termination (`symvae.cli.stopping`)

``--debug``, anywhere on the line, shows the traceback.
"""

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from symvae.cli.aliases import with_current_names
from symvae.cli.stopping import sentence_of, status_of
from symvae.errors import SymvaeError
from symvae.storage.faults import unwritable

DEBUG = "--debug"


class GuardedGroup(TyperGroup):
    """Root command that turns every error of symvae into one sentence."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Accept ``--debug`` in any place, for every verb."""
        ctx.obj = {"debug": DEBUG in args}
        return super().parse_args(ctx, with_current_names([arg for arg in args if arg != DEBUG]))

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):  # a file may have a name that is no text
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except SymvaeError as error:
            if ctx.obj["debug"]:
                raise
            fail(str(error))
        except KeyboardInterrupt as stopped:
            if ctx.obj["debug"]:
                raise
            typer.echo(f"symvae: {sentence_of(stopped)}", err=True)
            raise typer.Exit(status_of(stopped)) from None
        except BrokenPipeError:
            # The reader of a pipe (`| head`) has closed it: no error, and nothing more to print.
            _silence()
            raise typer.Exit(0) from None
        except OSError as error:
            if ctx.obj["debug"]:
                raise
            place = Path(os.fsdecode(error.filename)) if error.filename else Path("The output")
            if not error.filename:
                _silence()
            fail(unwritable(place, error))


def open_streams() -> None:
    """Lead streams that the caller has closed (`>&-`) to nowhere, before a file takes their place."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(handle)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 (lives as long as the process)


def _silence() -> None:
    """Send what is still to be printed to nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())


def fail(sentence: str) -> NoReturn:
    """Print the error and exit with status 1."""
    typer.echo(f"symvae: {sentence}", err=True)
    raise typer.Exit(1)
