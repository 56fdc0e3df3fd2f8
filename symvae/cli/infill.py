"""``symvae infill``: bars of a tune drawn anew, the others as they are."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show, show_json
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
from symvae.pipelines.intake import take_one
from symvae.pipelines.output import Output, numbered


def infill(
    file: Annotated[Path, typer.Argument(help="A MIDI, MusicXML or ABC file.")],
    from_: Annotated[int, typer.Option("--from", min=1, help="First bar to draw, counted in the window.")],
    to: Annotated[int, typer.Option("--to", min=1, help="Last bar to draw.")],
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=MAX_COUNT, help="How many versions.")] = 4,
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
    json: Json = False,
) -> None:
    """Draw some bars of a window anew, in sight of the others, which stay note by note."""
    output = Output(
        out or Path("infill"),
        numbered("version", count),
        "versions",
        format=format,
        plot=plot,
        wav=wav,
        program=program,
        force=force,
    ).check()
    from symvae.music.bars import bars_in_words
    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    if not from_ <= to <= vae.grid.bars:
        raise typer.BadParameter(f"give --from and --to within bars 1 to {vae.grid.bars} of the window")
    taken = take_one(file, vae, track_of(track), bar)
    fillings = vae.infill(
        taken.phrases[0], range(from_ - 1, to), count, seed=seed, prior_temperature=prior_temperature
    )
    files = output.write(
        [each.phrase for each in fillings], [f"version {number}" for number in range(1, count + 1)]
    )
    if json:
        show_json(
            {
                "model": vae.name,
                "input": taken.report(),
                "drawn_bars": [from_, to],
                "kept": [each.kept for each in fillings],
                "files": [str(path) for path in files],
            }
        )
        return
    for line in taken.lines():
        show(line)
    show(f"{bars_in_words([(from_ - 1, to)])} of the window drawn anew; the others stay")
    for number, each in enumerate(fillings, 1):
        show(
            f"version {number}: {len(each.phrase)} notes; the model itself says {each.kept:.1%} of what stays"
        )
    for path in files:
        show(str(path))
