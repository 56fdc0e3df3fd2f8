"""SketchVAE: bars of a line as two Gaussian codes, of their pitches and of their rhythm, and an inpainter.

    ids ─┬─ order of the events ─ BiLSTM ─ code of pitches ─┐
         └─ their pattern ─────── BiLSTM ─ code of rhythm ──┴─ inpainter over bars ─ bar decoder ─ ids

After Music SketchNet (Chen et al. 2020, arXiv 2008.01291). Departures: the inpainter is a transformer over
all bars, and it is trained with encoder and decoder on the tokens of the missing bars, not on the distance
to their codes, of which a mean would be expected; codes may be copied from known bars.

It handles ids and knows no pitch or rhythm.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.models.phrase.bar_decoder import BarDecoder
from symvae.models.phrase.bar_encoder import BarEncoder
from symvae.models.sketch.factors import EVENT, order_of, pattern_of
from symvae.models.sketch.inpainter import Codes, Inpainter, Known, Predicted
from symvae.nn.gaussian import DiagonalGaussian


class Posteriors(NamedTuple):
    """Posteriors of the codes of bars, a row for each bar of each phrase."""

    pitch: DiagonalGaussian
    rhythm: DiagonalGaussian

    def means(self, bars: int) -> Codes:
        """Codes of phrases of ``bars`` bars: the means."""
        return Codes(*(each.mean.unflatten(0, (-1, bars)) for each in self))


class Filled(NamedTuple):
    """Predictions of a sketch model in training."""

    logits: Float[Tensor, "row position vocabulary"]
    """Of every token under teacher forcing, a row for each bar of each phrase, from new codes."""
    predicted: Predicted


class SketchVAE(nn.Module):
    """Encoders of pitches and rhythm, inpainter over bars, decoder of bars.

    Args:
        vocabulary_size: number of token ids.
        positions: tokens in a bar.
        pitch_size: width of the code of a bar's pitches.
        rhythm_size: width of the code of a bar's rhythm.
        embedding_size: width of a token embedding.
        encoder_size: hidden units of each encoder's LSTM, each direction.
        summary_size: width of a bar's summary in the encoders.
        decoder_size: hidden units of the decoder's LSTM.
        unfold_size: width of the layers that unfold the codes of a bar.
        feature_size: width of the feature of a position.
        width: width of a bar in the inpainter.
        layers: blocks of the inpainter.
        initial_std: standard deviation of the codes at initialization.
    """

    def __init__(
        self,
        *,
        vocabulary_size: int,
        positions: int,
        pitch_size: int,
        rhythm_size: int,
        embedding_size: int,
        encoder_size: int,
        summary_size: int,
        decoder_size: int,
        unfold_size: int,
        feature_size: int,
        width: int,
        layers: int,
        initial_std: float = 0.3,
    ) -> None:
        super().__init__()
        self.pitch, self.rhythm = (
            BarEncoder(
                vocabulary_size=ids,
                positions=positions,
                embedding_size=embedding_size,
                hidden_size=encoder_size,
                summary_size=summary_size,
                code_size=size,
                initial_std=initial_std,
            )
            for ids, size in ((vocabulary_size, pitch_size), (EVENT + 1, rhythm_size))
        )
        self.inpainter = Inpainter(pitch_size=pitch_size, rhythm_size=rhythm_size, width=width, layers=layers)
        self.decoder = BarDecoder(
            vocabulary_size=vocabulary_size,
            positions=positions,
            code_size=pitch_size + rhythm_size,
            embedding_size=embedding_size,
            hidden_size=decoder_size,
            unfold_size=unfold_size,
            feature_size=feature_size,
        )

    def encode(self, ids: Int[Tensor, "batch bar position"]) -> Posteriors:
        """Encode each bar by itself."""
        return self.encode_factors(order_of(ids), pattern_of(ids))

    def encode_factors(
        self, order: Int[Tensor, "batch bar position"], pattern: Int[Tensor, "batch bar position"]
    ) -> Posteriors:
        """Encode the two factors of bars, which need not come from the same music.

        Args:
            order: events of each bar from the left, then 0.
            pattern: places of each bar.

        Returns:
            Posteriors of the codes.
        """
        codes = (self.pitch(order), self.rhythm(pattern))
        return Posteriors(
            *(DiagonalGaussian(each.mean.flatten(0, 1), each.log_std.flatten(0, 1)) for each in codes)
        )

    def forward(
        self,
        ids: Int[Tensor, "batch bar position"],
        codes: Codes,
        known: Known,
        dropped: Bool[Tensor, "row position"] | None = None,
    ) -> Filled:
        """Predict every token of all bars under teacher forcing, from the codes that are known.

        Args:
            ids: true tokens.
            codes: codes of all bars; unknown ones are ignored.
            known: masks of the known ones.
            dropped: input tokens of the decoder that are hidden.

        Returns:
            Logits, and the predictions of the codes.
        """
        predicted = self.inpainter.predict(codes, known)
        embedding = torch.cat(predicted.new, dim=-1).flatten(0, 1)
        return Filled(self.decoder(embedding, ids.flatten(0, 1), dropped), predicted)

    def bars(
        self,
        codes: Codes,
        known: Known,
        temperature: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "batch bar code"]:
        """Return the embeddings of all bars for the decoder, the unknown codes filled in.

        Args:
            codes: codes of all bars; unknown ones are ignored.
            known: masks of the known ones.
            temperature: of the choice between new codes and copies; 0 takes the likeliest.
            generator: source of the draws; not used at temperature 0.

        Returns:
            Embeddings.
        """
        return torch.cat(self.inpainter(codes, known, temperature, generator), dim=-1)
