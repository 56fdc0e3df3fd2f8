"""Section ``faders``: training of faders for attributes (`symvae train-faders`)."""

from dataclasses import dataclass

from symvae.config.checks import check_above_zero, check_at_least, check_distinct, check_share, check_size
from symvae.config.limits import DEPTH, WIDTH
from symvae.errors import ConfigError


@dataclass(frozen=True)
class FaderConfig:
    """Network and training of the editor that moves z of a trained model."""

    attributes: tuple[str, ...] = ()
    """Attributes that have a fader, by the names of `symvae measure`."""
    width: int = 192
    """Hidden units of a bar; a multiple of 32."""
    layers: int = 4
    steps: int = 4000
    batch_size: int = 128
    """Phrases a step."""
    learning_rate: float = 1e-3
    reading_steps: int = 500
    """First steps, in which only the attribute predictor learns, whose gradient the editor needs."""
    staying_weight: float = 0.1
    """Cost of a change of another attribute, relative to that of missing the target."""
    content_weight: float = 0.002
    """Cost of a change of each coordinate of z, relative to that of missing the target."""
    ema_decay: float = 0.998
    """Weights are averaged over about 1 / (1 − decay) steps; the average is what is saved."""
    evaluate_every: int = 250
    """Steps between validations and checkpoints."""
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("faders", self, WIDTH, 1, "width")
        check_size("faders", self, DEPTH, 1, "layers")
        check_at_least("faders", self, 1, "steps", "batch_size", "evaluate_every")
        check_at_least("faders", self, 0, "reading_steps", "staying_weight", "content_weight", "seed")
        check_above_zero("faders", self, "learning_rate")
        check_share("faders", self, "ema_decay")
        if self.width % 32:
            raise ConfigError(f"faders.width must be a multiple of 32, not {self.width}.")
        check_distinct("faders.attributes", self.attributes)
