"""The whole config of a drum machine of codes, in sections: model, codes, objective, prior, training."""

from dataclasses import dataclass, field

from symvae.config.checks import (
    check_above_zero,
    check_at_least,
    check_choice,
    check_distinct,
    check_share,
    check_size,
)
from symvae.config.limits import BANDS, DEPTH, ENTRIES, TRANSFORM, WIDTH
from symvae.config.training import TrainingConfig
from symvae.errors import ConfigError

#: Networks of the prior over codes.
PRIOR_NETWORKS = ("convolutions", "transformer")


@dataclass(frozen=True)
class CodesModelConfig:
    """Sizes of encoder and decoder, and of their transform."""

    classes: tuple[str, ...] = ()
    """Classes of drums that the model has learned, by their numbers; set by training from the sounds."""
    stft_size: int = 1024
    """Samples of a window."""
    hop: int = 256
    """Samples between frames: a quarter of the window."""
    patch: int = 4
    """Frames that the network reads as one."""
    width: int = 192
    """Channels between blocks."""
    hidden: int = 384
    """Channels inside a ConvNeXt block."""
    blocks: int = 4
    """Blocks of the encoder, and of the decoder."""
    kernel: int = 7
    """Receptive field of a block, in patches."""
    summary: int = 256
    """Units of the summary of all vectors that conditions the decoder's blocks."""
    class_size: int = 16
    """Width of the embedding of a class."""
    phase_iterations: int = 2
    """Iterations that improve the phases of an impulse and noise; 0 for none."""

    def __post_init__(self) -> None:
        check_size("model", self, WIDTH, 1, "width", "hidden", "summary", "class_size")
        check_size("model", self, DEPTH, 1, "blocks", "kernel", "patch")
        check_size("model", self, DEPTH, 0, "phase_iterations")
        check_size("model", self, TRANSFORM, 4, "hop")
        check_distinct("model.classes", self.classes)
        if self.stft_size != 4 * self.hop:
            raise ConfigError(
                f"model.stft_size must be 4 times model.hop, not {self.stft_size} with {self.hop}."
            )
        if self.kernel % 2 == 0:
            raise ConfigError(f"model.kernel must be odd, not {self.kernel}.")


@dataclass(frozen=True)
class CodesConfig:
    """Codes of a sound: a code of each level for every few patches."""

    stride: int = 4
    """Patches of a position; a sound of 43 patches has 11 positions of 4."""
    levels: int = 4
    """Codebooks, each over what those before it have left."""
    entries: int = 256
    """Entries of a codebook."""
    size: int = 16
    """Coordinates of an entry."""
    decay: float = 0.97
    """Share of an entry's running mean that a step keeps."""
    dead: float = 0.1
    """An entry that is used less than this share of an even use is moved to a vector of the batch."""

    def __post_init__(self) -> None:
        check_size("codes", self, DEPTH, 1, "stride", "levels")
        check_size("codes", self, ENTRIES, 2, "entries")
        check_size("codes", self, WIDTH, 1, "size")
        check_share("codes", self, "decay", "dead")


@dataclass(frozen=True)
class CodesObjectiveConfig:
    """Distance of log magnitudes, on bins and on mel bands, + commitment · distance from the entries."""

    mels: int = 80
    """Bands of the mel spectrum, which is compared beside the bins."""
    mel_weight: float = 1.0
    """Weight of the mel spectrum's distance."""
    commitment: float = 0.25
    """Weight of the distance of the encoder's vectors from their entries."""
    repitch_semitones: float = 2.0
    """Training sounds are played faster or slower by up to this; 0 for never."""

    def __post_init__(self) -> None:
        check_at_least("objective", self, 0, "mel_weight", "commitment", "repitch_semitones")
        check_size("objective", self, BANDS, 16, "mels")
        if self.repitch_semitones > 12:
            raise ConfigError(f"objective.repitch_semitones is from 0 to 12, not {self.repitch_semitones:g}.")


@dataclass(frozen=True)
class CodesPriorConfig:
    """The autoregressive prior over codes, given the class; trained after the model."""

    network: str = "convolutions"
    """"convolutions" (gated and causal) or "transformer"."""
    width: int = 128
    """Channels; a multiple of 32."""
    layers: int = 5
    """Gated convolutions, or blocks of the transformer."""
    dropout: float = 0.2
    """Share of the units that training leaves out."""
    steps: int = 1500
    batch_size: int = 64
    """Sounds a step."""
    learning_rate: float = 2e-3
    evaluate_every: int = 50
    """Steps between validations; the best prior is kept."""
    versions: int = 12
    """Codes of each training sound: of the sound itself, and of variations of it at another speed."""
    layered: float = 0.3
    """Share of these with a second sound of the class beneath."""
    equalizer_db: float = 3.0
    """Standard deviation of their random equalizer's gain."""
    damped_db: float = 20.0
    """Their largest additional decay, in dB a second."""

    def __post_init__(self) -> None:
        check_choice("prior.network", self.network, PRIOR_NETWORKS)
        check_at_least("prior", self, 1, "steps", "batch_size", "evaluate_every", "versions")
        check_above_zero("prior", self, "learning_rate")
        check_size("prior", self, WIDTH, 32, "width")
        check_size("prior", self, DEPTH, 1, "layers")
        check_share("prior", self, "dropout", "layered")
        check_at_least("prior", self, 0, "equalizer_db", "damped_db")
        if self.width % 32:
            raise ConfigError(f"prior.width must be a multiple of 32, not {self.width}.")


@dataclass(frozen=True)
class OneShotCodesConfig:
    """Config of a drum machine of codes and of its training."""

    name: str = "oneshot-codes-44k"
    description: str = ""
    model: CodesModelConfig = field(default_factory=CodesModelConfig)
    codes: CodesConfig = field(default_factory=CodesConfig)
    objective: CodesObjectiveConfig = field(default_factory=CodesObjectiveConfig)
    prior: CodesPriorConfig = field(default_factory=CodesPriorConfig)
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=3500, batch_size=32, learning_rate=1e-3, warmup_steps=200, evaluate_every=250
        )
    )
