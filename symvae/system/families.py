"""The families table: one row for each kind of music, with its tokenizer and its bar networks.

A family is named by ``model.tokenizer`` of a config. A new one takes a tokenizer
(`symvae.tokens.table`), a bar encoder and a bar decoder (`symvae.models.phrase`), a row here and a
preset. Nothing else compares a family's name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import torch

from symvae.config.checks import check_choice
from symvae.config.model import ModelConfig
from symvae.config.run import RunConfig
from symvae.errors import ConfigError
from symvae.models.phrase.bar_decoder import BarDecoder
from symvae.models.phrase.bar_encoder import BarEncoder
from symvae.models.phrase.conductor import AnyBarDecoder
from symvae.models.phrase.encoder import AnyBarEncoder
from symvae.models.phrase.part_bar_decoder import PartBarDecoder
from symvae.models.phrase.part_bar_encoder import PartBarEncoder
from symvae.models.phrase.set_bar_decoder import SetBarDecoder
from symvae.models.phrase.set_bar_encoder import SetBarEncoder
from symvae.models.phrase.set_rows import SetLayout
from symvae.models.phrase.token_bar_decoder import TokenBarDecoder
from symvae.models.phrase.token_bar_encoder import TokenBarEncoder
from symvae.music.metre import METRES
from symvae.system.part_networks import latent_parts, part_decoder, part_encoder
from symvae.tokens import piano_grid
from symvae.tokens.drums import DrumGrid
from symvae.tokens.groove import GrooveGrid
from symvae.tokens.hits import NUM_BITS
from symvae.tokens.melody_grid import MelodyGrid
from symvae.tokens.piano import PianoBars
from symvae.tokens.piano_grid import PianoGrid
from symvae.tokens.piano_vocabulary import PAD, STEPS_PER_BAR
from symvae.tokens.tokenizer import Tokenizer
from symvae.tokens.trio import TrioGrid


@dataclass(frozen=True)
class Family:
    """A kind of music and the networks that model one bar of it."""

    name: str
    """The key in `FAMILIES`."""
    tokenizer: Callable[[str], Tokenizer]
    """Builder of the tokenizer, from the metre."""
    bar_encoder: Callable[[ModelConfig], AnyBarEncoder]
    """Builder of the network that encodes one bar."""
    bar_decoder: Callable[[ModelConfig], AnyBarDecoder]
    """Builder of the network that decodes one bar."""
    music: str
    """Description of the music for model cards, "melodies"."""
    limits: str
    """Limits of the representation for model cards; ``{metre}`` stands for the model's metre."""


def _encoder_sizes(config: ModelConfig) -> dict[str, int]:
    return {
        "vocabulary_size": config.vocabulary_size,
        "embedding_size": config.embedding_size,
        "hidden_size": config.encoder_size,
        "summary_size": config.summary_size,
        "code_size": config.code_size,
    }


def _decoder_sizes(config: ModelConfig) -> dict[str, int]:
    return {
        "vocabulary_size": config.vocabulary_size,
        "positions": config.positions,
        "code_size": config.code_size,
        "embedding_size": config.embedding_size,
        "hidden_size": config.decoder_size,
        "unfold_size": config.unfold_size,
        "feature_size": config.feature_size,
    }


def _grid_encoder(config: ModelConfig) -> BarEncoder:
    return BarEncoder(**_encoder_sizes(config), positions=config.positions, initial_std=config.initial_std)


def _grid_decoder(config: ModelConfig) -> BarDecoder:
    return BarDecoder(**_decoder_sizes(config))


def _drum_encoder(config: ModelConfig) -> BarEncoder:
    return BarEncoder(
        **_encoder_sizes(config), positions=config.positions, initial_std=config.initial_std, bits=NUM_BITS
    )


def _drum_decoder(config: ModelConfig) -> BarDecoder:
    return BarDecoder(**_decoder_sizes(config), bits=NUM_BITS)


def _piano_encoder(config: ModelConfig) -> TokenBarEncoder:
    slots = PianoBars(config.metre).slots.tolist()
    return TokenBarEncoder(**_encoder_sizes(config), slots=slots, padding=PAD, initial_std=config.initial_std)


def _piano_decoder(config: ModelConfig) -> TokenBarDecoder:
    tokens = PianoBars(config.metre)
    return TokenBarDecoder(
        **_decoder_sizes(config),
        slots=tokens.slots.tolist(),
        follows=torch.from_numpy(tokens.follows),
        padding=PAD,
    )


def _set_layout() -> SetLayout:
    return SetLayout(
        padding=PAD,
        separator=piano_grid.NEXT,
        key=(piano_grid.PITCH, piano_grid.VELOCITY),
        first=(piano_grid.VELOCITY, piano_grid.DURATION),
        second=(piano_grid.DURATION, piano_grid.TEMPO),
        head=(piano_grid.TEMPO, piano_grid.VOCABULARY_SIZE),
        steps=STEPS_PER_BAR,
        positions=piano_grid.POSITIONS,
    )


def _set_encoder(config: ModelConfig) -> SetBarEncoder:
    return SetBarEncoder(
        layout=_set_layout(),
        embedding_size=config.embedding_size,
        hidden_size=config.encoder_size,
        summary_size=config.summary_size,
        code_size=config.code_size,
        initial_std=config.initial_std,
    )


