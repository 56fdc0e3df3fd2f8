"""``symvae evaluate``: every figure of a model on held-out music."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symvae.cli.console import progress_bar, show, show_json
from symvae.cli.options import MAX_SEED, Force, Json
from symvae.cli.output import refuse_existing

if TYPE_CHECKING:
    from rich.progress import TaskID


def evaluate(
    model: Annotated[str, typer.Argument(help="A model's name or folder.")],
    data: Annotated[Path, typer.Option("--data", help="Shards that `symvae prepare` wrote.")],
    quick: Annotated[bool, typer.Option("--quick", help="Fewer phrases, pairs and samples.")] = False,
    split: Annotated[str, typer.Option("--split", help="The held-out split to measure on.")] = "test",
    seed: Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="Of draws and choices.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for metrics.json and report.md.")
    ] = None,
    update_model: Annotated[
        bool,
        typer.Option(
            "--update-model",
            help="Write the fitted prior, attribute vectors, metrics and card into the model's folder.",
        ),
    ] = False,
    force: Force = False,
    json: Json = False,
) -> None:
    """Measure reconstruction, rate, interpolation, prior samples and attribute vectors."""
    written = [] if out is None else [out / "metrics.json", out / "report.md"]
    refuse_existing(written, force)
    from symvae.corpus.shards import open_shards
    from symvae.evaluation.report import evaluate as evaluate_model
    from symvae.evaluation.report import fit, to_markdown
    from symvae.system.symvae import SymVAE

    vae, shards = SymVAE.load(model), open_shards(data)
    with progress_bar() as bar:
        tasks: dict[str, TaskID] = {}

        def progress(what: str, share: float) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=100, note="")
            bar.update(tasks[what], completed=round(100 * share))

        latent = fit(vae, shards, quick=quick, seed=seed, progress=progress)
        metrics = evaluate_model(
            vae, shards, quick=quick, split=split, seed=seed, latent=latent, progress=progress
        )
    tables = to_markdown(metrics)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        _write_json(written[0], metrics)
        written[1].write_text(tables, encoding="utf-8")
    if update_model:
        from symvae.evaluation.card import card
        from symvae.system.checkpoint import save_latent

        save_latent(vae.folder, latent.tensors())
        _write_json(vae.folder / "metrics.json", metrics)
        (vae.folder / "CARD.md").write_text(card(vae.config, shards.card, metrics), encoding="utf-8")
        written += [vae.folder / name for name in ("latent.safetensors", "metrics.json", "CARD.md")]
    if json:
        show_json(metrics)
        return
    show(tables)
    for path in written:
        show(str(path))


def _write_json(path: Path, value: object) -> None:
    import json

    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
