"""Bars of a tune redrawn between the others."""

from dataclasses import dataclass
from typing import Any

from symvae.errors import ConfigError
from symvae.music.bars import bars_in_words, grid_bar_at
from symvae.music.io.source import Music
from symvae.pipelines.intake import Intake
from symvae.pipelines.needs import INFILL
from symvae.pipelines.no_window import NoWindowError
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.preflight import check
from symvae.pipelines.trial import AnyModel, Source, one_window
from symvae.pipelines.words import counted, model_in_words
from symvae.system.choice import ModelFacts
from symvae.system.infill import Filling


@dataclass(frozen=True)
class Infill:
    """Several infills of one window."""

    model: str
    intake: Intake
    first_bar: int
    """First new bar in the window, from 1, counted in bars of the file."""
    last_bar: int
    versions: list[Filling]
    saved: Saved
    why: str = ""
    """Reason of the choice of the model; empty where it was named."""

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "model_chosen": self.why or None,
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
            *model_in_words(self.model, self.why),
            *self.intake.lines(),
            f"{bars} of the window redrawn; the others {rest}",
            *(
                f"version {number}: {counted(len(phrase), 'note')}; the model by itself reproduces "
                f"{kept:.1%} of the other bars"
                for number, (phrase, kept) in enumerate(self.versions, 1)
            ),
        ]


def infill(
    file: Music,
    model: AnyModel | None,
    first_bar: int,
    last_bar: int,
    count: int = 4,
    *,
    bar: int | None = None,
    track: str | int | None = None,
    best_of: int = 4,
    prior_temperature: float = 1.0,
    seed: int = 0,
    device: str = "cpu",
    output: Output = IN_MEMORY,
) -> Infill:
    """Redraw bars of a window, conditioned on the others.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        model: The model, or its name or folder; by default the best released one for the music.
        first_bar: First bar to draw, from 1 in the window.
        last_bar: Last bar to draw.
        count: Number of versions.
        bar: First bar of the window in the file, from 1; by default the first window.
        track: Name or number of the track to read.
        best_of: Draws of each version, of which the one most typical for the prior is kept.
        prior_temperature: Scale of the noise that draws start from.
        seed: Seed of the draws.
        device: Device of a model that is loaded here.
        output: Settings of the result files.

    Returns:
        The versions; all notes of the other bars are those of the file.

    Raises:
        ConfigError: The last bar is before the first.
        MidiError: The file has no such window, or the bars are not bars of the window.
    """
    if not 1 <= first_bar <= last_bar:
        raise ConfigError(
            f"Bars {first_bar} to {last_bar} cannot be drawn. Give a first bar from 1, and a last one not "
            "before it."
        )

    def read(source: Source, facts: ModelFacts) -> Intake:
        intake = one_window(source, facts)
        bars_to_draw(intake, first_bar, last_bar)
        return intake

    checked = check(
        INFILL,
        model,
        [Source(file, track, bar)],
        read,
        lambda found: output.plan(numbered("version", count), "versions"),
        device=device,
    )
    vae, (intake,) = checked.load(), checked.intakes
    versions = vae.infill(
        intake.phrases[0],
        bars_to_draw(intake, first_bar, last_bar),
        count,
        seed=seed,
        best_of=best_of,
        prior_temperature=prior_temperature,
    )
    titles = [f"version {number}" for number in range(1, count + 1)]
    saved = checked.plan.write([each.phrase for each in versions], titles, program=intake.program)
    return Infill(vae.name, intake, first_bar, last_bar, versions, saved, checked.why)


def bars_to_draw(intake: Intake, first_bar: int, last_bar: int) -> range:
    """Find the bars of the grid that are to be drawn.

    Args:
        intake: The window.
        first_bar: First bar of the file, from 1 in the window.
        last_bar: Last bar of the file.

    Returns:
        Bars of the grid, from 0.

    Raises:
        MidiError: The window has no such bars, or no other ones.
    """
    bar, bars = grid_bar_at(intake.song, intake.reading.start_bar[0]), intake.phrases[0].grid.bars
    in_window, here = bar.in_file(bars), f"in a window of {counted(bar.in_file(bars), 'bar')}"
    if last_bar > in_window:
        remedy = f"Give --to up to {in_window}."
        if first_bar > in_window:
            remedy = "Bars are counted from the first one of the window, which --bar chooses."
        raise NoWindowError(f"There is no bar {last_bar} {here}.", remedy)
    if (first_bar - 1) % bar.file_bars or last_bar % bar.file_bars:
        first = (first_bar - 1) // bar.file_bars * bar.file_bars + 1
        last = -(-last_bar // bar.file_bars) * bar.file_bars
        raise NoWindowError(
            f"{bar.file_bars} bars of the file are one bar of the model, which is drawn as a whole.",
            f"Use --from {first} --to {last}." if last - first + 1 < in_window else "",
        )
    if last_bar - first_bar + 1 == in_window:
        raise NoWindowError(
            f"These are all bars {here}, and some have to stay.", "Give fewer, or use `symvae sample`."
        )
    return range((first_bar - 1) * bar.grid_bars // bar.file_bars, last_bar * bar.grid_bars // bar.file_bars)
