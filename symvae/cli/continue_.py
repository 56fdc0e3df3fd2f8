"""``symvae continue``: a tune goes on."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import counted, show, show_json
from symvae.cli.options import (
    LONG_MODEL,
    MAX_COUNT,
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
    track_of,
)
from symvae.pipelines.intake import take_before
from symvae.pipelines.output import Output, numbered

MAX_BARS = 256


def continue_(
    file: Annotated[Path, typer.Argument(help="A MIDI, MusicXML or ABC file.")],
    bars: Annotated[int, typer.Option("--bars", min=1, max=MAX_BARS, help="How many bars to add.")] = 8,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=MAX_COUNT, help="How many versions.")] = 4,
    model: ModelOption = LONG_MODEL,
    bar: Annotated[
        int | None,
        typer.Option("--bar", min=1, help="Last bar before the new ones; by default the tune's last."),
    ] = None,
    track: TrackOption = None,
    prior_temperature: PriorTemperature = 1.0,
    seed: Seed = 0,
    out: OutFolder = None,
    force: Force = False,
    format: Format = "mid",
    plot: Plot = False,
    wav: Wav = False,
    program: Program = 0,
    json: Json = False,
) -> None:
    """Go on from the end of a tune: its last bars, half of what the model can see, then new ones."""
    output = Output(
        out or Path("continue"),
        numbered("version", count),
        "versions",
        format=format,
        plot=plot,
        wav=wav,
        program=program,
        force=force,
    ).check()
    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    taken = take_before(file, vae, track_of(track), bar)
    given = taken.phrases[0]
    fillings = vae.continue_(given, bars, count, seed=seed, prior_temperature=prior_temperature)
    files = output.write(
        [each.phrase for each in fillings], [f"version {number}" for number in range(1, count + 1)]
    )
    if json:
        show_json(
            {
                "model": vae.name,
                "input": taken.report(),
                "given_bars": given.grid.bars,
                "new_bars": bars,
                "kept": [each.kept for each in fillings],
                "files": [str(path) for path in files],
            }
        )
        return
    for line in taken.lines():
        show(line)
    show(f"{counted(given.grid.bars, 'bar')} as they are, then {bars} new in each version")
    for number, each in enumerate(fillings, 1):
        new = int((each.phrase.onset_step >= given.grid.num_steps).sum())
        show(f"version {number}: {new} new notes; the model itself says {each.kept:.1%} of what stays")
    for path in files:
        show(str(path))
