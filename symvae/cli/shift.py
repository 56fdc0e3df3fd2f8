"""``symvae shift``: a tune moved along attribute vectors."""

from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import (
    DEFAULT_MINUTES,
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
    Program,
    Seed,
    Temperature,
    TrackOption,
    TuneOption,
    Wav,
    amounts_of,
    output_of,
    track_of,
    tune_in,
)


def shift(
    file: FileArgument,
    set_: Annotated[
        list[str],
        typer.Option(
            "--set",
            help="attribute=amount: the multiple of its vector to add, as onset_density=1 or "
            "onset_density=-0.5.",
        ),
    ],
    model: ModelOption = None,
    track: TrackOption = None,
    part: PartOption = None,
    tune: TuneOption = None,
    temperature: Temperature = 0.0,
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
    """Move a tune along attribute vectors, window by window, joined to one tune."""
    amounts = amounts_of(set_, "attribute=amount")
    output = output_of(
        out, "shift", format, plot=plot, wav=wav, max_minutes=max_minutes, program=program, force=force
    )
    from symvae.pipelines.shift import shift as pipeline

    result = pipeline(
        tune_in(file, tune),
        amounts,
        model,
        track=track_of(track, part),
        temperature=temperature,
        seed=seed,
        device=device,
        output=output,
    )
    show_result(result, as_json=json)
