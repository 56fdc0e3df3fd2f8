"""``symvae infill``: bars of a tune redrawn between the others."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import (
    DEFAULT_MINUTES,
    MAX_COUNT,
    BestOf,
    Device,
    FileArgument,
    Force,
    Format,
    Json,
    MaxMinutes,
    ModelOption,
    OutFolder,
    PartOption,
    Plot,
    PriorTemperature,
    Program,
    Seed,
    Temperature,
    TrackOption,
    TuneOption,
    Wav,
    output_of,
    track_of,
    tune_in,
)


def infill(
    file: FileArgument,
    from_: Annotated[
        int, typer.Option("--from", min=1, help="First bar to draw, counted from the window's first.")
    ],
    to: Annotated[int, typer.Option("--to", min=1, help="Last bar to draw.")],
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=MAX_COUNT, help="Number of versions.")
    ] = 4,
    model: ModelOption = None,
    bar: Annotated[int | None, typer.Option("--bar", min=1, help="Bar where the window starts.")] = None,
    track: TrackOption = None,
    part: PartOption = None,
    tune: TuneOption = None,
    pitches: Annotated[
        str | None,
        typer.Option("--pitches", help='Sketch of pitches in order, bars between "|": "E4 G4 A4 . | C5".'),
    ] = None,
    rhythm: Annotated[
        str | None,
        typer.Option(
            "--rhythm", help='Sketch of the rhythm, x a note, . held, - a rest: "x.x.xxx. | x---x...".'
        ),
    ] = None,
    contour: Annotated[
        str | None, typer.Option("--contour", help='Sketch of the moves from note to note: "/ / \\ -".')
    ] = None,
    chords: Annotated[
        str | None, typer.Option("--chords", help='Chords that notes on beats belong to: "C Am F G".')
    ] = None,
    pitches_from: Annotated[
        Path | None, typer.Option("--pitches-from", help="A file whose first bars give the pitches.")
    ] = None,
    rhythm_from: Annotated[
        Path | None, typer.Option("--rhythm-from", help="A file, drums or taps, that gives the rhythm.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict/--loose", help="Hold the sketch exactly, or take it as a wish.")
    ] = False,
    temperature: Temperature = 1.0,
    best_of: BestOf = 4,
    prior_temperature: PriorTemperature = 1.0,
    seed: Seed = 0,
    out: OutFolder = None,
    force: Force = False,
    format: Format = "mid",
    plot: Plot = False,
    wav: Wav = False,
    max_minutes: MaxMinutes = DEFAULT_MINUTES,
    program: Program = None,
    device: Device = "cpu",
    json: Json = False,
) -> None:
    """Redraw some bars of a window, in the context of the others and from a sketch, if one is given."""
    output = output_of(
        out, "infill", format, plot=plot, wav=wav, max_minutes=max_minutes, program=program, force=force
    )
    from symvae.pipelines.infill import infill as pipeline
    from symvae.pipelines.sketch import SketchText, fill_sketch

    if from_ > to:
        raise typer.BadParameter("give a bar that is not before --from", param_hint="--to")
    asked = SketchText(pitches, rhythm, contour, chords, pitches_from, rhythm_from)
    if strict and asked.is_empty:
        raise typer.BadParameter(
            "it holds a sketch: add --pitches, --rhythm, --contour or --chords", param_hint="--strict"
        )
    if not asked.is_empty:
        filled = fill_sketch(
            tune_in(file, tune),
            model,
            from_,
            to,
            asked,
            count,
            strict=strict,
            bar=bar,
            track=track_of(track),
            best_of=best_of,
            temperature=temperature,
            seed=seed,
            device=device,
            output=output,
        )
        return show_result(filled, as_json=json)
    result = pipeline(
        tune_in(file, tune),
        model,
        from_,
        to,
        count,
        bar=bar,
        track=track_of(track, part),
        best_of=best_of,
        prior_temperature=prior_temperature,
        seed=seed,
        device=device,
        output=output,
    )
    show_result(result, as_json=json)
