"""``symvae train-arousal``: the direction of arousal through a model's faders, from labeled music."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show
from symvae.pipelines.labels import read_labeled
from symvae.pipelines.words import counted


def train_arousal(
    model: Annotated[str, typer.Argument(help="The folder of a model with faders.")],
    labels: Annotated[Path, typer.Argument(help="A VGMIDI folder: midi/*.mid and labels.csv.")],
    data: Annotated[Path, typer.Option("--data", help="Shards: the music without labels.")],
    update_model: Annotated[
        bool, typer.Option("--update-model", help="Write it into the model's folder.")
    ] = False,
) -> None:
    """Learn arousal, so that `fade --arousal` works: low and high from few labels, the rest without."""
    from symvae.corpus.shards import open_shards
    from symvae.system.symvae import SymVAE
    from symvae.training.tasks import arousal as task

    vae, shards = SymVAE.load(model), open_shards(data)
    pieces, notices = read_labeled(labels, vae.tokenizer)
    for notice in notices:
        say(notice)
    arousal = task.train_arousal(vae, pieces, shards)
    show(f"learned from {counted(len(pieces), 'piece')}; log odds per unit of each fader:")
    for name, weight in zip(vae.scales.names, arousal.weights, strict=True):
        show(f"  {name:20s} {weight:+.2f}")
    if update_model:
        task.install_arousal(vae, arousal)
        show(str(vae.folder / "faders.json"))
