"""A kit: a folder of drum sounds, and the player that plays the strokes of a song with them.

A class has one sound, or layers for soft and loud strokes, each of several sounds that are played in turn.
A sound file belongs to the class that its name tells (`symvae.audio.drum_sounds`); of several of a class the
first by name is played. Classes that are missing are played by their nearest relative. A stroke of a closed
hi-hat or of its pedal damps an open one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

from symvae.audio.drum_sounds import CLASS_OF_KEY, CLASSES, HAT_KEYS, STAND_INS, class_of_name
from symvae.audio.notes import Notes
from symvae.dsp.audio import Audio
from symvae.dsp.wav import read_audio, resample
from symvae.errors import AudioError

#: Level of a sound with a peak of 1 at full velocity.
LEVEL = 0.35
#: Longest sound of a kit, and most files that are looked at.
LONGEST_SEC, MOST_FILES = 12.0, 10_000
_SUFFIXES = (".wav", ".flac", ".ogg", ".aif", ".aiff", ".mp3")
_DAMP_SEC = 0.02
_BLOCK_SEC = 6.0


#: Sounds of a class: layers from soft to loud strokes, each of some sounds that are played in turn.
Layers: TypeAlias = Sequence[Sequence[Audio]]


class Kit:
    """Sounds by class.

    Args:
        name: Name of the kit.
        sounds: Layers of at least one class; only the classes that a song needs are looked up.
        longest_sec: Length of the longest sound.
    """

    def __init__(self, name: str, sounds: Mapping[str, Layers], longest_sec: float) -> None:
        self.name = name
        self.sounds = sounds
        self.longest_sec = longest_sec

    def drum_of(self, key: int) -> str:
        """Class that plays a key of General MIDI's kit: its own, else the nearest that the kit has."""
        wanted = CLASS_OF_KEY.get(key, "rim")
        waiting, seen = [wanted], set[str]()
        while waiting:
            drum = waiting.pop(0)
            if drum in self.sounds:
                return drum
            seen.add(drum)
            waiting += [each for each in STAND_INS[drum] if each not in seen]
        return next(drum for drum in CLASSES if drum in self.sounds)


def read_kit(folder: Path | str) -> Kit:
    """Read the drum sounds of a folder.

    Args:
        folder: Folder of sound files that are named by drum, as ``kick.wav``.

    Returns:
        The kit.

    Raises:
        AudioError: There is no such folder, no file in it is named by a drum, or a file cannot be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise AudioError(
            f"There is no folder {folder}. Give a folder of drum sounds, as `symvae kit` writes."
        )
    paths: dict[str, Path] = {}
    for count, path in enumerate(sorted(folder.rglob("*"))):
        if count >= MOST_FILES:
            raise AudioError(f"{folder} holds more than {MOST_FILES} files. Give the folder of one kit.")
        drum = class_of_name(path.relative_to(folder)) if path.suffix.lower() in _SUFFIXES else None
        if drum is not None:
            paths.setdefault(drum, path)
    if not paths:
        raise AudioError(
            f"{folder} holds no sound file that is named by a drum. "
            "Name files as kick.wav or snare.wav, or write a kit with `symvae kit`."
        )
    sounds = {drum: read_audio(path, max_sec=LONGEST_SEC) for drum, path in paths.items()}
    longest_sec = max(sound.duration_sec for sound in sounds.values())
    return Kit(folder.name, {drum: ((sound,),) for drum, sound in sounds.items()}, longest_sec)


class KitPlayer:
    """Player of the strokes of a part.

    Args:
        kit: The sounds.
        sample_rate: Hz.
    """

    def __init__(self, kit: Kit, sample_rate: int) -> None:
        self.kit = kit
        self.sample_rate = sample_rate
        self.tail_sec = min(kit.longest_sec, LONGEST_SEC)
        self._sounds = lru_cache(maxsize=None)(self._layers)

    def blocks(self, notes: Notes, samples: int) -> Iterator[Float[np.ndarray, "channel sample"]]:
        """Blocks of all strokes, in stereo where a sound of the kit is."""
        strokes = list(self._strokes(notes))
        channels = max((len(sound) for _, sound in strokes), default=1)
        step = round(_BLOCK_SEC * self.sample_rate)
        for first in range(0, samples, step):
            block = np.zeros((channels, min(step, samples - first)), np.float32)
            for start, sound in strokes:
                low, high = max(start - first, 0), min(start - first + sound.shape[1], block.shape[1])
                if low < high:
                    block[:, low:high] += sound[:, low - start + first : high - start + first]
            yield block

    def _strokes(self, notes: Notes) -> Iterator[tuple[int, Float[np.ndarray, "channel sample"]]]:
        """First sample and sound of each stroke."""
        closing = np.sort(notes.onset_sec[np.isin(notes.pitch, HAT_KEYS)])
        turn: Counter[str] = Counter()
        columns = (notes.onset_sec.tolist(), notes.pitch.tolist(), notes.velocity.tolist())
        for onset_sec, key, velocity in zip(*columns, strict=True):
            drum = self.kit.drum_of(key)
            layers = self._sounds(drum)
            layer = layers[min(velocity * len(layers) // 128, len(layers) - 1)]
            sound = LEVEL * (velocity / 127) ** 2 * layer[turn[drum] % len(layer)]
            turn[drum] += 1
            if CLASS_OF_KEY.get(key) == "open_hat":
                later = closing[closing > onset_sec]
                if len(later):
                    sound = _damped(sound, round((later[0] - onset_sec) * self.sample_rate), self.sample_rate)
            yield round(onset_sec * self.sample_rate), sound.astype(np.float32)

    def _layers(self, drum: str) -> list[list[Float[np.ndarray, "_ sample"]]]:
        """Samples at the player's rate: one channel, or the first two."""
        most = round(LONGEST_SEC * self.sample_rate)
        return [
            [resample(sound, self.sample_rate).samples[:2, :most] for sound in layer]
            for layer in self.kit.sounds[drum]
        ]


def _damped(
    sound: Float[np.ndarray, "channel sample"], at: int, sample_rate: int
) -> Float[np.ndarray, "channel shorter"]:
    """Fade a sound out within some milliseconds after a sample."""
    length = max(round(_DAMP_SEC * sample_rate), 1)
    gain = 1 - np.clip((np.arange(sound.shape[1]) - at) / length, 0, 1)
    return sound[:, : at + length] * gain[: at + length]
