"""The whole config of a model, in sections: model, objective, data, training, prior, faders, sketch.

A preset (TOML) is a short file over these defaults; a run and a released model carry the whole config as
JSON. An unknown key is an error, and so is a contradiction, by the name that the user typed. Checks that
depend on the family of the music are in `symvae.system.families`.
"""

from dataclasses import dataclass, field

from symvae.config.data import DataConfig
from symvae.config.faders import FaderConfig
from symvae.config.model import ModelConfig
from symvae.config.objective import ObjectiveConfig
from symvae.config.prior import PriorConfig
from symvae.config.sketch import SketchConfig
from symvae.config.training import TrainingConfig
from symvae.errors import ConfigError


@dataclass(frozen=True)
class RunConfig:
    """Config of a model and of its training."""

    name: str = "melody-2bar"
    description: str = ""
    start_from: str = ""
    """Name of the model whose weights this one starts from; in a trained model, of the one that was used."""
    model: ModelConfig = field(default_factory=ModelConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    data: DataConfig = field(default_factory=DataConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    prior: PriorConfig = field(default_factory=PriorConfig)
    faders: FaderConfig = field(default_factory=FaderConfig)
    sketch: SketchConfig = field(default_factory=SketchConfig)

    def __post_init__(self) -> None:
        if self.objective.regularization != "none" and not self.model.faders:
            raise ConfigError(
                f"objective.regularization is {self.objective.regularization!r}, and model.faders names no "
                "attribute for it. Name some, or set it to 'none'."
            )
