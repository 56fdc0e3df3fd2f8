"""Players: one part's notes → blocks of sound, one after the other, for songs of any length.

A block is made by itself and equals the same samples of the whole: the network's frames see a known
number of neighbors, which are computed beside the block and thrown away.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial, reduce
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.drums import LONGEST_SEC, drum_bursts
from symvae.audio.excitation import TAIL_SEC, balanced_source, in_lanes, lanes_heard, roll
from symvae.audio.notes import Notes
from symvae.audio.sine import tones
from symvae.audio.soundfont import FontPlayer
from symvae.models.sound.spectrogram_vae import Blend, SpectrogramVAE, Spectrum

#: Samples of a block, about: long enough that its neighbors cost little, short enough for any memory.
BLOCK_SEC = 6.0
#: Lanes that are computed at once, so that two hundred notes at a time fit into any memory.
MOST_LANES = 8
_REST = Notes(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))


@runtime_checkable
class Player(Protocol):
    """What plays a part."""

    sample_rate: int
    tail_sec: float
    """How long it sounds after the last key is let go."""

    def blocks(self, notes: Notes, samples: int) -> Iterator[Float[np.ndarray, "channel sample"]]:
        """The first ``samples`` samples, in blocks; silent blocks may come as zeros of one channel."""


class NeuralPlayer:
    """The spectrogram VAE's decoder in one timbre, or on the way from one to another."""

    tail_sec = TAIL_SEC

    def __init__(self, network: SpectrogramVAE, timbre: Blend, until: Blend | None = None) -> None:
        """With ``until`` it moves there evenly over the whole sound."""
        _keep_freed_memory()
        self.network = network
        self.timbre = timbre
        self.until = until
        self.sample_rate = network.sample_rate

    def blocks(self, notes: Notes, samples: int) -> Iterator[Float[np.ndarray, "1 sample"]]:
        """Frame-exact blocks; where nothing sounds, zeros at no cost."""
        hop = self.network.stft.hop
        step = max(round(BLOCK_SEC * self.sample_rate / hop), 1) * hop
        lanes = in_lanes(notes)
        for first in range(0, samples, step):
            length = min(step, samples - first)
            if _silent(notes, first / self.sample_rate, (first + length) / self.sample_rate, TAIL_SEC + 0.1):
                yield np.zeros((1, length), np.float32)
            else:
                yield self.block(lanes, first, length, samples)

    @torch.inference_mode()
    def block(
        self, lanes: Sequence[Notes], first: int, length: int, samples: int
    ) -> Float[np.ndarray, "1 sample"]:
        """Samples from ``first`` (a multiple of the hop) on, of a sound of ``samples`` samples.

        ``lanes`` are those of the whole (`in_lanes`), so that a block has the same.
        """
        stft, context = self.network.stft, self.network.context
        before = min(first // stft.hop, context)
        frames = before + -(-length // stft.hop) + context
        frame = first // stft.hop - before
        times = torch.arange(frame, frame + frames) * (stft.hop / max(samples, 1))
        timbre = self.timbre if self.until is None else self.timbre.toward(self.until, times.clamp(0, 1))
        spectrum = self._spectrum(lanes, frame, frames, timbre)
        made = self.network.synthesize(
            spectrum,
            (frames - 1) * stft.hop,
            first_frame=frame,
            consistency_steps=self.network.consistency_steps,
        )[0]
        return made[before * stft.hop :][None, :length].numpy()

    def _spectrum(self, lanes: Sequence[Notes], frame: int, frames: int, timbre: Blend) -> Spectrum:
        """What is heard of the lanes in some frames, a few at a time."""
        hop = self.network.stft.hop
        heard = lanes_heard(lanes, frame, frames, hop / self.sample_rate) or [_REST]
        spectra = (
            self.network.spectrum_of(
                torch.stack(
                    [torch.from_numpy(roll(lane, frame, frames, hop / self.sample_rate)) for lane in some]
                )[None],
                partial(self._carriers, some, frame),
                timbre,
            )
            for some in _some(heard, MOST_LANES)
        )
        return reduce(Spectrum.plus, spectra)

    def _carriers(
        self, lanes: Sequence[Notes], frame: int, balance: Float[Tensor, "lane frame group"]
    ) -> Float[Tensor, "lane sample"]:
        hop = self.network.stft.hop
        return torch.stack(
            [
                balanced_source(lane, each, frame, hop, self.sample_rate)
                for lane, each in zip(lanes, balance, strict=True)
            ]
        )


class SinePlayer:
    """The plain synthesizer of `symvae.audio.sine`."""

    tail_sec = 0.1

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate

    def blocks(self, notes: Notes, samples: int) -> Iterator[Float[np.ndarray, "1 sample"]]:
        """Blocks of tones."""
        yield from _pieces(lambda first, length: tones(notes, first, length, self.sample_rate), samples, self)


class DrumPlayer:
    """Bursts of noise for drums."""

    tail_sec = LONGEST_SEC

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate

    def blocks(self, notes: Notes, samples: int) -> Iterator[Float[np.ndarray, "1 sample"]]:
        """Blocks of bursts."""
        yield from _pieces(
            lambda first, length: drum_bursts(notes, first, length, self.sample_rate), samples, self
        )


class ProgramPlayer:
    """One program of a sound font."""

    tail_sec = 2.0

    def __init__(self, font: FontPlayer, program: int, sample_rate: int, *, drums: bool = False) -> None:
        self.font = font
        self.program = program
        self.sample_rate = sample_rate
        self.drums = drums

    def blocks(self, notes: Notes, samples: int) -> Iterator[Float[np.ndarray, "2 sample"]]:
        """Blocks of the font's own stereo."""
        yield from self.font.stream(
            notes, self.program, samples, round(BLOCK_SEC * self.sample_rate), drums=self.drums
        )


def _pieces(
    make: Callable[[int, int], Float[np.ndarray, " sample"]], samples: int, player: Player
) -> Iterator[Float[np.ndarray, "1 sample"]]:
    step = round(BLOCK_SEC * player.sample_rate)
    for first in range(0, samples, step):
        yield make(first, min(step, samples - first))[None]


def _some(lanes: Sequence[Notes], most: int) -> Iterator[Sequence[Notes]]:
    for first in range(0, len(lanes), most):
        yield lanes[first : first + most]


@cache
def _keep_freed_memory() -> None:
    """Once a process: what one block of sound frees is kept for the next.

    glibc gives back what is free beyond twice the largest piece that it has seen freed, counted up to 32 MB.
    Without one so large, a song's blocks ask for the same pages again and again, for a fifth of their time.
    """
    torch.empty(30 * 2**20, dtype=torch.uint8, device="cpu")


def _silent(notes: Notes, start_sec: float, end_sec: float, tail_sec: float) -> bool:
    return not bool(((notes.onset_sec < end_sec + 0.1) & (notes.end_sec + tail_sec > start_sec)).any())
