"""Notes of one instrument, recorded before they are played, so that live play never waits for a synthesizer.

At first every fourth key is recorded; a key between them is the nearest one at another speed, until its own
recording is there. Velocities have three recordings a key, and gains between them.
"""

from collections.abc import Callable, Iterator
from itertools import product
from threading import Lock
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.audio.keyboard import KEYS, LOWEST
from symvae.audio.notes import Notes
from symvae.audio.player import Player

#: Recorded velocities; the first one is that of keys without velocity.
VELOCITIES = (80, 48, 112)
#: Keys from one of the first recordings to the next.
KEYS_APART = 4
#: Length of a key's press, which is the longest that a note is held.
NOTE_SEC = 3.0
#: Largest sample of the median recording: eight such notes stay below full scale.
LEVEL = 0.25
_LAST_FADE_SEC, _BEFORE_ONSET_SEC = 0.3, 0.001
_SILENCE, _END = 0.01, 0.001


class Sound(NamedTuple):
    """A note to mix."""

    samples: Float[np.ndarray, " sample"]
    gain: float


class NoteBank:
    """Recorded notes of an instrument; sounds are taken from any thread.

    Args:
        player: The instrument.
        sample_rate: Hz of the recordings; None for that of the player.
        note_sec: Length of a key's press.
    """

    def __init__(self, player: Player, sample_rate: int | None = None, note_sec: float = NOTE_SEC) -> None:
        self.player, self.note_sec = player, note_sec
        self.sample_rate = sample_rate or player.sample_rate
        self._level = 1.0
        self._recorded: dict[tuple[int, int], np.ndarray] = {}
        self._recording = Lock()

    def __len__(self) -> int:
        return len(self._recorded)

    def warm_up(self, watch: Callable[[float], None] = lambda share: None) -> None:
        """Record every fourth key, and set the level by them.

        Args:
            watch: Progress, 0 to 1.
        """
        first = list(_first_keys())
        for number, pitch in enumerate(first, 1):
            self._record(pitch, VELOCITIES[0])
            watch(number / len(first))
        peaks = [float(np.abs(samples).max(initial=0.0)) for samples in self._recorded.values()]
        self._level = LEVEL / max(float(np.median(peaks)), 1e-6)

    def fill(self, stopping: Callable[[], bool] = lambda: False) -> None:
        """Record all other notes, those of the middle of the keyboard first.

        Args:
            stopping: Asked before each; True ends this call.
        """
        middle = LOWEST + KEYS // 2
        pitches = sorted(range(LOWEST, LOWEST + KEYS), key=lambda pitch: abs(pitch - middle))
        for velocity, pitch in product(VELOCITIES, pitches):
            if stopping():
                return
            self._record(pitch, velocity)

    def sound(self, pitch: int, velocity: int) -> Sound:
        """Take a note, from the nearest recording.

        Args:
            pitch: MIDI note number.
            velocity: 1 to 127.

        Returns:
            Its samples and their gain.
        """
        velocities = sorted(VELOCITIES, key=lambda each: abs(each - velocity))
        for away in range(KEYS):
            for recorded, key in product(velocities, (pitch - away, pitch + away)):
                samples = self._recorded.get((key, recorded))
                if samples is not None:
                    return Sound(_shifted(samples, pitch - key), self._level * velocity / recorded)
        return Sound(self._record(pitch, velocities[0]), self._level * velocity / velocities[0])

    def recording(self, pitch: int, velocity: int = VELOCITIES[0]) -> Float[np.ndarray, " sample"]:
        """The recording of one note, made now unless it is there; without the gain of the bank."""
        return self._record(pitch, velocity)

    def _record(self, pitch: int, velocity: int) -> Float[np.ndarray, " sample"]:
        place = pitch, velocity
        with self._recording:
            if place not in self._recorded:
                self._recorded[place] = self._played(pitch, velocity)
            return self._recorded[place]

    def _played(self, pitch: int, velocity: int) -> Float[np.ndarray, " sample"]:
        """One note in one channel, from its onset to its end."""
        notes = Notes(*(np.array([each]) for each in (0.0, self.note_sec, pitch, velocity)))
        rate = self.player.sample_rate
        blocks = self.player.blocks(notes, round(self.note_sec * rate))
        samples = np.concatenate([block.mean(axis=0) for block in blocks]).astype(np.float32)
        if rate != self.sample_rate:
            from symvae.dsp.audio import Audio
            from symvae.dsp.wav import resample

            samples = resample(Audio(samples[None], rate), self.sample_rate).samples[0].astype(np.float32)
        loud = np.abs(samples)
        peak = loud.max(initial=0.0)
        if not peak > 0:
            return np.zeros(1, np.float32)
        first = max(int(np.argmax(loud > _SILENCE * peak)) - round(_BEFORE_ONSET_SEC * self.sample_rate), 0)
        last = len(loud) - int(np.argmax(loud[::-1] > _END * peak))
        samples = samples[first:last].copy()
        fade = min(round(_LAST_FADE_SEC * self.sample_rate), len(samples))
        samples[len(samples) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
        return samples


def pitches_in_turn() -> list[int]:
    """All keys in the order of recording: every fourth, then the rest, each time from the middle."""
    middle, first = LOWEST + KEYS // 2, set(_first_keys())
    return sorted(range(LOWEST, LOWEST + KEYS), key=lambda pitch: (pitch not in first, abs(pitch - middle)))


def _first_keys() -> Iterator[int]:
    yield from range(LOWEST + KEYS_APART // 2, LOWEST + KEYS, KEYS_APART)


def _shifted(samples: Float[np.ndarray, " sample"], semitones: int) -> Float[np.ndarray, " shifted"]:
    """Samples at another speed, read between them on straight lines."""
    if semitones == 0:
        return samples
    speed = 2 ** (semitones / 12)
    place = np.arange(0, len(samples) - 1, speed)
    return np.interp(place, np.arange(len(samples)), samples).astype(np.float32)
