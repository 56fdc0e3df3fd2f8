"""Conductor: z → one embedding for each bar; the bars are decoded in parallel.

    z ─ linear ─┬────────────────────(+)─ embedding of each bar ─ BarDecoder ─ ids
                └─ LSTM over bars ────┘

No token of one bar is an input of another: long-term structure has to pass through the conductor (Roberts
et al. 2018, arXiv 1803.05428, section 3.2). The linear part mirrors the encoder's projection; the residual
of the LSTM starts at zero.
"""

from collections.abc import Sequence
from typing import Protocol, TypeAlias, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.models.phrase.bar_decoder import BarDecoder
from symvae.models.phrase.code_map import latent_to_codes
from symvae.models.phrase.part_bar_decoder import PartBarDecoder
from symvae.models.phrase.set_bar_decoder import SetBarDecoder
from symvae.models.phrase.token_bar_decoder import TokenBarDecoder
from symvae.nn.recurrent import LSTM

AnyBarDecoder: TypeAlias = BarDecoder | TokenBarDecoder | SetBarDecoder | PartBarDecoder


@runtime_checkable
class Decoder(Protocol):
    """Interface of decoders: z → token ids."""

    def __call__(
        self,
        z: Float[Tensor, "batch latent"],
        ids: Int[Tensor, "batch bar position"],
        dropped: Bool[Tensor, "batch bar position"] | None = None,
    ) -> Float[Tensor, "batch bar position vocabulary"]: ...

    def generate(
        self,
        z: Float[Tensor, "batch latent"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "batch bar position"]:
        """Decode z, each token fed back as the next input.

        Args:
            z: latents, ``(batch, latent)``.
            temperature: 0 takes the most likely token, 1 draws from the distribution.
            top_p: draw from the smallest set of tokens with this total probability.
            generator: source of the draws.

        Returns:
            Token ids.
        """


class Conductor(nn.Module):
    """z → one embedding for each bar.

    Args:
        latent_size: coordinates of z.
        bars: bars in a phrase.
        hidden_size: hidden units of the LSTM over bars; 0 for a linear map only (one-bar models).
        code_size: width of an embedding.
        faders: how many of the first coordinates of z start without effect.
        part_sizes: as of `latent_to_codes`; the residual of the LSTM reads and writes all parts.
    """

    def __init__(
        self,
        *,
        latent_size: int,
        bars: int,
        hidden_size: int,
        code_size: int,
        faders: int = 0,
        part_sizes: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.bars = bars
        self.unfold = latent_to_codes(
            bars=bars, code_size=code_size, latent_size=latent_size, part_sizes=part_sizes
        )
        if faders:
            nn.init.zeros_(self.unfold.weight[:, :faders])
        self.lstm = LSTM(code_size, hidden_size) if hidden_size else None
        if hidden_size:
            self.correct = nn.Linear(hidden_size, code_size)
            nn.init.zeros_(self.correct.weight)
            nn.init.zeros_(self.correct.bias)

    def forward(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch bar code"]:
        plan = self.unfold(z).view(len(z), self.bars, -1)
        return plan + self.correct(self.lstm(plan)[0]) if self.lstm is not None else plan


@runtime_checkable
class DirectDecoder(Protocol):
    """A decoder that scores phrases without logits of every token."""

    def nats(
        self,
        z: Float[Tensor, "batch latent"],
        ids: Int[Tensor, "batch bar position"],
        dropped: Bool[Tensor, "batch bar position"] | None = None,
    ) -> Float[Tensor, " batch"]:
        """Score phrases.

        Args:
            z: latents.
            ids: true tokens.
            dropped: input tokens that are hidden.

        Returns:
            Negative log likelihood of each phrase, in nats.
        """


class HierarchicalDecoder(nn.Module):
    """Conductor, then the decoder of bars."""

    def __init__(self, conductor: Conductor, bar_decoder: AnyBarDecoder) -> None:
        super().__init__()
        self.conductor = conductor
        self.bar = bar_decoder

    def forward(
        self,
        z: Float[Tensor, "batch latent"],
        ids: Int[Tensor, "batch bar position"],
        dropped: Bool[Tensor, "batch bar position"] | None = None,
    ) -> Float[Tensor, "batch bar position vocabulary"]:
        """Predict every token under teacher forcing.

        Args:
            z: latents.
            ids: true tokens; each position sees those before it in its bar.
            dropped: input tokens that are hidden.

        Returns:
            Logits of every token.
        """
        code = self.conductor(z)
        rows = self.bar(
            code.flatten(0, 1), ids.flatten(0, 1), None if dropped is None else dropped.flatten(0, 1)
        )
        return rows.view(*ids.shape, -1)

    def generate(
        self,
        z: Float[Tensor, "batch latent"],
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "batch bar position"]:
        """Decode z, each token fed back as the next input.

        Args:
            z: latents, ``(batch, latent)``.
            temperature: 0 takes the most likely token, 1 draws from the distribution.
            top_p: draw from the smallest set of tokens with this total probability.
            generator: source of the draws.

        Returns:
            Token ids.
        """
        code = self.conductor(z)
        rows = self.bar.generate(code.flatten(0, 1), temperature, top_p, generator)
        return rows.view(len(z), self.conductor.bars, -1)


class ScoringDecoder(HierarchicalDecoder):
    """Conductor, then a decoder that scores bars as sets or as parts: a `DirectDecoder`."""

    def nats(
        self,
        z: Float[Tensor, "batch latent"],
        ids: Int[Tensor, "batch bar position"],
        dropped: Bool[Tensor, "batch bar position"] | None = None,
    ) -> Float[Tensor, " batch"]:
        """Score phrases.

        Args:
            z: latents.
            ids: true tokens.
            dropped: input tokens that are hidden.

        Returns:
            Negative log likelihood of each phrase, in nats.
        """
        assert isinstance(self.bar, SetBarDecoder | PartBarDecoder)
        hidden = None if dropped is None else dropped.flatten(0, 1)
        each = self.bar.nats(self.conductor(z).flatten(0, 1), ids.flatten(0, 1), hidden)
        return each.view(len(z), -1).sum(1)
