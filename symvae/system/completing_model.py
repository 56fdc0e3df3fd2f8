"""Verbs that draw what is missing of music: bars (infill, fill, continue) and parts (accompany)."""

from collections.abc import Iterable, Sequence

from symvae.arguments import checked
from symvae.errors import LatentError
from symvae.music.arrangement import as_arrangement
from symvae.music.chords import Chords
from symvae.music.io.source import Music
from symvae.system.accompany import Accompanied, accompany
from symvae.system.continuation import continue_phrases
from symvae.system.draws import check_count, seeded
from symvae.system.infill import Filling, fill, infill, known_bars
from symvae.system.latent_model import LatentModel


@checked
class CompletingModel(LatentModel):
    """A model whose prior draws bars that fit given ones."""

    def infill(
        self,
        phrase: Music,
        bars: Iterable[int],
        count: int = 4,
        *,
        best_of: int = 4,
        seed: int = 0,
        prior_temperature: float = 1.0,
    ) -> list[Filling]:
        """Redraw some bars of a phrase so that they fit the others.

        Args:
            phrase: music on the model's grid.
            bars: numbers of the bars to draw, from 0.
            count: number of results.
            best_of: draws of each result, of which the most typical for the prior is kept.
            seed, prior_temperature: as in `draw`.

        Returns:
            ``count`` fillings with all other bars unchanged. The first resembles these most, and each one
            up to the fourth is freer than the one before. Raises as `symvae.system.infill`.
        """
        self._require_one_part()
        known = known_bars(bars, self.grid.bars)
        phrase = self._one(phrase)
        return infill(
            self.codec, self.prior, phrase, known, count, seeded(seed), prior_temperature, best_of=best_of
        )

    def fill(
        self,
        phrases: Iterable[Music],
        known: Iterable[bool],
        *,
        best_of: int = 4,
        seed: int = 0,
        prior_temperature: float = 1.0,
    ) -> list[Filling]:
        """Draw the unknown bars of each phrase, in the key of its known bars and about as loud.

        Args:
            phrases: music on the model's grid.
            known: for each bar of the grid whether it stays.
            best_of, seed, prior_temperature: as in `infill`.

        Returns:
            One filling for each phrase, as the first of `infill`; raises as `symvae.system.infill`.
        """
        self._require_one_part()
        read = self.read(phrases)
        return fill(
            self.codec, self.prior, read, list(known), seeded(seed), prior_temperature, best_of=best_of
        )

    def accompany(
        self,
        music: Music | Iterable[Music],
        parts: Iterable[str] = ("bass", "drums"),
        *,
        chords: Sequence[Chords | None] | None = None,
        best_of: int = 4,
        seed: int = 0,
        prior_temperature: float = 1.0,
    ) -> list[Accompanied]:
        """Draw the missing parts of arrangements, as bass and drums for a melody.

        Args:
            music: windows of the model's grid: arrangements, melodies, or any other music.
            parts: names of the parts to draw.
            chords: chords of each window that the bass is bound to; None for free ones.
            best_of, seed, prior_temperature: as in `infill`.

        Returns:
            One arrangement for each window with the given parts unchanged; raises as
            `symvae.system.accompany`.
        """
        windows = [as_arrangement(each) for each in self.read(music)]
        return accompany(
            self.codec,
            self.prior,
            windows,
            list(parts),
            seeded(seed),
            prior_temperature=prior_temperature,
            best_of=best_of,
            chords=chords,
        )

    def continue_(
        self,
        phrase: Music,
        bars: int = 8,
        count: int = 4,
        *,
        best_of: int = 4,
        seed: int = 0,
        prior_temperature: float = 1.0,
    ) -> list[Filling]:
        """Continue a phrase of any number of bars.

        Args:
            phrase: music in the model's metre.
            bars: number of bars to append.
            count: number of results.
            best_of: draws of each section of a result, of which the most typical for the prior is kept.
            seed, prior_temperature: as in `draw`.

        Returns:
            ``count`` continuations that begin with the phrase; raises as `symvae.system.continuation`.
        """
        self._require_one_part()
        check_count(count)
        starts = [self._one(phrase, self._ending)] * count
        return continue_phrases(
            self.codec, self.prior, starts, bars, seeded(seed), prior_temperature, best_of=best_of
        )

    def _require_one_part(self) -> None:
        """Refuse a model of several parts, whose bars are not drawn by themselves."""
        if self.tokenizer.part_names:
            raise LatentError(
                f"{self.name} has several parts, and bars are drawn for music of one. Draw whole parts with "
                "`symvae accompany`."
            )
