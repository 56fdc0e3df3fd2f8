"""Rendering of parts to one stereo mix: panned, summed, at one loudness.

The mix grows block by block in a temporary file, so a song may be of any length. At the end its loudness is
measured and everything is scaled by one gain: no limiter, no clipping.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.audio.instruments import pan_of_program
from symvae.audio.limits import MINUTES, check_length
from symvae.audio.parts import Part
from symvae.audio.player import Player
from symvae.dsp.audio import Audio
from symvae.dsp.loudness import SHORTEST_SEC, LoudnessMeter
from symvae.dsp.wav import WavWriter
from symvae.errors import AudioError
from symvae.storage.faults import explained

#: Loudness for streaming (AES TD1004).
LOUDNESS_LUFS = -16.0
#: Largest sample of a mix: 1 dB under full scale.
PEAK = 10 ** (-1 / 20)
_READ_SAMPLES = 2**19


class Voice(NamedTuple):
    """A part with its player."""

    part: Part
    player: Player


class Mixture:
    """Stereo samples in a temporary file: added at any place, read from start to end."""

    def __init__(self, samples: int, sample_rate: int) -> None:
        self.samples = samples
        self.sample_rate = sample_rate
        # Places of the file that were never written read as zeros.
        with explained(Path(tempfile.gettempdir()), AudioError):
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the mixture)
            self._file.truncate(samples * 8)

    def add(self, block: Float[np.ndarray, "channel sample"], first_sample: int) -> None:
        """Add one or two channels from ``first_sample`` on."""
        mixed = self._read(first_sample, block.shape[1])
        mixed += block.T
        with explained(Path(tempfile.gettempdir()), AudioError):
            self._file.seek(first_sample * 8)
            self._file.write(mixed.tobytes())
            self._file.flush()

    def blocks(self) -> Iterator[Float[np.ndarray, "2 sample"]]:
        """The whole mix, in blocks."""
        for first in range(0, self.samples, _READ_SAMPLES):
            yield self._read(first, min(_READ_SAMPLES, self.samples - first)).T

    def peak(self) -> float:
        """Largest magnitude of a sample; NaN if any is."""
        return float(np.max([np.abs(block).max() for block in self.blocks()], initial=0.0))

    def _read(self, first: int, samples: int) -> Float[np.ndarray, "sample 2"]:
        self._file.seek(first * 8)
        return np.frombuffer(self._file.read(samples * 8), np.float32).reshape(-1, 2).copy()

    def gain(self, loudness_lufs: float) -> float:
        """Gain to a loudness, or as near to it as `PEAK` allows; 1 for silence.

        Loudness is measured with the peak at full scale, so that soft mixes lie above the meter's gate.

        Raises:
            AudioError: For samples that are not finite.
        """
        peak = self.peak()
        if not np.isfinite(peak):
            raise AudioError("The sound holds values that are no numbers. Choose another timbre or engine.")
        if peak == 0.0:
            return 1.0
        meter = LoudnessMeter(self.sample_rate, channels=2)
        for block in self.blocks():
            meter.add(block / peak)
        # A sound shorter than one block of the meter is measured with silence after it.
        meter.add(np.zeros((2, max(round(SHORTEST_SEC * self.sample_rate) - self.samples, 0))))
        return min(10 ** ((loudness_lufs - meter.integrated_lufs()) / 20), PEAK) / peak


class Rendering(NamedTuple):
    """A mix, its stems if requested, and the gain that applies to both."""

    mixture: Mixture
    stems: list[Mixture]
    gain: float

    def audio(self) -> Audio:
        """The mix in memory."""
        blocks = [self.gain * block for block in self.mixture.blocks()]
        samples = np.concatenate([np.zeros((2, 0), np.float32), *blocks], 1).astype(np.float32)
        return Audio(samples, self.mixture.sample_rate)

    def write(self, mixture: Mixture, path: Path, *, force: bool = False) -> Path:
        """Write the mix, or a stem, as a WAV file.

        Args:
            mixture: The mix or a stem.
            path: File to write.
            force: Replace an existing file.

        Returns:
            The path.
        """
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
    max_minutes: int | float = MINUTES.most,
    watch: Callable[[float], None] = lambda share: None,
) -> Rendering:
    """Play and mix all parts.

    The sound ends with the music or with the tail of the last note. Where a stem has larger peaks than the
    mix, in which others cancel it, they limit the gain, too.

    Args:
        voices: Parts with their players.
        seconds: Duration of the music.
        sample_rate: Hz.
        stems: Keep each part by itself, too.
        loudness_lufs: Integrated loudness of the mix.
        max_minutes: Longest music that is rendered.
        watch: Called with the share that is done, from 0 to 1; the first time at once.

    Returns:
        The mix and its stems.

    Raises:
        AudioError: The music is longer than ``max_minutes``.
    """
    last = max(
        (v.part.notes.last_sec + v.player.tail_sec for v in voices if len(v.part.notes.pitch)), default=0.0
    )
    check_length(max(seconds, last), max_minutes)
    watch(0.0)
    samples = round(max(seconds, last) * sample_rate)
    mix = Mixture(samples, sample_rate)
    kept: list[Mixture] = []
    for number, (part, player) in enumerate(voices):
        stem = Mixture(samples, sample_rate) if stems else None
        gains = pan_gains(pan_of(part))
        done = 0
        for block in player.blocks(part.notes, samples):
            if block.any():
                stereo = (block * gains).astype(np.float32)
                mix.add(stereo, done)
                if stem is not None:
                    stem.add(stereo, done)
            done += block.shape[1]
            watch((number + done / samples) / len(voices))
        if stem is not None:
            kept.append(stem)
    loudest = max((stem.peak() for stem in kept), default=0.0)
    gain = mix.gain(loudness_lufs)
    return Rendering(mix, kept, min(gain, PEAK / loudest) if loudest else gain)


def pan_of(part: Part) -> float:
    """Stereo position of a part from -1 (left) to 1 (right): that of the file, else that of its program.

    Drums are in the middle: their program is the number of a kit.
    """
    if part.pan is not None:
        return part.pan
    return 0.0 if part.is_drum else pan_of_program(part.program)


def pan_gains(pan: float) -> Float[np.ndarray, "2 1"]:
    """Equal-power gains of left and right at a position from -1 to 1; both are 1 in the middle."""
    angle = (pan + 1) * np.pi / 4
    return np.sqrt(2) * np.array([[np.cos(angle)], [np.sin(angle)]])
