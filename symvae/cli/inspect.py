"""``symvae inspect``: contents of a file, and the reasons for everything that models leave out."""

from typing import Annotated

import typer

from symvae.cli.console import progress_bar, say, show, show_json
from symvae.cli.options import (
    FilesArgument,
    Json,
    MaxMemory,
    MaxSeconds,
    PartOption,
    TrackOption,
    TuneOption,
    tracks_of,
    tunes_in,
)
from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.pipelines.words import counted


def inspect(
    files: FilesArgument,
    track: TrackOption = None,
    part: PartOption = None,
    tune: TuneOption = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every part, every window of every model, every drop.")
    ] = False,
    max_seconds: MaxSeconds = DEFAULT_LIMITS.seconds,
    max_memory: MaxMemory = DEFAULT_LIMITS.memory_mib,
    json: Json = False,
) -> None:
    """Report metres, tempos, parts, what models can do with them, and reasons for what is left out.

    A file that cannot be read is reported beside the others; the exit status is then 1.
    """
    from symvae.pipelines.inspect_files import inspect_files
    from symvae.pipelines.inspect_screen import screen

    tracks = tracks_of(track, len(files), part)
    limits = FileLimits(max_seconds, max_memory)
    with progress_bar() as bar:
        task = bar.add_task("files", total=None, note="")

        def watch(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        reports = list(inspect_files(tunes_in(files, tune), tracks, limits=limits, watch=watch))
    if json:
        show_json([report.to_dict() for report in reports])
    elif good := [report for report in reports if not report.fault]:
        show("\n\n".join(each.to_text() if all_ else "\n".join(screen(each)) for each in good))
    faulty = [report for report in reports if report.fault]
    for report in faulty:
        say(report.to_text())
    if faulty:
        if len(reports) > 1:
            say(f"{len(faulty)} of {counted(len(reports), 'file')} could not be read.")
        raise typer.Exit(1)
