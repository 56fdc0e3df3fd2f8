"""``symvae train-arousal``: the direction of arousal through a model's faders, from labeled music."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show, show_table
from symvae.pipelines.labels import read_labeled
from symvae.pipelines.words import counted

#: Expected sign of an effect, as it is printed.
SIGNS = {1: "+", -1: "-", 0: "none"}


def train_arousal(
    model: Annotated[str, typer.Argument(help="The folder of a model with faders.")],
    labels: Annotated[Path, typer.Argument(help="A VGMIDI folder: midi/*.mid and labels.csv.")],
    data: Annotated[Path, typer.Option("--data", help="Shards: the music without labels.")],
    update_model: Annotated[
        bool, typer.Option("--update-model", help="Write it into the model's folder.")
    ] = False,
) -> None:
    """Learn arousal and valence from few labels, so that `fade --arousal` and `fade --emotion` work."""
    from symvae.attributes.emotion import VALENCE_CUES
    from symvae.corpus.shards import open_shards
    from symvae.latent.valence import LEAST_CORRELATION
    from symvae.system.symvae import SymVAE
    from symvae.training.tasks import arousal as task
    from symvae.training.tasks.valence import fit_valence, install_valence

    vae, shards = SymVAE.load(model), open_shards(data)
    pieces, notices = read_labeled(labels, vae.tokenizer)
    for notice in notices:
        say(notice)
    arousal = task.train_arousal(vae, pieces, shards)
    show(
        f"learned from {counted(len(pieces), 'piece')}; partial effects on the ratings, and the fader's path:"
    )
    effects = task.partial_effects(pieces, vae.fader_positions, vae.scales.names)
    rows = [
        (each.name, f"{each.weight:+.2f}", SIGNS[each.expected], f"{weight:+.2f}", f"{move:+.2f}")
        for each, weight, move in zip(effects, arousal.weights, arousal.direction(), strict=True)
    ]
    show_table(("fader", "partial effect", "expected", "log odds", "path"), rows)
    valence = fit_valence(pieces)
    offered = "offered" if valence.correlation >= LEAST_CORRELATION else "too low to be offered"
    show(f"valence: r {valence.correlation:.2f} on held-out series, {offered}; weight of each cue:")
    show_table(
        ("cue", "weight"), [(n, f"{w:+.3f}") for n, w in zip(VALENCE_CUES, valence.weight, strict=True)]
    )
    if update_model:
        task.install_arousal(vae, arousal)
        install_valence(SymVAE.load(vae.folder), valence)
        show(str(vae.folder / "faders.json"))
