"""Evaluation of a drum machine on prepared sounds."""

from pathlib import Path

from symvae.errors import CheckpointError, ConfigError
from symvae.evaluation.progress import Progress
from symvae.pipelines.evaluate import CARD_FILE, METRICS_FILE, Evaluation
from symvae.storage.whole_file import write_text
from symvae.storage.whole_folder import whole_folder
from symvae.system.artifact_folder import ONESHOT_CODES_FORMAT, ONESHOT_FORMAT, format_of
from symvae.system.catalog import find_drum_machine


def is_drum_machine(model: str | Path) -> bool:
    """Tell drum machines from other models.

    Args:
        model: Name or folder of a model.

    Returns:
        True for a drum machine.
    """
    try:
        return format_of(find_drum_machine(model)) in (ONESHOT_FORMAT, ONESHOT_CODES_FORMAT)
    except CheckpointError:
        return False


def evaluate_oneshots(
    model: str | Path,
    data: Path,
    *,
    quick: bool = False,
    split: str = "test",
    seed: int = 0,
    progress: Progress,
) -> Evaluation:
    """Measure a drum machine.

    Args:
        model: Its name or folder.
        data: Prepared sounds.
        quick: Measure fewer sounds.
        split: Held-out split to measure on.
        seed: Seed of draws and choices.
        progress: Called with the name of each measurement and the share of it that is done.

    Returns:
        The figures.

    Raises:
        ConfigError: The sounds have other classes than the model.
        SymvaeError: The model or the sounds are missing.
    """
    from symvae.corpus.sound_shards import open_sounds
    from symvae.evaluation.oneshots import evaluate_oneshots as measure
    from symvae.evaluation.reports.oneshots import oneshot_card, to_markdown
    from symvae.evaluation.reports.update import write_metrics
    from symvae.system.drum_machine import load_drum_machine

    machine, shards = load_drum_machine(find_drum_machine(model)), open_sounds(data)
    if shards.classes != machine.drums:
        raise ConfigError(
            f"{data} has sounds of other classes than {machine.name} knows ({', '.join(machine.drums)}). "
            "Give the sounds that it was trained on."
        )
    metrics = measure(machine, shards, split=split, quick=quick, seed=seed, progress=progress)

    def update() -> list[Path]:
        card = oneshot_card(machine.config, metrics, shards.card["sources"])
        with whole_folder(machine.folder, copied=True) as folder:
            known = {**machine.metrics, split: metrics, "sources": shards.card["sources"]}
            write_metrics(folder / METRICS_FILE, known)
            write_text(folder / CARD_FILE, card)
        return [machine.folder / METRICS_FILE, machine.folder / CARD_FILE]

    return Evaluation(metrics, to_markdown(metrics), update)
