"""``symvae evaluate``: every figure of a model on held-out music."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symvae.cli.console import progress_bar, show, show_json
from symvae.cli.labels import pieces_in
from symvae.cli.options import MAX_SEED, Force, Json
from symvae.cli.output import refuse_existing

if TYPE_CHECKING:
    from rich.progress import TaskID

    from symvae.corpus.shards import Shards
    from symvae.evaluation.latent_fit import LatentFit
    from symvae.system.symvae import SymVAE


def evaluate(
    model: Annotated[str, typer.Argument(help="A model's name or folder.")],
    data: Annotated[Path, typer.Option("--data", help="Shards that `symvae prepare` wrote.")],
    quick: Annotated[bool, typer.Option("--quick", help="Fewer phrases, pairs and samples.")] = False,
    split: Annotated[str, typer.Option("--split", help="The held-out split to measure on.")] = "test",
    seed: Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="Of draws and choices.")] = 0,
    control: Annotated[
        bool, typer.Option("--control", help="Only how well phrases come back and faders are followed.")
    ] = False,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", help="With --control: a VGMIDI folder, for the arousal fader as well."),
    ] = None,
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
    """Measure reconstruction, rate, interpolation, prior samples and attribute vectors; or the faders."""
    if labels is not None and not control:
        raise typer.BadParameter("give it with --control", param_hint="--labels")
    written = [] if out is None else [out / "metrics.json", out / "report.md"]
    refuse_existing(written, force)
    from symvae.corpus.shards import open_shards
    from symvae.evaluation.report import evaluate as evaluate_model
    from symvae.evaluation.report import evaluate_control, fit, to_markdown
    from symvae.system.symvae import SymVAE

    vae, shards = SymVAE.load(model), open_shards(data)
    with progress_bar() as bar:
        tasks: dict[str, TaskID] = {}

        def progress(what: str, share: float) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=100, note="")
            bar.update(tasks[what], completed=round(100 * share))

        choices: dict[str, Any] = {"quick": quick, "split": split, "seed": seed, "progress": progress}
        if control:
            latent = None
            pieces = [] if labels is None else pieces_in(labels)
            metrics = evaluate_control(vae, shards, pieces=pieces, **choices)
        else:
            latent = fit(vae, shards, quick=quick, seed=seed, progress=progress)
            metrics = evaluate_model(vae, shards, latent=latent, **choices)
    tables = to_markdown(metrics)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        _write_json(written[0], metrics)
        written[1].write_text(tables, encoding="utf-8")
    if update_model:
        written += _update(vae, shards, metrics, latent)
    if json:
        show_json(metrics)
        return
    show(tables)
    for path in written:
        show(str(path))


def _update(
    vae: "SymVAE", shards: "Shards", metrics: dict[str, Any], latent: "LatentFit | None"
) -> list[Path]:
    """Write what was measured into the model's folder, beside what was measured before of other parts."""
    from symvae.evaluation.card import card
    from symvae.system.checkpoint import load_scales, save_latent, save_scales

    written = [vae.folder / name for name in ("metrics.json", "CARD.md")]
    if latent is not None:
        save_latent(vae.folder, latent.tensors())
        written.append(vae.folder / "latent.safetensors")
    scales = load_scales(vae.folder)
    if scales is not None and "control" in metrics:
        errors = tuple(metrics["control"]["faders"][name]["error"] for name in scales.names)
        save_scales(vae.folder, replace(scales, error=errors))
        written.append(vae.folder / "faders.json")
    before = {part: figures for part, figures in vae.metrics.items() if part != "validation"}
    everything = {**before, **metrics}
    _write_json(vae.folder / "metrics.json", everything)
    (vae.folder / "CARD.md").write_text(card(vae.config, shards.card, everything), encoding="utf-8")
    return written


def _write_json(path: Path, value: object) -> None:
    import json

    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
