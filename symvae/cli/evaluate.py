"""``symvae evaluate``: figures of a model on held-out music."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from symvae.cli.console import progress_bar, say, show, show_json
from symvae.cli.options import MAX_SEED, Force, Json
from symvae.pipelines.labels import read_labeled
from symvae.pipelines.output import refuse_existing

if TYPE_CHECKING:
    from rich.progress import TaskID

    from symvae.evaluation.progress import Progress


class Measured(NamedTuple):
    """Figures and tables of an evaluation, and the function that writes them into the model's folder."""

    metrics: dict[str, Any]
    tables: str
    update: Callable[[], list[Path]]


def evaluate(
    model: Annotated[str, typer.Argument(help="A model's name or folder.")],
    data: Annotated[
        list[Path], typer.Option("--data", help="Shards from `symvae prepare`; several with --audio.")
    ],
    quick: Annotated[bool, typer.Option("--quick", help="Fewer phrases, pairs and samples.")] = False,
    split: Annotated[str, typer.Option("--split", help="Held-out split to measure on.")] = "test",
    seed: Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="Seed of draws and choices.")] = 0,
    control: Annotated[
        bool, typer.Option("--control", help="Measure reconstruction and faders only.")
    ] = False,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", help="With --control: a VGMIDI folder, to measure the arousal fader too."),
    ] = None,
    audio: Annotated[
        bool, typer.Option("--audio", help="MODEL is a synthesizer: compare its sound with sound fonts.")
    ] = False,
    font: Annotated[
        list[Path] | None,
        typer.Option("--font", help="With --audio: a sound font it was trained on; can be repeated."),
    ] = None,
    unseen_font: Annotated[
        Path | None, typer.Option("--unseen-font", help="With --audio: a sound font it was not trained on.")
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
    """Measure reconstruction, rate, interpolation, samples and attribute vectors; or faders; or sound."""
    _check_use(
        data,
        audio,
        needs_control=labels is not None and not control,
        needs_audio=bool(font) or unseen_font is not None,
    )
    written = [] if out is None else [out / "metrics.json", out / "report.md"]
    refuse_existing(written, force)
    choices: dict[str, Any] = {"quick": quick, "split": split, "seed": seed}
    if audio:
        metrics, tables, update = _measure_sound(model, data, font or [], unseen_font, choices)
    else:
        metrics, tables, update = _measure_music(model, data[0], control, labels, choices)
    if out is not None:
        from symvae.evaluation.reports.update import write_metrics

        out.mkdir(parents=True, exist_ok=True)
        write_metrics(written[0], metrics)
        written[1].write_text(tables, encoding="utf-8")
    if update_model:
        written += update()
    if json:
        show_json(metrics)
        return
    show(tables)
    for path in written:
        show(str(path))


def _check_use(data: list[Path], audio: bool, *, needs_control: bool, needs_audio: bool) -> None:
    """Refuse options that belong to another kind of evaluation."""
    if needs_control:
        raise typer.BadParameter("give it with --control", param_hint="--labels")
    if needs_audio and not audio:
        raise typer.BadParameter("give it with --audio", param_hint="--font, --unseen-font")
    if len(data) > 1 and not audio:
        raise typer.BadParameter("give one folder; several are for --audio", param_hint="--data")


@contextmanager
def _progress() -> Iterator["Progress"]:
    """Show a progress bar for each measurement."""
    with progress_bar() as bar:
        tasks: dict[str, TaskID] = {}

        def progress(measurement: str, share: float) -> None:
            if measurement not in tasks:
                tasks[measurement] = bar.add_task(measurement, total=100, note="")
            bar.update(tasks[measurement], completed=round(100 * share))

        yield progress


def _measure_music(
    model: str, data: Path, control: bool, labels: Path | None, choices: dict[str, Any]
) -> Measured:
    """Measure a model of notes."""
    from symvae.corpus.shards import open_shards
    from symvae.evaluation.reports.evaluate import evaluate as evaluate_model
    from symvae.evaluation.reports.evaluate import evaluate_control, fit, to_markdown
    from symvae.evaluation.reports.update import update_model
    from symvae.system.symvae import SymVAE

    vae, shards = SymVAE.load(model), open_shards(data)
    latent = None
    with _progress() as progress:
        if control:
            pieces, notices = ([], ()) if labels is None else read_labeled(labels, vae.tokenizer)
            for notice in notices:
                say(notice)
            metrics = evaluate_control(vae, shards, pieces=pieces, progress=progress, **choices)
        else:
            latent = fit(vae, shards, quick=choices["quick"], seed=choices["seed"], progress=progress)
            metrics = evaluate_model(vae, shards, latent=latent, progress=progress, **choices)
    return Measured(metrics, to_markdown(metrics), lambda: update_model(vae, shards, metrics, latent))


def _measure_sound(
    model: str, data: list[Path], fonts: list[Path], unseen_font: Path | None, choices: dict[str, Any]
) -> Measured:
    """Measure a synthesizer."""
    from symvae.audio.soundfont import find_soundfont
    from symvae.corpus.shards import open_shards
    from symvae.evaluation.reports.sound_card import sound_card
    from symvae.evaluation.reports.sound_tables import to_markdown
    from symvae.evaluation.reports.update import write_metrics
    from symvae.evaluation.sound_report import evaluate_sound
    from symvae.system.synth import Synth

    synth, shards = Synth.load(model), [open_shards(folder) for folder in data]
    with _progress() as progress:
        metrics = evaluate_sound(
            synth,
            shards,
            [find_soundfont(path) for path in fonts] or [find_soundfont()],
            unseen_font=None if unseen_font is None else find_soundfont(unseen_font),
            progress=progress,
            **choices,
        )

    def update() -> list[Path]:
        written = [synth.folder / name for name in ("metrics.json", "CARD.md")]
        write_metrics(written[0], metrics)
        collections = sorted({name for one in shards for name in one.card["collections"]})
        written[1].write_text(sound_card(synth.config, metrics, phrases_from=collections), encoding="utf-8")
        return written

    return Measured(metrics, to_markdown(metrics), update)
