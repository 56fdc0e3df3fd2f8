"""The whole config of a genie, eight buttons that play the piano, in sections: model, objective, training."""

from dataclasses import dataclass, field

from symvae.config.checks import check_at_least, check_choice, check_share, check_size
from symvae.config.limits import DEPTH, WIDTH
from symvae.config.training import TrainingConfig

RULE, LEARNED = "rule", "learned"


@dataclass(frozen=True)
class GenieModelConfig:
    """Sizes of the networks."""

    buttons: str = RULE
    """"rule": buttons by the rank of a note among its neighbors; "learned": by an encoder."""
    notes_before: int = 192
    """Notes before each among which its rank is counted, for buttons by rule."""
    notes_after: int = 192
    """Notes after each among which its rank is counted."""
    embedding_size: int = 64
    """Width of the embedding of a key; other embeddings have a quarter of it."""
    hidden_size: int = 320
    """Units of each layer of the decoder."""
    layers: int = 2
    encoder_size: int = 128
    """Units of each direction of the encoder, where buttons are learned."""
    encoder_layers: int = 2
    dropout: float = 0.1
    """Share of units of the decoder that training leaves out."""

    def __post_init__(self) -> None:
        check_choice("model.buttons", self.buttons, (RULE, LEARNED))
        check_size("model", self, WIDTH, 4, "embedding_size", "hidden_size", "encoder_size")
        check_size("model", self, DEPTH, 1, "layers", "encoder_layers")
        check_share("model", self, "dropout")
        check_at_least("model", self, 0, "notes_before", "notes_after")


@dataclass(frozen=True)
class GenieObjectiveConfig:
    """Cross entropy of the keys + margin and contour losses of learned buttons."""

    margin: float = 1.0
    contour: float = 1.0
    notes: int = 128
    """Notes of a training excerpt."""
    no_buttons: float = 0.05
    """Share of excerpts whose buttons are hidden, so that a perplexity without buttons is known."""
    no_chord: float = 0.5
    """Share of excerpts whose chords are hidden."""
    no_tonality: float = 0.3
    """Share of excerpts whose key is hidden."""
    no_velocity: float = 0.5
    """Share of excerpts whose velocities are hidden."""

    def __post_init__(self) -> None:
        check_at_least("objective", self, 0, "margin", "contour")
        check_at_least("objective", self, 2, "notes")
        check_share("objective", self, "no_buttons", "no_chord", "no_tonality", "no_velocity")


@dataclass(frozen=True)
class GenieConfig:
    """Config of a genie and of its training."""

    name: str = "genie"
    description: str = ""
    model: GenieModelConfig = field(default_factory=GenieModelConfig)
    objective: GenieObjectiveConfig = field(default_factory=GenieObjectiveConfig)
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=4000, batch_size=32, learning_rate=2e-3, warmup_steps=100, evaluate_every=500
        )
    )
