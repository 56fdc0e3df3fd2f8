"""``symvae evaluate``: figures of a model on held-out music."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symvae.cli.console import progress_bar, say, show, show_json
from symvae.cli.options import MAX_SEED, Device, Force, Json
from symvae.pipelines.evaluate import METRICS_FILE, REPORT_FILE, evaluate_music, evaluate_sound
from symvae.pipelines.output import refuse_existing

if TYPE_CHECKING:
    from rich.progress import TaskID

    from symvae.evaluation.progress import Progress


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
    songs: Annotated[
        Path | None,
        typer.Option(
            "--songs", help="With --control: a folder of whole songs, to measure the harm of the faders."
        ),
    ] = None,
    faded: Annotated[
        int | None,
        typer.Option(
            "--faded",
            min=2,
            help="With --control: phrases whose faders are moved; by default 200, of polyphonic music 50.",
        ),
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
    device: Device = "cpu",
    json: Json = False,
) -> None:
    """Measure reconstruction, interpolation, samples and vectors; or faders; or sound, grooves, drums."""
    from symvae.pipelines.evaluate_genie import evaluate_genie, is_genie
    from symvae.pipelines.evaluate_groove import evaluate_groove, is_groove
    from symvae.pipelines.evaluate_lines import evaluate_lines, is_line_synth
    from symvae.pipelines.evaluate_oneshots import evaluate_oneshots, is_drum_machine
    from symvae.pipelines.evaluate_recordings import evaluate_recordings, is_audio_model

    _check_use(
        data,
        audio,
        needs_control={"--labels": labels, "--songs": songs, "--faded": faded},
        control=control,
        needs_audio=bool(font) or unseen_font is not None,
    )
    if out is not None:
        refuse_existing([out / METRICS_FILE, out / REPORT_FILE], force)
    choices: dict[str, Any] = {"quick": quick, "split": split, "seed": seed, "device": device}
    with _progress() as progress:
        if audio:
            result = evaluate_sound(
                model, data, font or [], unseen_font=unseen_font, progress=progress, **choices
            )
        elif is_groove(model):
            result = evaluate_groove(model, data[0], progress=progress, **choices)
        elif is_genie(model):
            result = evaluate_genie(model, data[0], split=split, quick=quick, seed=seed, progress=progress)
        elif is_drum_machine(model):
            result = evaluate_oneshots(model, data[0], split=split, quick=quick, seed=seed, progress=progress)
        elif is_line_synth(model):
            result = evaluate_lines(model, data[0], split=split, quick=quick, progress=progress)
        elif is_audio_model(model):
            result = evaluate_recordings(model, data[0], split=split, quick=quick, progress=progress)
        else:
            result = evaluate_music(
                model,
                data[0],
                control=control,
                labels=labels,
                songs=songs,
                faded=faded,
                progress=progress,
                **choices,
            )
    for notice in result.notices:
        say(notice)
    written = [] if out is None else result.write(out)
    if update_model:
        written += result.update()
    if json:
        show_json(result.metrics)
        return
    show(result.tables)
    for path in written:
        show(str(path))


def _check_use(
    data: list[Path], audio: bool, *, needs_control: dict[str, Any], control: bool, needs_audio: bool
) -> None:
    """Refuse options that belong to another kind of evaluation."""
    for option, given in needs_control.items():
        if given is not None and not control:
            raise typer.BadParameter("give it with --control", param_hint=option)
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
