"""The model as a musician meets it: phrases in, phrases out, one method for each musical verb.

Each method is a command of the command line, and each keyword an option of it. Everywhere ``temperature``
is the decoder's (0 takes the most likely token, 1 draws from its distribution), ``prior_temperature`` scales
the noise that draws from the prior start from, and the same ``seed`` gives the same notes.
"""

from collections.abc import Iterable, Mapping

from symvae.arguments import checked
from symvae.attributes.key import key_named
from symvae.attributes.table import measure
from symvae.dsp.audio import Audio
from symvae.errors import LatentError
from symvae.latent import direction
from symvae.music.io.source import Music
from symvae.music.phrase import Phrase
from symvae.system.continuation import continue_phrase
from symvae.system.drawing import decode
from symvae.system.draws import check_temperature, check_top_p, seeded
from symvae.system.faders.request import Wishes
from symvae.system.infill import Filling, fill, known_bars
from symvae.system.path_model import PathModel
from symvae.system.synth import load_synth
from symvae.system.wishes import CANDIDATES, in_key, nearest


@checked
class SymVAE(PathModel):
    """A trained model. ``symvae.load`` returns one."""

    measure = staticmethod(measure)

    def reconstruct(
        self,
        phrases: Music | Iterable[Music],
        *,
        temperature: float = 0.0,
        posterior_temperature: float = 0.0,
        seed: int = 0,
    ) -> list[Phrase]:
        """Encode phrases and decode them again.

        Args:
            phrases: one phrase or several, on the model's grid.
            temperature, seed: as in `decode`.
            posterior_temperature: scale of the posterior's deviation in a draw of z; 0 takes the mean.

        Returns:
            One reconstruction for each phrase, at its tempo.
        """
        check_temperature("posterior_temperature", posterior_temperature)
        phrases = self.read(phrases)
        z = self.encode(phrases).sample(seeded(seed), posterior_temperature)
        ids = self.decode_ids(z, temperature=temperature, seed=seed)
        return self.to_phrases(ids, [phrase.tempo_qpm for phrase in phrases])

    def sample(
        self,
        count: int,
        *,
        form: str | None = None,
        key: str | None = None,
        values: Mapping[str, float] | None = None,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int = 0,
        prior: str = "learned",
        prior_temperature: float = 1.0,
        tempo_qpm: float | None = None,
    ) -> list[Phrase]:
        """Generate new phrases.

        Phrases with a form end with a cadence as often as tunes of the training music do.

        Args:
            count: number of phrases.
            form: which bars are equal, as in `draw`: "AABA", "real" or "free".
            key: tonic and mode, such as "D" or "E minor"; phrases of that mode are chosen among several
                draws, if there are any, and transposed.
            values: by attribute a value that is asked ({"notes_per_bar": 6}); the phrase that is nearest to
                all of them is chosen among several draws.
            temperature, top_p, tempo_qpm: as in `decode`.
            seed, prior, prior_temperature: as in `draw`.

        Returns:
            ``count`` phrases.

        Raises:
            ConfigError: there is no such key or attribute.
            LatentError: a setting is out of range, or notes of the model do not have an attribute.
        """
        check_temperature("temperature", temperature)
        check_top_p(top_p)
        wanted, values = None if key is None else key_named(key), dict(values or {})
        self._check_attributes(values)
        each = CANDIDATES if values or wanted else 1
        draws = self._draw(each * count, seed, prior, prior_temperature, form)
        if draws.equal is None or self.prior is None:
            phrases = self.decode(draws.z, temperature=temperature, top_p=top_p, seed=seed)
        else:
            ids = decode(self.codec, self.prior, draws, seeded(seed), temperature=temperature, top_p=top_p)
            phrases = self.to_phrases(ids)
        if each > 1:
            phrases = nearest(phrases, values, wanted and wanted.minor)
        if wanted:
            phrases = [in_key(phrase, wanted, self.tokenizer.pitch_range) for phrase in phrases]
        return phrases if tempo_qpm is None else [each.with_tempo(tempo_qpm) for each in phrases]

    def _check_attributes(self, names: Iterable[str]) -> None:
        if other := [name for name in names if name not in self.tokenizer.attributes]:
            raise LatentError(
                f"The notes of {self.name} have no {', '.join(other)} to choose by. Choose among "
                f"{', '.join(self.tokenizer.attributes)}."
            )

    def infill(
        self,
        phrase: Music,
        bars: Iterable[int],
        count: int = 4,
        *,
        seed: int = 0,
        prior_temperature: float = 1.0,
    ) -> list[Filling]:
        """Redraw some bars of a phrase so that they fit the others.

        Args:
            phrase: music on the model's grid.
            bars: numbers of the bars to draw, from 0.
            count: number of results.
            seed, prior_temperature: as in `draw`.

        Returns:
            ``count`` fillings with all other bars unchanged; raises as `symvae.system.infill`.
        """
        known = known_bars(bars, self.grid.bars)
        return self.fill([self._one(phrase)] * count, known, seed=seed, prior_temperature=prior_temperature)

    def fill(
        self,
        phrases: Iterable[Music],
        known: Iterable[bool],
        *,
        seed: int = 0,
        prior_temperature: float = 1.0,
    ) -> list[Filling]:
        """Draw the unknown bars of each phrase, in the key of its known bars and about as loud.

        Args:
            phrases: music on the model's grid.
            known: for each bar of the grid whether it stays.
            seed, prior_temperature: as in `draw`.

        Returns:
            One filling for each phrase; raises as `symvae.system.infill`.
        """
        return fill(self.codec, self.prior, self.read(phrases), list(known), seeded(seed), prior_temperature)

    def continue_(
        self, phrase: Music, bars: int = 8, count: int = 4, *, seed: int = 0, prior_temperature: float = 1.0
    ) -> list[Filling]:
        """Continue a phrase of any number of bars.

        Args:
            phrase: music in the model's metre.
            bars: number of bars to append.
            count: number of results.
            seed, prior_temperature: as in `draw`.

        Returns:
            ``count`` continuations that begin with the phrase; raises as `symvae.system.continuation`.
        """
        start = self._one(phrase, self._ending)
        return continue_phrase(self.codec, self.prior, start, bars, count, seeded(seed), prior_temperature)

    def variations(
        self, phrase: Music, amount: float = 0.3, count: int = 4, *, temperature: float = 0.0, seed: int = 0
    ) -> list[Phrase]:
        """Vary a phrase at random.

        Args:
            phrase: music on the model's grid.
            amount: share of the way to a draw from the prior: 0 reconstructs, 1 is unrelated.
            count: number of variations.
            temperature, seed: as in `decode`.

        Returns:
            ``count`` phrases.
        """
        phrase = self._one(phrase)
        z = direction.variations(self.encode(phrase).mean[0], amount, count, seeded(seed))
        return self.to_phrases(self.decode_ids(z, temperature=temperature, seed=seed), phrase.tempo_qpm)

    def shift(
        self, phrase: Music, amounts: dict[str, float], *, temperature: float = 0.0, seed: int = 0
    ) -> Phrase:
        """Move a phrase along attribute vectors.

        Args:
            phrase: music on the model's grid.
            amounts: by attribute, multiples of its vector: ``{"onset_density": 1.0}``.
            temperature, seed: as in `decode`.

        Returns:
            The phrase moved.
        """
        phrase = self._one(phrase)
        z = direction.move(self.encode([phrase]).mean, self.directions, amounts)
        return self.to_phrases(self.decode_ids(z, temperature=temperature, seed=seed), phrase.tempo_qpm)[0]

    def analogy(self, a: Music, b: Music, c: Music) -> Phrase:
        """Decode a + (b − c).

        Args:
            a: the phrase to change.
            b, c: the phrases whose difference is added.

        Returns:
            A phrase at the tempo of ``a``.
        """
        a, b, c = self._one(a), self._one(b), self._one(c)
        z = direction.analogy(*self.encode([a, b, c]).mean.split(1))
        return self.to_phrases(self.decode_ids(z), a.tempo_qpm)[0]

    def fade(
        self,
        phrase: Music,
        values: Wishes,
        *,
        hold: str | Iterable[str] = (),
        best_of: int = 1,
        refine: bool = True,
    ) -> Phrase:
        """Move faders of a phrase.

        Args:
            phrase: music on the model's grid.
            values: by fader a value (``{"register": 64.0}``) or a change (``{"register": "+5"}``); values
                beyond a fader's range are clipped to it.
            hold: faders that do not follow those that are coupled with them.
            best_of: number of decodes, each with a corrected aim, to take the best bars from.
            refine: exchange single tokens or notes until the request is met.

        Returns:
            The phrase faded; raises as `symvae.system.faders.control`.
        """
        return self.fade_each([self._one(phrase)], [values], hold=hold, best_of=best_of, refine=refine)[0]

    def fade_each(
        self,
        phrases: Iterable[Music],
        values: Iterable[Wishes],
        *,
        hold: str | Iterable[str] = (),
        best_of: int = 1,
        refine: bool = True,
    ) -> list[Phrase]:
        """Move faders of several phrases, each by its own values.

        Args:
            phrases: music on the model's grid.
            values: one mapping for each phrase, as in `fade`.
            hold, best_of, refine: as in `fade`.

        Returns:
            One phrase for each; raises as `symvae.system.faders.control`.
        """
        return self._control.fade(self.read(phrases), list(values), hold=hold, best_of=best_of, refine=refine)

    def render(self, phrases: Music | Iterable[Music], timbre: str = "piano") -> Audio:
        """Play phrases with the package's synthesizer.

        Args:
            phrases: one phrase, or several that are played one after the other.
            timbre: a timbre of the synthesizer.

        Returns:
            Stereo sound.
        """
        return load_synth().render(phrases, timbre)
