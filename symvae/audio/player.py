"""Players: the notes of one part as blocks of sound, one after the other, for songs of any length.

A block is computed by itself and equals the same samples of the whole.
"""

from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from symvae.audio.drums import LONGEST_SEC, drum_bursts
from symvae.audio.notes import Notes
from symvae.audio.sine import tones
from symvae.audio.soundfont import FontPlayer

#: Approximate length of a block: long enough that its context costs little, short enough for any memory.
BLOCK_SEC = 6.0


@runtime_checkable
class Player(Protocol):
    """An instrument that plays a part."""

    sample_rate: int
    """Hz."""
    tail_sec: float
    """Length of the sound after the last key is released."""

    def blocks(self, notes: Notes, samples: int) -> Iterator[Float[np.ndarray, "channel sample"]]:
        """The first ``samples`` samples, in blocks; silent blocks may be zeros of one channel."""


class SinePlayer:
    """The additive synthesizer of `symvae.audio.sine`."""

    tail_sec = 0.1

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate

    def blocks(self, notes: Notes, samples: int) -> Iterator[Float[np.ndarray, "1 sample"]]:
        """Blocks of tones."""
        yield from _in_blocks(
            lambda first, length: tones(notes, first, length, self.sample_rate), samples, self.sample_rate
        )


class DrumPlayer:
    """Noise bursts for drums (`symvae.audio.drums`)."""

    tail_sec = LONGEST_SEC

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate

    def blocks(self, notes: Notes, samples: int) -> Iterator[Float[np.ndarray, "1 sample"]]:
        """Blocks of noise bursts."""
        yield from _in_blocks(
            lambda first, length: drum_bursts(notes, first, length, self.sample_rate),
            samples,
            self.sample_rate,
        )


class ProgramPlayer:
    """One program of a sound font.

    Args:
        font: The sound font's player.
        program: General MIDI program from 0, or the number of a drum kit.
        sample_rate: Hz.
        drums: Play the font's drum kit ``program``.
    """

    tail_sec = 2.0

    def __init__(self, font: FontPlayer, program: int, sample_rate: int, *, drums: bool = False) -> None:
        self.font = font
        self.program = program
        self.sample_rate = sample_rate
        self.drums = drums

    def blocks(self, notes: Notes, samples: int) -> Iterator[Float[np.ndarray, "2 sample"]]:
        """Blocks of the font's own stereo."""
        yield from self.font.stream(
            notes, self.program, samples, block_samples(self.sample_rate), drums=self.drums
        )


def block_samples(sample_rate: int, hop: int = 1) -> int:
    """Samples of a block of about `BLOCK_SEC`, a multiple of ``hop``."""
    return max(round(BLOCK_SEC * sample_rate / hop), 1) * hop


def is_silent(notes: Notes, start_sec: float, end_sec: float, tail_sec: float) -> bool:
    """Test for silence: no note and no tail of a note sounds in a span of time.

    Args:
        notes: All notes of the part.
        start_sec: Start of the span.
        end_sec: End of the span.
        tail_sec: Length of a note's sound after its key is released.

    Returns:
        Whether nothing sounds from ``start_sec`` to ``end_sec``.
    """
    return not bool(((notes.onset_sec < end_sec + 0.1) & (notes.end_sec + tail_sec > start_sec)).any())


def _in_blocks(
    synthesize: Callable[[int, int], Float[np.ndarray, " sample"]], samples: int, sample_rate: int
) -> Iterator[Float[np.ndarray, "1 sample"]]:
    step = block_samples(sample_rate)
    for first in range(0, samples, step):
        yield synthesize(first, min(step, samples - first))[None]
