"""Tunes continued by the learned prior."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symvae.pipelines.intake import Intake, read_ending
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.words import counted
from symvae.system.infill import Filling
from symvae.system.symvae import SymVAE


@dataclass(frozen=True)
class Continuation:
    """Several continuations of one tune."""

    model: str
    intake: Intake
    new_bars: int
    versions: list[Filling]
    saved: Saved

    @property
    def given_bars(self) -> int:
        """Bars of the tune at the start of each version."""
        return self.intake.phrases[0].grid.bars

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "input": self.intake.data(),
            "given_bars": self.given_bars,
            "new_bars": self.new_bars,
            "kept": [each.kept for each in self.versions],
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        steps = self.intake.phrases[0].grid.num_steps
        given = "unchanged" if self.intake.exact[0] else "as read on the grid"
        lines = [
            *self.intake.lines(),
            f"{counted(self.given_bars, 'bar')} {given}, then {self.new_bars} new in each version",
        ]
        for number, (phrase, kept) in enumerate(self.versions, 1):
            new = int((phrase.onset_step >= steps).sum())
            lines.append(
                f"version {number}: {counted(new, 'new note')}; the model by itself reproduces {kept:.1%} of "
                "the given bars"
            )
        return lines


def continue_tune(
    file: str | Path,
    model: SymVAE,
    bars: int = 8,
    count: int = 4,
    *,
    bar: int | None = None,
    track: str | int | None = None,
    prior_temperature: float = 1.0,
    seed: int = 0,
    output: Output = IN_MEMORY,
) -> Continuation:
    """Continue a tune from its last bars, or from a bar inside it.

    Args:
        file: A MIDI, MusicXML or ABC file.
        model: Model with a learned prior.
        bars: Number of new bars.
        count: Number of versions.
        bar: Last bar before the new ones, from 1; by default the last with music.
        track: Name or number of the track to read.
        prior_temperature: Scale of the noise that draws start from.
        seed: Seed of the draws.
        output: Settings of the result files.

    Returns:
        The versions, each with the given bars at its start.
    """
    plan = output.plan(numbered("version", count), "versions")
    intake = read_ending(file, model, track, bar)
    versions = model.continue_(intake.phrases[0], bars, count, seed=seed, prior_temperature=prior_temperature)
    titles = [f"version {number}" for number in range(1, count + 1)]
    saved = plan.write([each.phrase for each in versions], titles)
    return Continuation(model.name, intake, bars, versions, saved)
