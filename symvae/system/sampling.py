"""A trained model that draws: latents and phrases from its prior.

`symvae.system.drawing` makes the draws; choices of the user are checked here.
"""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.arguments import checked
from symvae.attributes.key import key_named
from symvae.errors import LatentError
from symvae.music.arrangement import AnyPhrase
from symvae.system import drawing
from symvae.system.drawing import Draws
from symvae.system.draws import check_count, check_temperature, check_top_p, seeded
from symvae.system.forms import FREE
from symvae.system.latent_model import LatentModel
from symvae.system.wishes import CANDIDATES, check_values, in_key, nearest


@checked
class SamplingModel(LatentModel):
    """Encoder and decoder of a trained model, and draws from its prior."""

    def draw(
        self,
        count: int,
        *,
        seed: int = 0,
        prior: str = "learned",
        prior_temperature: float = 1.0,
        form: str | None = None,
    ) -> Float[Tensor, "batch latent"]:
        """Draw latents from the prior.

        Args:
            count: number of latents.
            seed: the same seed draws the same latents.
            prior: "learned" from the training music, or "gaussian" (standard normal).
            prior_temperature: scale of the noise that draws start from.
            form: which bars are alike: a letter for each section ("AABA"; A' begins as A and ends
                otherwise), "real" for forms of the training music, or "free". By default "real" where the
                prior knows forms. `sample` also makes equal bars equal, note by note.

        Returns:
            Latents, ``(count, latent)``.

        Raises:
            LatentError: the model has no learned prior, a setting is out of range, or the form does not fit.
        """
        return self._draw(count, seed, prior, prior_temperature, form, {}).z

    def _draw(
        self,
        count: int,
        seed: int,
        prior: str,
        prior_temperature: float,
        form: str | None,
        values: Mapping[str, float],
    ) -> Draws:
        check_count(count)
        check_temperature("prior_temperature", prior_temperature)
        generator = seeded(seed)
        if prior == "gaussian":
            if form not in (None, FREE):
                raise LatentError(
                    f'The Gaussian prior knows no forms, such as {form!r:.40}. Choose the prior "learned".'
                )
            return Draws(
                prior_temperature * torch.randn((count, self.latent_size), generator=generator), None
            )
        if prior != "learned":
            raise LatentError(f'The prior is "learned" or "gaussian", not {prior!r}.')
        if self.prior is None:
            # An evaluation fits a prior only to tokens on a grid.
            verb = "evaluate" if self.tokenizer.on_grid else "train-prior"
            raise LatentError(
                f"{self.name} has no learned prior yet. Run `symvae {verb} --update-model` on it, "
                'or choose the prior "gaussian" (--prior gaussian).'
            )
        return drawing.draw(
            self.codec,
            self.prior,
            count,
            generator,
            form=form,
            prior_temperature=prior_temperature,
            asked={name: value for name, value in values.items() if name in self.prior.conditions},
        )

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
    ) -> list[AnyPhrase]:
        """Generate new phrases.

        Phrases with a form end with a cadence as often as tunes of the training music do.

        Args:
            count: number of phrases.
            form: which bars are equal, as in `draw`: "AABA", "real" or "free".
            key: tonic and mode, such as "D" or "E minor"; phrases of that mode are chosen among several
                draws, if there are any, and transposed.
            values: by attribute a value that is asked ({"notes_per_bar": 6}); the prior is conditioned on
                those that it knows, and the phrase that is nearest to all is chosen among several draws.
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
        if key is not None and self.tokenizer.drums:
            raise LatentError(f"{self.name} draws drums, and these have no key. Leave out key (--key).")
        wanted, values = None if key is None else key_named(key), dict(values or {})
        check_values(values, self.tokenizer.attributes, self.name)
        each = CANDIDATES if values or wanted else 1
        draws = self._draw(each * count, seed, prior, prior_temperature, form, values)
        if draws.equal is None or self.prior is None:
            phrases = self.decode(draws.z, temperature=temperature, top_p=top_p, seed=seed)
        else:
            ids = drawing.decode(
                self.codec, self.prior, draws, seeded(seed), temperature=temperature, top_p=top_p
            )
            phrases = self.to_phrases(ids)
        if each > 1:
            phrases = nearest(phrases, values, wanted and wanted.minor)
        if wanted:
            phrases = [in_key(phrase, wanted, self.tokenizer.pitch_range) for phrase in phrases]
        return phrases if tempo_qpm is None else [each.with_tempo(tempo_qpm) for each in phrases]
