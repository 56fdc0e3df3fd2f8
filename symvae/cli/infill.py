"""``symvae infill``: bars of a tune redrawn between the others."""

from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import (
    LONG_MODEL,
    MAX_COUNT,
    Device,
    FileArgument,
    Force,
    Format,
    Json,
    ModelOption,
    OutFolder,
    Plot,
    PriorTemperature,
    Program,
    Seed,
    TrackOption,
    Wav,
    load_model,
    output_of,
    track_of,
)


def infill(
    file: FileArgument,
    from_: Annotated[int, typer.Option("--from", min=1, help="First bar to draw, counted in the window.")],
    to: Annotated[int, typer.Option("--to", min=1, help="Last bar to draw.")],
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=MAX_COUNT, help="Number of versions.")
    ] = 4,
    model: ModelOption = LONG_MODEL,
    bar: Annotated[int | None, typer.Option("--bar", min=1, help="Bar where the window starts.")] = None,
    track: TrackOption = None,
    prior_temperature: PriorTemperature = 1.0,
    seed: Seed = 0,
    out: OutFolder = None,
    force: Force = False,
    format: Format = "mid",
    plot: Plot = False,
    wav: Wav = False,
    program: Program = 0,
    device: Device = "cpu",
    json: Json = False,
) -> None:
    """Redraw some bars of a window, conditioned on the others, which stay note for note."""
    output = output_of(out, "infill", format, plot=plot, wav=wav, program=program, force=force)
    from symvae.pipelines.infill import infill as pipeline

    vae = load_model(model, device)
    if not from_ <= to <= vae.grid.bars:
        raise typer.BadParameter(f"give --from and --to within bars 1 to {vae.grid.bars} of the window")
    result = pipeline(
        file,
        vae,
        from_,
        to,
        count,
        bar=bar,
        track=track_of(track),
        prior_temperature=prior_temperature,
        seed=seed,
        output=output,
    )
    show_result(result, as_json=json)
