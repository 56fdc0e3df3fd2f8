"""Parts and their players → one stereo sound: placed on the stage, mixed, at one loudness.

The mix grows block by block in a file that nobody sees, so a song may be as long as it likes. Once it
is whole its loudness is measured, and everything is scaled alike: no limiter, no clipping.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.audio.instruments import place_of_program
from symvae.audio.parts import Part
from symvae.audio.player import Player
from symvae.dsp.audio import Audio
from symvae.dsp.loudness import SHORTEST_SEC, LoudnessMeter
from symvae.dsp.wav import WavWriter
from symvae.errors import AudioError

#: What streaming services play at, in LUFS (AES TD1004 recommends -16 for them).
LOUDNESS_LUFS = -16.0
#: No sample is louder than this: 1 dB under full scale.
PEAK = 10 ** (-1 / 20)
_READ_SAMPLES = 2**19


class Voice(NamedTuple):
    """A part and who plays it."""

    part: Part
    player: Player


class Mixture:
    """Stereo samples in a nameless file: added to anywhere, read from start to end."""

    def __init__(self, samples: int, sample_rate: int) -> None:
        self.samples = samples
        self.sample_rate = sample_rate
        # Empty places of a file that is longer than what was written read as zeros.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the mixture)
        self._file.truncate(samples * 8)

    def add(self, block: Float[np.ndarray, "channel sample"], first_sample: int) -> None:
        """Mix in one or two channels, from a sample on."""
        here = self._read(first_sample, block.shape[1])
        here += block.T
        self._file.seek(first_sample * 8)
        self._file.write(here.tobytes())

    def blocks(self) -> Iterator[Float[np.ndarray, "2 sample"]]:
        """Everything, from the start."""
        for first in range(0, self.samples, _READ_SAMPLES):
            yield self._read(first, min(_READ_SAMPLES, self.samples - first)).T

    def peak(self) -> float:
        """Its largest sample; NaN where one is."""
        return float(np.max([np.abs(block).max() for block in self.blocks()], initial=0.0))

    def _read(self, first: int, samples: int) -> Float[np.ndarray, "sample 2"]:
        self._file.seek(first * 8)
        return np.frombuffer(self._file.read(samples * 8), np.float32).reshape(-1, 2).copy()

    def gain(self, loudness_lufs: float) -> float:
        """What brings the mix to a loudness, or as near to it as its peaks allow; 1 for silence.

        It is measured with its peak at full scale: what is soft, too, is over the meter's threshold.
        """
        peak = self.peak()
        if not np.isfinite(peak):
            raise AudioError("The sound holds values that are no numbers. Choose another timbre or engine.")
        if peak == 0.0:
            return 1.0
        meter = LoudnessMeter(self.sample_rate, channels=2)
        for block in self.blocks():
            meter.add(block / peak)
        # A sound of less than one block of the meter is heard with the silence after it.
        meter.add(np.zeros((2, max(round(SHORTEST_SEC * self.sample_rate) - self.samples, 0))))
        return min(10 ** ((loudness_lufs - meter.integrated_lufs()) / 20), PEAK) / peak


class Rendering(NamedTuple):
    """The mix, each part of it if asked for, and the gain that both are to be played with."""

    mixture: Mixture
    stems: list[Mixture]
    gain: float

    def audio(self) -> Audio:
        """The whole in memory."""
        blocks = [self.gain * block for block in self.mixture.blocks()]
        samples = np.concatenate([np.zeros((2, 0), np.float32), *blocks], 1).astype(np.float32)
        return Audio(samples, self.mixture.sample_rate)

    def write(self, mixture: Mixture, path: Path, *, force: bool = False) -> Path:
        """The mix, or a stem, as a WAV file."""
        with WavWriter(path, 2, mixture.sample_rate, force=force) as file:
            for block in mixture.blocks():
                file.write(self.gain * block)
        return path


def render_voices(
    voices: Sequence[Voice],
    seconds: float,
    sample_rate: int,
    *,
    stems: bool = False,
    loudness_lufs: float = LOUDNESS_LUFS,
    watch: Callable[[float], None] = lambda share: None,
) -> Rendering:
    """Play every part and mix them; ``watch`` is told the share that is done.

    The sound lasts as long as the music and the release of its last notes. Where a stem is louder than the
    mix, in which others cancel it, its peaks count as the mix's do.
    """
    last = max(
        (v.part.notes.last_sec + v.player.tail_sec for v in voices if len(v.part.notes.pitch)), default=0.0
    )
    samples = round(max(seconds, last) * sample_rate)
    whole = Mixture(samples, sample_rate)
    single: list[Mixture] = []
    for number, (part, player) in enumerate(voices):
        own = Mixture(samples, sample_rate) if stems else None
        sides = panned(place_of(part))
        done = 0
        for block in player.blocks(part.notes, samples):
            if block.any():
                placed = (block * sides).astype(np.float32)
                whole.add(placed, done)
                if own is not None:
                    own.add(placed, done)
            done += block.shape[1]
            watch((number + done / samples) / len(voices))
        if own is not None:
            single.append(own)
    loudest = max((stem.peak() for stem in single), default=0.0)
    gain = whole.gain(loudness_lufs)
    return Rendering(whole, single, min(gain, PEAK / loudest) if loudest else gain)


def place_of(part: Part) -> float:
    """Where a part sits, from -1 (left) to 1 (right): where the file says, else by its program.

    A drum part's program names a kit and no instrument; drums sit in the middle.
    """
    if part.pan is not None:
        return part.pan
    return 0.0 if part.is_drum else place_of_program(part.program)


def panned(place: float) -> Float[np.ndarray, "2 1"]:
    """Gains of left and right at a place from -1 to 1, of equal power everywhere and 1 in the middle."""
    angle = (place + 1) * np.pi / 4
    return np.sqrt(2) * np.array([[np.cos(angle)], [np.sin(angle)]])
