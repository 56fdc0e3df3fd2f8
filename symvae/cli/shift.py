"""``symvae vary``: a tune with more or less of a musical attribute."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show, show_json
from symvae.cli.options import (
    DEFAULT_MODEL,
    Force,
    Format,
    Json,
    ModelOption,
    OutFolder,
    Plot,
    Program,
    Seed,
    Temperature,
    TrackOption,
    Wav,
    track_of,
)
from symvae.pipelines.intake import in_place, take
from symvae.pipelines.output import Output, numbered


def shift(
    file: Annotated[Path, typer.Argument(help="A MIDI, MusicXML or ABC file.")],
    set_: Annotated[
        list[str],
        typer.Option(
            "--set",
            help="attribute=amount: how often to add its vector, as onset_density=1 or onset_density=-0.5.",
        ),
    ],
    model: ModelOption = DEFAULT_MODEL,
    track: TrackOption = None,
    temperature: Temperature = 0.0,
    seed: Seed = 0,
    out: OutFolder = None,
    force: Force = False,
    format: Format = "mid",
    plot: Plot = False,
    wav: Wav = False,
    program: Program = 0,
    json: Json = False,
) -> None:
    """Move a tune along attribute vectors, window by window, joined to one tune."""
    amounts = _amounts(set_)
    from symvae.errors import LatentError
    from symvae.music.bars import bars_in_words
    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    if not vae.directions:
        raise LatentError(
            f"{vae.name} has no attribute vectors yet. Run `symvae evaluate --update-model` on it, "
            "or choose another --model."
        )
    taken = take(file, vae, track_of(track))
    output = Output(
        out or Path("vary"),
        numbered("window", len(taken.phrases)),
        "varied",
        format=format,
        plot=plot,
        wav=wav,
        program=program,
        force=force,
    ).check()
    results = [vae.shift(phrase, amounts, temperature=temperature, seed=seed) for phrase in taken.phrases]
    row, filled = in_place(taken.reading, results)
    before, after = vae.measure(taken.phrases), vae.measure(results)
    changes = {name: (float(before[name].mean()), float(after[name].mean())) for name in before}
    files = output.write(results, taken.titles, row)
    if json:
        show_json(
            {
                "model": vae.name,
                "input": taken.report(),
                "amounts": amounts,
                "attributes": {name: {"before": b, "after": a} for name, (b, a) in changes.items()},
                "silence_for_bars": [f"{start + 1}-{end}" for start, end in filled],
                "files": [str(path) for path in files],
            }
        )
        return
    for line in taken.lines():
        show(line)
    if filled:
        show(f"  silence stands for {bars_in_words(filled)}")
    for name in amounts:
        if name in changes:
            show(f"{name}: {changes[name][0]:.3g} → {changes[name][1]:.3g} (mean over the windows)")
    for path in files:
        show(str(path))


def _amounts(settings: list[str]) -> dict[str, float]:
    amounts: dict[str, float] = {}
    for setting in settings:
        name, equals, number = setting.partition("=")
        try:
            amount = float(number)
        except ValueError:
            equals = ""
        if not equals:
            raise typer.BadParameter(f"{setting!r} is no attribute=amount", param_hint="--set")
        if name.strip() in amounts:
            raise typer.BadParameter(f"{name.strip()} is set twice; set it once", param_hint="--set")
        amounts[name.strip()] = amount
    return amounts
