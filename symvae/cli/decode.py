"""``symvae decode``: latents from a file into music."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import counted, say, show, show_json
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
    TopP,
    Wav,
)
from symvae.pipelines.output import Output, numbered


def decode(
    file: Annotated[Path, typer.Argument(help="An .npz with z or mean, (window, latent).")],
    model: ModelOption = DEFAULT_MODEL,
    temperature: Temperature = 0.0,
    top_p: TopP = 1.0,
    seed: Seed = 0,
    out: OutFolder = None,
    force: Force = False,
    format: Format = "mid",
    plot: Plot = False,
    wav: Wav = False,
    program: Program = 0,
    json: Json = False,
) -> None:
    """Decode latents that `symvae encode` wrote, as they are or after you changed them."""
    from symvae.pipelines.latent_file import read_latents

    latents = read_latents(file)
    count = len(latents.z)
    output = Output(
        out or Path("decode"),
        numbered("window", count),
        "decoded",
        format=format,
        plot=plot,
        wav=wav,
        program=program,
        force=force,
    ).check()
    import torch

    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    if latents.model not in ("", vae.name):
        say(f"These latents are of {latents.model}; {vae.name} hears something else in them.")
    ids = vae.decode_ids(torch.from_numpy(latents.z), temperature=temperature, top_p=top_p, seed=seed)
    phrases = vae.to_phrases(ids, latents.tempo_qpm)
    files = output.write(phrases, [f"window {number}" for number in range(1, count + 1)])
    if json:
        show_json(
            {
                "model": vae.name,
                "notes": [len(phrase) for phrase in phrases],
                "files": [str(path) for path in files],
            }
        )
        return
    show(f"{counted(count, 'latent')} of {file} decoded by {vae.name}")
    for path in files:
        show(str(path))
