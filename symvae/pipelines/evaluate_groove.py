"""Evaluation of a groove model on prepared grooves."""

from pathlib import Path

from symvae.errors import CheckpointError
from symvae.evaluation.progress import Progress
from symvae.pipelines.evaluate import CARD_FILE, METRICS_FILE, Evaluation
from symvae.storage.whole_file import write_text
from symvae.storage.whole_folder import whole_folder
from symvae.system.artifact_folder import GROOVE_FORMAT, format_of
from symvae.system.catalog import find_groove


def is_groove(model: str | Path) -> bool:
    """Tell groove models from others.

    Args:
        model: Name or folder of a model.

    Returns:
        True for a groove model.
    """
    try:
        return format_of(find_groove(model)) == GROOVE_FORMAT
    except CheckpointError:
        return False


def evaluate_groove(
    model: str | Path,
    data: Path,
    *,
    quick: bool = False,
    split: str = "test",
    seed: int = 0,
    device: str = "cpu",
    progress: Progress,
) -> Evaluation:
    """Measure a groove model.

    Args:
        model: Name or folder of a groove model.
        data: Shards of the groove grid.
        quick: Measure fewer phrases.
        split: Held-out split to measure on.
        seed: Seed of draws and choices.
        device: Where the network computes.
        progress: Called with the name of each measurement and the share of it that is done.

    Returns:
        The figures.

    Raises:
        SymvaeError: The model or the music is missing, or the shards hold other music.
    """
    from symvae.corpus.shards import open_shards
    from symvae.evaluation.reports.groove import evaluate_groove as measure
    from symvae.evaluation.reports.groove import groove_card, to_markdown
    from symvae.evaluation.reports.update import write_metrics
    from symvae.system.groove import Groove

    groove, shards = Groove.load(model, device=device), open_shards(data)
    metrics = measure(groove, shards, split=split, quick=quick, seed=seed, progress=progress)

    def update() -> list[Path]:
        card = groove_card(groove.config, metrics)
        with whole_folder(groove.folder, copied=True) as folder:
            write_metrics(folder / METRICS_FILE, metrics)
            write_text(folder / CARD_FILE, card)
        return [groove.folder / METRICS_FILE, groove.folder / CARD_FILE]

    return Evaluation(metrics, to_markdown(metrics), update)
