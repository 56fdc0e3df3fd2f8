"""The whole config of a drum machine, in sections: model, decoder, objective, prior, distillation …"""

from dataclasses import dataclass, field

from symvae.config.checks import check_above_zero, check_at_least, check_distinct, check_share, check_size
from symvae.config.limits import BANDS, DEPTH, TRANSFORM, WIDTH
from symvae.config.oneshot_decoder import OneShotDecoderConfig
from symvae.config.training import TrainingConfig
from symvae.errors import ConfigError


@dataclass(frozen=True)
class OneShotModelConfig:
    """Sizes of the network of one-shot sounds, and of its transform."""

    classes: tuple[str, ...] = ()
    """Classes of drums that the model has learned, by their numbers; set by training from the sounds."""
    stft_size: int = 1024
    """Samples of a window."""
    hop: int = 256
    """Samples between frames: a quarter of the window."""
    patch: int = 4
    """Frames that the network reads as one."""
    latent_size: int = 32
    """Coordinates of z."""
    width: int = 192
    """Channels between blocks."""
    hidden: int = 384
    """Channels inside a ConvNeXt block."""
    blocks: int = 4
    """Number of blocks."""
    decoder_width: int = 0
    """Channels between blocks of the decoder; 0 for as many as the encoder has, until distillation."""
    decoder_hidden: int = 0
    """Channels inside a block of the decoder, as above."""
    decoder_blocks: int = 0
    """Blocks of the decoder, as above."""
    kernel: int = 7
    """Receptive field of a block, in patches."""
    patch_code: int = 16
    """Channels of a patch between the blocks and z."""
    summary: int = 256
    """Units between all patches and z."""
    class_size: int = 16
    """Width of the embedding of a class."""
    phase_iterations: int = 2
    """Iterations that improve the phases of an impulse and noise; 0 for none."""
    initial_log_variance: float = -4.0
    """Log variance of the posterior before training; a narrow one does not collapse."""

    def __post_init__(self) -> None:
        check_size("model", self, WIDTH, 1, "latent_size", "width", "hidden", "patch_code", "summary")
        check_size("model", self, WIDTH, 1, "class_size")
        check_size("model", self, DEPTH, 1, "blocks", "kernel", "patch")
        check_size("model", self, DEPTH, 0, "phase_iterations", "decoder_blocks")
        check_size("model", self, WIDTH, 0, "decoder_width", "decoder_hidden")
        check_size("model", self, TRANSFORM, 4, "hop")
        check_distinct("model.classes", self.classes)
        if self.stft_size != 4 * self.hop:
            raise ConfigError(
                f"model.stft_size must be 4 times model.hop, not {self.stft_size} with {self.hop}."
            )
        if self.kernel % 2 == 0:
            raise ConfigError(f"model.kernel must be odd, not {self.kernel}.")


@dataclass(frozen=True)
class OneShotObjectiveConfig:
    """Distance of log magnitudes, on bins and on mel bands, + beta · max(KL − free nats, 0)."""

    mels: int = 80
    """Bands of the mel spectrum, which is compared beside the bins."""
    mel_weight: float = 1.0
    """Weight of the mel spectrum's distance."""
    beta: float = 2e-3
    """Final weight of the KL divergence, in nepers a nat."""
    beta_until: float = 0.3
    """Share of training after which beta is final."""
    free_nats: float = 8.0
    """KL divergence of a sound that costs nothing, in nats."""
    repitch_semitones: float = 2.0
    """Training sounds are played faster or slower by up to this; 0 for never."""
    layered: float = 0.0
    """Share of training sounds with a second one of their class beneath."""
    equalizer_db: float = 0.0
    """Standard deviation of a random equalizer's gain."""
    damped_db: float = 0.0
    """Largest additional decay of a training sound, in dB a second."""

    def __post_init__(self) -> None:
        check_at_least("objective", self, 0, "mel_weight", "beta", "free_nats", "repitch_semitones")
        check_at_least("objective", self, 0, "equalizer_db", "damped_db")
        check_share("objective", self, "layered")
        check_share("objective", self, "beta_until")
        check_size("objective", self, BANDS, 16, "mels")
        if self.repitch_semitones > 12:
            raise ConfigError(f"objective.repitch_semitones is from 0 to 12, not {self.repitch_semitones:g}.")


@dataclass(frozen=True)
class OneShotPriorConfig:
    """The flow prior over z, given the class; trained after the model."""

    steps: int = 4000
    batch_size: int = 256
    """Posteriors a step."""
    learning_rate: float = 1e-3
    variations: int = 0
    """Variations of each training sound that the flow learns from, beside the sound itself."""
    layered: float = 0.3
    """Share of these with a second sound of the class beneath."""
    equalizer_db: float = 3.0
    """Standard deviation of their random equalizer's gain."""
    damped_db: float = 20.0
    """Their largest additional decay, in dB a second."""
    mixtures: int = 0
    """Mixtures in z of each of these sounds with another of its class, which the flow learns from, too."""
    width: int = 256
    """Units of the layers of the velocity network."""
    layers: int = 3
    solver_steps: int = 1
    """Steps of the midpoint method in which noise becomes z."""

    def __post_init__(self) -> None:
        check_at_least("prior", self, 1, "steps", "batch_size")
        check_above_zero("prior", self, "learning_rate")
        check_at_least("prior", self, 0, "equalizer_db", "damped_db")
        check_share("prior", self, "layered")
        check_size("prior", self, WIDTH, 1, "width")
        check_size("prior", self, DEPTH, 1, "layers", "solver_steps")
        check_size("prior", self, DEPTH, 0, "variations", "mixtures")


@dataclass(frozen=True)
class OneShotDistillationConfig:
    """Small decoders that learn from the decoder once its training is over.

    One takes its place, if wanted: sounds are drawn faster. The other decodes coarse levels, by which draws
    are compared with training sounds.
    """

    width: int = 0
    """Channels between blocks of the decoder that takes its place; 0 for none."""
    hidden: int = 256
    """Channels inside its blocks."""
    blocks: int = 3
    """Number of its blocks."""
    steps: int = 4000
    batch_size: int = 32
    """Points of z a step."""
    learning_rate: float = 2e-3
    coarse_draws: int = 8192
    """Draws that the coarse decoder learns from."""
    coarse_steps: int = 3000
    """Steps of its training."""

    def __post_init__(self) -> None:
        check_size("distillation", self, WIDTH, 0, "width")
        check_size("distillation", self, WIDTH, 1, "hidden")
        check_size("distillation", self, DEPTH, 1, "blocks")
        check_at_least("distillation", self, 1, "steps", "coarse_draws", "coarse_steps")
        check_at_least("distillation", self, 2, "batch_size")
        check_above_zero("distillation", self, "learning_rate")


@dataclass(frozen=True)
class OneShotConfig:
    """Config of a drum machine and of its training."""

    name: str = "oneshot-44k"
    description: str = ""
    model: OneShotModelConfig = field(default_factory=OneShotModelConfig)
    decoder: OneShotDecoderConfig = field(default_factory=OneShotDecoderConfig)
    objective: OneShotObjectiveConfig = field(default_factory=OneShotObjectiveConfig)
    prior: OneShotPriorConfig = field(default_factory=OneShotPriorConfig)
    distillation: OneShotDistillationConfig = field(default_factory=OneShotDistillationConfig)
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=8000, batch_size=32, learning_rate=1e-3, warmup_steps=200, evaluate_every=500
        )
    )
