"""Evaluation of an audio model on prepared recordings: figures, their table, and figures in its folder."""

from pathlib import Path

from symvae.errors import CheckpointError
from symvae.evaluation.progress import Progress, silent
from symvae.pipelines.evaluate import CARD_FILE, METRICS_FILE, Evaluation
from symvae.storage.whole_file import write_text
from symvae.storage.whole_folder import whole_folder
from symvae.system.artifact_folder import RAVE_FORMAT, format_of
from symvae.system.catalog import find_audio_model


def is_audio_model(model: str | Path) -> bool:
    """Tell audio models from other models.

    Args:
        model: Name or folder of a model.

    Returns:
        True for an audio model.
    """
    try:
        return format_of(find_audio_model(model)) == RAVE_FORMAT
    except CheckpointError:
        return False


def evaluate_recordings(
    model: str | Path,
    data: Path,
    *,
    split: str = "test",
    quick: bool = False,
    progress: Progress = silent,
) -> Evaluation:
    """Measure an audio model on a held-out split.

    Args:
        model: Its name or folder.
        data: Prepared recordings, as in the folder ``recordings`` of its run.
        split: Split to measure on.
        quick: Measure less of it.
        progress: Called with the name of each measurement and the share of it that is done.

    Returns:
        The figures.

    Raises:
        SymvaeError: The model or the recordings are missing, or they have different rates.
    """
    from symvae.corpus.recording_shards import open_recordings
    from symvae.evaluation.recordings import evaluate_recordings as measure
    from symvae.evaluation.reports.recordings import recording_card, to_markdown
    from symvae.evaluation.reports.update import write_metrics
    from symvae.system.audio_model import load_audio_model

    audio_model = load_audio_model(find_audio_model(model))
    metrics = measure(audio_model, open_recordings(data), split=split, quick=quick, progress=progress)

    def update() -> list[Path]:
        card = recording_card(audio_model.config, metrics)
        with whole_folder(audio_model.folder, copied=True) as folder:
            write_metrics(folder / METRICS_FILE, {**audio_model.metrics, split: metrics})
            write_text(folder / CARD_FILE, card)
        return [audio_model.folder / METRICS_FILE, audio_model.folder / CARD_FILE]

    return Evaluation({"recordings": metrics}, to_markdown(metrics), update)
