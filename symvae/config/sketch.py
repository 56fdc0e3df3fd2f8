"""Section ``sketch``: network and training of the sketch model (`symvae train-sketch`)."""

from dataclasses import dataclass

from symvae.config.checks import check_above_zero, check_at_least, check_share, check_size
from symvae.config.limits import DEPTH, WIDTH
from symvae.errors import ConfigError


@dataclass(frozen=True)
class SketchConfig:
    """Bars as pitches and rhythm apart, and a transformer that fills in missing ones."""

    pitch_size: int = 96
    """Coordinates of the code of a bar's pitches."""
    rhythm_size: int = 48
    """Coordinates of the code of a bar's rhythm."""
    embedding_size: int = 48
    encoder_size: int = 128
    summary_size: int = 256
    decoder_size: int = 256
    unfold_size: int = 384
    feature_size: int = 64
    width: int = 256
    """Hidden units of a bar in the transformer; a multiple of 32."""
    layers: int = 4
    beta: float = 0.1
    """Weight of the divergence of the codes from the prior."""
    initial_std: float = 0.3
    """Standard deviation of the codes at initialization."""
    known_share: float = 0.3
    """Share of the missing bars whose pitches are given in training, and of those whose rhythm is."""
    word_dropout: float = 0.2
    """Share of the decoder's input tokens that are hidden, so that it relies on the codes."""
    steps: int = 6000
    batch_size: int = 32
    """Phrases a step."""
    learning_rate: float = 1e-3
    ema_decay: float = 0.998
    """Weights are averaged over about 1 / (1 − decay) steps; the average is what is saved."""
    evaluate_every: int = 500
    """Steps between validations and checkpoints."""
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("sketch", self, WIDTH, 1, "pitch_size", "rhythm_size", "embedding_size", "encoder_size")
        check_size("sketch", self, WIDTH, 1, "summary_size", "decoder_size", "unfold_size", "feature_size")
        check_size("sketch", self, WIDTH, 1, "width")
        check_size("sketch", self, DEPTH, 1, "layers")
        check_at_least("sketch", self, 1, "steps", "batch_size", "evaluate_every")
        check_at_least("sketch", self, 0, "beta", "seed")
        check_above_zero("sketch", self, "learning_rate", "initial_std")
        check_share("sketch", self, "ema_decay", "known_share", "word_dropout")
        if self.width % 32:
            raise ConfigError(f"sketch.width must be a multiple of 32, not {self.width}.")