def _set_decoder(config: ModelConfig) -> SetBarDecoder:
    return SetBarDecoder(
        vocabulary_size=config.vocabulary_size,
        layout=_set_layout(),
        code_size=config.code_size,
        unfold_size=config.unfold_size,
        feature_size=config.feature_size,
        hidden_size=config.decoder_size,
    )


def _trio_encoder(config: ModelConfig) -> PartBarEncoder:
    return part_encoder(config, TrioGrid(config.metre))


def _trio_decoder(config: ModelConfig) -> PartBarDecoder:
    return part_decoder(config, TrioGrid(config.metre))


MELODY = Family(
    "melody",
    MelodyGrid,
    _grid_encoder,
    _grid_decoder,
    music="melodies",
    limits=(
        "One melody line in {metre}, in sixteenths: no chords, no triplets, no dynamics. Tempo and velocity "
        "do not pass through z."
    ),
)
PIANO = Family(
    "piano",
    PianoBars,
    _piano_encoder,
    _piano_decoder,
    music="piano music (REMI tokens, up to 128 a bar, with velocity and tempo)",
    limits=(
        "Sixteenths in {metre}, up to 128 tokens a bar (about 30 notes): no triplets, no pedal, one tempo a "
        "phrase. Velocities and tempos come in 16 and 32 classes."
    ),
)
PIANO_GRID = Family(
    "piano-grid",
    PianoGrid,
    _set_encoder,
    _set_decoder,
    music="piano music (the notes of each sixteenth as a set, up to 64 a bar, with velocity and tempo)",
    limits=(
        "Sixteenths in {metre}, up to 64 notes a bar: no triplets, no pedal, one tempo a phrase. Velocities "
        "and tempos come in 32 classes each."
    ),
)

DRUMS = Family(
    "drums",
    DrumGrid,
    _drum_encoder,
    _drum_decoder,
    music="drum tracks (nine classes of the kit, sixteenths or triplets)",
    limits=(
        "One kit in {metre}, each bar in sixteenths or in triplets: nine classes, no flams. Velocities, the "
        "timing of the player and the pieces within a class do not pass through z; they are taken from the "
        "source."
    ),
)


def _no_bar_network(config: ModelConfig) -> NoReturn:
    raise ConfigError(
        "model.tokenizer 'groove' has no network of bars: hits are played one by one. "
        "Train it with `symvae train-groove`."
    )


GROOVE = Family(
    "groove",
    GrooveGrid,
    _no_bar_network,
    _no_bar_network,
    music="the timing and dynamics of drummers (nine classes of the kit, sixteenths)",
    limits=(
        "One kit in {metre}, in sixteenths: nine classes, no triplets. Of hits of one class on a sixteenth "
        "the loudest is played, and the others move with it."
    ),
)

TRIO = Family(
    "trio",
    TrioGrid,
    _trio_encoder,
    _trio_decoder,
    music="trios (a melody, a bass and drums; parts may be absent)",
    limits=(
        "A melody line, a bass line from E0 to G4 and one kit in {metre}, in sixteenths: no chords, "
        "no triplets, no flams. Tempo, velocities, programs and the pieces of the kit do not pass through z."
    ),
)

FAMILIES: dict[str, Family] = {each.name: each for each in (MELODY, PIANO, PIANO_GRID, DRUMS, GROOVE, TRIO)}


def family(name: str) -> Family:
    """Look up a family by its name; raises `ConfigError` for an unknown one.

    Raises:
        ConfigError: There is no family of this name.
    """
    if name not in FAMILIES:
        raise ConfigError(f"model.tokenizer is {' or '.join(map(repr, FAMILIES))}, not {name!r}.")
    return FAMILIES[name]


def check_family(config: RunConfig) -> None:
    """Refuse a metre without a grid, and a choice that does not suit the family of a model.

    Raises:
        ConfigError: The metre or the family is unknown, z is divided among parts that this family does not
            have, or the objective needs tokens at fixed positions or rows that never end early, and this
            family has neither.
    """
    check_choice("model.metre", config.model.metre, tuple(METRES))
    tokenizer = family(config.model.tokenizer).tokenizer(config.model.metre)
    latent_parts(config.model, tokenizer)
    if tokenizer.padding is not None and config.objective.sampling_rate:
        raise ConfigError(
            f"objective.sampling_rate must be 0 for {tokenizer.name}: a bar's own tokens may end it too "
            "early to learn from. Set objective.word_dropout instead."
        )
    if config.data.exchange and not tokenizer.drums and not tokenizer.part_names:
        raise ConfigError(
            f"data.exchange must be 0 for {tokenizer.name}: only drums and parts are exchanged."
        )
    if config.data.splice and not tokenizer.part_names:
        raise ConfigError(f"data.splice must be 0 for {tokenizer.name}: only parts are spliced.")
    if not tokenizer.on_grid and config.objective.regularization == "glsr":
        raise ConfigError(
            f"objective.regularization 'glsr' reads tokens at fixed places, and a {tokenizer.name}'s bar has "
            "none. Choose another."
        )
