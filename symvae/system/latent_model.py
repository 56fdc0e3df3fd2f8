"""A trained model: the parts that its folder holds, and phrases ↔ z.

`symvae.system.symvae` adds the musical verbs. What a user gives is checked here; the batches run in
`symvae.system.codec`.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.config.run import RunConfig
from symvae.errors import CheckpointError, LatentError
from symvae.models.faders.editor import FaderEditor
from symvae.models.flow.prior import FlowPrior
from symvae.models.phrase.vae import VAE
from symvae.music.phrase import DEFAULT_TEMPO_QPM, Phrase
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system import artifacts
from symvae.system.build import build_grid
from symvae.system.catalog import advise_on_faders, find
from symvae.system.codec import Codec, one_each
from symvae.system.device import find_device
from symvae.system.draws import check_count, check_temperature, check_top_p, seeded
from symvae.system.faders.control import FaderControl
from symvae.system.faders.request import Fader, faders_of
from symvae.system.faders.scales import Scales, measure_phrases
from symvae.system.model_writer import CARD_FILE, write_model_folder
from symvae.tokens.load import load_tokenizer
from symvae.tokens.tokenizer import Tokenizer

_Model = TypeVar("_Model", bound="LatentModel")


class LatentModel:
    """Encoder and decoder of a trained model, with its prior, attribute vectors and fader scales."""

    def __init__(
        self, folder: Path, config: RunConfig, vae: VAE, tokenizer: Tokenizer, device: str = "cpu"
    ) -> None:
        """
        Args:
            folder: where the other parts of the model are loaded from when they are first used.
            config: the choices that made the model.
            vae: the trained network.
            tokenizer: its vocabulary.
            device: where the network computes; results are on the CPU.
        """
        self.folder = folder
        self.config = config
        self.vae = vae
        self.tokenizer = tokenizer
        self.grid = build_grid(config.model)
        self.codec = Codec(vae, tokenizer, self.grid, find_device(device), name=config.name)

    @classmethod
    def load(cls: type[_Model], name: str | Path, device: str = "cpu") -> _Model:
        """Load a model.

        Args:
            name: one that `symvae.available` lists, or a model folder.
            device: where the network computes: "cpu", "cuda", "cuda:1", "mps". Results are on the CPU.

        Returns:
            The model, ready to use.

        Raises:
            CheckpointError: there is no such model, or its folder is incomplete or damaged.
            ConfigError: there is no such device.
        """
        find_device(device)
        folder = find(name)
        config = artifacts.load_config(folder)
        return cls(folder, config, artifacts.load_vae(folder, config), load_tokenizer(folder), device)

    def save(self, folder: str | Path, *, force: bool = False) -> None:
        """Write a complete model folder that `load` takes; raises as `write_model_folder`.

        Args:
            folder: the folder to write.
            force: replace a model folder of that name.
        """
        card = self.folder / CARD_FILE
        # A prior of `symvae evaluate` stays with the vectors, so that the next evaluation fits it anew.
        own = artifacts.load_prior(self.folder)
        latent = {k: v for k, v in self._latent_file.items() if own is None or not k.startswith("prior.")}
        write_model_folder(
            Path(folder),
            self.config,
            self.vae,
            self.tokenizer,
            latent=latent,
            prior=own,
            scales=self.scales if self._has_faders else None,
            editor=self._editor,
            metrics=self.metrics,
            card=card.read_text(encoding="utf-8") if card.is_file() else None,
            force=force,
        )

    @property
    def name(self) -> str:
        """Name of the model, as error messages and reports have it."""
        return self.config.name

    @property
    def latent_size(self) -> int:
        """Coordinates of z."""
        return self.config.model.latent_size

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """Figures that `symvae evaluate` measured; empty before."""
        path = self.folder / "metrics.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    @cached_property
    def _latent_file(self) -> dict[str, Tensor]:
        return artifacts.load_latent(self.folder)

    @cached_property
    def directions(self) -> dict[str, Float[Tensor, " latent"]]:
        """Attribute vectors by attribute name; empty before the model was evaluated."""
        prefix = "direction."
        return {k.removeprefix(prefix): v for k, v in self._latent_file.items() if k.startswith(prefix)}

    @cached_property
    def prior(self) -> FlowPrior | None:
        """Prior learned from the training music; None before there is one."""
        prefix = "prior."
        state = {k.removeprefix(prefix): v for k, v in self._latent_file.items() if k.startswith(prefix)}
        prior = artifacts.load_prior(self.folder) or (FlowPrior.from_state(state) if state else None)
        return prior and prior.to(self.codec.device)

    @cached_property
    def scales(self) -> Scales:
        """Calibrated scales of the faders; `LatentError` for a model without."""
        scales = artifacts.load_scales(self.folder)
        if scales is None:
            raise LatentError(f"{self.name} has no faders. {advise_on_faders(self.name, self.grid.metre)}")
        return scales

    @property
    def _has_faders(self) -> bool:
        return "scales" in vars(self) or artifacts.load_scales(self.folder) is not None

    @cached_property
    def _editor(self) -> FaderEditor | None:
        editor = artifacts.load_editor(self.folder)
        if editor is None and self._has_faders and self.config.model.faders != self.scales.names:
            raise CheckpointError(
                f"{self.folder} has the scales of faders and no faders.safetensors. "
                "Restore it or run `symvae train-faders` again."
            )
        return editor and editor.to(self.codec.device)

    @cached_property
    def faders(self) -> dict[str, Fader]:
        """The model's controls by name; empty for a model without."""
        return faders_of(self.scales) if self._has_faders else {}

    @cached_property
    def _control(self) -> FaderControl:
        return FaderControl(self.codec, self.scales, self._editor)

    @property
    def transfers_edits(self) -> bool:
        """True if `fade` transfers edits to the phrase's own notes, at the price of one more decode."""
        return self._control.transfers_edits

    def fader_positions(self, phrases: Sequence[Phrase]) -> Float[np.ndarray, "phrase fader"]:
        """Measure the positions of the faders on their scales, a column for each."""
        return self.scales.positions(measure_phrases(phrases, self.scales.names)).double().numpy()

    def to_ids(self, phrases: Phrase | Sequence[Phrase]) -> Int[Tensor, "batch bar position"]:
        """Tokenize phrases.

        Args:
            phrases: one phrase or several, on the model's grid.

        Returns:
            Token ids, ``(batch, bar, position)``. `PhraseError` for another grid.
        """
        return self.codec.to_ids(phrases)

    def to_phrases(
        self, ids: Int[Tensor, "batch bar position"], tempo_qpm: float | Sequence[float] = DEFAULT_TEMPO_QPM
    ) -> list[Phrase]:
        """Decode token ids to phrases.

        Args:
            ids: token ids, ``(batch, bar, position)``.
            tempo_qpm: quarter notes a minute, one for all or one each, where ids carry no tempo.

        Returns:
            One phrase for each row. `PhraseError` for another number of tempos.
        """
        return self.codec.to_phrases(ids, tempo_qpm)

    def encode(self, phrases: Phrase | Sequence[Phrase]) -> DiagonalGaussian:
        """Encode phrases.

        Args:
            phrases: one phrase or several, on the model's grid.

        Returns:
            The posterior over z, ``(batch, latent)``. `PhraseError` for another grid.
        """
        return self.codec.encode(phrases)

    def decode(
        self,
        z: Float[Tensor, "batch latent"],
        *,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int = 0,
        tempo_qpm: float | Sequence[float] | None = None,
    ) -> list[Phrase]:
        """Decode z to phrases.

        Args:
            z: latents, ``(batch, latent)``.
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
        self, z: Float[Tensor, "batch latent"], *, temperature: float = 0.0, top_p: float = 1.0, seed: int = 0
    ) -> Int[Tensor, "batch bar position"]:
        """Decode z to token ids.

        Args:
            z: latents, ``(batch, latent)``.
            temperature, top_p, seed: as in `decode`.

        Returns:
            Token ids, ``(batch, bar, position)``.

        Raises:
            LatentError: z has another shape or values that are not finite, or a setting is out of range.
        """
        if z.ndim != 2 or z.shape[1] != self.latent_size:
            raise LatentError(
                f"{self.name} decodes latents (batch, {self.latent_size}), not {tuple(z.shape)}."
            )
        check_temperature("temperature", temperature)
        check_top_p(top_p)
        return self.codec.decode_ids(z, temperature=temperature, top_p=top_p, generator=seeded(seed))

    def draw(
        self, count: int, *, seed: int = 0, prior: str = "learned", prior_temperature: float = 1.0
    ) -> Float[Tensor, "batch latent"]:
        """Draw latents from the prior.

        Args:
            count: number of latents.
            seed: the same seed draws the same latents.
            prior: "learned" from the training music, or "gaussian" (standard normal).
            prior_temperature: scale of the noise that draws start from.

        Returns:
            Latents, ``(count, latent)``.

        Raises:
            LatentError: the model has no learned prior, or a setting is out of range.
        """
        check_count(count)
        check_temperature("prior_temperature", prior_temperature)
        generator = seeded(seed)
        if prior == "gaussian":
            return prior_temperature * torch.randn((count, self.latent_size), generator=generator)
        if prior != "learned":
            raise LatentError(f'The prior is "learned" or "gaussian", not {prior!r}.')
        if self.prior is None:
            # An evaluation fits a prior only to tokens on a grid.
            verb = "evaluate" if self.tokenizer.on_grid else "train-prior"
            raise LatentError(
                f"{self.name} has no learned prior yet. Run `symvae {verb} --update-model` on it, "
                'or choose the prior "gaussian" (--prior gaussian).'
            )
        return self.prior.sample(count, generator, prior_temperature).cpu()
