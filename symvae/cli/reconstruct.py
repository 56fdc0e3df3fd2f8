"""``symvae reconstruct``: a tune through the latent space and back."""

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
from symvae.pipelines.intake import in_place, match, take
from symvae.pipelines.output import Output, numbered


def reconstruct(
    file: Annotated[Path, typer.Argument(help="A MIDI, MusicXML or ABC file.")],
    model: ModelOption = DEFAULT_MODEL,
    track: TrackOption = None,
    temperature: Temperature = 0.0,
    posterior_temperature: Annotated[
        float,
        typer.Option(
            "--posterior-temperature", min=0.0, help="How far z may stray from the posterior's mean; 0: not."
        ),
    ] = 0.0,
    seed: Seed = 0,
    out: OutFolder = None,
    force: Force = False,
    format: Format = "mid",
    plot: Plot = False,
    wav: Wav = False,
    program: Program = 0,
    json: Json = False,
) -> None:
    """Encode a tune and decode it again, window by window, joined to one tune."""
    from symvae.music.bars import bars_in_words
    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    taken = take(file, vae, track_of(track))
    spans = taken.spans
    output = Output(
        out or Path("reconstruct"),
        numbered("window", len(spans)),
        "reconstruction",
        format=format,
        plot=plot,
        wav=wav,
        program=program,
        force=force,
    ).check()
    results = vae.reconstruct(
        taken.phrases, temperature=temperature, posterior_temperature=posterior_temperature, seed=seed
    )
    matches = match(vae, taken.phrases, results)
    row, filled = in_place(taken.reading, results)
    files = output.write(results, taken.titles, row)
    if json:
        show_json(
            {
                "model": vae.name,
                "input": taken.report(),
                "windows": [
                    {"bars": span, **each._asdict()} for span, each in zip(spans, matches, strict=True)
                ],
                "silence_for_bars": [f"{start + 1}-{end}" for start, end in filled],
                "files": [str(path) for path in files],
            }
        )
        return
    for line in taken.lines():
        show(line)
    if filled:
        show(f"  silence stands for {bars_in_words(filled)}")
    for title, each in zip(taken.titles, matches, strict=True):
        show(f"{title}: {each}")
    for path in files:
        show(str(path))
