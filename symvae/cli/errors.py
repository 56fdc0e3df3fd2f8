"""Errors at the terminal: one sentence and an exit status.

    0  done
    1  an error of symvae: `symvae: <the fault and its remedy>` on stderr, no traceback
    2  wrong use: an option or argument that does not exist (typer's own message)

``--debug``, anywhere on the line, shows the traceback.
"""

import os
import sys
from io import TextIOWrapper
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from symvae.cli.aliases import with_current_names
from symvae.errors import SymvaeError

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
        except BrokenPipeError:
            # The reader of a pipe (`| head`) has closed it: no error, and nothing more to print.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except OSError as error:
            if ctx.obj["debug"]:
                raise
            fail(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}. Use another path.")


def fail(sentence: str) -> NoReturn:
    """Print the error and exit with status 1."""
    typer.echo(f"symvae: {sentence}", err=True)
    raise typer.Exit(1)
