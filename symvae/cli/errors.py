"""Errors at the terminal: one sentence and an exit status.

    0    done; also where the reader of a pipe (`| head`) has seen enough
    1    an error of symvae: `symvae: <the fault and its remedy>` on stderr, no traceback
    2    wrong use: an option or argument that does not exist (typer's own message)
    130  Ctrl-C, 143 termination (`symvae.cli.stopping`)

``--debug``, anywhere on the line, shows the traceback; ``--limit NAME=NUMBER``, anywhere, raises a limit.
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

DEBUG, LIMIT = "--debug", "--limit"


class GuardedGroup(TyperGroup):
    """Root command that turns every error of symvae into one sentence."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Accept ``--debug`` and ``--limit`` in any place, for every verb."""
        ctx.obj = {"debug": DEBUG in args}
        raise_limits(ctx, args)
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
            fail(f"{error} {_how_to_raise(error)}".strip())
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


def raise_limits(ctx: Any, args: list[str]) -> None:
    """Take ``--limit NAME=NUMBER`` out of the line and raise these limits until the command ends.

    Args:
        ctx: Context of the root command.
        args: The line; it is changed in place.

    Raises:
        BadParameter: There is no such limit, or no number.
    """
    words: list[str] = []
    while (
        at := next((at for at, word in enumerate(args) if word.partition("=")[0] == LIMIT), None)
    ) is not None:
        option = args.pop(at)
        words.append(option.partition("=")[2] or (args.pop(at) if at < len(args) else ""))
    if not words:
        return
    from symvae.files.known_limits import known_limits
    from symvae.files.raised import VARIABLE, parsed

    try:
        unknown = set(parsed(" ".join(words))) - known_limits()
    except SymvaeError as error:
        raise typer.BadParameter(str(error), param_hint=LIMIT) from error
    if unknown or not all(words):
        raise typer.BadParameter(
            f"no limit is called {', '.join(sorted(unknown)) or 'so'}; docs/limits.md has the names",
            param_hint=LIMIT,
        )
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = " ".join([before or "", *words]).strip()
    ctx.call_on_close(
        lambda: os.environ.pop(VARIABLE) if before is None else os.environ.update({VARIABLE: before})
    )


def _how_to_raise(error: SymvaeError) -> str:
    """Remedy for a file that exceeds a limit and is trusted."""
    if not error.limit or " --" in str(error):  # the error names an option of its own
        return ""
    return f"If you trust it, raise the limit: {LIMIT} {error.limit}=NUMBER."


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
