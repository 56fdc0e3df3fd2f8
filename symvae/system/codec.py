"""Phrases ↔ token ids ↔ z, in batches, on a device: the only place where a model's network is run for use.

The network works on the codec's device; whatever comes back is on the CPU. Random draws take a generator
of the CPU, so that a seed draws the same numbers on every device.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.errors import LatentError, PhraseError
from symvae.models.phrase.fast_decoder import Generator, fast_decoder
from symvae.models.phrase.vae import VAE
from symvae.music.arrangement import AnyPhrase, Arrangement
from symvae.music.grid import Grid
from symvae.music.phrase import DEFAULT_TEMPO_QPM, Phrase
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.repeats import equal_rows, repeat_bars
from symvae.tokens.tokenizer import Tokenizer

#: Phrases in one pass of the network: enough to be fast, few enough for any memory.
_BATCH = 512


class Codec:
    """Encoder and decoder of a trained model with its tokenizer."""

    def __init__(
        self, vae: VAE, tokenizer: Tokenizer, grid: Grid, device: torch.device, *, name: str = "The model"
    ) -> None:
        """
        Args:
            vae: the network; it is moved to ``device``, and its weights must not change afterwards.
            tokenizer: the vocabulary that the network was trained on.
            grid: bars and metre of each phrase.
            device: where the network computes (`symvae.system.device.find_device`).
            name: the model's name, for error messages.
        """
        self.vae = vae.to(device)
        self.tokenizer = tokenizer
        self.grid = grid
        self.device = device
        self.name = name

    @cached_property
    def _generator(self) -> Generator:
        return fast_decoder(self.vae.decoder)

    def check_grid(self, phrases: Sequence[AnyPhrase]) -> None:
        """Refuse phrases on another grid than the model's.

        Raises:
            PhraseError: the number of bars or the metre differs.
        """
        for phrase in phrases:
            if phrase.grid != self.grid:
                raise PhraseError(
                    f"{self.name} takes {self.grid.bars} bars of {self.grid.metre}, this phrase has "
                    f"{phrase.grid.bars} of {phrase.grid.metre}. Read it with grid=model.grid."
                )

    def to_ids(self, phrases: AnyPhrase | Sequence[AnyPhrase]) -> Int[Tensor, "batch bar position"]:
        """Tokenize phrases; a single phrase is a batch of one.

        Raises:
            PhraseError: there is no phrase, or one is on another grid.
        """
        phrases = [phrases] if isinstance(phrases, Phrase | Arrangement) else phrases
        self.check_grid(phrases)
        if not phrases:
            raise PhraseError("There is no phrase to encode. Give at least one.")
        return torch.from_numpy(np.stack([self.tokenizer.encode_phrase(p) for p in phrases]).astype(np.int64))

    def to_phrases(
        self, ids: Int[Tensor, "batch bar position"], tempo_qpm: float | Iterable[float] = DEFAULT_TEMPO_QPM
    ) -> list[AnyPhrase]:
        """Decode token ids to phrases.

        ``tempo_qpm`` (quarter notes a minute, one for all or one each) counts where the ids carry no tempo,
        as those of melodies.

        Raises:
            PhraseError: there are more or fewer tempos than phrases.
        """
        tempos = one_each(tempo_qpm, len(ids))
        return [
            self.tokenizer.decode_ids(rows, tempo_qpm=tempo)
            for rows, tempo in zip(ids.numpy(), tempos, strict=True)
        ]

    def encode(self, phrases: AnyPhrase | Sequence[AnyPhrase]) -> DiagonalGaussian:
        """Return the posterior over z of each phrase; raises as `to_ids`."""
        return self.encode_ids(self.to_ids(phrases))

    @torch.no_grad()
    def encode_ids(self, ids: Int[Tensor, "batch bar position"]) -> DiagonalGaussian:
        """Return the posterior over z of each row of token ids."""
        parts = [self.vae.encoder(rows.to(self.device)) for rows in ids.split(_BATCH)]
        mean, log_std = torch.cat([p.mean for p in parts]), torch.cat([p.log_std for p in parts])
        return DiagonalGaussian(mean.cpu(), log_std.cpu())

    @torch.no_grad()
    def decode_ids(
        self,
        z: Float[Tensor, "batch latent"],
        *,
        temperature: float = 0.0,
        top_p: float = 1.0,
        generator: torch.Generator | None = None,
        equal: Int[Tensor, "batch bar"] | None = None,
    ) -> Int[Tensor, "batch bar position"]:
        """Decode z to token ids, each token fed back as the next input.

        Bars that are equal at temperature 0 are equal at every temperature: they share the draws.

        Args:
            z: latents, ``(batch, latent)``, on any device.
            temperature: 0 takes the most likely token, 1 draws from the decoder's distribution.
            top_p: draw from the smallest set of tokens with this total probability.
            generator: source of the draws, on the CPU; not used at temperature 0.
            equal: a number for each bar, the same for bars that shall be equal; None leaves this to z.

        Returns:
            Token ids, ``(batch, bar, position)``.

        Raises:
            LatentError: there is no latent, or one holds values that are not finite.
        """
        if not len(z):
            raise LatentError("There is no latent to decode. Give at least one.")
        z = z.float()
        if not torch.isfinite(z).all():
            raise LatentError("A latent holds values that are not finite. Encode the phrase again.")
        if temperature > 0 and equal is None:
            equal = equal_rows(self.decode_ids(z))
        parts = [
            self._generator.generate(rows.to(self.device), temperature, top_p, generator)
            for rows in z.split(_BATCH)
        ]
        ids = torch.cat(parts).cpu()
        return ids if equal is None else repeat_bars(ids, equal)

    @torch.no_grad()
    def decode_forced(
        self, z: Float[Tensor, "batch latent"], ids: Int[Tensor, "batch bar position"]
    ) -> Int[Tensor, "batch bar position"]:
        """Predict each token, greedily, from z and the true tokens before it (teacher forcing)."""
        return torch.cat([logits.argmax(-1).cpu() for logits in self._forced_logits(z, ids)])

    @torch.no_grad()
    def log_probability(
        self, z: Float[Tensor, "batch latent"], ids: Int[Tensor, "batch bar position"]
    ) -> Iterator[Float[Tensor, "bar position vocabulary"]]:
        """Yield, phrase by phrase, the log probability of every token given z and the tokens before it."""
        for logits in self._forced_logits(z, ids):
            yield from logits.float().log_softmax(-1).cpu()

    def _forced_logits(
        self, z: Float[Tensor, "batch latent"], ids: Int[Tensor, "batch bar position"]
    ) -> Iterator[Float[Tensor, "row bar position vocabulary"]]:
        for some, rows in zip(z.split(_BATCH), ids.split(_BATCH), strict=True):
            yield self.vae.decoder(some.to(self.device), rows.to(self.device))


def one_each(tempo_qpm: float | Iterable[float], count: int) -> Sequence[float]:
    """Return ``count`` tempos, in quarter notes a minute: one repeated, or as many as were given.

    Raises:
        PhraseError: there are more or fewer tempos than phrases.
    """
    tempos = list(tempo_qpm) if isinstance(tempo_qpm, Iterable) else [tempo_qpm] * count
    if len(tempos) != count:
        raise PhraseError(
            f"There are {len(tempos)} tempos for {count} phrases. Give one for all, or one each."
        )
    return tempos
