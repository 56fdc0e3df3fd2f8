"""What can be chosen: the model, its objective, its data, its training.

A preset (TOML) is a short file over these defaults; a run and a released model carry the whole
choice as JSON. A key that does not exist is an error, and so is a contradiction, by the name that
the user typed.
"""

from dataclasses import dataclass, field

from symvae.errors import ConfigError


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of the network and the grid it speaks about."""

    metre: str = "4/4"
    """Time signature of the grid."""
    bars: int = 2
    """Bars in a phrase."""
    positions: int = 16
    """Tokens in a bar."""
    tokenizer: str = "melody"
    """Which token grid: "melody"."""
    vocabulary_size: int = 90
    """Classes of a token; the shards must agree."""
    latent_size: int = 128
    """Coordinates of z."""
    decoder: str = "hierarchical"
    """"hierarchical" (conductor, bars side by side) or "flat" (one LSTM over all tokens)."""
    embedding_size: int = 64
    """Width of a token embedding, in encoder and decoder."""
    encoder_size: int = 256
    """Hidden units of the bar BiLSTM, each direction."""
    summary_size: int = 512
    """Width of a bar's summary."""
    code_size: int = 64
    """Coordinates of a bar's code, and of the conductor's embedding of a bar."""
    phrase_size: int = 128
    """Hidden units of the BiLSTM over bars, each direction; 0: none."""
    conductor_size: int = 256
    """Hidden units of the conductor's LSTM; 0: a linear conductor."""
    decoder_size: int = 384
    """Hidden units of the decoder's LSTM."""
    unfold_size: int = 768
    """Width of the layers that unfold a bar's embedding into positions."""
    feature_size: int = 128
    """Width of each position's feature."""
    initial_std: float = 0.3
    """Deviation of the posterior before training; narrow, so that it does not collapse."""

    def __post_init__(self) -> None:
        if self.decoder not in ("hierarchical", "flat"):
            raise ConfigError(f'model.decoder is "hierarchical" or "flat", not {self.decoder!r}.')
        if self.bars < 1 or self.latent_size < 1:
            raise ConfigError("model.bars and model.latent_size must be at least 1.")


@dataclass(frozen=True)
class ObjectiveConfig:
    """What training minimises."""

    beta: float = 0.2
    """Final weight of the KL divergence."""
    beta_schedule: str = "linear"
    """"linear", "cyclical" or "constant"."""
    beta_start: float = 0.0
    """Weight at the start of the ramp."""
    beta_until: float = 0.5
    """Share of training after which beta is final."""
    beta_cycles: int = 4
    """Ramps of the cyclical schedule."""
    free_nats: float = 0.0
    """Divergence per phrase that costs nothing, in nats, summed over z."""
    word_dropout: float = 0.25
    """Share of input tokens that the decoder does not see."""
    sampling_rate: float = 0.0
    """Final share of input tokens that are the decoder's own choices (scheduled sampling)."""
    sampling_until: float = 0.5
    """Share of training after which the sampling rate is final."""

    def __post_init__(self) -> None:
        if self.beta_schedule not in ("linear", "cyclical", "constant"):
            raise ConfigError(
                f'objective.beta_schedule is "linear", "cyclical" or "constant", not {self.beta_schedule!r}.'
            )
        for name in ("word_dropout", "sampling_rate"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"objective.{name} is a share from 0 to 1, not {getattr(self, name)}.")


@dataclass(frozen=True)
class DataConfig:
    """How windows are taken from the shards."""

    transpose: int = 6
    """Each training phrase is moved by up to so many semitones, uniformly."""
    mid_phrase: bool = False
    """Keep bars as they stand inside a tune (notes held over the bar line): for one-bar models."""


@dataclass(frozen=True)
class TrainingConfig:
    """How long, how fast, how exactly."""

    steps: int = 20_000
    batch_size: int = 256
    """Phrases a step, over all processes."""
    learning_rate: float = 2e-3
    warmup_steps: int = 300
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    """Largest gradient norm."""
    ema_decay: float = 0.999
    """Weights are averaged over about 1 / (1 − decay) steps; the average is what is kept."""
    precision: str = "bf16"
    """"bf16" (matrix products in bfloat16) or "fp32"."""
    evaluate_every: int = 1000
    """Steps between validations and checkpoints."""
    patience: int = 0
    """Validations without progress after which training stops; 0: never."""
    threads: int = 1
    """CPU threads a process; small recurrent models run fastest on one."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.precision not in ("bf16", "fp32"):
            raise ConfigError(f'training.precision is "bf16" or "fp32", not {self.precision!r}.')
        if self.steps < 1 or self.batch_size < 1 or self.evaluate_every < 1:
            raise ConfigError(
                "training.steps, training.batch_size and training.evaluate_every must be at least 1."
            )


@dataclass(frozen=True)
class RunConfig:
    """Everything that makes a model what it is."""

    name: str = "melody-2bar"
    description: str = ""
    model: ModelConfig = field(default_factory=ModelConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    data: DataConfig = field(default_factory=DataConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
