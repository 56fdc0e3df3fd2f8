"""Verbs steered by hand: bars from a sketch, and the rhythm of one tune with the pitches of another."""

from collections.abc import Iterable, Sequence

from symvae.arguments import checked
from symvae.errors import LatentError
from symvae.models.sketch.sketch_vae import SketchVAE
from symvae.music.bar_sketch import BarSketch, read_sketches
from symvae.music.io.source import Music
from symvae.music.phrase import Phrase
from symvae.system.draws import check_count, check_temperature, seeded
from symvae.system.infill import known_bars
from symvae.system.latent_model import LatentModel
from symvae.system.sketching.draw import Sketched, fill_in
from symvae.system.sketching.swap import swap


@checked
class SketchingModel(LatentModel):
    """A model with a sketch model beside it."""

    def sketch(
        self,
        phrase: Music,
        bars: Iterable[int],
        *,
        pitches: str | None = None,
        rhythm: str | None = None,
        contour: str | None = None,
        chords: str | None = None,
        sketches: Sequence[BarSketch] | None = None,
        strict: bool = False,
        count: int = 4,
        best_of: int = 4,
        temperature: float = 1.0,
        seed: int = 0,
    ) -> list[Sketched]:
        """Fill in some bars of a phrase from a sketch of them.

        Args:
            phrase: music on the model's grid.
            bars: numbers of the bars to fill, from 0.
            pitches: pitches in order, a part for each of these bars: "E4 G4 A4 | C5 B4".
            rhythm: onsets, sustained steps and rests: "x.x.xxx. | x---x...".
            contour: moves from note to note: "/ / \\\\ -".
            chords: chords that notes on beats belong to: "C | Am F".
            sketches: sketches of the bars instead of text.
            strict: hold the sketch exactly; else it is a wish.
            count: number of results. The first is the most likely note at each step, the others are drawn.
            best_of: draws of each other result; the one that holds the sketch best stays.
            temperature: of these draws.
            seed: the same seed draws the same notes.

        Returns:
            ``count`` phrases with all other bars unchanged, and how much of the sketch each holds.

        Raises:
            ConfigError: a text cannot be read, or two contradict each other.
            LatentError: the model has no sketch model, or a strict sketch cannot be held.
        """
        network = self._sketcher()
        check_count(count)
        check_count(best_of)
        check_temperature("temperature", temperature)
        known = known_bars(bars, self.grid.bars)
        missing = [bar for bar, stays in enumerate(known) if not stays]
        if sketches is None:
            sketches = read_sketches(
                len(missing),
                self.grid.steps_per_bar,
                pitches=pitches,
                rhythm=rhythm,
                contour=contour,
                chords=chords,
            )
        elif len(sketches) != len(missing):
            raise LatentError(
                f"There are sketches of {len(sketches)} bars for {len(missing)}. Give one each."
            )
        asked = dict(zip(missing, sketches, strict=True))
        (results,) = fill_in(
            self.codec,
            network,
            [self._one(phrase)],
            [asked],
            count,
            seeded(seed),
            strict=strict,
            temperature=temperature,
            best_of=best_of,
        )
        return results

    def swap(self, rhythm_of: Music, pitches_of: Music, steps: int = 1) -> list[Phrase]:
        """Combine the rhythm of one phrase with the pitches of another, bar by bar.

        Args:
            rhythm_of: music on the model's grid, whose rhythm stays.
            pitches_of: music whose pitches are taken, in their order.
            steps: phrases on the way from the first phrase to this one; the last is the whole swap.

        Returns:
            ``steps`` phrases. Raises as `sketch`.
        """
        check_count(steps)
        return swap(self.codec, self._sketcher(), self._one(rhythm_of), self._one(pitches_of), steps)

    def _sketcher(self) -> SketchVAE:
        if self.sketcher is None:
            raise LatentError(
                f"{self.name} has no sketch model. Learn it with `symvae train-sketch`, or use `infill`."
            )
        return self.sketcher
