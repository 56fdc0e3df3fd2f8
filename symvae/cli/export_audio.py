"""``symvae export-audio``: an audio model as a program for hosts of live sound."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show
from symvae.cli.encode_audio import AudioModelOption
from symvae.cli.options import Force


def export_audio(
    model: AudioModelOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="The TorchScript file to write.")] = Path(
        "model.ts"
    ),
    force: Force = False,
) -> None:
    """Write a TorchScript program with the methods that nn~ calls: encode, decode, forward."""
    from symvae.export.audio_program import export_audio_model
    from symvae.system.audio_model import load_audio_model

    show(str(export_audio_model(load_audio_model(model), out, force=force)))
