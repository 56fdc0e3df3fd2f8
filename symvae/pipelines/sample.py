"""New phrases from a model's prior."""

from dataclasses import dataclass
from typing import Any

from symvae.music.phrase import Phrase
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.words import counted
from symvae.system.symvae import SymVAE


@dataclass(frozen=True)
class Samples:
    """Phrases drawn from a prior."""

    model: str
    seed: int
    phrases: list[Phrase]
    saved: Saved

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "seed": self.seed,
            "notes": [len(phrase) for phrase in self.phrases],
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        bars = counted(self.phrases[0].grid.bars, "bar")
        return [f"{counted(len(self.phrases), 'phrase')} of {bars} from {self.model}, seed {self.seed}"]


def sample(
    model: SymVAE,
    count: int = 8,
    *,
    temperature: float = 0.0,
    top_p: float = 1.0,
    prior: str = "learned",
    prior_temperature: float = 1.0,
    tempo_qpm: float | None = None,
    seed: int = 0,
    output: Output = IN_MEMORY,
) -> Samples:
    """Draw phrases from the prior.

    Args:
        model: Model to sample from.
        count: Number of phrases.
        temperature: Temperature of the decoder; 0 takes the most likely token.
        top_p: Nucleus sampling: draw among the most likely tokens that hold this share of the probability.
        prior: "learned" (from the training music) or "gaussian".
        prior_temperature: Scale of the noise that draws start from.
        tempo_qpm: Tempo in quarter notes a minute; None takes the model's, 120 for melodies.
        seed: Seed of all draws.
        output: Settings of the result files.

    Returns:
        The phrases.
    """
    plan = output.plan(numbered("sample", count), "samples")
    phrases = model.sample(
        count,
        temperature=temperature,
        top_p=top_p,
        seed=seed,
        prior=prior,
        prior_temperature=prior_temperature,
        tempo_qpm=tempo_qpm,
    )
    saved = plan.write(phrases, [f"sample {number}" for number in range(1, count + 1)])
    return Samples(model.name, seed, phrases, saved)
