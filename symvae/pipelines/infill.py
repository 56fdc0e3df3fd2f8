"""Bars of a tune redrawn between the others."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symvae.music.bars import bars_in_words
from symvae.pipelines.intake import Intake, read_window
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.words import counted
from symvae.system.infill import Filling
from symvae.system.symvae import SymVAE


@dataclass(frozen=True)
class Infill:
    """Several infills of one window."""

    model: str
    intake: Intake
    first_bar: int
    """First new bar in the window, from 1."""
    last_bar: int
    versions: list[Filling]
    saved: Saved

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "input": self.intake.data(),
            "drawn_bars": [self.first_bar, self.last_bar],
            "kept": [each.kept for each in self.versions],
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        bars = bars_in_words([(self.first_bar - 1, self.last_bar)])
        rest = "unchanged" if self.intake.exact[0] else "as read on the grid"
        return [
            *self.intake.lines(),
            f"{bars} of the window redrawn; the others {rest}",
            *(
                f"version {number}: {counted(len(phrase), 'note')}; the model by itself reproduces "
                f"{kept:.1%} of the unchanged bars"
                for number, (phrase, kept) in enumerate(self.versions, 1)
            ),
        ]


def infill(
    file: str | Path,
    model: SymVAE,
    first_bar: int,
    last_bar: int,
    count: int = 4,
    *,
    bar: int | None = None,
    track: str | int | None = None,
    prior_temperature: float = 1.0,
    seed: int = 0,
    output: Output = IN_MEMORY,
) -> Infill:
    """Redraw bars of a window, conditioned on the others.

    Args:
        file: A MIDI, MusicXML or ABC file.
        model: Model with a learned prior.
        first_bar: First bar to draw, from 1 in the window.
        last_bar: Last bar to draw.
        count: Number of versions.
        bar: First bar of the window in the file, from 1; by default the first window.
        track: Name or number of the track to read.
        prior_temperature: Scale of the noise that draws start from.
        seed: Seed of the draws.
        output: Settings of the result files.

    Returns:
        The versions; all notes of the other bars are those of the file.
    """
    plan = output.plan(numbered("version", count), "versions")
    intake = read_window(file, model, track, bar)
    versions = model.infill(
        intake.phrases[0],
        range(first_bar - 1, last_bar),
        count,
        seed=seed,
        prior_temperature=prior_temperature,
    )
    titles = [f"version {number}" for number in range(1, count + 1)]
    saved = plan.write([each.phrase for each in versions], titles)
    return Infill(model.name, intake, first_bar, last_bar, versions, saved)
