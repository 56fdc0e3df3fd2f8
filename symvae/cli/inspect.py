"""``symvae inspect``: contents of a file, and the reasons for everything that models leave out."""

from typing import Annotated

import typer

from symvae.cli.console import say, show, show_json
from symvae.cli.options import FilesArgument, Json, TrackOption, tracks_of


def inspect(
    files: FilesArgument,
    track: TrackOption = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every part, every window of every model, every drop.")
    ] = False,
    json: Json = False,
) -> None:
    """Report metres, tempos, parts, what models can do with them, and reasons for what is left out."""
    from symvae.pipelines.inspect import inspect as inspect_file
    from symvae.pipelines.inspect_screen import screen

    tracks = tracks_of(track, len(files))
    reports = [inspect_file(file, track=one) for file, one in zip(files, tracks, strict=True)]
    if json:
        show_json([report.to_dict() for report in reports])
    elif good := [report for report in reports if not report.fault]:
        show("\n\n".join(each.to_text() if all_ else "\n".join(screen(each)) for each in good))
    faulty = [report for report in reports if report.fault]
    for report in faulty:
        say(report.to_text())
    if faulty:
        raise typer.Exit(1)
