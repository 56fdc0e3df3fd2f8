"""``symvae drumify``: a drummer's groove for the rhythm of a melody, a piano or taps."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.groove_options import GrooveModel, MidiOut, Style
from symvae.cli.options import Device, FileArgument, Force, Json, Seed, TrackOption, one_of, track_of


def drumify(
    file: FileArgument,
    style: Style = None,
    keep: Annotated[
        str | None,
        typer.Option(
            "--keep",
            help='"hits": the kit is hit at the onsets and nowhere else; "taps": between them, too. Default: '
            "hits for taps on a drum track, taps for other music.",
        ),
    ] = None,
    alone: Annotated[bool, typer.Option("--alone", help="Write the drums without the song.")] = False,
    temperature: Annotated[
        float, typer.Option("--temperature", min=0.0, help="Scale of chance; 0 takes the likeliest.")
    ] = 1.0,
    seed: Seed = 0,
    model: GrooveModel = "groove-2bar",
    track: TrackOption = None,
    out: MidiOut = None,
    force: Force = False,
    device: Device = "cpu",
    json: Json = False,
) -> None:
    """Write a drum track to the rhythm of a melody, a piano or taps."""
    from symvae.pipelines.drumify import KEEP, drumify_song

    if keep is not None:
        one_of(keep, KEEP, "--keep")
    result = drumify_song(
        file,
        model=model,
        style=style,
        keep=keep,
        temperature=temperature,
        seed=seed,
        track=track_of(track),
        alone=alone,
        device=device,
        out=out or Path("drumified.mid"),
        force=force,
    )
    show_result(result, as_json=json)
