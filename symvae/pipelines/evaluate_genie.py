"""Evaluation of a genie on prepared music: figures, their table, and the figures in its folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from symvae.pipelines.evaluate import METRICS_FILE, Evaluation
from symvae.system.artifact_folder import GENIE_FORMAT, format_of
from symvae.system.catalog import available_genies, find_genie


def is_genie(model: str | Path) -> bool:
    """Tell a genie from other models.

    Args:
        model: Name or folder.

    Returns:
        True for a genie.
    """
    folder = Path(model)
    folders = (folder, folder / "model")
    return str(model) in available_genies() or any(format_of(each) == GENIE_FORMAT for each in folders)


def evaluate_genie(
    model: str | Path,
    data: Path,
    *,
    split: str = "test",
    quick: bool = False,
    seed: int = 0,
    progress: Callable[[str, float], None] = lambda measurement, share: None,
) -> Evaluation:
    """Measure a genie on a held-out split.

    Args:
        model: Its name or folder.
        data: Folder of shards.
        split: Split to measure on.
        quick: Measure less of it.
        seed: Seed of free play.
        progress: Called with the name of the measurement and its share.

    Returns:
        The figures.
    """
    from symvae.corpus.shards import open_shards
    from symvae.evaluation.genie import evaluate_genie as figures
    from symvae.evaluation.reports.update import write_metrics
    from symvae.system.genie import load_genie

    genie = load_genie(find_genie(model))
    progress("genie", 0.0)
    metrics = figures(genie, [open_shards(data)], split=split, quick=quick, seed=seed)
    progress("genie", 1.0)

    def update() -> list[Path]:
        write_metrics(genie.folder / METRICS_FILE, {**genie.metrics, split: metrics})
        return [genie.folder / METRICS_FILE]

    return Evaluation({"genie": metrics}, to_markdown(metrics), update)


def to_markdown(metrics: dict[str, Any]) -> str:
    """Write the figures as a table.

    Args:
        metrics: Figures of `evaluate_genie`.

    Returns:
        Markdown.
    """
    from symvae.evaluation.reports.markdown import section, table

    latency = metrics["latency_ms"]
    rows = [
        ("perplexity, buttons and times known", f"{metrics['perplexity']:.2f}"),
        ("… chord, key and velocity known, too", f"{metrics['perplexity_all_known']:.2f}"),
        ("… without buttons", f"{metrics['perplexity_no_buttons']:.2f}"),
        *(
            (f"contour violations / same button moved, {words}", _contour(metrics[name]))
            for name, words in (
                ("buttons_of_music", "real notes"),
                ("free_play", "free play"),
                ("free_play_bound", "bound to the contour"),
                ("buttons_ignored", "real notes under shuffled buttons"),
            )
        ),
        ("gold", f"{metrics['gold']:.2f}"),
        (
            "notes in the key: played / real",
            f"{metrics['key_share']:.3f} / {metrics['key_share_of_music']:.3f}",
        ),
        ("latency, ms: median / 99th percentile", f"{latency['median']:.2f} / {latency['p99']:.2f}"),
    ]
    words = f"{metrics['excerpts']} excerpts of the {metrics['split']} split."
    return section("Genie", words, table(["", "figure"], rows))


def _contour(figures: dict[str, float]) -> str:
    return f"{figures['violations']:.4f} / {figures['same_button_moved']:.4f}"
