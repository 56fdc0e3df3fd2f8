"""``symvae humanize``: the drums of a song with a drummer's timing and dynamics."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.groove_options import GrooveModel, MidiOut, Style
from symvae.cli.options import Device, FileArgument, Force, Json, Seed, TrackOption, track_of


def humanize(
    file: FileArgument,
    style: Style = None,
    amount: Annotated[
        float, typer.Option("--amount", min=0.0, max=1.0, help="Share of the way to the drummer, 0 to 1.")
    ] = 1.0,
    like: Annotated[
        Path | None, typer.Option("--like", help="A file whose drummer plays this one, too.")
    ] = None,
    groove_from: Annotated[
        Path | None,
        typer.Option("--groove-from", help="A file whose timing and dynamics are laid on these hits."),
    ] = None,
    temperature: Annotated[
        float, typer.Option("--temperature", min=0.0, help="Scale of the spread of single hits; 0 for none.")
    ] = 1.0,
    seed: Seed = 0,
    model: GrooveModel = "groove-2bar",
    track: TrackOption = None,
    out: MidiOut = None,
    force: Force = False,
    device: Device = "cpu",
    json: Json = False,
) -> None:
    """Give the drums of a song a drummer's timing and dynamics; the hits and all other tracks stay."""
    if like is not None and groove_from is not None:
        raise typer.BadParameter("give one of the two", param_hint="--like, --groove-from")
    from symvae.pipelines.humanize import humanize_song

    result = humanize_song(
        file,
        model=model,
        style=style,
        amount=amount,
        temperature=temperature,
        seed=seed,
        like=like,
        groove_from=groove_from,
        track=track_of(track),
        device=device,
        out=out or Path("humanized.mid"),
        force=force,
    )
    show_result(result, as_json=json)
