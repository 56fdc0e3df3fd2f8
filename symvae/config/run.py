"""What can be chosen: the model, its objective, its data, its training.

A preset (TOML) is a short file over these defaults; a run and a released model carry the whole
choice as JSON. A key that does not exist is an error, and so is a contradiction, by the name that
the user typed.
"""

import math
from dataclasses import dataclass, field

from symvae.errors import ConfigError

METRES = ("4/4", "3/4", "6/8")
REGULARIZATIONS = ("none", "value", "attribute", "sign", "glsr", "condition", "adversarial")


def _check_choice(key: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ConfigError(f"{key} is {' or '.join(map(repr, known))}, not {value!r}.")


def _check_at_least(section: str, choices: object, least: int, *keys: str) -> None:
    for key in keys:
        value = getattr(choices, key)
        if not least <= value < math.inf:
            raise ConfigError(f"{section}.{key} must be a number of at least {least}, not {value}.")


def _check_above_zero(section: str, choices: object, *keys: str) -> None:
    for key in keys:
        value = getattr(choices, key)
        if not 0 < value < math.inf:
            raise ConfigError(f"{section}.{key} must be a number above 0, not {value}.")


def _check_share(section: str, choices: object, *keys: str) -> None:
    for key in keys:
        value = getattr(choices, key)
        if not 0 <= value <= 1:
            raise ConfigError(f"{section}.{key} is a share from 0 to 1, not {value}.")


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of the network and the grid it speaks about."""

    metre: str = "4/4"
    """Time signature of the grid."""
    bars: int = 2
    """Bars in a phrase."""
    positions: int = 16
    """Tokens in a bar, at most."""
    tokenizer: str = "melody"
    """"melody" (one token a sixteenth) or "piano" (REMI tokens, polyphonic)."""
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
    faders: tuple[str, ...] = ()
    """Attributes that have a coordinate of z each: the first ones, in this order."""
    initial_std: float = 0.3
    """Deviation of the posterior before training; narrow, so that it does not collapse."""

    def __post_init__(self) -> None:
        _check_choice("model.metre", self.metre, METRES)
        _check_choice("model.decoder", self.decoder, ("hierarchical", "flat"))
        _check_at_least("model", self, 1, "bars", "positions", "vocabulary_size", "latent_size")
        _check_at_least("model", self, 1, "embedding_size", "encoder_size", "summary_size", "code_size")
        _check_at_least("model", self, 1, "decoder_size", "unfold_size", "feature_size")
        _check_at_least("model", self, 0, "phrase_size", "conductor_size")
        _check_above_zero("model", self, "initial_std")
        if len(set(self.faders)) < len(self.faders):
            raise ConfigError(f"model.faders names an attribute twice: {', '.join(self.faders)}.")
        if self.faders and (self.latent_size <= len(self.faders) or not self.phrase_size):
            raise ConfigError(
                f"model.faders wants {len(self.faders)} coordinates of z beside those for the notes, and a "
                "BiLSTM over bars: set model.latent_size and model.phrase_size higher."
            )


@dataclass(frozen=True)
class ObjectiveConfig:
    """What training minimizes."""

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
    regularization: str = "none"
    """What ties the coordinates of model.faders to their attributes: "none", "value", "attribute", "sign",
    "glsr", "condition" or "adversarial" (see `symvae.objective.regularization`)."""
    regularization_weight: float = 10.0
    """Nats per phrase that one unit of regularization costs."""
    sampling_rate: float = 0.0
    """Final share of input tokens that are the decoder's own choices (scheduled sampling)."""
    sampling_until: float = 0.5
    """Share of training after which the sampling rate is final."""

    def __post_init__(self) -> None:
        _check_choice("objective.beta_schedule", self.beta_schedule, ("linear", "cyclical", "constant"))
        _check_choice("objective.regularization", self.regularization, REGULARIZATIONS)
        _check_at_least("objective", self, 0, "beta", "beta_start", "free_nats")
        _check_at_least("objective", self, 0, "regularization_weight")
        _check_at_least("objective", self, 1, "beta_cycles")
        _check_share("objective", self, "beta_until", "word_dropout", "sampling_rate", "sampling_until")


@dataclass(frozen=True)
class DataConfig:
    """How windows are taken from the shards."""

    transpose: int = 6
    """Each training phrase is moved by up to so many semitones, uniformly."""
    mid_phrase: bool = False
    """Keep bars as they stand inside a tune (notes held over the bar line): for one-bar models."""

    def __post_init__(self) -> None:
        _check_at_least("data", self, 0, "transpose")


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
        _check_choice("training.precision", self.precision, ("bf16", "fp32"))
        _check_at_least("training", self, 1, "steps", "batch_size", "evaluate_every", "threads")
        _check_at_least("training", self, 0, "warmup_steps", "weight_decay", "patience", "seed")
        _check_above_zero("training", self, "learning_rate", "clip_norm")
        _check_share("training", self, "ema_decay")


@dataclass(frozen=True)
class PriorConfig:
    """How a prior over z is learned once the model is trained (`symvae train-prior`)."""

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
    """Weights are averaged over about 1 / (1 − decay) steps; the average is what is kept."""
    clip_norm: float = 0.0
    """Largest gradient norm; 0: any."""
    home_key: bool = False
    """Learn tunes in C major or A minor only, each window moved there, instead of in all keys."""
    posterior_temperature: float = 1.0
    """Scale of the posterior's noise around each phrase; at 1 the prior learns draws, at 0 means."""
    time_sampling: str = "uniform"
    """"uniform", or "logit_normal": more often from the middle of the path from noise to music."""
    evaluate_every: int = 500
    """Steps between validations and checkpoints."""
    seed: int = 0

    def __post_init__(self) -> None:
        _check_choice("prior.velocity", self.velocity, ("plain", "bars"))
        _check_choice("prior.time_sampling", self.time_sampling, ("uniform", "logit_normal"))
        _check_at_least("prior", self, 1, "width", "layers", "steps", "batch_size", "evaluate_every")
        _check_at_least("prior", self, 0, "posterior_temperature", "clip_norm", "seed")
        _check_above_zero("prior", self, "learning_rate")
        _check_share("prior", self, "ema_decay")
        if self.velocity == "bars" and self.width % 32:
            raise ConfigError(f"prior.width must be a multiple of 32 for bars, not {self.width}.")


@dataclass(frozen=True)
class FaderConfig:
    """How faders are learned once the model is trained (`symvae train-faders`)."""

    attributes: tuple[str, ...] = ()
    """What there is a fader for, by the names of `symvae measure`."""
    width: int = 192
    """Hidden units of a bar; a multiple of 32."""
    layers: int = 4
    steps: int = 4000
    batch_size: int = 128
    """Phrases a step."""
    learning_rate: float = 1e-3
    reading_steps: int = 500
    """The first of the steps, in which only the reader learns that the editor will learn from."""
    staying_weight: float = 0.1
    """What it costs that another attribute changes, of what it costs to miss the one that was asked for."""
    content_weight: float = 0.002
    """The same for each coordinate of z that changes."""
    ema_decay: float = 0.998
    """Weights are averaged over about 1 / (1 − decay) steps; the average is what is kept."""
    evaluate_every: int = 250
    """Steps between validations and checkpoints."""
    seed: int = 0

    def __post_init__(self) -> None:
        _check_at_least("faders", self, 1, "width", "layers", "steps", "batch_size", "evaluate_every")
        _check_at_least("faders", self, 0, "reading_steps", "staying_weight", "content_weight", "seed")
        _check_above_zero("faders", self, "learning_rate")
        _check_share("faders", self, "ema_decay")
        if self.width % 32:
            raise ConfigError(f"faders.width must be a multiple of 32, not {self.width}.")
        if len(set(self.attributes)) < len(self.attributes):
            raise ConfigError(f"faders.attributes names one twice: {', '.join(self.attributes)}.")


@dataclass(frozen=True)
class RunConfig:
    """Everything that makes a model what it is."""

    name: str = "melody-2bar"
    description: str = ""
    start_from: str = ""
    """The model that this one is grown or carried on from; in a trained model, the one it really was."""
    model: ModelConfig = field(default_factory=ModelConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    data: DataConfig = field(default_factory=DataConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    prior: PriorConfig = field(default_factory=PriorConfig)
    faders: FaderConfig = field(default_factory=FaderConfig)

    def __post_init__(self) -> None:
        if self.objective.regularization != "none" and not self.model.faders:
            raise ConfigError(
                f"objective.regularization is {self.objective.regularization!r}, and model.faders names no "
                "attribute for it. Name some, or set it to 'none'."
            )
