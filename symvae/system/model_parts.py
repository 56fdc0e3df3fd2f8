"""A trained model: the parts that its folder holds, loaded when they are first used.

`symvae.system.latent_model` adds phrases ↔ z, `symvae.system.path_model` paths, `symvae.system.symvae` the
other musical verbs.
"""

import copy
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float
from torch import Tensor

from symvae.arguments import checked
from symvae.config.run import RunConfig
from symvae.errors import CheckpointError, LatentError
from symvae.latent.arousal import Arousal
from symvae.models.faders.editor import FaderEditor
from symvae.models.flow.prior import FlowPrior
from symvae.models.phrase.vae import VAE
from symvae.models.sketch.sketch_vae import SketchVAE
from symvae.music.phrase import Phrase
from symvae.system import artifacts
from symvae.system.agreement import check_tokenizer
from symvae.system.artifact_folder import checked_part, read_metrics
from symvae.system.build import build_grid
from symvae.system.catalog import advise_on_faders, find
from symvae.system.codec import Codec
from symvae.system.device import find_device
from symvae.system.faders.control import FARTHER, FaderControl
from symvae.system.faders.request import Fader, model_faders
from symvae.system.faders.scales import Scales, measure_phrases
from symvae.system.model_writer import read_card, write_model_folder
from symvae.tokens.load import load_tokenizer
from symvae.tokens.ngram import NGram
from symvae.tokens.save import TOKENIZER_FILE
from symvae.tokens.tokenizer import Tokenizer

_Model = TypeVar("_Model", bound="ModelParts")


@checked
class ModelParts:
    """Network, tokenizer, prior, attribute vectors and fader scales of a trained model."""

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
        tokenizer = load_tokenizer(checked_part(folder / TOKENIZER_FILE))
        check_tokenizer(tokenizer, config.model, folder)
        return cls(folder, config, artifacts.load_vae(folder, config), tokenizer, device)

    def save(self, folder: str | Path, *, force: bool = False) -> None:
        """Write a complete model folder that `load` takes; raises as `write_model_folder`.

        Args:
            folder: the folder to write.
            force: replace a model folder of that name.
        """
        # A prior of `symvae evaluate` stays with the vectors, so that the next evaluation fits it anew.
        own = artifacts.load_prior(self.folder, vae=self.vae)
        latent = {k: v for k, v in self._latent_file.items() if own is None or not k.startswith("prior.")}
        write_model_folder(
            Path(folder),
            self.config,
            self.vae,
            self.tokenizer,
            latent=latent,
            prior=own,
            language=self.language,
            scales=self.scales if self._has_faders else None,
            editor=self._editor,
            sketch=self.sketcher,
            metrics=self.metrics,
            card=read_card(self.folder),
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
        return read_metrics(self.folder)

    @cached_property
    def _latent_file(self) -> dict[str, Tensor]:
        return artifacts.load_latent(self.folder, self.latent_size)

    @cached_property
    def directions(self) -> dict[str, Float[Tensor, " latent"]]:
        """Attribute vectors by attribute name; empty before the model was evaluated."""
        prefix = "direction."
        return {k.removeprefix(prefix): v for k, v in self._latent_file.items() if k.startswith(prefix)}

    @cached_property
    def prior(self) -> FlowPrior | None:
        """Prior learned from the training music; None before there is one."""
        prior = artifacts.any_prior(
            self.folder,
            self._latent_file,
            latent=self.latent_size,
            conditions=self.config.prior.attributes,
            vae=self.vae,
        )
        if prior is None:
            return None
        prior.guidance_scale = self.config.prior.guidance_scale
        return prior.to(self.codec.device)

    @cached_property
    def language(self) -> NGram | None:
        """Language model of the training music; None before there is one."""
        return artifacts.load_language(self.folder, tokenizer=self.tokenizer)

    @cached_property
    def sketcher(self) -> SketchVAE | None:
        """Networks that fill in bars from sketches; None before they are learned."""
        network = artifacts.load_sketch(self.folder, config=self.config.sketch, model=self.config.model)
        return network and network.to(self.codec.device)

    @cached_property
    def scales(self) -> Scales:
        """Calibrated scales of the faders; `LatentError` for a model without, unless it has arousal alone."""
        scales = artifacts.load_scales(self.folder)
        if scales is None and self.tokenizer.drums:
            return Scales((), (), np.empty((0, 0)))
        if scales is None:
            raise LatentError(f"{self.name} has no faders. {advise_on_faders(self.name, self.grid.metre)}")
        return scales

    @property
    def _has_faders(self) -> bool:
        own = vars(self).get("scales")
        return bool(own.names) if own is not None else artifacts.load_scales(self.folder) is not None

    @cached_property
    def _editor(self) -> FaderEditor | None:
        facts = {"faders": len(self.scales.names)} if self._has_faders else {}
        sizes = {"latent": self.latent_size, "bars": self.config.model.bars}
        editor = artifacts.load_editor(self.folder, **sizes, **facts)
        if editor is None and self._has_faders and self.config.model.faders != self.scales.names:
            raise CheckpointError(
                f"{self.folder} has the scales of faders and no faders.safetensors. "
                "Restore it or run `symvae train-faders` again."
            )
        return editor and editor.to(self.codec.device)

    @cached_property
    def faders(self) -> dict[str, Fader]:
        """The model's controls by name; empty for a model without."""
        return model_faders(self.scales if self._has_faders else None, self.tokenizer)

    @cached_property
    def _control(self) -> FaderControl:
        return FaderControl(self.codec, self.scales, self._editor)

    @property
    def transfers_edits(self) -> bool:
        """True if `fade` transfers edits to the phrase's own notes, at the price of one more decode."""
        return self._control.transfers_edits

    def decodes_beside(self, *, refine: bool, locked: bool) -> int:
        """Decodes of each phrase that a fade makes beside those that it chooses from.

        Args:
            refine: Notes are refined.
            locked: Something of the phrase is kept.

        Returns:
            One of the phrase before, where edits are transferred, and those that lend notes.
        """
        if not self.transfers_edits:
            return 0
        return 1 + (len(FARTHER) if refine and not locked else 0)

    def fader_positions(self, phrases: Sequence[Phrase]) -> Float[np.ndarray, "phrase fader"]:
        """Measure the positions of the faders on their scales, a column for each."""
        return self.scales.positions(measure_phrases(phrases, self.scales.names)).double().numpy()

    def with_arousal(self: _Model, arousal: Arousal) -> _Model:
        """Return the same model with another arousal fader.

        Args:
            arousal: the mixture over positions of the other faders.

        Returns:
            A model that shares network and editor with this one, which stays as it is.
        """
        other = copy.copy(self)
        for name in ("faders", "_control"):
            vars(other).pop(name, None)
        other.scales = replace(self.scales, arousal=arousal)
        return other
