"""``symvae transfer``: a recorded voice on an instrument, or a recording through an audio model."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.encode_audio import Faders, SoundFile
from symvae.cli.options import Force, Json


def transfer(
    file: SoundFile,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            help="Run or model folder that `symvae train-audio` wrote; with --timbre, a model of "
            "`symvae train-ddsp`, by default ddsp-24k.",
        ),
    ] = None,
    timbre: Annotated[
        str | None,
        typer.Option(
            "--timbre",
            help="Play a single voice, sung, whistled or played, on this instrument: a name that "
            "`symvae render --engine ddsp --list` shows, or a blend as violin:flute:0.4.",
        ),
    ] = None,
    octaves: Annotated[
        int | None,
        typer.Option(
            "--octaves",
            help="With --timbre: octaves to move by. Default: the fewest that fit the instrument.",
        ),
    ] = None,
    louder: Annotated[
        float | None,
        typer.Option("--louder", help="With --timbre: dB; louder playing changes the timbre, too."),
    ] = None,
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
    """Play a recorded voice on an instrument, or resynthesize a recording with an audio model."""
    if timbre is not None:
        for option, word in {"--morph": morph, "--amount": amount, "--fader": fader}.items():
            if word:
                raise typer.BadParameter("it is for audio models, without --timbre", param_hint=option)
        from symvae.pipelines.line_transfer import transfer_line
        from symvae.system.line_synth import DEFAULT_LINE_SYNTH, load_line_synth

        synth = load_line_synth(model or DEFAULT_LINE_SYNTH)
        lined = transfer_line(synth, file, out, timbre, octaves=octaves, louder_db=louder or 0.0, force=force)
        show_result(lined, as_json=json)
        return
    for option, number in {"--octaves": octaves, "--louder": louder}.items():
        if number is not None:
            raise typer.BadParameter("give it with --timbre", param_hint=option)
    if model is None:
        raise typer.BadParameter(
            "give --timbre, as violin, or the folder of an audio model", param_hint="--model"
        )
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
