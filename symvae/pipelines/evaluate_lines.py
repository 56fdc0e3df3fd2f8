"""Evaluation of a line synthesizer on prepared lines: figures, their table, and figures in its folder."""

from pathlib import Path

from symvae.errors import CheckpointError
from symvae.evaluation.progress import Progress, silent
from symvae.pipelines.evaluate import CARD_FILE, METRICS_FILE, Evaluation
from symvae.storage.whole_file import write_text
from symvae.storage.whole_folder import whole_folder
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
    from symvae.evaluation.reports.lines import line_card, to_markdown
    from symvae.evaluation.reports.update import write_metrics
    from symvae.system.line_synth import load_line_synth

    synth = load_line_synth(model)
    metrics = measure(synth, open_lines(data), split=split, quick=quick, progress=progress)

    def update() -> list[Path]:
        card = line_card(synth.config, synth.timbres.values(), metrics)
        with whole_folder(synth.folder, copied=True) as folder:
            write_metrics(folder / METRICS_FILE, {**synth.metrics, split: metrics})
            write_text(folder / CARD_FILE, card)
        return [synth.folder / METRICS_FILE, synth.folder / CARD_FILE]

    return Evaluation({"lines": metrics}, to_markdown(metrics), update)
