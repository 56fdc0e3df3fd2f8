"""Tunes continued by the learned prior."""

from dataclasses import dataclass
from typing import Any

from symvae.music.bars import grid_bar_at
from symvae.music.io.source import Music
from symvae.pipelines.intake import Intake
from symvae.pipelines.needs import CONTINUE
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.preflight import check
from symvae.pipelines.trial import AnyModel, Source, last_bars
from symvae.pipelines.words import counted, model_in_words
from symvae.system.bar_plan import section_bars
from symvae.system.infill import Filling
from symvae.system.section_forms import form, in_letters


@dataclass(frozen=True)
class Continuation:
    """Several continuations of one tune."""

    model: str
    intake: Intake
    new_bars: int
    """Bars of the file's metre, as all bars of the report."""
    versions: list[Filling]
    forms: list[str]
    """Sections of each version, its given bars among them: "ABA'C"; counted back from the end."""
    saved: Saved
    why: str = ""
    """Reason of the choice of the model; empty where it was named."""

    @property
    def given_bars(self) -> int:
        """Bars of the tune at the start of each version."""
        bar = grid_bar_at(self.intake.song, self.intake.reading.start_bar[0])
        return bar.in_file(self.intake.phrases[0].grid.bars)

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "model_chosen": self.why or None,
            "input": self.intake.data(),
            "given_bars": self.given_bars,
            "new_bars": self.new_bars,
            "kept": [each.kept for each in self.versions],
            "forms": self.forms,
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        steps = self.intake.phrases[0].grid.num_steps
        given = "unchanged" if self.intake.exact[0] else "as read on the grid"
        lines = [
            *model_in_words(self.model, self.why),
            *self.intake.lines(),
            f"{counted(self.given_bars, 'bar')} {given}, then {self.new_bars} new in each version",
        ]
        for number, ((phrase, kept), letters) in enumerate(zip(self.versions, self.forms, strict=True), 1):
            new = int((phrase.onset_step >= steps).sum())
            named = f"form {letters}, " if len(letters.rstrip("'")) > 1 else ""
            lines.append(
                f"version {number}: {named}{counted(new, 'new note')}; the model by itself "
                f"reproduces {kept:.1%} of the given bars"
            )
        return lines


def continue_tune(
    file: Music,
    model: AnyModel | None = None,
    bars: int = 8,
    count: int = 4,
    *,
    bar: int | None = None,
    track: str | int | None = None,
    best_of: int = 4,
    prior_temperature: float = 1.0,
    seed: int = 0,
    device: str = "cpu",
    output: Output = IN_MEMORY,
) -> Continuation:
    """Continue a tune from its last bars, or from a bar inside it.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        model: The model, or its name or folder; by default the best released one for the music.
        bars: Number of new bars in the file's metre; more where they do not fill a bar of the model.
        count: Number of versions.
        bar: Last bar before the new ones, from 1; by default the last with music.
        track: Name or number of the track to read.
        best_of: Draws of each version, of which the one most typical for the prior is kept.
        prior_temperature: Scale of the noise that draws start from.
        seed: Seed of the draws.
        device: Device of a model that is loaded here.
        output: Settings of the result files.

    Returns:
        The versions, each with the given bars at its start.
    """
    checked = check(
        CONTINUE,
        model,
        [Source(file, track, bar)],
        last_bars,
        lambda found: output.plan(numbered("version", count), "versions"),
        device=device,
    )
    vae, (intake,) = checked.load(), checked.intakes
    grid_bar = grid_bar_at(intake.song, intake.reading.start_bar[0])
    new = grid_bar.in_grid(bars)
    versions = vae.continue_(
        intake.phrases[0], new, count, best_of=best_of, seed=seed, prior_temperature=prior_temperature
    )
    forms = [in_letters(form(each.phrase, section_bars(vae.grid.bars))) for each in versions]
    titles = [f"version {number}" for number in range(1, count + 1)]
    saved = checked.plan.write([each.phrase for each in versions], titles, program=intake.program)
    return Continuation(vae.name, intake, grid_bar.in_file(new), versions, forms, saved, checked.why)
