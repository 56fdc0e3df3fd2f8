"""Whole tunes through the latent space and back, window by window."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symvae.music.bars import bars_in_words
from symvae.music.phrase import Phrase
from symvae.pipelines.gaps import Row, fill_gaps
from symvae.pipelines.intake import Intake, read_windows
from symvae.pipelines.match import Match, match_tokens
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.system.symvae import SymVAE


@dataclass(frozen=True)
class Reconstruction:
    """Reconstructed windows of a tune."""

    model: str
    intake: Intake
    phrases: list[Phrase]
    """One for each window."""
    matches: list[Match]
    row: Row
    """The whole tune."""
    saved: Saved

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "input": self.intake.data(),
            "windows": [
                {"bars": span, **match._asdict()}
                for span, match in zip(self.intake.spans, self.matches, strict=True)
            ],
            "silence_for_bars": [f"{start + 1}-{end}" for start, end in self.row.silent],
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        silence = [f"  silence in place of {bars_in_words(self.row.silent)}"] if self.row.silent else []
        matches = zip(self.intake.titles, self.matches, strict=True)
        return [*self.intake.lines(), *silence, *(f"{title}: {match}" for title, match in matches)]


def reconstruct(
    file: str | Path,
    model: SymVAE,
    *,
    track: str | int | None = None,
    temperature: float = 0.0,
    posterior_temperature: float = 0.0,
    seed: int = 0,
    output: Output = IN_MEMORY,
) -> Reconstruction:
    """Encode and decode every window of a tune, and join them again.

    Args:
        file: A MIDI, MusicXML or ABC file.
        model: Model that reconstructs.
        track: Name or number of the track to read.
        temperature: Temperature of the decoder; 0 takes the most likely token.
        posterior_temperature: Scale of the posterior's standard deviation in the draw of z; 0 takes its mean.
        seed: Seed of both draws.
        output: Settings of the result files.

    Returns:
        The phrases, with the accuracy of each.
    """
    intake = read_windows(file, model, track)
    plan = output.plan(numbered("window", len(intake.phrases)), "reconstruction")
    results = model.reconstruct(
        intake.phrases, temperature=temperature, posterior_temperature=posterior_temperature, seed=seed
    )
    matches = match_tokens(model, intake.phrases, results, intake.file_notes)
    row = fill_gaps(intake.reading, results)
    saved = plan.write(results, intake.titles, row.phrases)
    return Reconstruction(model.name, intake, results, matches, row, saved)
