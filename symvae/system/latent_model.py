"""A trained model: music ↔ phrases on its grid ↔ token ids ↔ z.

`symvae.system.sampling` adds draws from the prior, `symvae.system.symvae` all other musical verbs. What a
user gives is checked here; the batches run in `symvae.system.codec`.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import torch
from jaxtyping import Int
from torch import Tensor

from symvae.arguments import checked
from symvae.errors import ArgumentError, LatentError, MidiError
from symvae.music.arrangement import AnyPhrase
from symvae.music.io.source import Music, name_of, only, phrases_of, pieces
from symvae.music.phrase import DEFAULT_TEMPO_QPM
from symvae.music.reading import Reading
from symvae.music.song import Song
from symvae.music.trio_reading import trio_windows
from symvae.music.windows import ending, windows
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.codec import one_each
from symvae.system.draws import check_temperature, check_top_p, seeded
from symvae.system.model_parts import ModelParts
from symvae.tokens.sequence import decoded

#: Latents, ``(batch, latent)``: a tensor, an array or a list.
Latents: TypeAlias = Any


@checked
class LatentModel(ModelParts):
    """Encoder and decoder of a trained model.

    Where a method takes a phrase, it takes any music that `symvae.read` takes: several phrases are all
    windows of the model's grid in it, one phrase is the first of them.
    """

    def read(self, music: Music | Iterable[Music]) -> list[AnyPhrase]:
        """Read music as the model takes it.

        Args:
            music: a file, an object of another library, tokens of the model's tokenizer, phrases, or several.

        Returns:
            Phrases as they are, and of all other music every window of the model's grid.

        Raises:
            MidiError: a piece cannot be read, or has no such window.
            ArgumentError: it is of a type that holds no music.
        """
        return phrases_of(decoded(music, self.tokenizer), self._windows)

    def _windows(self, song: Song) -> Sequence[AnyPhrase]:
        tokens = self.tokenizer
        lack = f"no window of {self.grid.bars} bars of {self.grid.metre}"
        if tokens.part_names:
            return self._some(trio_windows(song, self.grid).reading, song, lack)
        found = windows(
            song,
            self.grid,
            polyphonic=tokens.polyphonic,
            pitch_range=tokens.pitch_range,
            drums=tokens.drums,
        )
        return self._some(found, song, lack)

    def _ending(self, song: Song) -> Sequence[AnyPhrase]:
        most = self.grid.with_bars(max(1, self.grid.bars // 2))
        found = ending(song, most, pitch_range=self.tokenizer.pitch_range, drums=self.tokenizer.drums)
        return self._some(found, song, f"no music in {self.grid.metre} to continue")

    def _some(self, reading: Reading, song: Song, lack: str) -> Sequence[AnyPhrase]:
        if reading.phrases:
            return reading.phrases
        reasons = "; ".join(map(str, reading.dropped)) or "it holds no notes"
        raise MidiError(f"{name_of(song)} has {lack} ({reasons}). Choose other music, or another model.")

    def _one(self, music: Music, read: Callable[[Song], Sequence[AnyPhrase]] | None = None) -> AnyPhrase:
        """The first phrase of one piece."""
        piece = only(pieces(decoded(music, self.tokenizer)))
        return phrases_of(piece, read or self._windows)[0]

    def to_ids(self, phrases: Music | Iterable[Music]) -> Int[Tensor, "batch bar position"]:
        """Tokenize phrases.

        Args:
            phrases: one phrase or several on the model's grid, or any other music.

        Returns:
            Token ids, ``(batch, bar, position)``. `PhraseError` for another grid.
        """
        return self.codec.to_ids(self.read(phrases))

    def to_phrases(
        self, ids: Int[Tensor, "batch bar position"], tempo_qpm: float | Iterable[float] = DEFAULT_TEMPO_QPM
    ) -> list[AnyPhrase]:
        """Decode token ids to phrases.

        Args:
            ids: token ids, ``(batch, bar, position)``.
            tempo_qpm: quarter notes a minute, one for all or one each, where ids carry no tempo.

        Returns:
            One phrase for each row. `PhraseError` for another number of tempos.
        """
        return self.codec.to_phrases(ids, tempo_qpm)

    def encode(self, phrases: Music | Iterable[Music]) -> DiagonalGaussian:
        """Encode phrases.

        Args:
            phrases: one phrase or several on the model's grid, or any other music.

        Returns:
            The posterior over z, ``(batch, latent)``. `PhraseError` for another grid.
        """
        return self.codec.encode(self.read(phrases))

    def decode(
        self,
        z: Latents,
        *,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int = 0,
        tempo_qpm: float | Iterable[float] | None = None,
    ) -> list[AnyPhrase]:
        """Decode z to phrases.

        Args:
            z: latents, ``(batch, latent)``, as a tensor, an array or a list.
            temperature: 0 takes the most likely token at each step, 1 draws from the decoder's distribution.
            top_p: draw from the smallest set of tokens with this total probability (nucleus sampling).
            seed: the same seed draws the same notes.
            tempo_qpm: quarter notes a minute, one for all or one each; None for that of z or the default.

        Returns:
            One phrase for each latent; raises as `decode_ids`.
        """
        phrases = self.to_phrases(self.decode_ids(z, temperature=temperature, top_p=top_p, seed=seed))
        if tempo_qpm is None:
            return phrases
        tempos = one_each(tempo_qpm, len(phrases))
        return [phrase.with_tempo(qpm) for phrase, qpm in zip(phrases, tempos, strict=True)]

    def decode_ids(
        self, z: Latents, *, temperature: float = 0.0, top_p: float = 1.0, seed: int = 0
    ) -> Int[Tensor, "batch bar position"]:
        """Decode z to token ids.

        Args:
            z: latents, ``(batch, latent)``, as a tensor, an array or a list.
            temperature, top_p, seed: as in `decode`.

        Returns:
            Token ids, ``(batch, bar, position)``.

        Raises:
            LatentError: z has another shape or values that are not finite, or a setting is out of range.
        """
        z = _latents(z)
        if z.ndim != 2 or z.shape[1] != self.latent_size:
            raise LatentError(
                f"{self.name} decodes latents (batch, {self.latent_size}), not {tuple(z.shape)}."
            )
        check_temperature("temperature", temperature)
        check_top_p(top_p)
        return self.codec.decode_ids(z, temperature=temperature, top_p=top_p, generator=seeded(seed))


def _latents(z: Latents) -> Tensor:
    try:
        return torch.as_tensor(z, dtype=torch.float32)
    except (TypeError, ValueError, RuntimeError):
        raise ArgumentError(f"z is a tensor (batch, latent), an array or a list, not {z!r:.60}.") from None
