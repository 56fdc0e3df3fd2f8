"""Whole tunes through the latent space and back, window by window."""

from dataclasses import dataclass
from typing import Any

from symvae.music.arrangement import AnyPhrase
from symvae.music.bars import bars_in_words
from symvae.music.io.source import Music
from symvae.pipelines.gaps import Row, fill_gaps
from symvae.pipelines.intake import Intake
from symvae.pipelines.match import Match, match_tokens
from symvae.pipelines.needs import RECONSTRUCT
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.preflight import check, windows_of
from symvae.pipelines.trial import AnyModel, Source
from symvae.pipelines.words import model_in_words


@dataclass(frozen=True)
class Reconstruction:
    """Reconstructed windows of a tune."""

    model: str
    intake: Intake
    phrases: list[AnyPhrase]
    """One for each window."""
    matches: list[Match]
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
        return [
            *model_in_words(self.model, self.why),
            *self.intake.lines(),
            *silence,
            *(f"{title}: {match}" for title, match in matches),
        ]


def reconstruct(
    file: Music,
    model: AnyModel | None = None,
    *,
    track: str | int | None = None,
    temperature: float = 0.0,
    posterior_temperature: float = 0.0,
    seed: int = 0,
    device: str = "cpu",
    output: Output = IN_MEMORY,
) -> Reconstruction:
    """Encode and decode every window of a tune, and join them again.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        model: The model, or its name or folder; by default the best released one for the music.
        track: Name or number of the track to read.
        temperature: Temperature of the decoder; 0 takes the most likely token.
        posterior_temperature: Scale of the posterior's standard deviation in the draw of z; 0 takes its mean.
        seed: Seed of both draws.
        device: Device of a model that is loaded here.
        output: Settings of the result files.

    Returns:
        The phrases, with the accuracy of each.
    """
    checked = check(
        RECONSTRUCT,
        model,
        [Source(file, track)],
        plan=lambda found: output.plan(numbered("window", windows_of(found)), "reconstruction"),
        device=device,
    )
    vae, (intake,) = checked.load(), checked.intakes
    results = vae.reconstruct(
        intake.phrases, temperature=temperature, posterior_temperature=posterior_temperature, seed=seed
    )
    matches = match_tokens(vae, intake.phrases, results, intake.file_notes)
    row = fill_gaps(intake.reading, results)
    saved = checked.plan.write(results, intake.titles, row.phrases, program=intake.program)
    return Reconstruction(vae.name, intake, results, matches, row, saved, checked.why)
