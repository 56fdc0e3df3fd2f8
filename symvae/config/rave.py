"""The whole config of a RAVE, an autoencoder of recordings, in sections: model, objective, training."""

import math
from dataclasses import dataclass, field

from symvae.config.checks import check_above_zero, check_at_least, check_share, check_size
from symvae.config.limits import BANDS, DEPTH, RATE, WIDTH
from symvae.config.training import TrainingConfig
from symvae.errors import ConfigError


@dataclass(frozen=True)
class RaveModelConfig:
    """Sizes of the networks, and how late they answer."""

    sample_rate: int = 48_000
    """Rate of the sound in Hz."""
    bands: int = 16
    """Bands of the filter bank."""
    strides: tuple[int, ...] = (4, 4, 4, 2)
    """Rates of the encoder's stages; with the bands they make the samples of a frame of z."""
    capacity: int = 24
    """Channels at the rate of the bands; each stage has twice as many."""
    latent_size: int = 64
    """Coordinates of a frame of z."""
    dilations: tuple[int, ...] = (1, 3, 9)
    """Of the residual units after each stage of the decoder."""
    noise_stride: int = 8
    """Band samples of a frame of the noise filters."""
    delay: int = 2048
    """Samples by which the sound comes out late: how far the model may look ahead."""

    def __post_init__(self) -> None:
        RATE.check(self.sample_rate, "model.sample_rate")
        check_size("model", self, BANDS, 2, "bands")
        check_size("model", self, WIDTH, 1, "capacity", "latent_size", "noise_stride")
        check_at_least("model", self, 0, "delay")
        for key in ("strides", "dilations"):
            values = getattr(self, key)
            DEPTH._replace(least=1).check(len(values), f"The number of model.{key}")
            for value in values:
                DEPTH._replace(least=1).check(value, f"model.{key}")
        if math.prod(self.strides) % self.noise_stride:
            raise ConfigError(
                f"model.noise_stride must divide {math.prod(self.strides)}, the product of model.strides; "
                f"{self.noise_stride} does not."
            )
        WIDTH.check(self.capacity * 2 ** len(self.strides), "The widest layer of the model")

    @property
    def ratio(self) -> int:
        """Samples of a frame of z."""
        return self.bands * math.prod(self.strides)


@dataclass(frozen=True)
class RaveObjectiveConfig:
    """Multi-scale spectral distance + beta · KL; then adversarial, with a frozen encoder."""

    excerpt_sec: float = 1.0
    """Length of the excerpts, rounded to frames of z."""
    beta: float = 0.005
    """Final weight of the KL divergence of a frame, in nats."""
    beta_until: float = 0.3
    """Share of training after which beta is final."""
    adversarial_from: float = 0.6
    """Share of training after which the encoder is frozen and the decoder learns from discriminators;
    1 for never."""
    adversarial_weight: float = 0.2
    matching_weight: float = 1.0
    """Weight of the distance of the discriminators' features."""
    softer_db: float = 6.0
    """Training excerpts are softer by up to this, and of either polarity."""

    def __post_init__(self) -> None:
        check_above_zero("objective", self, "excerpt_sec")
        check_at_least("objective", self, 0, "beta", "adversarial_weight", "matching_weight", "softer_db")
        check_share("objective", self, "beta_until", "adversarial_from")


@dataclass(frozen=True)
class RaveConfig:
    """Config of a RAVE and of its training."""

    name: str = "rave-48k"
    description: str = ""
    model: RaveModelConfig = field(default_factory=RaveModelConfig)
    objective: RaveObjectiveConfig = field(default_factory=RaveObjectiveConfig)
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=20_000,
            batch_size=8,
            learning_rate=1e-3,
            warmup_steps=200,
            evaluate_every=500,
            precision="fp32",
        )
    )
