"""``symvae hit`` and ``symvae kit``: sounds of a neural drum machine."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_files, show_json, show_table, watching
from symvae.cli.options import MAX_COUNT, MAX_SEED, Force, Json

DrumMachineOption = Annotated[
    str, typer.Option("--model", "-m", help="A drum machine's name, or its run or model folder.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="Same seed, same sound.")]
Temperature = Annotated[
    float, typer.Option("--temperature", min=0.0, help="0 gives typical sounds, 1 draws freely.")
]


def hit(
    drum: Annotated[
        str | None,
        typer.Argument(help="kick, snare, rim, clap, closed_hat, open_hat, tom, crash, ride, hand_drum …"),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the WAV files.")] = Path("hit"),
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=MAX_COUNT, help="Number of sounds.")] = 1,
    attack: Annotated[float | None, typer.Option("--attack", help="Attack in milliseconds.")] = None,
    decay: Annotated[
        float | None, typer.Option("--decay", help="Seconds in which it falls by 30 dB.")
    ] = None,
    brightness: Annotated[
        float | None, typer.Option("--brightness", help="Rank in its class: 0 the darkest, 1 the brightest.")
    ] = None,
    centroid: Annotated[float | None, typer.Option("--centroid", help="Spectral centroid in Hz.")] = None,
    pitch: Annotated[float | None, typer.Option("--pitch", help="Strongest partial in Hz.")] = None,
    noisiness: Annotated[
        float | None, typer.Option("--noisiness", help="Spectral flatness: 0 a tone, 0.85 white noise.")
    ] = None,
    loudness: Annotated[
        float | None, typer.Option("--loudness", help="LUFS; less where the peak would pass full scale.")
    ] = None,
    like: Annotated[
        Path | None, typer.Option("--like", help="Vary this recording of one stroke (WAV, FLAC, OGG, MP3).")
    ] = None,
    amount: Annotated[
        float | None, typer.Option("--amount", help="With --like: 0 reconstructs it, 1 is a new sound.")
    ] = None,
    morph: Annotated[
        Path | None, typer.Option("--morph", help="Walk to this recording, in --count sounds.")
    ] = None,
    tail: Annotated[
        Path | None, typer.Option("--tail", help="Give the sounds the tail of this recording.")
    ] = None,
    temperature: Temperature = 1.0,
    seed: Seed = 0,
    model: DrumMachineOption = "oneshot-44k",
    force: Force = False,
    json: Json = False,
) -> None:
    """Make one-shot drum sounds of a class, with attributes to choose, or like a recording."""
    if drum is None and like is None:
        raise typer.BadParameter("name a drum, or give a recording with --like", param_hint="DRUM")
    if amount is not None and like is None:
        raise typer.BadParameter("give it with --like", param_hint="--amount")
    values = {
        "attack_ms": attack,
        "decay_sec": decay,
        "brightness": brightness,
        "centroid_hz": centroid,
        "pitch_hz": pitch,
        "noisiness": noisiness,
        "loudness_lufs": loudness,
    }
    from symvae.pipelines.drum_hits import COLUMNS, make_hits
    from symvae.system.drum_machine import load_drum_machine

    with watching("sounds") as watch:
        result = make_hits(
            load_drum_machine(model),
            drum,
            out,
            count=count,
            seed=seed,
            temperature=temperature,
            faders={name: value for name, value in values.items() if value is not None},
            like=like,
            amount=0.3 if amount is None else amount,
            morph=morph,
            tail=tail,
            force=force,
            watch=watch,
        )
    if json:
        show_json(result.data())
        return
    show_table(COLUMNS, result.rows())
    show_files(result.saved)


def kit(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the WAV files and kit.sfz.")] = Path(
        "kit"
    ),
    seed: Seed = 0,
    temperature: Temperature = 1.0,
    model: DrumMachineOption = "oneshot-44k",
    force: Force = False,
    json: Json = False,
) -> None:
    """Make a whole kit: a sound of every class, and a map for samplers."""
    from symvae.pipelines.drum_hits import COLUMNS, make_kit
    from symvae.system.drum_machine import load_drum_machine

    result = make_kit(load_drum_machine(model), out, seed=seed, temperature=temperature, force=force)
    if json:
        show_json(result.data())
        return
    show_table(COLUMNS, result.rows())
    show_files(result.saved)
