"""A trained model: paths between phrases, and squares between four.

`symvae.system.symvae` adds the other musical verbs.
"""

from typing import Any

import numpy as np

from symvae.arguments import checked
from symvae.errors import LatentError
from symvae.latent import interpolate
from symvae.music.arrangement import AnyPhrase
from symvae.music.io.source import Music
from symvae.system.draws import seeded
from symvae.system.latent_model import LatentModel
from symvae.system.morph import Morph, morph, morph_corners
from symvae.system.part_morph import morph_parts

#: Kinds of paths between two phrases.
PATHS = ("search", "slerp", "lerp")


@checked
class PathModel(LatentModel):
    """Interpolation by a trained model."""

    def interpolate(
        self,
        a: Music,
        b: Music,
        steps: int = 7,
        *,
        path: str | None = None,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[AnyPhrase]:
        """Interpolate between two phrases.

        Args:
            a, b: the two ends.
            steps: number of phrases, both ends among them.
            path: "search" (`morph`: each step is a melody, the ends are exact), "slerp" (on the sphere of the
                prior) or "lerp" (on the straight line), whose ends are reconstructions; by default the first
                where the model has a language model, else the second.
            temperature: as in `decode`; of "slerp" and "lerp".
            seed: as in `decode`; of "search" as in `morph`.

        Returns:
            ``steps`` phrases; the tempo changes in equal steps.
        """
        if self.path_of(path, temperature) == "search":
            return self.morph(a, b, steps, seed=seed).phrases
        a, b = self._one(a), self._one(b)
        start, end = self.encode([a, b]).mean
        z = interpolate.path(start, end, steps, kind=self.path_of(path, temperature))
        tempos = [float(qpm) for qpm in np.linspace(a.tempo_qpm, b.tempo_qpm, steps)]
        phrases = self.to_phrases(self.decode_ids(z, temperature=temperature, seed=seed), tempos)
        return [
            self.tokenizer.restore(each, a if 2 * step < steps else b) for step, each in enumerate(phrases)
        ]

    def morph(
        self,
        a: Music,
        b: Music,
        steps: int = 7,
        *,
        keep: str | None = None,
        in_key: bool = False,
        tunes: tuple[AnyPhrase, AnyPhrase] | None = None,
        seed: int = 0,
    ) -> Morph:
        """Search an even path between two melodies on which every step is a melody.

        Args:
            a, b: the two ends; phrases may be longer than the model's grid, both equally long.
            steps: number of phrases, both ends among them.
            keep: "rhythm" or "pitch" of ``a``, which all phrases keep.
            in_key: transpose ``b`` to the notes of the key of ``a``; the last phrase alone is in its own key.
                Not together with ``keep="pitch"``.
            tunes: the whole tunes, in which the keys are found; by default ``a`` and ``b`` themselves.
            seed: 0 finds the cheapest path, and each other one another.

        Returns:
            The phrases, with distance, cost and origin of each; raises as `symvae.system.morph`.

        Raises:
            LatentError: the model has several parts, and ``keep`` is given.
        """
        ends = self._one(a), self._one(b)
        if self.tokenizer.part_names:
            if keep:
                raise LatentError(f"{self.name} morphs all parts together and keeps none. Leave out keep.")
            chance, noise = seeded(seed), _noise(seed)
            return morph_parts(
                self.codec, self.language, *ends, steps, generator=chance, noise=noise, in_key=in_key
            )
        return morph(
            self.codec,
            self.language,
            *ends,
            steps,
            generator=seeded(seed),
            noise=_noise(seed),
            keep=keep,
            in_key=in_key,
            tunes=tunes,
        )

    def interpolate_corners(
        self,
        top_left: Music,
        top_right: Music,
        bottom_left: Music,
        bottom_right: Music,
        steps: int = 5,
        *,
        path: str | None = None,
        seed: int = 0,
    ) -> list[list[AnyPhrase]]:
        """Interpolate between four phrases on a square.

        Args:
            top_left, top_right, bottom_left, bottom_right: the corners.
            steps: number of rows and of columns.
            path: "search" or "slerp", as in `interpolate`.
            seed: as in `interpolate`.

        Returns:
            The phrases row by row; by "slerp" at the tempo of ``top_left``.

        Raises:
            LatentError: the path is another one, or is searched by a model that cannot.
        """
        corners = [self._one(each) for each in (top_left, top_right, bottom_left, bottom_right)]
        chosen = self.path_of(path)
        if chosen not in ("search", "slerp"):
            raise LatentError(f'The path of a square is "search" or "slerp", not {path!r}.')
        if chosen == "search":
            search = morph_parts if self.tokenizer.part_names else morph
            chance, noise = seeded(seed), _noise(seed)

            def way(a: Any, b: Any) -> list[Any]:
                return search(self.codec, self.language, a, b, steps, generator=chance, noise=noise).phrases

            return morph_corners(way, corners)
        a, b, c, d = self.encode(corners).mean
        z = interpolate.corners(a, b, c, d, steps)
        phrases = self.decode(z.flatten(0, 1), tempo_qpm=corners[0].tempo_qpm)
        return [phrases[row * steps : (row + 1) * steps] for row in range(steps)]

    def path_of(self, path: str | None, temperature: float = 0.0) -> str:
        """Choose the path of an interpolation where none is named.

        Args:
            path: the path that is asked for, or None.
            temperature: that of the decoder.

        Returns:
            "search" where the model has a language model and the temperature is 0, else "slerp".

        Raises:
            LatentError: there is no such path, or a searched one is asked for with a temperature.
        """
        if path not in (None, *PATHS):
            raise LatentError(f'The path is "search", "slerp" or "lerp", not {path!r}.')
        chosen = path or ("slerp" if self.language is None or temperature else "search")
        if chosen == "search" and temperature:
            raise LatentError("A searched path takes no temperature. Leave it out, or choose the path slerp.")
        return chosen


def _noise(seed: int) -> np.random.Generator | None:
    """Random costs of a seed; none for 0. A negative seed is the 64 bits that torch takes it for."""
    return np.random.default_rng(seed % 2**64) if seed else None
