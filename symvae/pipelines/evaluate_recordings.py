"""Evaluation of an audio model on prepared recordings: figures, their table, and figures in its folder."""

from pathlib import Path
from typing import Any

from symvae.errors import CheckpointError
from symvae.evaluation.progress import Progress, silent
from symvae.pipelines.evaluate import METRICS_FILE, Evaluation
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
    from symvae.evaluation.reports.update import write_metrics
    from symvae.system.audio_model import load_audio_model

    audio_model = load_audio_model(find_audio_model(model))
    metrics = measure(audio_model, open_recordings(data), split=split, quick=quick, progress=progress)

    def update() -> list[Path]:
        write_metrics(audio_model.folder / METRICS_FILE, {**audio_model.metrics, split: metrics})
        return [audio_model.folder / METRICS_FILE]

    return Evaluation({"recordings": metrics}, to_markdown(metrics), update)


def to_markdown(metrics: dict[str, Any]) -> str:
    """Write the figures as a table.

    Args:
        metrics: Figures of `symvae.evaluation.recordings.evaluate_recordings`.

    Returns:
        Markdown.
    """
    from symvae.evaluation.reports.markdown import section, table

    stream, speed = metrics["stream"], metrics["times_real_time"]
    axes = ", ".join(f"{count} for {share}" for share, count in metrics["axes"].items())
    rows = [
        ("multi-scale spectral distance", f"{metrics['mss']:.3f}"),
        ("log-spectral distance", f"{metrics['lsd_db']:.2f} dB"),
        (
            "KL of a frame, of a second",
            f"{metrics['kl_nats_a_frame']:.1f}, {metrics['kl_nats_a_second']:.0f} nats",
        ),
        ("principal axes", axes),
        ("encoding, decoding", f"{speed['encode']:.0f}, {speed['decode']:.0f} times real time"),
        ("latency", f"{stream['latency_ms']:.1f} ms in blocks of {stream['block_samples']} samples"),
        ("time of a block, median and 99 %", f"{stream['time_ms']:.1f}, {stream['time_ms_99']:.1f} ms"),
        ("stream against the whole", f"{stream['difference_db']:.0f} dB"),
    ]
    words = f"Resynthesis of {metrics['seconds']:.0f} s of the split {metrics['split']}."
    return section("Recordings", words, table(["", "figure"], rows))
