"""Networks of one bar of several parts, from the sizes of a config.

The sizes of a config are those of the drums, whose networks start from a drum model. The networks of the
other parts are a share of it in width; the melody has the most to encode, the bass the least.
"""

from typing import Any

from symvae.config.model import ModelConfig
from symvae.errors import ConfigError
from symvae.models.phrase.bar_decoder import BarDecoder
from symvae.models.phrase.bar_encoder import BarEncoder
from symvae.models.phrase.part_bar_decoder import PartBarDecoder
from symvae.models.phrase.part_bar_encoder import PartBarEncoder
from symvae.models.phrase.part_layout import PartLayout
from symvae.music.arrangement import BASS, DRUMS, MELODY
from symvae.tokens.parts import ABSENT, PartIds, PartTokenizer
from symvae.tokens.tokenizer import Tokenizer

#: Width of the networks of each part as a share of the config's, in eighths.
_WIDTHS = {MELODY: 9, BASS: 5, DRUMS: 8}
#: Share of each part in the code of a bar, in 21st.
_CODES = {MELODY: 8, BASS: 5, DRUMS: 8}


def _layout(tokens: PartTokenizer) -> PartLayout:
    ids = tuple(tuple(part.ids.tolist()) for part in tokens.parts)
    return PartLayout(tokens.steps, ids, tuple(map(tuple, tokens.own_ids.tolist())), ABSENT)


def _scaled(width: int, part: str) -> int:
    """Width of a layer of a part; shares are multiples of 16, which processors multiply fast, or small."""
    share = -(-width * _WIDTHS[part] // 8)
    return share if share in (width, *range(17)) else -(-share // 16) * 16


def _code_sizes(config: ModelConfig) -> list[int]:
    """Coordinates of each part's code; the last part has what is left."""
    whole = sum(_CODES.values())
    melody, bass = (max(1, config.code_size * _CODES[name] // whole) for name in (MELODY, BASS))
    return [melody, bass, config.code_size - melody - bass]


def latent_parts(config: ModelConfig, tokens: Tokenizer) -> list[int]:
    """Widths of the parts in a bar's code, where each part has coordinates of z of its own; else none.

    Raises:
        ConfigError: The music has one part, or z cannot be divided among its parts.
    """
    if not config.latent_by_part:
        return []
    if not isinstance(tokens, PartTokenizer):
        raise ConfigError(
            f"model.latent_by_part is for music of several parts, and {tokens.name} has one. Set it to false."
        )
    parts = len(tokens.part_names)
    if over := config.latent_size % parts:
        raise ConfigError(
            f"model.latent_by_part divides model.latent_size by {parts}, and it is {config.latent_size}. "
            f"Set it to {config.latent_size - over + parts}."
        )
    return _code_sizes(config)


def _common(tokens: PartTokenizer, part: PartIds, code_size: int) -> dict[str, Any]:
    return {
        "vocabulary_size": part.tokenizer.vocabulary_size,
        "positions": tokens.steps,
        "code_size": code_size,
        "bits": part.bits,
    }


def part_encoder(config: ModelConfig, tokens: PartTokenizer) -> PartBarEncoder:
    """Build the encoder of one bar of all parts."""
    encoders = [
        BarEncoder(
            **_common(tokens, part, code_size),
            embedding_size=_scaled(config.embedding_size, part.name),
            hidden_size=_scaled(config.encoder_size, part.name),
            summary_size=_scaled(config.summary_size, part.name),
            initial_std=config.initial_std,
        )
        for part, code_size in zip(tokens.parts, _code_sizes(config), strict=True)
    ]
    return PartBarEncoder(
        encoders,
        layout=_layout(tokens),
        summary_size=max(2, config.summary_size // 2),
        absent_std=config.initial_std,
    )


def part_decoder(config: ModelConfig, tokens: PartTokenizer) -> PartBarDecoder:
    """Build the decoder of one bar of all parts."""
    code_sizes = _code_sizes(config)
    decoders = [
        BarDecoder(
            **_common(tokens, part, code_size),
            embedding_size=_scaled(config.embedding_size, part.name),
            hidden_size=_scaled(config.decoder_size, part.name),
            unfold_size=_scaled(config.unfold_size, part.name),
            feature_size=_scaled(config.feature_size, part.name),
        )
        for part, code_size in zip(tokens.parts, code_sizes, strict=True)
    ]
    return PartBarDecoder(decoders, code_sizes=code_sizes, layout=_layout(tokens))
