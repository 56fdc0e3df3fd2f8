"""The whole config of a groove model, in sections: model, objective, training."""

from dataclasses import dataclass, field

from symvae.config.checks import check_at_least, check_share, check_size
from symvae.config.limits import DEPTH, WIDTH
from symvae.config.training import TrainingConfig


@dataclass(frozen=True)
class GrooveModelConfig:
    """Sizes of the networks."""

    bars: int = 2
    metre: str = "4/4"
    latent_size: int = 32
    """Coordinates of z, the touch of a player in a phrase."""
    styles: tuple[str, ...] = ()
    """Styles that the model has learned; set by training from the titles of the music."""
    condition_size: int = 24
    """Width of the embedding of style and tempo."""
    context_size: int = 96
    """Units of each direction of the LSTMs that read all steps of a phrase."""
    hidden_size: int = 160
    """Units of the LSTMs that write a phrase step by step."""
    head_size: int = 48
    """Units a drum class between a step and the mixtures of its hits."""
    mixtures: int = 6
    """Logistics of the mixture of a hit."""
    dropout: float = 0.2
    """Share of units of the read context that training leaves out."""

    def __post_init__(self) -> None:
        check_size("model", self, WIDTH, 1, "latent_size", "condition_size", "context_size")
        check_size("model", self, WIDTH, 1, "hidden_size", "head_size")
        check_size("model", self, DEPTH, 1, "bars", "mixtures")
        check_share("model", self, "dropout")


@dataclass(frozen=True)
class GrooveObjectiveConfig:
    """Negative log likelihood of hits and touch + beta · max(KL − free nats, 0)."""

    beta: float = 1.0
    """Final weight of the KL divergence between the posterior of z and its prior, given the hits."""
    beta_until: float = 0.3
    """Share of training after which beta is final."""
    free_nats: float = 8.0
    """KL divergence of a phrase that costs nothing, in nats."""
    unknown_style: float = 0.3
    """Share of phrases whose style is hidden from the networks."""
    all_taps: float = 0.5
    """Share of phrases whose taps are all hits; for the others some drum classes are hidden."""

    def __post_init__(self) -> None:
        check_at_least("objective", self, 0, "beta", "free_nats")
        check_share("objective", self, "beta_until", "unknown_style", "all_taps")


@dataclass(frozen=True)
class GrooveConfig:
    """Config of a groove model and of its training."""

    name: str = "groove-2bar"
    description: str = ""
    model: GrooveModelConfig = field(default_factory=GrooveModelConfig)
    objective: GrooveObjectiveConfig = field(default_factory=GrooveObjectiveConfig)
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=6000, batch_size=64, learning_rate=2e-3, warmup_steps=100, evaluate_every=500
        )
    )
