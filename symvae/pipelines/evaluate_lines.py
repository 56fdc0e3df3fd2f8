"""Evaluation of a line synthesizer on prepared lines: figures, their table, and figures in its folder."""

from pathlib import Path
from typing import Any

from symvae.errors import CheckpointError
from symvae.evaluation.progress import Progress, silent
from symvae.pipelines.evaluate import METRICS_FILE, Evaluation
from symvae.system.artifact_folder import DDSP_FORMAT, format_of
from symvae.system.catalog import find_line_synth


def is_line_synth(model: str | Path) -> bool:
    """Tell line synthesizers from other models.

    Args:
        model: Name or folder of a model.

    Returns:
        True for a line synthesizer.
    """
    try:
        return format_of(find_line_synth(model)) == DDSP_FORMAT
    except CheckpointError:
        return False


def evaluate_lines(
    model: str | Path,
    data: Path,
    *,
    split: str = "test",
    quick: bool = False,
    progress: Progress = silent,
) -> Evaluation:
    """Measure a line synthesizer on a held-out split.

    Args:
        model: Its name or folder.
        data: Prepared lines, as in the folder ``lines`` of its run.
        split: Split to measure on.
        quick: Measure one line of each timbre.
        progress: Called with the name of each measurement and the share of it that is done.

    Returns:
        The figures.

    Raises:
        SymvaeError: The model or the lines are missing, or do not fit each other.
    """
    from symvae.corpus.line_shards import open_lines
    from symvae.evaluation.lines import evaluate_lines as measure
    from symvae.evaluation.reports.update import write_metrics
    from symvae.system.line_synth import load_line_synth

    synth = load_line_synth(model)
    metrics = measure(synth, open_lines(data), split=split, quick=quick, progress=progress)

    def update() -> list[Path]:
        write_metrics(synth.folder / METRICS_FILE, {**synth.metrics, split: metrics})
        return [synth.folder / METRICS_FILE]

    return Evaluation({"lines": metrics}, to_markdown(metrics), update)


def to_markdown(metrics: dict[str, Any]) -> str:
    """Write the figures as a table.

    Args:
        metrics: Figures of `symvae.evaluation.lines.evaluate_lines`.

    Returns:
        Markdown.
    """
    from symvae.evaluation.reports.markdown import section, table

    ways = {"resynthesis": "resynthesis", "from_notes": "from notes", "harmonics": "harmonics, not learned"}
    head = ["", "loudness L1", "f0 L1", "f0 lost", "MSS", "LSD", "times real time"]
    words = f"{metrics['lines']} lines of the split {metrics['split']}, {metrics['seconds']:.0f} s."
    rows = [
        (title, *_cells(metrics[way]), f"{metrics[way]['times_real_time']:.0f}")
        for way, title in ways.items()
    ]
    timbres = [
        (name, *_cells(figures), "") for name, figures in metrics["resynthesis"]["timbres"].items() if figures
    ]
    return section("Lines", words, table(head, [*rows, *timbres]))


def _cells(figures: dict[str, Any]) -> list[str]:
    return [
        f"{figures['loudness_l1']:.3f} ({figures['loudness_l1_db']:.1f} dB)",
        f"{figures['f0_l1_semitones']:.3f} semitones",
        f"{figures['f0_outliers']:.1%}",
        f"{figures['mss']:.3f}",
        f"{figures['lsd_db']:.1f} dB",
    ]
