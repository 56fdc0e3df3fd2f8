"""Whole tunes moved along attribute vectors, window by window."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from symvae.errors import LatentError
from symvae.music.bars import bars_in_words
from symvae.music.phrase import Phrase
from symvae.pipelines.gaps import Row, fill_gaps
from symvae.pipelines.intake import Intake, read_windows
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.system.symvae import SymVAE


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

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
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
            *self.intake.lines(),
            *silence,
            *(f"{name}: {c.before:.3g} → {c.after:.3g} (mean of all windows)" for name, c in changes.items()),
        ]


def shift(
    file: str | Path,
    amounts: Mapping[str, float],
    model: SymVAE,
    *,
    track: str | int | None = None,
    temperature: float = 0.0,
    seed: int = 0,
    output: Output = IN_MEMORY,
) -> Shift:
    """Add attribute vectors to every window of a tune, and join the results.

    Args:
        file: A MIDI, MusicXML or ABC file.
        amounts: Multiple of each attribute vector, by attribute: ``{"onset_density": 1.0}``.
        model: Model with attribute vectors.
        track: Name or number of the track to read.
        temperature: Temperature of the decoder; 0 takes the most likely token.
        seed: Seed of the decoder.
        output: Settings of the result files.

    Returns:
        The phrases, with every attribute before and after.

    Raises:
        LatentError: The model has no attribute vectors.
    """
    if not model.directions:
        # An evaluation fits attribute vectors only to tokens on a grid.
        learn = (
            "Run `symvae evaluate --update-model` on it, or choose" if model.tokenizer.on_grid else "Choose"
        )
        raise LatentError(f"{model.name} has no attribute vectors yet. {learn} another --model.")
    intake = read_windows(file, model, track)
    plan = output.plan(numbered("window", len(intake.phrases)), "shifted")
    results = [
        model.shift(phrase, dict(amounts), temperature=temperature, seed=seed) for phrase in intake.phrases
    ]
    before, after = model.measure(intake.phrases), model.measure(results)
    changes = {name: Change(float(before[name].mean()), float(after[name].mean())) for name in before}
    row = fill_gaps(intake.reading, results)
    saved = plan.write(results, intake.titles, row.phrases)
    return Shift(model.name, intake, amounts, results, changes, row, saved)
