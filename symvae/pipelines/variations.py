"""Variations of a phrase: neighbors of its latent."""

from dataclasses import dataclass
from typing import Any

from symvae.music.arrangement import AnyPhrase
from symvae.music.io.source import Music
from symvae.pipelines.intake import Intake
from symvae.pipelines.match import Match, match_tokens
from symvae.pipelines.needs import VARIATIONS
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.preflight import check
from symvae.pipelines.trial import AnyModel, Source, one_window
from symvae.pipelines.words import model_in_words


@dataclass(frozen=True)
class Variations:
    """Variations of one phrase, with their agreement with it."""

    model: str
    intake: Intake
    amount: float
    phrases: list[AnyPhrase]
    matches: list[Match]
    saved: Saved
    why: str = ""
    """Reason of the choice of the model; empty where it was named."""

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "model_chosen": self.why or None,
            "input": self.intake.data(),
            "amount": self.amount,
            "variations": [each._asdict() for each in self.matches],
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        matches = enumerate(self.matches, 1)
        return [
            *model_in_words(self.model, self.why),
            *self.intake.lines(),
            *(f"variation {number}: {match}" for number, match in matches),
        ]


def variations(
    file: Music,
    model: AnyModel | None = None,
    amount: float = 0.3,
    count: int = 4,
    *,
    bar: int | None = None,
    track: str | int | None = None,
    temperature: float = 0.0,
    seed: int = 0,
    device: str = "cpu",
    output: Output = IN_MEMORY,
) -> Variations:
    """Decode latents beside that of a phrase.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        model: The model, or its name or folder; by default the best released one for the music.
        amount: Distance from the phrase: 0 is its reconstruction, 1 an independent draw.
        count: Number of variations.
        bar: First bar of the phrase in the file, from 1; by default the first window.
        track: Name or number of the track to read.
        temperature: Temperature of the decoder; 0 takes the most likely token.
        seed: Seed of all draws.
        device: Device of a model that is loaded here.
        output: Settings of the result files.

    Returns:
        The variations.
    """
    checked = check(
        VARIATIONS,
        model,
        [Source(file, track, bar)],
        one_window,
        lambda found: output.plan(numbered("variation", count), "variations"),
        device=device,
    )
    vae, (intake,) = checked.load(), checked.intakes
    phrase = intake.phrases[0]
    results = vae.variations(phrase, amount, count, temperature=temperature, seed=seed)
    matches = match_tokens(vae, [phrase] * count, results, intake.file_notes * count)
    saved = checked.plan.write(
        results, [f"variation {number}" for number in range(1, count + 1)], program=intake.program
    )
    return Variations(vae.name, intake, amount, results, matches, saved, checked.why)
