"""Section ``prior``: training of a prior over z (`symvae train-prior`)."""

from dataclasses import dataclass

from symvae.config.checks import (
    check_above_zero,
    check_at_least,
    check_choice,
    check_distinct,
    check_share,
    check_size,
)
from symvae.config.limits import DEPTH, WIDTH
from symvae.errors import ConfigError


@dataclass(frozen=True)
class PriorConfig:
    """Network and training of the flow over z of a trained model."""

    velocity: str = "plain"
    """"plain" (z as one vector) or "bars" (a transformer over the conductor's bars)."""
    width: int = 512
    """Hidden units; for "bars" a multiple of 32."""
    layers: int = 3
    steps: int = 8000
    batch_size: int = 512
    """Phrases a step."""
    learning_rate: float = 2e-3
    ema_decay: float = 0.995
    """Weights are averaged over about 1 / (1 − decay) steps; the average is what is saved."""
    clip_norm: float = 0.0
    """Largest gradient norm; 0 for no clipping."""
    home_key: bool = False
    """Learn tunes in C major or A minor only, each window transposed there, instead of in all keys."""
    tied_maps: bool = False
    """The maps between z and the bars stay those of the model, for "bars": fewer weights, a smaller file."""
    warm_start: bool = False
    """Start from the weights of the own prior of the model; new conditions change nothing at first."""
    attributes: tuple[str, ...] = ()
    """Attributes of phrases, by the names of `symvae measure`, that condition a prior over bars: draws take
    theirs from training music."""
    attribute_noise: float = 0.0
    """Noise on the attributes in training, in standard deviations: few tunes are else known by theirs."""
    posterior_temperature: float = 1.0
    """Scale of the posterior's noise around each phrase: at 1 the prior learns draws, at 0 means."""
    guidance_scale: float = 1.0
    """Number of times that each step of guidance acts: a pull p toward given bars is 1 − (1 − p)^scale. A
    latent space of a high rate needs more than 1."""
    time_sampling: str = "uniform"
    """"uniform", or "logit_normal": more often from the middle of the path from noise to music."""
    evaluate_every: int = 500
    """Steps between validations and checkpoints."""
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("prior.velocity", self.velocity, ("plain", "bars"))
        check_choice("prior.time_sampling", self.time_sampling, ("uniform", "logit_normal"))
        check_size("prior", self, WIDTH, 1, "width")
        check_size("prior", self, DEPTH, 1, "layers")
        check_at_least("prior", self, 1, "steps", "batch_size", "evaluate_every")
        check_at_least("prior", self, 0, "posterior_temperature", "attribute_noise", "clip_norm", "seed")
        check_above_zero("prior", self, "learning_rate", "guidance_scale")
        check_share("prior", self, "ema_decay")
        check_distinct("prior.attributes", self.attributes)
        if self.attributes and self.velocity != "bars":
            raise ConfigError('prior.attributes need prior.velocity = "bars".')
        if self.tied_maps and self.velocity != "bars":
            raise ConfigError('prior.tied_maps need prior.velocity = "bars".')
        if self.velocity == "bars" and self.width % 32:
            raise ConfigError(f"prior.width must be a multiple of 32 for bars, not {self.width}.")
