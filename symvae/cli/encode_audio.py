"""``symvae encode-audio`` and ``symvae decode-audio``: recordings to frames of z, and back."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import Force, Json

AudioModelOption = Annotated[
    str, typer.Option("--model", "-m", help="Run or model folder that `symvae train-audio` wrote.")
]
Faders = Annotated[
    list[str] | None,
    typer.Option(
        "--fader", metavar="N=DEVIATIONS", help="Move along principal axis N, as 1=+1.5; can be repeated."
    ),
]
SoundFile = Annotated[Path, typer.Argument(help="A recording: WAV, FLAC, OGG or MP3.")]


def encode_audio(
    file: SoundFile,
    model: AudioModelOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="The .npz file to write.")] = Path("z.npz"),
    force: Force = False,
    json: Json = False,
) -> None:
    """Write the frames of z of a recording: z (channel, latent, frame), samples, sample_rate."""
    from symvae.pipelines.audio_transfer import encode_audio as pipeline
    from symvae.system.audio_model import load_audio_model

    show_result(pipeline(load_audio_model(model), file, out, force=force), as_json=json)


def decode_audio(
    file: Annotated[Path, typer.Argument(help="The .npz file that `symvae encode-audio` wrote.")],
    model: AudioModelOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="The WAV file to write.")] = Path("decoded.wav"),
    fader: Faders = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Synthesize frames of z."""
    from symvae.pipelines.audio_transfer import decode_audio as pipeline
    from symvae.pipelines.audio_transfer import parse_faders
    from symvae.system.audio_model import load_audio_model

    faders = parse_faders(fader or [])
    show_result(pipeline(load_audio_model(model), file, out, faders=faders, force=force), as_json=json)
