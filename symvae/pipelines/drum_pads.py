"""Sixteen pads: sounds of a drum machine on the keys of a kit, as a set to play and as files.

The pads lie as on a drum sampler, four rows of four, the kick at the bottom left. Nine of them are the
classes of the drum models (`symvae.music.drum_kit`), so what these write has a pad for each hit.
"""

import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from symvae.audio.drum_sounds import CLASS_OF_KEY
from symvae.audio.kit import Kit
from symvae.audio.one_shot import SAMPLE_RATE, SAMPLES
from symvae.dsp.audio import Audio
from symvae.dsp.wav import write_wav
from symvae.errors import ConfigError
from symvae.pipelines.drum_hits import sfz
from symvae.system.drum_machine import FADER_NAMES, DrumMachine, Hit

#: Sounds that are kept, so that a set of pads is drawn once.
_KEPT = 128
#: Draws of a class among which pads of the same class are chosen by their brightness.
_TOMS = 7


class Pad(NamedTuple):
    """A pad."""

    name: str
    drum: str
    """Class of the drum machine."""
    key: int
    """MIDI note number, in General MIDI's kit."""


PADS = (
    Pad("crash", "crash", 49),
    Pad("ride", "ride", 51),
    Pad("metal", "metal", 56),
    Pad("shaker", "shaker", 70),
    Pad("low_tom", "tom", 45),
    Pad("mid_tom", "tom", 48),
    Pad("high_tom", "tom", 50),
    Pad("hand_drum", "hand_drum", 62),
    Pad("closed_hat", "closed_hat", 42),
    Pad("open_hat", "open_hat", 46),
    Pad("rim", "rim", 37),
    Pad("clap", "clap", 39),
    Pad("kick", "kick", 36),
    Pad("snare", "snare", 38),
    Pad("kick_2", "kick", 35),
    Pad("snare_2", "snare", 40),
)
_BY_KEY = {pad.key: number for number, pad in enumerate(PADS)}
_BY_DRUM = {pad.drum: number for number, pad in reversed(list(enumerate(PADS)))}


def pad_of_key(key: int) -> int:
    """Find the pad for a key of General MIDI's kit.

    Args:
        key: MIDI note number.

    Returns:
        Number of the key's own pad, else of the first pad of the key's class.
    """
    return _BY_KEY.get(key, _BY_DRUM[CLASS_OF_KEY.get(key, "rim")])


@dataclass(frozen=True)
class PadSound:
    """A sound that `DrumMachine.hit` draws, and its level."""

    drum: str
    seed: int
    faders: tuple[tuple[str, float], ...] = ()
    """Attributes that are asked for, by name."""
    level: float = 1.0
    """Gain, 0 to 1."""

    def __post_init__(self) -> None:
        if not 0 <= self.level <= 1:
            raise ConfigError(f"A level is from 0 to 1, not {self.level:g}.")
        for name, _ in self.faders:
            if name not in FADER_NAMES:
                raise ConfigError(f"There is no fader {name!r:.40}. Move one of {', '.join(FADER_NAMES)}.")


class PadMachine:
    """A drum machine that remembers what it has drawn.

    Args:
        machine: The drum machine.
    """

    def __init__(self, machine: DrumMachine) -> None:
        self.machine = machine
        self._drawn = lru_cache(maxsize=_KEPT)(
            lambda drum, seed, faders: machine.hit(drum, seed=seed, **dict(faders))
        )

    def hit(self, sound: PadSound) -> Hit:
        """Draw a sound, without its level.

        Args:
            sound: The sound.

        Returns:
            The hit; raises as `DrumMachine.hit`.
        """
        return self._drawn(sound.drum, sound.seed, sound.faders)

    def audio(self, sound: PadSound) -> Audio:
        """Draw a sound at its level.

        Args:
            sound: The sound.

        Returns:
            Its samples.
        """
        audio = self.hit(sound).audio
        return audio if sound.level == 1 else Audio(sound.level * audio.samples, audio.sample_rate)

    def kit(self, seed: int = 0) -> tuple[PadSound, ...]:
        """Choose a sound for each pad; the toms are from the darkest to the brightest.

        Args:
            seed: The same seed gives the same kit.

        Returns:
            A sound for each of `PADS`.

        Raises:
            LatentError: The seed is out of range.
        """
        sounds = []
        for number, pad in enumerate(PADS):
            before = sum(other.drum == pad.drum for other in PADS[:number])
            sounds.append(PadSound(pad.drum, seed + before))
        toms = [number for number, pad in enumerate(PADS) if pad.drum == "tom"]
        drawn = sorted((PadSound("tom", seed + turn) for turn in range(_TOMS)), key=self._centroid)
        for turn, number in enumerate(toms):
            sounds[number] = drawn[turn * (len(drawn) - 1) // (len(toms) - 1)]
        return tuple(sounds)

    def _centroid(self, sound: PadSound) -> float:
        return self.hit(sound).attributes["centroid_hz"]


class PadKit(Kit):
    """A set of pads as a kit for `symvae.audio.kit.KitPlayer`.

    Args:
        sounds: Samples of each of `PADS`.
    """

    def __init__(self, sounds: Sequence[Audio]) -> None:
        named = {pad.name: ((sound,),) for pad, sound in zip(PADS, sounds, strict=True)}
        super().__init__("pads", named, SAMPLES / SAMPLE_RATE)

    def drum_of(self, key: int) -> str:
        """Find the pad that plays a key.

        Args:
            key: MIDI note number.

        Returns:
            Name of the pad.
        """
        return PADS[pad_of_key(key)].name


def kit_zip(sounds: Mapping[Pad, Audio], title: str) -> bytes:
    """Pack a kit: a WAV file for each pad, and kit.sfz for samplers.

    Args:
        sounds: Samples of each pad.
        title: Comment of the first line of the map.

    Returns:
        A zip file.
    """
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for pad, audio in sounds.items():
            path = write_wav(audio.samples, audio.sample_rate, Path(folder) / f"{pad.name}.wav")
            file.write(path, f"kit/{path.name}")
        file.writestr("kit/kit.sfz", sfz({pad.name: pad.key for pad in sounds}, title))
    return packed.getvalue()
