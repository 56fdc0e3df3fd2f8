"""Evaluation of a model on prepared music: figures, their tables, and the model folder brought up to date."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symvae.pipelines.labels import LabeledPieces, read_labeled
from symvae.storage.whole_file import make_folder, write_text
from symvae.storage.whole_folder import whole_folder

if TYPE_CHECKING:
    from symvae.evaluation.progress import Progress

METRICS_FILE, REPORT_FILE, CARD_FILE = "metrics.json", "report.md", "CARD.md"


@dataclass(frozen=True)
class Evaluation:
    """Figures of a model."""

    metrics: dict[str, Any]
    """JSON data by part."""
    tables: str
    """The figures in markdown."""
    update: Callable[[], list[Path]]
    """Write the results into the model's folder; returns the files."""
    notices: tuple[str, ...] = ()
    """Sentences about music that was dropped."""

    def write(self, folder: Path) -> list[Path]:
        """Write metrics.json and report.md.

        Args:
            folder: Folder of the files; made if missing.

        Returns:
            The files.
        """
        from symvae.evaluation.reports.update import write_metrics

        make_folder(folder)
        write_metrics(folder / METRICS_FILE, self.metrics)
        write_text(folder / REPORT_FILE, self.tables)
        return [folder / METRICS_FILE, folder / REPORT_FILE]


def evaluate_music(
    model: str | Path,
    data: Path,
    *,
    control: bool = False,
    labels: Path | None = None,
    songs: Path | None = None,
    faded: int | None = None,
    quick: bool = False,
    split: str = "test",
    seed: int = 0,
    device: str = "cpu",
    progress: "Progress",
) -> Evaluation:
    """Measure a model of notes.

    Args:
        model: Name or folder of a model.
        data: Shards of its kind of music.
        control: Measure reconstruction and faders only, which works for every kind of music.
        labels: With ``control``: folder of labeled pieces, to measure the arousal fader too.
        songs: With ``control``: folder of songs, to measure the harm of the faders in those of the split.
        faded: With ``control``: phrases whose faders are moved; None for the default.
        quick: Measure on fewer phrases, pairs and samples.
        split: Held-out split to measure on.
        seed: Of all draws and choices.
        device: Where the network computes.
        progress: Called with the name of each measurement and the share of it that is done.

    Returns:
        The figures.

    Raises:
        SymvaeError: If the model cannot be measured this way, or the music is missing or too little.
    """
    from symvae.corpus.shards import open_shards
    from symvae.evaluation.reports.evaluate import evaluate, evaluate_control, fit, to_markdown
    from symvae.evaluation.reports.update import update_model
    from symvae.evaluation.result import as_json
    from symvae.pipelines.song_harm import song_harm
    from symvae.system.symvae import SymVAE

    vae, shards = SymVAE.load(model, device=device), open_shards(data)
    shards.split(split)  # another name is refused before the long fit
    choices: dict[str, Any] = {"quick": quick, "seed": seed, "progress": progress}
    latent, labeled = None, LabeledPieces([], ())
    notices: tuple[str, ...] = ()
    if control:
        if labels is not None:
            labeled = read_labeled(labels, vae.tokenizer)
        metrics = evaluate_control(vae, shards, split=split, pieces=labeled.pieces, faded=faded, **choices)
        if songs is not None:
            cost = song_harm(vae, songs, shards, split=split, quick=quick, progress=progress)
            metrics["harm"], notices = as_json(cost), cost.notices
    else:
        latent = fit(vae, shards, **choices)
        metrics = evaluate(vae, shards, split=split, latent=latent, **choices)
    return Evaluation(
        metrics,
        to_markdown(metrics),
        lambda: update_model(vae, shards, metrics, latent),
        (*labeled.notices, *notices),
    )


def evaluate_sound(
    model: str | Path,
    data: Sequence[Path],
    fonts: Sequence[Path],
    *,
    unseen_font: Path | None = None,
    quick: bool = False,
    split: str = "test",
    seed: int = 0,
    device: str = "cpu",
    progress: "Progress",
) -> Evaluation:
    """Measure a synthesizer.

    Args:
        model: Name or folder of a synthesizer.
        data: Shards of the phrases that it plays.
        fonts: Sound fonts that it was trained on; empty for the default one.
        unseen_font: A sound font that it was not trained on.
        quick: Measure on fewer clips.
        split: Held-out split to measure on.
        seed: Of all draws and choices.
        device: Where the network computes.
        progress: Called with the name of each measurement and the share of it that is done.

    Returns:
        The figures.

    Raises:
        SymvaeError: If the synthesizer, a sound font or the music is missing.
    """
    from symvae.audio.soundfont import find_soundfont
    from symvae.corpus.shards import open_shards
    from symvae.evaluation.reports.evaluate_sound import evaluate_sound as measure
    from symvae.evaluation.reports.evaluate_sound import to_markdown
    from symvae.evaluation.reports.sound_card import sound_card
    from symvae.evaluation.reports.update import write_metrics
    from symvae.system.synth import Synth

    synth, shards = Synth.load(model, device=device), [open_shards(folder) for folder in data]
    metrics = measure(
        synth,
        shards,
        [find_soundfont(path) for path in fonts] or [find_soundfont()],
        unseen=None if unseen_font is None else find_soundfont(unseen_font),
        quick=quick,
        split=split,
        seed=seed,
        progress=progress,
    )

    def update() -> list[Path]:
        collections = sorted({name for each in shards for name in each.card["collections"]})
        card = sound_card(synth.config, metrics, phrases_from=collections)
        with whole_folder(synth.folder, copied=True) as folder:
            write_metrics(folder / METRICS_FILE, metrics)
            write_text(folder / CARD_FILE, card)
        return [synth.folder / METRICS_FILE, synth.folder / CARD_FILE]

    return Evaluation(metrics, to_markdown(metrics), update)
