"""Evaluation of a genie on prepared music: figures, their table, and the figures in its folder."""

from collections.abc import Callable
from pathlib import Path

from symvae.pipelines.evaluate import CARD_FILE, METRICS_FILE, Evaluation
from symvae.storage.whole_file import write_text
from symvae.storage.whole_folder import whole_folder
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
    from symvae.evaluation.reports.genie import genie_card, to_markdown
    from symvae.evaluation.reports.update import write_metrics
    from symvae.system.genie import load_genie

    genie, shards = load_genie(find_genie(model)), open_shards(data)
    progress("genie", 0.0)
    metrics = figures(genie, [shards], split=split, quick=quick, seed=seed)
    progress("genie", 1.0)

    def update() -> list[Path]:
        known = {**genie.metrics, split: metrics, "sources": shards.card["sources"]}
        with whole_folder(genie.folder, copied=True) as folder:
            write_metrics(folder / METRICS_FILE, known)
            write_text(folder / CARD_FILE, genie_card(genie.config, known, split))
        return [genie.folder / METRICS_FILE, genie.folder / CARD_FILE]

    return Evaluation({"genie": metrics}, to_markdown(metrics), update)
