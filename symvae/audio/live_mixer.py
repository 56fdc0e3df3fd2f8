"""Mixer for live play: recorded notes, added block by block with the least delay.

Notes are started and ended from any thread; blocks are mixed in the thread of the sound device, which never
waits and allocates no samples. A note that is started before a block sounds from its first sample.
"""

from collections import deque
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

#: Voices at once; beyond it the oldest fades.
MOST_VOICES = 32
#: Samples mixed at once; longer blocks are mixed in pieces.
PIECE_SAMPLES = 1024
RELEASE_SEC, STOLEN_SEC = 0.15, 0.005
#: Largest sample of the mix; louder blocks are turned down.
CEILING = 0.9
#: Time in which the gain rises from silence to 1 after a loud block.
RECOVERY_SEC = 2.0
#: Commands that wait for a block; more of them only pile up where no device plays.
_MOST_WAITING = 1024


class _Command(NamedTuple):
    pitch: int
    samples: Float[np.ndarray, " sample"] | None
    """None ends the note."""
    gain: float


class _Voice:
    """A note that sounds, or a free place for one."""

    __slots__ = ("began", "fade", "faded", "gain", "pitch", "position", "samples")

    def __init__(self) -> None:
        self.samples: np.ndarray | None = None
        self.fade: np.ndarray | None = None
        self.pitch = self.position = self.faded = self.began = 0
        self.gain = 1.0


class LiveMixer:
    """Voices of recorded notes.

    Args:
        sample_rate: Hz.
        most_voices: Voices at once.
    """

    def __init__(self, sample_rate: int, most_voices: int = MOST_VOICES) -> None:
        self.sample_rate, self.most_voices = sample_rate, most_voices
        self._waiting: deque[_Command] = deque(maxlen=_MOST_WAITING)
        # As many again fade while new ones begin.
        self._voices = [_Voice() for _ in range(2 * most_voices)]
        self._release, self._stolen = (_fade(sec, sample_rate) for sec in (RELEASE_SEC, STOLEN_SEC))
        self._sum, self._part = np.zeros(PIECE_SAMPLES, np.float32), np.zeros(PIECE_SAMPLES, np.float32)
        self._ramp = (np.arange(1, PIECE_SAMPLES + 1) / PIECE_SAMPLES).astype(np.float32)
        self._gain, self._started = 1.0, 0

    @property
    def sounding(self) -> int:
        """Voices of the last block that go on, fading ones among them."""
        return sum(voice.samples is not None for voice in self._voices)

    def start(self, pitch: int, samples: Float[np.ndarray, " sample"], gain: float = 1.0) -> None:
        """Start a note with the next block; the same pitch fades where it still sounds.

        Args:
            pitch: Name of the note for `end`, as a MIDI note number.
            samples: Its sound, which must not change afterward.
            gain: Factor of the samples.
        """
        self._waiting.append(_Command(pitch, samples, gain))

    def end(self, pitch: int) -> None:
        """Let the notes of a pitch fade from the next block on."""
        self._waiting.append(_Command(pitch, None, 0.0))

    def mix(self, out: Float[np.ndarray, "sample channel"]) -> None:
        """Mix the next block.

        Args:
            out: Samples that are overwritten, the same in each channel.
        """
        while self._waiting:
            self._obey(self._waiting.popleft())
        for first in range(0, len(out), PIECE_SAMPLES):
            piece = out[first : first + PIECE_SAMPLES]
            total = self._sum[: len(piece)]
            total.fill(0.0)
            for voice in self._voices:
                if voice.samples is not None:
                    self._add(voice, voice.samples, total)
            self._turn_down(total)
            piece[:] = total[:, None]

    def _obey(self, command: _Command) -> None:
        for voice in self._voices:
            if voice.samples is not None and voice.pitch == command.pitch and voice.fade is None:
                voice.fade = self._release
        if command.samples is None:
            return
        held = [voice for voice in self._voices if voice.samples is not None and voice.fade is None]
        if len(held) >= self.most_voices:
            min(held, key=lambda voice: voice.began).fade = self._stolen
        self._started += 1
        # A free place, else that of the voice which fades longest.
        voice = max(self._voices, key=lambda each: (each.samples is None, each.fade is not None, -each.began))
        voice.samples, voice.gain, voice.pitch = command.samples, command.gain, command.pitch
        voice.position, voice.fade, voice.faded, voice.began = 0, None, 0, self._started

    def _add(self, voice: _Voice, samples: np.ndarray, total: np.ndarray) -> None:
        """Add the next samples of a voice; at its end its place is free again."""
        length = min(len(total), len(samples) - voice.position)
        if voice.fade is not None:
            length = min(length, len(voice.fade) - voice.faded)
        part = self._part[:length]
        np.multiply(samples[voice.position : voice.position + length], voice.gain, out=part)
        if voice.fade is not None:
            np.multiply(part, voice.fade[voice.faded : voice.faded + length], out=part)
            voice.faded += length
        np.add(total[:length], part, out=total[:length])
        voice.position += length
        if length < len(total):
            voice.samples = None

    def _turn_down(self, total: np.ndarray) -> None:
        """Keep a piece below the ceiling; the gain moves evenly, so that nothing clicks."""
        peak = max(float(total.max()), -float(total.min()))
        rise = len(total) / (RECOVERY_SEC * self.sample_rate)
        goal = min(1.0, self._gain + rise, CEILING / max(peak, CEILING))
        if self._gain == goal == 1.0:
            return
        part = self._part[: len(total)]
        step = (goal - self._gain) * PIECE_SAMPLES / len(total)
        np.multiply(self._ramp[: len(total)], step, out=part)
        np.add(part, self._gain, out=part)
        np.multiply(total, part, out=total)
        np.clip(total, -1.0, 1.0, out=total)
        self._gain = goal


def _fade(seconds: float, sample_rate: int) -> Float[np.ndarray, " sample"]:
    """A fall from 1 to 0: the square of a line, which sounds even."""
    return (np.linspace(1, 0, max(round(seconds * sample_rate), 2)) ** 2).astype(np.float32)
