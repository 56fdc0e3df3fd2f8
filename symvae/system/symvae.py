"""The model as a musician meets it: phrases in, phrases out, one method for each musical verb.

Each method is a command of the command line, and each keyword an option of it. Everywhere ``temperature``
is the decoder's (0 takes the most likely token, 1 draws from its distribution), ``prior_temperature`` scales
the noise that draws from the prior start from, and the same ``seed`` gives the same notes.
"""

from collections.abc import Iterable

from symvae.arguments import checked
from symvae.attributes.table import measure
from symvae.dsp.audio import Audio
from symvae.latent import direction
from symvae.music.arrangement import AnyPhrase
from symvae.music.io.source import Music
from symvae.music.locks import Lock
from symvae.system.completing_model import CompletingModel
from symvae.system.draws import check_temperature, seeded
from symvae.system.faders.on_notes import edit_on_notes, exact_values
from symvae.system.faders.phrase_lock import phrase_lock
from symvae.system.faders.request import Wishes, by_full_name, full_name
from symvae.system.faders.ways import arranged_faders, exact_faders, via_of
from symvae.system.path_model import PathModel
from symvae.system.sampling import SamplingModel
from symvae.system.sketching_model import SketchingModel
from symvae.system.synth import load_synth


@checked
class SymVAE(PathModel, SamplingModel, CompletingModel, SketchingModel):
    """A trained model. ``symvae.load`` returns one."""

    measure = staticmethod(measure)

    def reconstruct(
        self,
        phrases: Music | Iterable[Music],
        *,
        temperature: float = 0.0,
        posterior_temperature: float = 0.0,
        seed: int = 0,
    ) -> list[AnyPhrase]:
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
        results = self.to_phrases(ids, [phrase.tempo_qpm for phrase in phrases])
        return list(map(self.tokenizer.restore, results, phrases))

    def variations(
        self, phrase: Music, amount: float = 0.3, count: int = 4, *, temperature: float = 0.0, seed: int = 0
    ) -> list[AnyPhrase]:
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
        results = self.to_phrases(self.decode_ids(z, temperature=temperature, seed=seed), phrase.tempo_qpm)
        return [self.tokenizer.restore(each, phrase) for each in results]

    def shift(
        self, phrase: Music, amounts: dict[str, float], *, temperature: float = 0.0, seed: int = 0
    ) -> AnyPhrase:
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
        ids = self.decode_ids(z, temperature=temperature, seed=seed)
        return self.tokenizer.restore(self.to_phrases(ids, phrase.tempo_qpm)[0], phrase)

    def analogy(self, a: Music, b: Music, c: Music) -> AnyPhrase:
        """Decode a + (b − c).

        Args:
            a: the phrase to change.
            b, c: the phrases whose difference is added.

        Returns:
            A phrase at the tempo of ``a``.
        """
        a, b, c = self._one(a), self._one(b), self._one(c)
        z = direction.analogy(*self.encode([a, b, c]).mean.split(1))
        return self.tokenizer.restore(self.to_phrases(self.decode_ids(z), a.tempo_qpm)[0], a)

    def fade(
        self,
        phrase: Music,
        values: Wishes,
        *,
        hold: str | Iterable[str] = (),
        best_of: int = 1,
        refine: bool = True,
        via: str = "latent",
        keep: str | Iterable[str] | None = None,
        chords: str | None = None,
    ) -> AnyPhrase:
        """Move faders of a phrase.

        Args:
            phrase: music on the model's grid.
            values: by fader a value (``{"register": 64.0}``) or a change (``{"register": "+5"}``); values
                beyond a fader's range are clipped to it.
            hold: faders that do not follow those that are coupled with them.
            best_of: number of decodes, each with a corrected aim, to take the best bars from.
            refine: exchange single tokens or notes until the request is met.
            via: "latent" goes through z; "notes" edits the notes that are there; "auto" takes the notes where
                that is exact, and z for the rest.
            keep: what stays note for note: "melody", "rhythm", "bass", "harmony", several, or "nothing".
            chords: chords that bind new notes, as "C Am"; "estimated" by default beside ``keep``.

        Returns:
            The phrase faded; raises as `symvae.system.faders.control`.
        """
        source, polyphonic, values = self._one(phrase), self.tokenizer.polyphonic, by_full_name(values)
        lock = phrase_lock(source, keep, chords, polyphonic=polyphonic)
        arranged = arranged_faders(self.faders, self.tokenizer)
        exact = exact_faders(values, via_of(via), polyphonic=polyphonic, arranged=arranged)
        asked = exact_values(self.faders, {name: values[name] for name in exact}, source)
        held = set(map(full_name, [hold] if isinstance(hold, str) else hold))
        left = {name: wish for name, wish in values.items() if name not in exact}
        if left or not exact:
            source_locks = None if lock is None else [lock]
            (result,) = self.fade_each(
                [source], [left], hold=held | exact, best_of=best_of, refine=refine, locks=source_locks
            )
        else:
            result = source
        return edit_on_notes(result, source, asked)

    def fade_each(
        self,
        phrases: Iterable[Music],
        values: Iterable[Wishes],
        *,
        hold: str | Iterable[str] = (),
        best_of: int = 1,
        refine: bool = True,
        locks: Iterable[Lock] | None = None,
    ) -> list[AnyPhrase]:
        """Move faders of several phrases, each by its own values.

        Args:
            phrases: music on the model's grid.
            values: one mapping for each phrase, as in `fade`.
            hold, best_of, refine: as in `fade`.
            locks: what of each phrase stays (`symvae.music.locks`).

        Returns:
            One phrase for each; raises as `symvae.system.faders.control`.
        """
        return self._control.fade(
            self.read(phrases),
            [by_full_name(each) for each in values],
            hold=set(map(full_name, [hold] if isinstance(hold, str) else hold)),
            best_of=best_of,
            refine=refine,
            locks=None if locks is None else list(locks),
        )

    def render(self, phrases: Music | Iterable[Music], timbre: str = "piano") -> Audio:
        """Play phrases with the package's synthesizer.

        Args:
            phrases: one phrase, or several that are played one after the other.
            timbre: a timbre of the synthesizer.

        Returns:
            Stereo sound.
        """
        return load_synth().render(phrases, timbre)
