"""``symvae export-audio``: an audio model or a drum machine as a program for other hosts."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show
from symvae.cli.options import Force, one_of

FORMATS = ("torchscript", "onnx")


def export_audio(
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            help="Run or model folder of `symvae train-audio`; for onnx, a drum machine, too.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="The file to write: model.ts; of onnx, x.onnx for x-encode.onnx and x-decode.onnx.",
        ),
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", help="torchscript, with the methods that nn~ calls, or onnx.")
    ] = "torchscript",
    force: Force = False,
) -> None:
    """Write a TorchScript program for live sound, with encode, decode and forward; or ONNX graphs."""
    one_of(format_, FORMATS, "--format")
    from symvae.pipelines.export_audio import export_audio as pipeline

    for path in pipeline(model, out, onnx=format_ == "onnx", force=force):
        show(str(path))
