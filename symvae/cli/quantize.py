"""``symvae quantize``: the drums of a song, or another track, on a grid."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.groove_options import MidiOut
from symvae.cli.options import FileArgument, Force, Json, PartOption, TrackOption, one_of, track_of


def quantize(
    file: FileArgument,
    grid: Annotated[
        str,
        typer.Option(
            "--grid", help="16 (sixteenths), 12 (triplet eighths) or auto (the better one, bar by bar)."
        ),
    ] = "auto",
    amount: Annotated[
        float, typer.Option("--amount", min=0.0, max=1.0, help="Share of the way to the grid, 0 to 1.")
    ] = 1.0,
    track: TrackOption = None,
    part: PartOption = None,
    out: MidiOut = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Move the drums of a song to a grid, of a song without drums all notes; all else stays."""
    from symvae.pipelines.quantize import GRIDS, quantize_song

    one_of(grid, GRIDS, "--grid")
    result = quantize_song(
        file,
        grid=grid,
        amount=amount,
        track=track_of(track, part),
        out=out or Path("quantized.mid"),
        force=force,
    )
    show_result(result, as_json=json)
