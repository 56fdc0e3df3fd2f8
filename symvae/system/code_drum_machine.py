"""A drum machine of codes: one-shot sounds drawn code by code, by class or like a recording.

    machine = symvae.load_drum_machine("runs/codes")
    machine.hit("snare", seed=7).codes
    machine.like("mine.wav", 0.3)                # a third of its codes drawn anew, the finest first
    machine.kit(seed=7)["kick"].audio

Between codes there is no path, so that such a machine has no faders and no morphs.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.arguments import checked
from symvae.audio.one_shot import LONGEST_SEC, SAMPLE_RATE, one_shot
from symvae.config.oneshot_codes import OneShotCodesConfig
from symvae.dsp.audio import Audio
from symvae.dsp.wav import read_audio
from symvae.errors import CheckpointError, ConfigError
from symvae.models.oneshot.code_prior import DrumCodePrior
from symvae.models.oneshot.drum_codes import DrumCodes
from symvae.system.draws import check_temperature, seeded
from symvae.system.drum_machine_base import DrumMachineBase
from symvae.system.drum_sound import DrumSound, fade_end, turned_down
from symvae.system.oneshot_code_artifacts import load_code_prior, load_drum_codes

_WITH_Z = "take a drum machine with z (`symvae train-oneshot --preset oneshot-44k`)"


@dataclass(frozen=True)
class CodeHit(DrumSound):
    """A one-shot sound as codes."""

    codes: Int[Tensor, "position level"]


@checked
class CodeDrumMachine(DrumMachineBase):
    """A trained drum machine of codes; `load_drum_machine` makes one.

    Args:
        folder: Where its files are.
        config: The choices that made it.
        network: Its networks.
        prior: Prior over codes given the class.
    """

    def __init__(
        self, folder: Path, config: OneShotCodesConfig, network: DrumCodes, prior: DrumCodePrior
    ) -> None:
        super().__init__(folder, config)
        self.config, self.network, self.prior = config, network, prior

    @classmethod
    def load(cls, folder: Path) -> "CodeDrumMachine":
        """Load a drum machine of codes from its folder.

        Raises:
            CheckpointError: It is damaged, or its training has not ended.
        """
        config, network = load_drum_codes(folder)
        prior = load_code_prior(folder, config)
        if prior is None:
            raise CheckpointError(
                f"{folder} has no prior yet. Go on with its training: symvae train-oneshot --resume."
            )
        return cls(folder, config, network, prior)

    def hit(
        self,
        drum: str,
        *,
        seed: int = 0,
        temperature: float = 1.0,
        attack_ms: float | None = None,
        decay_sec: float | None = None,
        centroid_hz: float | None = None,
        brightness: float | None = None,
        pitch_hz: float | None = None,
        noisiness: float | None = None,
        loudness_lufs: float | None = None,
    ) -> CodeHit:
        """Draw a sound of a class.

        Args:
            drum: Name of the class.
            seed: The same seed gives the same sound.
            temperature: Divisor of the prior's logits; 0 is the likeliest code at each place.
            attack_ms: Refused, as all but the loudness: codes have no faders.
            decay_sec: Refused.
            centroid_hz: Refused.
            brightness: Refused.
            pitch_hz: Refused.
            noisiness: Refused.
            loudness_lufs: Integrated loudness; less where the peak would pass 1.

        Returns:
            The sound.

        Raises:
            ConfigError: There is no such class, or a fader is asked for.
            LatentError: The seed or the temperature is out of range.
        """
        number = self._number(drum)
        check_temperature("temperature", temperature)
        faders = {
            "attack": attack_ms,
            "decay": decay_sec,
            "centroid": centroid_hz,
            "brightness": brightness,
            "pitch": pitch_hz,
            "noisiness": noisiness,
        }
        for name, value in faders.items():
            if value is not None:
                raise ConfigError(
                    f"{self.name} draws codes and has no fader for the {name}. Leave it out, or {_WITH_Z}."
                )
        codes = self._draw(self._one_hot(number), seeded(seed), temperature)
        return self._sound(codes, number, seed, loudness_lufs)

    def like(
        self,
        recording: "DrumSound | Audio | str | os.PathLike[str]",
        amount: float = 0.3,
        *,
        drum: str | None = None,
        seed: int = 0,
    ) -> CodeHit:
        """Vary a recording: draw a share of its codes anew, given those before them.

        Args:
            recording: A sound of a drum machine, samples, or a sound file of one stroke.
            amount: Share of the codes that are drawn, the finest level first, late ones before early ones: 0
                reconstructs the recording, 1 is a new sound of its class.
            drum: Its class; None chooses the class in which it is reconstructed best.
            seed: The same seed gives the same variation.

        Returns:
            The sound.

        Raises:
            AudioError: The file cannot be read, is silent or too short.
            ConfigError: The amount is out of range, or there is no such class.
        """
        if not 0 <= amount <= 1:
            raise ConfigError(f"The amount of a variation is from 0 to 1, not {amount:g}.")
        given, number = self._place(recording, drum)
        kept = round((1 - amount) * given.numel())
        # Coarse to fine, and in time within a level.
        order = torch.arange(given.numel()).view(self.prior.levels, -1).T
        codes = self._draw(self._one_hot(number), seeded(seed), 1.0, given=given[None], kept=order < kept)
        return self._sound(codes, number, seed, None)

    def morph(
        self,
        first: "DrumSound | Audio | str | os.PathLike[str]",
        last: "DrumSound | Audio | str | os.PathLike[str]",
        steps: int = 7,
        *,
        seed: int = 0,
    ) -> list[DrumSound]:
        """Refuse: between codes there is no path.

        Args:
            first: A sound.
            last: Another one.
            steps: Number of sounds.
            seed: Of the noise in the phases.

        Returns:
            Nothing.

        Raises:
            ConfigError: Always.
        """
        raise ConfigError(f"{self.name} draws codes, between which there is no path. To morph, {_WITH_Z}.")

    def mix(
        self,
        first: "DrumSound | Audio | str | os.PathLike[str]",
        tail: "DrumSound | Audio | str | os.PathLike[str]",
        *,
        at_ms: float = 30.0,
        seed: int = 0,
    ) -> DrumSound:
        """Refuse: a mix has no codes.

        Args:
            first: A sound.
            tail: Another one.
            at_ms: Where its tail would take over.
            seed: Of the noise in the phases.

        Returns:
            Nothing.

        Raises:
            ConfigError: Always.
        """
        raise ConfigError(f"{self.name} draws codes, and a mix of two sounds has none. To mix, {_WITH_Z}.")

    def kit(self, seed: int = 0, *, temperature: float = 1.0) -> dict[str, CodeHit]:
        """Draw a sound of every class.

        Args:
            seed: The same seed gives the same kit.
            temperature: Divisor of the prior's logits.

        Returns:
            The sounds by class.

        Raises:
            LatentError: The seed or the temperature is out of range.
        """
        check_temperature("temperature", temperature)
        generator, sounds = seeded(seed), {}
        for number, drum in enumerate(self.drums):
            codes = self._draw(self._one_hot(number), generator, temperature)
            sounds[drum] = self._sound(codes, number, seed, None)
        return sounds

    @torch.inference_mode()
    def latents(
        self, classes: Float[Tensor, "batch class"], generator: torch.Generator
    ) -> Float[Tensor, "batch position size"]:
        """Draw latents of classes, as the network decodes them: vectors of codes.

        Args:
            classes: Weights of the classes of each sound.
            generator: Source of the draws.

        Returns:
            The latents.
        """
        return self.network.lookup(self.prior.sample(classes, generator))

    @torch.inference_mode()
    def _draw(
        self, drum: Float[Tensor, " class"], generator: torch.Generator, temperature: float, **given: Tensor
    ) -> Int[Tensor, "position level"]:
        return self.prior.sample(drum[None], generator, temperature, **given)[0]

    @torch.inference_mode()
    def _sound(
        self, codes: Int[Tensor, "position level"], number: int, seed: int, loudness_lufs: float | None
    ) -> CodeHit:
        """Synthesize and measure."""
        levels = self.network.decode(self.network.lookup(codes[None]), self._one_hot(number)[None])
        wave = fade_end(self.network.wave(levels, seeded(seed)).numpy())[0]
        wave, asked = turned_down(wave, {}, loudness_lufs)
        return CodeHit(Audio(wave[None], SAMPLE_RATE), self.drums[number], asked, codes)

    @torch.inference_mode()
    def _place(
        self, sound: "DrumSound | Audio | str | os.PathLike[str]", drum: str | None
    ) -> tuple[Int[Tensor, "position level"], int]:
        """Codes and class of a sound."""
        if isinstance(sound, CodeHit):
            return sound.codes, self._number(drum or sound.drum)
        if isinstance(sound, DrumSound):
            sound = sound.audio
        audio = sound if isinstance(sound, Audio) else read_audio(sound, max_sec=LONGEST_SEC)
        levels = self.network.levels(torch.from_numpy(one_shot(audio))[None])
        numbers = range(len(self.drums)) if drum is None else [self._number(drum)]
        places = []
        for number in numbers:
            classes = self._one_hot(number)[None]
            coded = self.network.encode(levels, classes)
            distance = (self.network.decode(coded.mean, classes) - levels).abs().mean()
            places.append((float(distance), number, coded.codes[0]))
        _, best, codes = min(places, key=lambda place: place[:2])
        return codes, best
