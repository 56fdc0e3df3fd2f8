"""Section ``model``: the grid of the phrases and the sizes of the network."""

from dataclasses import dataclass

from symvae.config.checks import check_above_zero, check_choice, check_distinct, check_size
from symvae.config.limits import DEPTH, WIDTH
from symvae.errors import ConfigError


@dataclass(frozen=True)
class ModelConfig:
    """Grid of the phrases, family of the music, sizes of the network."""

    metre: str = "4/4"
    """Time signature of the grid, one of `symvae.music.metre.METRES`."""
    bars: int = 2
    """Bars of a phrase."""
    positions: int = 16
    """Tokens of a bar, padding included."""
    tokenizer: str = "melody"
    """Family of the music: "melody" (one token a sixteenth), "piano" (REMI tokens, polyphonic),
    "piano-grid" (the notes of each sixteenth as a set) or another of
    `symvae.system.families`."""
    vocabulary_size: int = 90
    """Size of the vocabulary; that of the shards must agree."""
    latent_size: int = 128
    """Coordinates of z."""
    decoder: str = "hierarchical"
    """"hierarchical" (conductor, bars decoded side by side) or "flat" (one LSTM over all tokens)."""
    embedding_size: int = 64
    """Width of the token embeddings, in encoder and decoder."""
    encoder_size: int = 256
    """Hidden units of the bar BiLSTM, each direction."""
    summary_size: int = 512
    """Width of a bar's summary."""
    code_size: int = 64
    """Coordinates of a bar's code, and of the conductor's embedding of a bar."""
    phrase_size: int = 128
    """Hidden units of the BiLSTM over bars, each direction; 0 for none."""
    conductor_size: int = 256
    """Hidden units of the conductor's LSTM; 0 for a linear conductor."""
    decoder_size: int = 384
    """Hidden units of the decoder's LSTM."""
    unfold_size: int = 768
    """Width of the layers that unfold a bar's embedding into positions."""
    feature_size: int = 128
    """Width of the feature of each position."""
    faders: tuple[str, ...] = ()
    """Attributes that have a coordinate of z each: the first ones, in this order."""
    initial_std: float = 0.3
    """Standard deviation of the posterior before training; a narrow one does not collapse."""
    latent_by_part: bool = False
    """Each part of the music has an equal share of z for itself, in the order of the parts; else the parts
    share all coordinates."""

    def __post_init__(self) -> None:
        check_choice("model.decoder", self.decoder, ("hierarchical", "flat"))
        check_size("model", self, DEPTH, 1, "bars")
        check_size("model", self, WIDTH, 1, "positions", "vocabulary_size", "latent_size")
        check_size("model", self, WIDTH, 1, "embedding_size", "encoder_size", "summary_size", "code_size")
        check_size("model", self, WIDTH, 1, "decoder_size", "unfold_size", "feature_size")
        check_size("model", self, WIDTH, 0, "phrase_size", "conductor_size")
        check_above_zero("model", self, "initial_std")
        check_distinct("model.faders", self.faders)
        if self.faders and (self.latent_size <= len(self.faders) or not self.phrase_size):
            raise ConfigError(
                f"model.faders needs {len(self.faders)} coordinates of z beside those for the notes, and a "
                "BiLSTM over bars: set model.latent_size and model.phrase_size higher."
            )
        if self.latent_by_part and self.decoder != "hierarchical":
            raise ConfigError(
                f"model.latent_by_part needs codes of bars, and model.decoder is {self.decoder!r}. "
                "Set it to 'hierarchical'."
            )
        if self.latent_by_part and self.bars == 1:
            raise ConfigError(
                "model.latent_by_part is for phrases of several bars. Set it to false for one bar: longer "
                "models can start from it all the same."
            )
        if self.latent_by_part and self.faders:
            raise ConfigError(
                "model.latent_by_part leaves no coordinate of z for model.faders. Set one of the two only."
            )
