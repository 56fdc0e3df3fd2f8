"""Whole tunes moved along attribute vectors, window by window."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from symvae.music.bars import bars_in_words
from symvae.music.io.source import Music
from symvae.music.phrase import Phrase
from symvae.pipelines.gaps import Row, fill_gaps
from symvae.pipelines.intake import Intake
from symvae.pipelines.needs import SHIFT
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.preflight import check, windows_of
from symvae.pipelines.trial import AnyModel, Source
from symvae.pipelines.words import model_in_words


class Change(NamedTuple):
    """Mean of an attribute over the windows, in the attribute's unit."""

    before: float
    after: float


@dataclass(frozen=True)
class Shift:
    """Shifted windows of a tune."""

    model: str
    intake: Intake
    amounts: Mapping[str, float]
    """Multiples of each attribute vector that were added."""
    phrases: list[Phrase]
    """One for each window."""
    changes: Mapping[str, Change]
    """Every attribute, not only those that were asked for."""
    row: Row
    """The whole tune."""
    saved: Saved
    why: str = ""
    """Reason of the choice of the model; empty where it was named."""

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "model_chosen": self.why or None,
            "input": self.intake.data(),
            "amounts": dict(self.amounts),
            "attributes": {name: change._asdict() for name, change in self.changes.items()},
            "silence_for_bars": [f"{start + 1}-{end}" for start, end in self.row.silent],
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        silence = [f"  silence in place of {bars_in_words(self.row.silent)}"] if self.row.silent else []
        changes = {name: self.changes[name] for name in self.amounts if name in self.changes}
        return [
            *model_in_words(self.model, self.why),
            *self.intake.lines(),
            *silence,
            *(f"{name}: {c.before:.3g} → {c.after:.3g} (mean of all windows)" for name, c in changes.items()),
        ]


def shift(
    file: Music,
    amounts: Mapping[str, float],
    model: AnyModel | None = None,
    *,
    track: str | int | None = None,
    temperature: float = 0.0,
    seed: int = 0,
    device: str = "cpu",
    output: Output = IN_MEMORY,
) -> Shift:
    """Add attribute vectors to every window of a tune, and join the results.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        amounts: Multiple of each attribute vector, by attribute: ``{"onset_density": 1.0}``.
        model: The model, or its name or folder; by default the best released one for the music.
        track: Name or number of the track to read.
        temperature: Temperature of the decoder; 0 takes the most likely token.
        seed: Seed of the decoder.
        device: Device of a model that is loaded here.
        output: Settings of the result files.

    Returns:
        The phrases, with every attribute before and after.

    Raises:
        LatentError: The model lacks an attribute vector.
    """
    checked = check(
        replace(SHIFT, vectors=tuple(amounts)),
        model,
        [Source(file, track)],
        plan=lambda found: output.plan(numbered("window", windows_of(found)), "shifted"),
        device=device,
    )
    vae, (intake,) = checked.load(), checked.intakes
    results = [
        vae.shift(phrase, dict(amounts), temperature=temperature, seed=seed) for phrase in intake.phrases
    ]
    before, after = vae.measure(intake.phrases), vae.measure(results)
    changes = {name: Change(float(before[name].mean()), float(after[name].mean())) for name in before}
    row = fill_gaps(intake.reading, results)
    saved = checked.plan.write(results, intake.titles, row.phrases, program=intake.program)
    return Shift(vae.name, intake, amounts, results, changes, row, saved, checked.why)
