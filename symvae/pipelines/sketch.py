"""Bars of a tune filled in from a sketch of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from symvae.errors import ConfigError, MidiError
from symvae.music.bar_sketch import BarSketch, read_sketches, sketch_of
from symvae.music.bars import bars_in_words
from symvae.music.drum_tracks import means_drums
from symvae.music.grid import Grid
from symvae.music.io.source import Music, load_any, name_of
from symvae.music.phrase import Phrase
from symvae.music.windows import windows
from symvae.pipelines.infill import bars_to_draw
from symvae.pipelines.intake import Intake
from symvae.pipelines.needs import SKETCH
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.preflight import check
from symvae.pipelines.trial import AnyModel, Source, one_window
from symvae.pipelines.words import counted, model_in_words
from symvae.system.choice import ModelFacts
from symvae.system.sketching.draw import Sketched


@dataclass(frozen=True)
class SketchText:
    """A sketch as a user gives it; None for what is left free."""

    pitches: str | None = None
    """Pitches in order, as `symvae.music.bar_sketch` reads them."""
    rhythm: str | None = None
    contour: str | None = None
    chords: str | None = None
    pitches_from: Music | None = None
    """Music whose first bars give the pitches."""
    rhythm_from: Music | None = None
    """Music, drums or taps, whose first bars give the rhythm."""

    def __post_init__(self) -> None:
        for name in ("pitches", "rhythm"):
            if getattr(self, name) is not None and getattr(self, f"{name}_from") is not None:
                raise ConfigError(f"The {name} of a sketch come from --{name} or --{name}-from. Give one.")
        for name in ("pitches", "rhythm", "contour", "chords"):
            text = getattr(self, name)
            if text is not None and not text.strip(" |"):
                raise ConfigError(f"The {name} of the sketch are empty. Write some, or leave --{name} out.")

    @property
    def is_empty(self) -> bool:
        """True if nothing is asked."""
        return self == SketchText()

    def read(self, bars: int, grid: Grid) -> list[BarSketch]:
        """Read the sketch.

        Args:
            bars: Number of bars to fill.
            grid: Grid of the phrase.

        Returns:
            One sketch a bar; raises as `read_sketches`, and `MidiError` for files without such bars.
        """
        written = read_sketches(
            bars,
            grid.steps_per_bar,
            pitches=self.pitches,
            rhythm=self.rhythm,
            contour=self.contour,
            chords=self.chords,
        )
        pitches = _first_bars(self.pitches_from, bars, grid, pitches=True)
        rhythms = _first_bars(self.rhythm_from, bars, grid, pitches=False)
        return [
            BarSketch(
                other.pitches if self.pitches_from is not None else each.pitches,
                tapped.rhythm if self.rhythm_from is not None else each.rhythm,
                each.contour,
                each.chords,
            )
            for each, other, tapped in zip(written, pitches, rhythms, strict=True)
        ]


@dataclass(frozen=True)
class SketchFill:
    """Several versions of bars that were filled in from a sketch."""

    model: str
    intake: Intake
    first_bar: int
    """First new bar in the window, from 1, counted in bars of the file."""
    last_bar: int
    strict: bool
    versions: list[Sketched]
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
            "strict": self.strict,
            "held": [each.held.shares() for each in self.versions],
            "nats": [each.nats for each in self.versions],
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        bars = bars_in_words([(self.first_bar - 1, self.last_bar)])
        rest = "unchanged" if self.intake.exact[0] else "as read on the grid"
        return [
            *model_in_words(self.model, self.why),
            *self.intake.lines(),
            f"{bars} of the window filled in from the sketch; the others {rest}",
            *(
                f"version {number}: {counted(len(each.phrase), 'note')}; held of the sketch: {_held(each)}"
                for number, each in enumerate(self.versions, 1)
            ),
        ]


def fill_sketch(
    file: Music,
    model: AnyModel | None,
    first_bar: int,
    last_bar: int,
    asked: SketchText,
    count: int = 4,
    *,
    strict: bool = False,
    bar: int | None = None,
    track: str | int | None = None,
    best_of: int = 4,
    temperature: float = 1.0,
    seed: int = 0,
    device: str = "cpu",
    output: Output = IN_MEMORY,
) -> SketchFill:
    """Fill in bars of a window from a sketch, in the context of the others.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        model: The model, or its name or folder; by default the best released one for the music.
        first_bar: First bar to fill, from 1 in the window.
        last_bar: Last bar to fill.
        asked: The sketch of these bars.
        count: Number of versions.
        strict: Hold the sketch exactly; else it is a wish.
        bar: First bar of the window in the file, from 1; by default the first window.
        track: Name or number of the track to read.
        best_of: Draws of each version but the first, of which the one that holds the sketch best is kept.
        temperature: Of these draws.
        seed: Seed of the draws.
        device: Device of a model that is loaded here.
        output: Settings of the result files.

    Returns:
        The versions; all notes of the other bars are those of the file.

    Raises:
        ConfigError: The last bar is before the first, or the sketch cannot be read.
        LatentError: A strict sketch cannot be held.
        MidiError: The file has no such window, or the bars are not bars of the window.
    """
    if not 1 <= first_bar <= last_bar:
        raise ConfigError(
            f"Bars {first_bar} to {last_bar} cannot be filled. Give a first bar from 1, and a last one not "
            "before it."
        )

    def read(source: Source, facts: ModelFacts) -> Intake:
        intake = one_window(source, facts)
        asked.read(len(bars_to_draw(intake, first_bar, last_bar)), facts.grid)
        return intake

    checked = check(
        SKETCH,
        model,
        [Source(file, track, bar)],
        read,
        lambda found: output.plan(numbered("version", count), "versions"),
        device=device,
    )
    vae, (intake,) = checked.load(), checked.intakes
    bars = bars_to_draw(intake, first_bar, last_bar)
    versions = vae.sketch(
        intake.phrases[0],
        bars,
        sketches=asked.read(len(bars), vae.grid),
        strict=strict,
        count=count,
        best_of=best_of,
        temperature=temperature,
        seed=seed,
    )
    titles = [f"version {number}" for number in range(1, count + 1)]
    saved = checked.plan.write([each.phrase for each in versions], titles, program=intake.program)
    return SketchFill(vae.name, intake, first_bar, last_bar, strict, versions, saved, checked.why)


def _first_bars(file: Music | None, bars: int, grid: Grid, *, pitches: bool) -> Sequence[BarSketch]:
    """Sketches of the first bars of other music; free ones where there is none."""
    if file is None:
        return [BarSketch()] * bars
    song = load_any(file)
    is_drums = not pitches and means_drums(song)
    found = windows(song, grid.with_bars(bars), polyphonic=not pitches, drums=is_drums)
    if not found.phrases:
        reasons = "; ".join(map(str, found.dropped)) or "it holds no notes"
        raise MidiError(
            f"{name_of(file)} does not have {counted(bars, 'bar')} of {grid.metre} for the sketch "
            f"({reasons}). Choose other music, or write the sketch."
        )
    phrase = _ringing(found.phrases[0]) if is_drums else found.phrases[0]
    return sketch_of(phrase, pitches=pitches, rhythm=not pitches)


def _ringing(phrase: Phrase) -> Phrase:
    """Drums as taps: each sounds until the next one."""
    steps = np.unique(phrase.onset_step)
    following = np.append(steps, phrase.grid.num_steps)
    lasts = following[np.searchsorted(steps, phrase.onset_step) + 1] - phrase.onset_step
    return replace(phrase, duration_step=lasts)


def _held(version: Sketched) -> str:
    shares = version.held.shares()
    return ", ".join(f"{name} {share:.0%}" for name, share in shares.items()) or "nothing was asked"
