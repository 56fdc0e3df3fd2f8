"""A neural drum machine: one-shot sounds by class, by example, and by the values of their attributes.

    machine = symvae.load_drum_machine("runs/drums")
    snare = machine.hit("snare", seed=7, decay_sec=0.2, brightness=0.8)
    snare.attributes["decay_sec"]                # as measured on the sound
    machine.like("mine.wav", 0.3)                # a variation of a recording
    machine.morph(snare, "clap.wav", steps=5)
    machine.mix(snare, "clap.wav")               # this attack, that tail
    machine.kit(seed=7)["kick"].audio            # Audio: samples and their rate

Every sound has a peak of 1 at most, and the same seed gives the same samples.
"""

import math
import os
from pathlib import Path

import numpy as np
import torch

from symvae.arguments import checked
from symvae.audio.one_shot import ONSET, SAMPLE_RATE, SAMPLES
from symvae.dsp.audio import Audio
from symvae.dsp.tail import with_tail
from symvae.errors import CheckpointError, ConfigError, LatentError
from symvae.system.artifact_folder import ONESHOT_CODES_FORMAT, format_of
from symvae.system.catalog import find_drum_machine
from symvae.system.code_drum_machine import CodeDrumMachine
from symvae.system.draws import check_temperature, seeded
from symvae.system.drum_faders import FADERS, asked_values
from symvae.system.drum_sound import DrumSound, fade_end
from symvae.system.oneshot_artifacts import (
    load_coarse_decoder,
    load_drum_attacks,
    load_drum_faders,
    load_drum_prior,
    load_drum_vae,
    load_known_sounds,
)
from symvae.system.sounding_machine import Hit, SoundingMachine

DEFAULT_DRUM_MACHINE = "oneshot-44k"
#: Most sounds of a morph.
MOST_STEPS = 1_000


