"""``symvae inspect``: what symvae sees in a file, and why anything of it would be left out."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show, show_json
from symvae.cli.options import Json, TrackOption, track_of


def inspect(
    files: Annotated[list[Path], typer.Argument(help="MIDI, MusicXML or ABC files.")],
    track: TrackOption = None,
    json: Json = False,
) -> None:
    """Report metres, tempos, tracks, the windows each model could take, and reasons for the rest."""
    from symvae.pipelines.inspect import inspect as inspect_file
    from symvae.system.artifacts import load_config
    from symvae.system.build import build_grid
    from symvae.system.catalog import available, find

    grids = {name: build_grid(load_config(find(name)).model) for name in available()}
    reports = [inspect_file(file, grids, track=track_of(track)) for file in files]
    if json:
        show_json([report.to_dict() for report in reports])
    elif read := [report.to_text() for report in reports if not report.fault]:
        show("\n\n".join(read))
    faulty = [report for report in reports if report.fault]
    for report in faulty:
        say(report.to_text())
    if faulty:
        raise typer.Exit(1)
