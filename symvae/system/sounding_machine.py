"""A drum machine below its verbs: latents that are drawn or encoded, and the sounds of latents."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.drum_shaping import sharpened, swelled, tuned
from symvae.audio.one_shot import LONGEST_SEC, SAMPLE_RATE, one_shot
from symvae.config.oneshot import OneShotConfig
from symvae.dsp.audio import Audio
from symvae.dsp.wav import read_audio
from symvae.models.flow.prior import FlowPrior
from symvae.models.oneshot.coarse_decoder import CoarseDecoder
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.system.draws import seeded
from symvae.system.drum_attacks import DrumAttacks
from symvae.system.drum_draws import DrumDraw, DrumDraws
from symvae.system.drum_faders import DrumFaders, to_scale
from symvae.system.drum_machine_base import DrumMachineBase
from symvae.system.drum_place import place
from symvae.system.drum_search import search
from symvae.system.drum_sound import DrumSound, fade_end, turned_down
from symvae.system.known_sounds import KnownSounds

#: Other sounds from which a search may start anew.
OTHERS = 32


@dataclass(frozen=True)
class Hit(DrumSound):
    """A one-shot sound with its place in the latent space."""

    z: Float[Tensor, " latent"]
    classes: Float[Tensor, " class"]
    """Weights of the classes."""


class SoundingMachine(DrumMachineBase):
    """A drum machine without its verbs.

    Args:
        folder: Where its files are.
        config: The choices that made it.
        network: Its networks.
        prior: Flow over z given the class.
        faders: Directions and ranges of the faders.
        known: The training sounds, which draws keep away from; None where they are not known.
        coarse: Coarse levels of a draw before it is decoded; None where all are decoded.
        attacks: Attacks of draws, which are corrected; None where they are not known.
    """

    def __init__(
        self,
        folder: Path,
        config: OneShotConfig,
        network: DrumVAE,
        prior: FlowPrior,
        faders: DrumFaders,
        known: KnownSounds | None = None,
        coarse: CoarseDecoder | None = None,
        attacks: DrumAttacks | None = None,
    ) -> None:
        super().__init__(folder, config)
        self.config = config
        self.network, self.prior, self.faders, self.attacks = network, prior, faders, attacks
        self.draws = DrumDraws(network, prior, known, coarse, steps=config.prior.solver_steps)

    def latents(
        self, classes: Float[Tensor, "batch class"], generator: torch.Generator, temperature: float = 1.0
    ) -> Float[Tensor, "batch latent"]:
        """Draw latents of classes, as the network decodes them (`DrumDraws.draw`).

        Args:
            classes: Weights of the classes of each sound.
            generator: Source of the draws.
            temperature: Scale of the prior's noise.

        Returns:
            The latents.
        """
        return self.draws.draw(classes, generator, temperature).z

    def _draw(self, drum: int, generator: torch.Generator, temperature: float) -> DrumDraw:
        return self.draws.draw(self._one_hot(drum)[None], generator, temperature)

    @torch.inference_mode()
    def waves(
        self,
        z: Float[Tensor, "batch latent"],
        classes: Float[Tensor, "*batch class"],
        seed: int,
        magnitudes: Float[Tensor, "batch frame bin"] | None = None,
    ) -> Float[np.ndarray, "batch sample"]:
        """Synthesize latents; each sounds the same in any batch.

        Args:
            z: Latents.
            classes: Weights of the classes, of each or the same for all.
            seed: Of the decoder's chance.
            magnitudes: Magnitudes that the latents decode to, where they are known.

        Returns:
            Samples with a peak of 1.
        """
        wave = self.network.sound(z, classes.expand(len(z), -1), seeded(seed), magnitudes)
        return fade_end(wave.numpy())

    def struck(
        self, waves: Float[np.ndarray, "batch sample"], drums: Sequence[int]
    ) -> Float[np.ndarray, "batch sample"]:
        """Correct the attacks of draws (`symvae.system.drum_attacks`).

        Args:
            waves: Sounds of draws.
            drums: Number of the class of each.

        Returns:
            Samples with a peak of 1.
        """
        if self.attacks is None:
            return waves
        pairs = zip(waves, drums, strict=True)
        return np.stack([self.attacks.corrected(wave, drum, self.faders) for wave, drum in pairs])

    def _sound(
        self,
        z: Float[Tensor, " latent"],
        classes: Float[Tensor, " class"],
        seed: int,
        asked: dict[str, float],
        loudness_lufs: float | None,
        *,
        magnitudes: Float[Tensor, "one frame bin"] | None = None,
    ) -> Hit:
        """Synthesize, move to what is asked, and measure; with ``magnitudes`` it is a draw."""
        number, drawn = int(classes.argmax()), magnitudes is not None

        def synthesize(
            many: Float[Tensor, "batch latent"], known: Float[Tensor, "batch frame bin"] | None = None
        ) -> Float[np.ndarray, "batch sample"]:
            waves = self.waves(many, classes, seed, known)
            return self.struck(waves, [number] * len(waves)) if drawn else waves

        wave = synthesize(z[None], magnitudes)[0]
        if asked:
            z, wave = search(
                z,
                wave,
                targets={name: to_scale(name, value) for name, value in asked.items()},
                faders=self.faders,
                drum=number,
                synthesize=synthesize,
                others=lambda: self.latents(classes.expand(OTHERS, -1), seeded(seed)),
            )
            if "pitch_hz" in asked:
                wave = tuned(wave, asked["pitch_hz"])
            if "attack_ms" in asked:
                wave = sharpened(swelled(wave, asked["attack_ms"]), asked["attack_ms"])
        wave, asked = turned_down(wave, asked, loudness_lufs)
        return Hit(Audio(wave[None], SAMPLE_RATE), self.drums[number], asked, z, classes)

    def _place(
        self, sound: "DrumSound | Audio | str | os.PathLike[str]", drum: str | None
    ) -> tuple[Float[Tensor, " latent"], Float[Tensor, " class"]]:
        """Latent and class weights of a sound."""
        if isinstance(sound, Hit):
            return sound.z, sound.classes if drum is None else self._one_hot(self._number(drum))
        if isinstance(sound, DrumSound):
            sound = sound.audio
        audio = sound if isinstance(sound, Audio) else read_audio(sound, max_sec=LONGEST_SEC)
        numbers = range(len(self.drums)) if drum is None else [self._number(drum)]
        z, best = place(self.network, torch.from_numpy(one_shot(audio)), numbers)
        return z, self._one_hot(best)
