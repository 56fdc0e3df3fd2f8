"""What the person at the terminal sees when something is wrong: one sentence and an exit status.

    0  done
    1  our error: `symvae: <the fault and what would work>` on stderr, no traceback
    2  wrong use: an option or argument that does not exist (typer's own message)

``--debug``, anywhere on the line, lets the traceback through.
"""

import os
import sys
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from symvae.cli.aliases import with_names_of_today
from symvae.errors import SymvaeError

DEBUG = "--debug"


class GuardedGroup(TyperGroup):
    """The root command: every error that symvae raises on purpose ends here as a sentence."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take ``--debug`` out wherever it stands, so that every verb has it."""
        ctx.obj = {"debug": DEBUG in args}
        return super().parse_args(ctx, with_names_of_today([arg for arg in args if arg != DEBUG]))

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except SymvaeError as error:
            if ctx.obj["debug"]:
                raise
            fail(str(error))
        except BrokenPipeError:
            # The reader of a pipe (`| head`) has gone: nothing is wrong, and nobody is listening.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except OSError as error:
            if ctx.obj["debug"]:
                raise
            fail(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}. Use another path.")


def fail(sentence: str) -> NoReturn:
    """Say what is wrong and end with status 1."""
    typer.echo(f"symvae: {sentence}", err=True)
    raise typer.Exit(1)
