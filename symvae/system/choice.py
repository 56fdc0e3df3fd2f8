"""Models by the facts in their folders, and the needs of a verb.

No weights are read: config, tokenizer and the small files beside the weights tell metre, bars, voices,
faders, prior and attribute vectors. `symvae.pipelines.preflight` applies this to files.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from symvae.errors import LatentError
from symvae.music.grid import Grid
from symvae.system import artifacts
from symvae.system.artifact_folder import METRICS_FILE
from symvae.system.build import build_grid
from symvae.system.catalog import available, find
from symvae.system.faders.request import Fader, model_faders
from symvae.system.latent_model import LatentModel
from symvae.tokens.load import load_tokenizer
from symvae.tokens.tokenizer import Tokenizer

_PRIOR, _VECTOR = "prior.", "direction."


@dataclass(frozen=True)
class ModelFacts:
    """A model without its weights."""

    name: str
    grid: Grid
    tokenizer: Tokenizer
    folder: Path
    latent_size: int
    """Coordinates of z."""
    loaded: LatentModel | None = field(default=None, compare=False)
    """The model itself where it is in memory; its parts may differ from those in the folder."""

    @classmethod
    def of(cls, model: LatentModel | str | Path) -> "ModelFacts":
        """Facts of a model, or of one by its name or folder; `CheckpointError` where there is none."""
        if isinstance(model, LatentModel):
            return cls(model.name, model.grid, model.tokenizer, model.folder, model.latent_size, model)
        folder = find(model)
        config = artifacts.load_config(folder)
        size = config.model.latent_size
        return cls(config.name, build_grid(config.model), load_tokenizer(folder), folder, size)

    @cached_property
    def faders(self) -> dict[str, Fader]:
        """Its faders by name."""
        if self.loaded is not None:
            return self.loaded.faders
        return model_faders(artifacts.load_scales(self.folder), self.tokenizer)

    @cached_property
    def has_prior(self) -> bool:
        """True if it has a learned prior."""
        if self.loaded is not None:
            return self.loaded.prior is not None
        named = any(name.startswith(_PRIOR) for name in artifacts.load_latent(self.folder))
        return named or (self.folder / artifacts.PRIOR.file).is_file()

    @cached_property
    def has_language(self) -> bool:
        """True if it has a language model to search paths with."""
        if self.loaded is not None:
            return self.loaded.language is not None
        return (self.folder / artifacts.LANGUAGE.file).is_file()

    @cached_property
    def has_sketch(self) -> bool:
        """True if it has networks that fill in bars from a sketch."""
        if self.loaded is not None:
            return self.loaded.sketcher is not None
        return (self.folder / artifacts.SKETCH.file).is_file()

    @cached_property
    def vectors(self) -> tuple[str, ...]:
        """Names of its attribute vectors."""
        if self.loaded is not None:
            return tuple(self.loaded.directions)
        names = artifacts.load_latent(self.folder)
        return tuple(name.removeprefix(_VECTOR) for name in names if name.startswith(_VECTOR))

    @cached_property
    def rate_nats(self) -> float:
        """Measured KL of a phrase: a high rate reconstructs, a low one draws; 0 before it was measured."""
        try:
            metrics = json.loads((self.folder / METRICS_FILE).read_text(encoding="utf-8"))
            if "parts" in metrics:
                return float(metrics["parts"]["kl_nats"]["real"])
            measured = metrics["reconstruction"]["all"] if "reconstruction" in metrics else metrics["notes"]
            return float(measured["kl_nats"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0.0


@cache
def released() -> tuple[ModelFacts, ...]:
    """Facts of the models in the package."""
    return tuple(ModelFacts.of(name) for name in available())


@dataclass(frozen=True)
class Need:
    """Needs of a verb: parts and grid of a model."""

    verb: str
    faders: tuple[str, ...] | None = None
    """Faders that are moved; None for a verb without faders, empty for a model with any."""
    vectors: tuple[str, ...] | None = None
    """Attribute vectors that are added; None and empty as for faders."""
    prior: bool = False
    """It draws from a learned prior."""
    language: bool = False
    """It searches a path with a language model."""
    sketch: bool = False
    """It fills in bars from a sketch."""
    least_bars: int = 1
    """Bars that the model needs."""
    metre: str | None = None
    """Metre of the grid, where no file decides it."""
    draws: bool = False
    """It draws new music: of equal models the one with the lower rate is better, else the other one."""
    parts: bool = False
    """It needs a model of several parts."""
    one_part: bool = False
    """It works on music of one part."""
    whole: bool = False
    """It reads a whole tune, not one place of it."""
    on_notes: bool = False
    """It edits the notes that are there, for which any reading of all voices will do."""
    instead: str = ""
    """Another way to do the same without what the model lacks, as one sentence."""

    def fault(self, model: ModelFacts) -> str:
        """Name the part that the model lacks, as one sentence; empty if it lacks nothing."""
        if self.faders is not None and not model.faders:
            return f"{model.name} has no faders."
        if unknown := _unknown(self.faders, model.faders):
            return f"There is no fader {unknown}. Known faders: {', '.join(model.faders)}."
        if self.vectors is not None and not model.vectors:
            return f"{model.name} has no attribute vectors yet."
        if unknown := _unknown(self.vectors, model.vectors):
            return f"There is no attribute vector {unknown}. Known attributes: {', '.join(model.vectors)}."
        if self.parts and not model.tokenizer.part_names:
            return f"{model.name} has music of one part."
        if self.one_part and model.tokenizer.part_names:
            return f"{model.name} has several parts, and `{self.verb}` works on music of one."
        if self.prior and not model.has_prior:
            return f"{model.name} has no learned prior yet."
        if self.language and not model.has_language:
            return f"{model.name} has no language model to search a path with."
        if self.sketch and not model.has_sketch:
            return f"{model.name} has no sketch model."
        if model.grid.bars < self.least_bars:
            return f"{model.name} has {model.grid.bars} bar, and `{self.verb}` needs {self.least_bars}."
        if self.metre not in (None, model.grid.metre):
            return f"{model.name} is in {model.grid.metre}, not in {self.metre}."
        return ""

    def has_kind(self, model: ModelFacts) -> bool:
        """True if the model has faders or vectors where some are asked for, these or others."""
        return (self.faders is None or bool(model.faders)) and (self.vectors is None or bool(model.vectors))

    def remedy(self, model: ModelFacts) -> str:
        """Name the training that gives the model what it lacks; empty if there is none."""
        if self.faders is not None and not model.faders:
            return "Learn them with `symvae train-faders`."
        # An evaluation fits prior and attribute vectors only to tokens on a grid.
        if self.vectors is not None and not model.vectors and model.tokenizer.on_grid:
            return "Run `symvae evaluate --update-model` on it."
        if self.prior and not model.has_prior:
            verb = "evaluate" if model.tokenizer.on_grid else "train-prior"
            return f"Run `symvae {verb} --update-model` on it. {self.instead}".strip()
        if self.sketch and not model.has_sketch:
            return "Learn it with `symvae train-sketch`."
        if self.language and not model.has_language:
            fit = "Run `symvae evaluate --update-model` on it. " if model.tokenizer.on_grid else ""
            return f"{fit}{self.instead}".strip()
        return ""

    def candidates(self) -> list[ModelFacts]:
        """Released models that have what the verb needs; those of several parts where it needs parts.

        Raises:
            LatentError: There is none; the message has what can be asked for.
        """
        usual = [model for model in released() if bool(model.tokenizer.part_names) == self.parts]
        found = [model for model in usual if not self.fault(model)]
        if found:
            return found
        if self.metre is not None and (others := [m for m in released() if not self._anywhere.fault(m)]):
            metres = " and ".join(sorted({m.grid.metre for m in others}))
            raise LatentError(
                f"No released model for `{self.verb}` is in {self.metre}. Use --metre {metres}, or train one."
            )
        raise LatentError(" ".join(self._nowhere()))

    @property
    def _anywhere(self) -> "Need":
        return replace(self, metre=None, draws=False, whole=False, instead="")

    def _nowhere(self) -> list[str]:
        """Sentences on what each released model has of the kind that is asked for."""
        for asked, what, of in (
            (self.faders, "fader", {m.name: tuple(m.faders) for m in released()}),
            (self.vectors, "attribute vector", {m.name: m.vectors for m in released()}),
        ):
            if asked:
                has = {name: names for name, names in of.items() if names}
                known = sorted({each for names in has.values() for each in names})
                if unknown := _unknown(asked, known):
                    return [f"There is no {what} {unknown}. Known {what}s: {', '.join(known)}."]
                lists = "; ".join(f"{name} has {', '.join(names)}" for name, names in has.items())
                return [f"No released model has {' and '.join(asked)} together: {lists}. Ask for fewer."]
        if self.sketch:
            return [
                "No released model fills in sketches. Learn it for a model with `symvae train-sketch`, and "
                "name that model with --model."
            ]
        return [f"No released model can `{self.verb}`. Train one with `symvae train`."]


def _unknown(asked: tuple[str, ...] | None, known: Iterable[str]) -> str:
    """Names that are not known, with commas."""
    return ", ".join(sorted(set(asked or ()) - set(known)))
