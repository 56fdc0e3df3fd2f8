"""``symvae inspect``: contents of a file, and the reasons for everything that models leave out."""

import typer

from symvae.cli.console import say, show, show_json
from symvae.cli.options import FilesArgument, Json, TrackOption, tracks_of


def inspect(files: FilesArgument, track: TrackOption = None, json: Json = False) -> None:
    """Report metres, tempos, tracks, the windows that each model can read, and reasons for the rest."""
    from symvae.pipelines.inspect import inspect as inspect_file
    from symvae.pipelines.inspect import released_grids

    grids = released_grids()
    tracks = tracks_of(track, len(files))
    reports = [inspect_file(file, grids, track=one) for file, one in zip(files, tracks, strict=True)]
    if json:
        show_json([report.to_dict() for report in reports])
    elif good := [report.to_text() for report in reports if not report.fault]:
        show("\n\n".join(good))
    faulty = [report for report in reports if report.fault]
    for report in faulty:
        say(report.to_text())
    if faulty:
        raise typer.Exit(1)
