"""The neural player: the spectrogram VAE's decoder plays notes.

The audio package knows no networks and the networks know no notes, so they meet here. Piano rolls and source
signals are computed on the CPU (`symvae.audio`), the network runs on its own device, and blocks of
sound come back to the CPU. The network's frames depend on a known number of neighbors
(`SpectrogramVAE.context`), which are computed with each block and dropped, so blocks equal the whole.
"""

from collections.abc import Iterator, Sequence
from functools import cache, partial, reduce

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.equalizer import SHAPE, Equalizer, lane_gains_db
from symvae.audio.lanes import TAIL_SEC, active_lanes, split_lanes
from symvae.audio.notes import Notes
from symvae.audio.partials import HARMONIC, Partials, mixed
from symvae.audio.player import block_samples, is_silent
from symvae.audio.roll import roll
from symvae.audio.source import balanced_source
from symvae.dsp.widen import LENGTH_SEC, widen
from symvae.models.sound.blend import Blend
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.models.sound.spectrum import Spectrum

#: Lanes in one forward pass, so that two hundred notes at once fit into any memory.
LANE_BATCH = 8
#: Steps in which the partials of a moving timbre change.
_STEPS = 8
_REST = Notes(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))


class NeuralPlayer:
    """The decoder in one timbre, or on the way from one timbre to another.

    Args:
        network: The spectrogram VAE, on any device.
        timbre: Timbre of the whole sound, or of its start.
        until: Timbre of the sound's end, approached evenly; None to keep ``timbre``.
        partials: Partials of each part of ``timbre``, then of ``until``; exact multiples where it is empty.
        equalizers: Equalizer of each part, in the same order; none where it is empty.
        width: How far apart left and right are, from 0 (one channel) to 1 (unrelated).
    """

    tail_sec = TAIL_SEC

    def __init__(
        self,
        network: SpectrogramVAE,
        timbre: Blend,
        until: Blend | None = None,
        partials: Sequence[Partials] = (),
        equalizers: Sequence[Equalizer] = (),
        width: float = 0.0,
    ) -> None:
        _keep_freed_memory()
        self.width = width
        self.partials = tuple(partials)
        self.equalizers = tuple(equalizers)
        self.network = network
        self.timbre = timbre
        self.until = until
        self.sample_rate = network.sample_rate

    def blocks(self, notes: Notes, samples: int) -> Iterator[Float[np.ndarray, "channel sample"]]:
        """Frame-exact blocks; silent ones are zeros at no cost."""
        step = block_samples(self.sample_rate, self.network.stft.hop)
        lanes = split_lanes(notes)
        for first in range(0, samples, step):
            length = min(step, samples - first)
            start_sec, end_sec = first / self.sample_rate, (first + length) / self.sample_rate
            if is_silent(notes, start_sec, end_sec, TAIL_SEC + 0.1):
                yield np.zeros((1, length), np.float32)
            else:
                yield self.block(lanes, first, length, samples)

    @torch.inference_mode()
    def block(
        self, lanes: Sequence[Notes], first: int, length: int, samples: int
    ) -> Float[np.ndarray, "channel sample"]:
        """One block of a longer sound.

        Args:
            lanes: Lanes of the whole sound (`split_lanes`), so that every block has the same ones.
            first: First sample of the block, a multiple of the hop.
            length: Samples of the block.
            samples: Samples of the whole sound; places a moving timbre.

        Returns:
            The block's samples, in two channels if the sound has a width.
        """
        stft, context = self.network.stft, self.network.context
        if self.width:
            context += -(-round(LENGTH_SEC * self.sample_rate) // stft.hop)
        before = min(first // stft.hop, context)
        frames = before + -(-length // stft.hop) + context
        frame = first // stft.hop - before
        times = torch.arange(frame, frame + frames) * (stft.hop / max(samples, 1))
        timbre = self._timbre_at(times)
        wave = self.network.synthesize(
            self._spectrum(lanes, frame, frames, timbre.to(self.network.device), samples),
            (frames - 1) * stft.hop,
            first_frame=frame,
            consistency_steps=self.network.consistency_steps,
        )[0]
        channels = wave.cpu().numpy()[None]
        if self.width:
            channels = widen(channels[0], self.width, self.sample_rate)
        return channels[:, before * stft.hop :][:, :length]

    def _timbre_at(self, position: Float[Tensor, " frame"]) -> Blend:
        """Timbre at positions of the sound, from 0 (its start) to 1."""
        return self.timbre if self.until is None else self.timbre.toward(self.until, position.clamp(0, 1))

    def _spectrum(
        self, lanes: Sequence[Notes], frame: int, frames: int, timbre: Blend, samples: int
    ) -> Spectrum:
        """Sum of the spectra of all lanes that sound in these frames, a batch of lanes at a time."""
        hop = self.network.stft.hop
        active = active_lanes(lanes, frame, frames, hop / self.sample_rate) or [_REST]
        batches = [active[first : first + LANE_BATCH] for first in range(0, len(active), LANE_BATCH)]
        spectra = (
            self.network.spectrum_of(
                self._rolls(batch, frame, frames),
                partial(self._carriers, batch, frame, samples),
                timbre,
                self._gains_db(batch, frame, frames, timbre),
            )
            for batch in batches
        )
        return reduce(Spectrum.plus, spectra)

    def _rolls(
        self, lanes: Sequence[Notes], frame: int, frames: int
    ) -> Float[Tensor, "1 lane frame feature"]:
        frame_sec = self.network.stft.hop / self.sample_rate
        rolls = [torch.from_numpy(roll(lane, frame, frames, frame_sec)) for lane in lanes]
        return torch.stack(rolls)[None].to(self.network.device)

    def _gains_db(
        self, lanes: Sequence[Notes], frame: int, frames: int, timbre: Blend
    ) -> Float[Tensor, "1 lane frame 2 octave"] | None:
        """Gains of the equalizers, by their shares in each frame."""
        if not self.equalizers:
            return None
        shares = timbre.share.cpu().numpy()[..., None, None]
        parts = zip(self.equalizers, shares.swapaxes(0, 1), strict=True)
        used = [(each, share) for each, share in parts if each is not None]
        if not used:
            return None
        frame_sec = self.network.stft.hop / self.sample_rate
        gains = np.zeros((1, len(lanes), frames, *SHAPE[1:]), np.float32)
        for number, lane in enumerate(lanes):
            for each, share in used:
                gains[0, number] += share * lane_gains_db(lane, each, frame, frames, frame_sec)
        return torch.from_numpy(gains).to(self.network.device)

    def _carriers(
        self, lanes: Sequence[Notes], frame: int, samples: int, balance: Float[Tensor, "lane frame group"]
    ) -> Float[Tensor, "lane sample"]:
        """Balanced sources, computed on the CPU, where their pulses are cached."""
        hop = self.network.stft.hop
        carriers = [
            reduce(
                torch.add,
                (
                    balanced_source(notes, own, frame, hop, self.sample_rate, partials)
                    for notes, partials in self._by_partials(lane, samples)
                ),
            )
            for lane, own in zip(lanes, balance.cpu(), strict=True)
        ]
        return torch.stack(carriers).to(balance.device)

    def _by_partials(self, lane: Notes, samples: int) -> Iterator[tuple[Notes, Partials]]:
        """Notes of a lane, by the partials that the timbre has at their onsets."""
        if not self.partials:
            yield lane, HARMONIC
        elif self.until is None or not len(lane.pitch):
            yield lane, mixed(self.partials, self._timbre_at(torch.zeros(1)).share[0].tolist())
        else:
            place = np.rint(lane.onset_sec * self.sample_rate / max(samples, 1) * _STEPS) / _STEPS
            for step in np.unique(np.clip(place, 0, 1)).tolist():
                shares = self._timbre_at(torch.tensor([step])).share[0].tolist()
                yield lane.select(np.clip(place, 0, 1) == step), mixed(self.partials, shares)


@cache
def _keep_freed_memory() -> None:
    """Make the C library keep the memory that one block frees for the next; once per process.

    glibc returns free memory beyond twice the largest piece that it has seen freed, counted up to 32 MB.
    Without one so large, a song's blocks request the same pages again and again, for a fifth of their time.
    """
    torch.empty(30 * 2**20, dtype=torch.uint8, device="cpu")
