"""``symvae encode``: files into latents, kept as plain arrays."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import counted, show, show_json
from symvae.cli.options import DEFAULT_MODEL, Force, Json, ModelOption, TrackOption, track_of
from symvae.pipelines.intake import take
from symvae.pipelines.output import refuse_existing


def encode(
    files: Annotated[list[Path], typer.Argument(help="MIDI, MusicXML or ABC files.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The .npz file to write.")] = Path("z.npz"),
    model: ModelOption = DEFAULT_MODEL,
    track: TrackOption = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write the posterior of every window: mean and log_std, (window, latent), with file, bar and tempo."""
    refuse_existing([out], force)
    from symvae.pipelines.latent_file import write_latents
    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    taken = [take(file, vae, track_of(track)) for file in files]
    phrases = [phrase for each in taken for phrase in each.phrases]
    places = [(str(each.file), start + 1) for each in taken for start in each.reading.start_bar]
    write_latents(out, vae.name, vae.encode(phrases), [phrase.tempo_qpm for phrase in phrases], places)
    if json:
        show_json({"model": vae.name, "inputs": [each.report() for each in taken], "files": [str(out)]})
        return
    for each in taken:
        for line in each.lines():
            show(line)
    show(f"{counted(len(phrases), 'window')} as mean and log_std, {len(phrases)} × {vae.latent_size} each")
    show(str(out))