@checked
class DrumMachine(SoundingMachine):
    """A trained drum machine; `load_drum_machine` makes one."""

    @classmethod
    def load(cls, name: str | Path = DEFAULT_DRUM_MACHINE) -> "DrumMachine":
        """Load a drum machine that comes with the package, or from its folder.

        Raises:
            CheckpointError: There is none, it is damaged, or its training has not ended.
        """
        folder = find_drum_machine(name)
        config, network = load_drum_vae(folder)
        prior, faders = load_drum_prior(folder, config), load_drum_faders(folder, config)
        if prior is None or faders is None:
            raise CheckpointError(
                f"{folder} has no prior or no faders yet. "
                "Go on with its training: symvae train-oneshot --resume."
            )
        known, attacks = load_known_sounds(folder, network), load_drum_attacks(folder, config)
        coarse = load_coarse_decoder(folder, config, network)
        return cls(folder, config, network, prior, faders, known, coarse, attacks)

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
    ) -> Hit:
        """Draw a sound of a class, and move it to the values that are asked for.

        Values are reached as nearly as z allows; the sound's ``attributes`` say how nearly.

        Args:
            drum: Name of the class.
            seed: The same seed gives the same sound.
            temperature: Scale of the prior's noise; 0 is a typical sound.
            attack_ms: Milliseconds from a tenth to nine tenths of the highest level.
            decay_sec: Seconds from there until it has fallen by 30 dB.
            centroid_hz: Spectral centroid in Hz.
            brightness: The same as a rank among the sounds of the class: 0 the darkest, 1 the brightest.
            pitch_hz: Strongest partial in Hz.
            noisiness: Spectral flatness, 0 a tone, 0.85 white noise.
            loudness_lufs: Integrated loudness; less where the peak would pass 1.

        Returns:
            The sound.

        Raises:
            ConfigError: There is no such class, or a value is out of range.
            LatentError: The seed or the temperature is out of range.
        """
        number = self._number(drum)
        check_temperature("temperature", temperature)
        asked = asked_values(
            self.faders,
            number,
            brightness,
            {
                "attack_ms": attack_ms,
                "decay_sec": decay_sec,
                "centroid_hz": centroid_hz,
                "pitch_hz": pitch_hz,
                "noisiness": noisiness,
            },
        )
        drawn = self._draw(number, seeded(seed), temperature)
        return self._sound(
            drawn.z[0], self._one_hot(number), seed, asked, loudness_lufs, magnitudes=drawn.magnitudes
        )

    def like(
        self,
        recording: "DrumSound | Audio | str | os.PathLike[str]",
        amount: float = 0.3,
        *,
        drum: str | None = None,
        seed: int = 0,
    ) -> Hit:
        """Vary a recording.

        Args:
            recording: A sound of this machine, samples, or a sound file of one stroke.
            amount: 0 reconstructs it, 1 is a new sound of its class.
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
        z, classes = self._place(recording, drum)
        number = int(classes.argmax())
        new = self._draw(number, seeded(seed), 1.0).z[0]
        # The spread of z stays the same on the way.
        mixed = math.sqrt(1 - amount**2) * z + amount * new
        return self._sound(mixed, classes, seed, {}, None)

    def morph(
        self,
        first: "DrumSound | Audio | str | os.PathLike[str]",
        last: "DrumSound | Audio | str | os.PathLike[str]",
        steps: int = 7,
        *,
        seed: int = 0,
    ) -> list[Hit]:
        """Walk from one sound to another, in z and between their classes.

        Args:
            first: A sound of this machine, samples, or a sound file.
            last: The other one.
            steps: Number of sounds, the reconstructions of both ends among them.
            seed: Of the noise in the phases.

        Returns:
            The sounds in order.

        Raises:
            AudioError: A file cannot be read, is silent or too short.
            LatentError: There are fewer than 2 steps, or more than `MOST_STEPS`.
        """
        if not 2 <= steps <= MOST_STEPS:
            raise LatentError(f"A morph has from 2 to {MOST_STEPS} steps, not {steps}.")
        (z, classes), (other, others) = self._place(first, None), self._place(last, None)
        return [
            self._sound(torch.lerp(z, other, share), torch.lerp(classes, others, share), seed, {}, None)
            for share in np.linspace(0, 1, steps).tolist()
        ]

    @torch.inference_mode()
    def mix(
        self,
        first: "DrumSound | Audio | str | os.PathLike[str]",
        tail: "DrumSound | Audio | str | os.PathLike[str]",
        *,
        at_ms: float = 30.0,
        seed: int = 0,
    ) -> Hit:
        """Give a sound the tail of another, as loud as its own where it starts.

        Args:
            first: A sound of this machine, samples, or a sound file.
            tail: The other one.
            at_ms: Milliseconds after the onset at which the tail takes over.
            seed: Of the noise in the phases.

        Returns:
            The sound; its ``z`` is the nearest that the machine has for it.

        Raises:
            AudioError: A file cannot be read, is silent or too short.
            ConfigError: The time is not within the sound.
        """
        last_ms = 1000 * SAMPLES / SAMPLE_RATE
        if not 0 < at_ms < last_ms:
            raise ConfigError(f"A tail takes over between 0 and {last_ms:.0f} ms, not at {at_ms:g}.")
        (z, classes), (other, others) = self._place(first, None), self._place(tail, None)
        frame = round((ONSET + at_ms / 1000 * SAMPLE_RATE) / self.config.model.hop)
        pair = self.network.decode(torch.stack([z, other]), torch.stack([classes, others]))
        levels = with_tail(pair[0], pair[1], frame)[None]
        wave = fade_end(self.network.wave(levels, seeded(seed)).numpy())[0]
        nearest = self.network.encode(levels, classes[None]).mean[0]
        return Hit(Audio(wave[None], SAMPLE_RATE), self.drums[int(classes.argmax())], {}, nearest, classes)

    def kit(self, seed: int = 0, *, temperature: float = 1.0) -> dict[str, Hit]:
        """Draw a sound of every class.

        Args:
            seed: The same seed gives the same kit.
            temperature: Scale of the prior's noise.

        Returns:
            The sounds by class.

        Raises:
            LatentError: The seed or the temperature is out of range.
        """
        check_temperature("temperature", temperature)
        generator = seeded(seed)
        classes = torch.eye(len(self.drums))
        z, magnitudes = self.draws.draw(classes, generator, temperature)
        waves = self.struck(self.waves(z, classes, seed, magnitudes), range(len(self.drums)))
        sounds = [
            Hit(Audio(wave[None], SAMPLE_RATE), drum, {}, place, each)
            for wave, drum, place, each in zip(waves, self.drums, z, classes, strict=True)
        ]
        return dict(zip(self.drums, sounds, strict=True))


#: A drum machine of either family: with z, or of codes.
AnyDrumMachine = DrumMachine | CodeDrumMachine


def load_drum_machine(name: str | Path = DEFAULT_DRUM_MACHINE) -> AnyDrumMachine:
    """Load a drum machine.

    Args:
        name: One that comes with the package, or its folder.

    Returns:
        The drum machine; one of codes draws the same verbs without faders and morphs.
    """
    folder = find_drum_machine(name)
    if format_of(folder) == ONESHOT_CODES_FORMAT:
        return CodeDrumMachine.load(folder)
    return DrumMachine.load(name)


#: Names of the faders, for those who set them by name.
FADER_NAMES = (*FADERS, "brightness", "loudness_lufs")
