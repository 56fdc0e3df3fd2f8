"""New phrases from a model's prior."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from symvae.attributes.form import SECTION_BARS
from symvae.attributes.key import key_of
from symvae.attributes.table import measure
from symvae.errors import ConfigError
from symvae.music.arrangement import AnyPhrase, lead_of, pitched_of
from symvae.music.metre import GRID_BARS, METRES
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.preflight import check
from symvae.pipelines.trial import AnyModel
from symvae.pipelines.words import counted, model_in_words
from symvae.system.choice import Need
from symvae.system.section_forms import form as sections_of
from symvae.system.section_forms import in_letters


@dataclass(frozen=True)
class Samples:
    """Phrases drawn from a prior."""

    model: str
    seed: int
    phrases: list[AnyPhrase]
    saved: Saved
    values: dict[str, float] = field(default_factory=dict)
    """Values that were asked, by attribute."""
    why: str = ""
    """Reason of the choice of the model; empty where it was named."""

    @property
    def forms(self) -> list[str]:
        """Form of each phrase as its notes have it, a letter for four bars: "AA'BA"."""
        return [in_letters(sections_of(lead_of(phrase), SECTION_BARS)) for phrase in self.phrases]

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "model_chosen": self.why or None,
            "seed": self.seed,
            "notes": [len(phrase) for phrase in self.phrases],
            "forms": self.forms,
            "keys": [_key(phrase) for phrase in self.phrases],
            **{name: column.tolist() for name, column in measure(self.phrases, self.values).items()},
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        bars = counted(self.phrases[0].grid.bars, "bar")
        drawn = f"{counted(len(self.phrases), 'phrase')} of {bars} from {self.model}, seed {self.seed}"
        each = [
            ", ".join(filter(None, [f"{number}: {form}", _key(phrase)]))
            for number, (phrase, form) in enumerate(zip(self.phrases, self.forms, strict=True), start=1)
            if phrase.grid.bars > SECTION_BARS
        ]
        reached = [
            f"{name}: {column.min():g} to {column.max():g}, {self.values[name]:g} asked"
            for name, column in measure(self.phrases, self.values).items()
        ]
        return [*model_in_words(self.model, self.why), drawn, *each, *reached]


def sample(
    model: AnyModel | None = None,
    count: int = 8,
    *,
    metre: str | None = None,
    form: str | None = None,
    key: str | None = None,
    values: Mapping[str, float] | None = None,
    temperature: float = 0.0,
    top_p: float = 1.0,
    prior: str = "learned",
    prior_temperature: float = 1.0,
    tempo_qpm: float | None = None,
    seed: int = 0,
    device: str = "cpu",
    output: Output = IN_MEMORY,
) -> Samples:
    """Draw phrases from the prior.

    Args:
        model: The model, or its name or folder; by default the best released one for the metre.
        count: Number of phrases.
        metre: Time signature, such as "3/4"; by default that of the model, or 4/4.
        form: Which bars are equal: letters such as "AABA", "real" or "free"; None for "real" where the
            model knows forms.
        key: Tonic and mode, such as "E minor"; None takes the model's own.
        values: By attribute a value that is asked; of several draws the nearest is taken.
        temperature: Temperature of the decoder; 0 takes the most likely token.
        top_p: Nucleus sampling: draw among the most likely tokens that hold this share of the probability.
        prior: "learned" (from the training music) or "gaussian".
        prior_temperature: Scale of the noise that draws start from.
        tempo_qpm: Tempo in quarter notes a minute; None takes the model's, 120 for melodies.
        seed: Seed of all draws.
        device: Device of a model that is loaded here.
        output: Settings of the result files.

    Returns:
        The phrases.

    Raises:
        ConfigError: No grid holds the metre, or there is no such key.
        LatentError: The model is in another metre, lacks the prior, or cannot draw such a form.
    """
    if metre not in (None, *GRID_BARS):
        raise ConfigError(f"{metre!r} is no metre of a model. Choose one of {', '.join(METRES)}.")
    wanted = metre or ("4/4" if model is None else None)
    need = Need(
        "sample",
        prior=prior == "learned",
        metre=None if wanted is None else GRID_BARS[wanted].metre,
        draws=True,
        instead="Or leave its prior out with --prior gaussian.",
    )
    checked = check(
        need, model, plan=lambda found: output.plan(numbered("sample", count), "samples"), device=device
    )
    vae = checked.load()
    phrases = vae.sample(
        count,
        form=form,
        key=key,
        values=values,
        temperature=temperature,
        top_p=top_p,
        seed=seed,
        prior=prior,
        prior_temperature=prior_temperature,
        tempo_qpm=tempo_qpm,
    )
    saved = checked.plan.write(phrases, [f"sample {number}" for number in range(1, count + 1)])
    return Samples(vae.name, seed, phrases, saved, dict(values or {}), checked.why)


def _key(phrase: AnyPhrase) -> str:
    """Key of a phrase in words; drums have none."""
    return "" if phrase.is_drum else str(key_of(pitched_of(phrase)))
