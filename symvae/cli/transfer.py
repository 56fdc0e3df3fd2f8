"""``symvae transfer``: a recording in the timbre that an audio model learned, or mixed with another one."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.encode_audio import AudioModelOption, Faders, SoundFile
from symvae.cli.options import Force, Json


def transfer(
    file: SoundFile,
    model: AudioModelOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="The WAV file to write.")] = Path(
        "transferred.wav"
    ),
    morph: Annotated[
        Path | None, typer.Option("--morph", help="Another recording; the two are mixed in z.")
    ] = None,
    amount: Annotated[
        str | None,
        typer.Option("--amount", help="With --morph: share of the other, 0 to 1, or 0:1 to run through it."),
    ] = None,
    fader: Faders = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Resynthesize a recording with an audio model."""
    if amount is not None and morph is None:
        raise typer.BadParameter("give it with --morph", param_hint="--amount")
    from symvae.pipelines.audio_transfer import parse_faders, transfer_audio
    from symvae.system.audio_model import load_audio_model

    share, faders = _amount(amount), parse_faders(fader or [])
    result = transfer_audio(
        load_audio_model(model), file, out, other=morph, amount=share, faders=faders, force=force
    )
    show_result(result, as_json=json)


def _amount(word: str | None) -> float | tuple[float, float]:
    """A share, or two of them with a colon between."""
    if word is None:
        return 0.5
    try:
        shares = [float(each) for each in word.split(":")]
    except ValueError:
        shares = []
    if len(shares) not in (1, 2):
        raise typer.BadParameter(f"write 0.5 or 0:1, not {word}", param_hint="--amount")
    return shares[0] if len(shares) == 1 else (shares[0], shares[1])
