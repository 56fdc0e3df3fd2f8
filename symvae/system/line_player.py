"""The player of single lines: notes → contours → DDSP, in blocks.

The notes of a part are split into lanes, one key at a time in each; a lane is a voice of its own, so each
note of a chord is played by its own monophonic voice, and a line of single notes by one. The network is
causal and its state goes from block to block, so blocks equal the whole.
"""

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.contours import frequency_contour, touch_features
from symvae.audio.keyboard import fold_into
from symvae.audio.lanes import TAIL_SEC, split_lanes
from symvae.audio.notes import Notes
from symvae.audio.player import block_samples
from symvae.models.ddsp.ddsp import Ddsp, StreamState
from symvae.system.ddsp_artifacts import LineTimbre

#: A note that ends this long after the next one has begun is slurred into it, not played beside it.
SLUR_SEC = 0.06


class LinePlayer:
    """One timbre of a line synthesizer.

    Args:
        network: The network, on any device.
        timbre: Range and vibrato of the instrument.
        z: Place of the timbre.
    """

    tail_sec = TAIL_SEC

    def __init__(self, network: Ddsp, timbre: LineTimbre, z: Float[Tensor, " latent"]) -> None:
        self.network, self.timbre, self.z = network, timbre, z
        self.sample_rate = network.sample_rate

    def blocks(self, notes: Notes, samples: int) -> Iterator[Float[np.ndarray, "1 sample"]]:
        """Blocks of sound; a voice that has nothing to play costs nothing."""
        step = block_samples(self.sample_rate, self.network.hop)
        voices = [_Voice(self, lane) for lane in split_lanes(self.within_range(slurred(notes)))]
        for first in range(0, samples, step):
            length = min(step, samples - first)
            mixed = np.zeros((1, length), np.float32)
            for voice in voices:
                mixed += voice.block(first, length)
            yield mixed

    def within_range(self, notes: Notes) -> Notes:
        """Move notes by octaves into the instrument's range."""
        return notes._replace(pitch=fold_into(notes.pitch, self.timbre.lowest, self.timbre.highest))


class _Voice:
    """One lane, and its state between blocks."""

    def __init__(self, player: LinePlayer, notes: Notes) -> None:
        self.player, self.notes = player, notes
        self.state: StreamState | None = None
        self.touch: Float[Tensor, "1 batch hidden"] | None = None

    @torch.inference_mode()
    def block(self, first: int, length: int) -> Float[np.ndarray, "1 sample"]:
        """The next samples."""
        network, frame_sec = self.player.network, self.player.network.frame_sec
        start_sec, end_sec = first / network.sample_rate, (first + length) / network.sample_rate
        if not ((self.notes.onset_sec < end_sec + 0.1) & (self.notes.end_sec + TAIL_SEC > start_sec)).any():
            self.state = self.touch = None  # after a rest it begins anew
            return np.zeros((1, length), np.float32)
        frame = first // network.hop + (self.state is not None)
        frames = -(-length // network.hop) + (self.state is None)
        place = next(network.parameters()).device
        features = torch.from_numpy(touch_features(self.notes, frame, frames, frame_sec))[None].to(place)
        z = self.player.z.to(place).expand(1, frames, -1)
        loudness, self.touch = network.touch(features, z, self.touch)
        frequency = frequency_contour(
            self.notes, frame, frames, frame_sec, vibrato_cents=self.player.timbre.vibrato_cents
        )
        wave, self.state = network.block(
            torch.from_numpy(frequency)[None].to(place), loudness, z, self.state, first_sample=first
        )
        return wave[:, :length].cpu().numpy()


def slurred(notes: Notes) -> Notes:
    """End notes of a line where the next begins, if they overlap by less than `SLUR_SEC`.

    So a line that is played legato is one voice. Notes that begin together are a chord and stay as they are.

    Args:
        notes: Notes of a part.

    Returns:
        The notes, in order of their onsets.
    """
    notes = notes.select(np.lexsort((notes.pitch, notes.onset_sec)))
    following = _next_onsets(notes.onset_sec)
    over = notes.end_sec - following
    meets = (over > 0) & (over < SLUR_SEC)
    return notes._replace(duration_sec=np.where(meets, following - notes.onset_sec, notes.duration_sec))


def _next_onsets(onset_sec: Float[np.ndarray, " note"]) -> Float[np.ndarray, " note"]:
    """The first onset after that of each note; infinity after the last."""
    later = np.searchsorted(onset_sec, onset_sec, side="right")
    return np.append(onset_sec, np.inf)[later]


def voices_of(notes: Notes) -> int:
    """Number of voices that play a part at the same time; 1 for a single line.

    Args:
        notes: Notes of the part.

    Returns:
        The number of lanes.
    """
    return len(split_lanes(slurred(notes)))


def play_contours(
    network: Ddsp,
    frequency_hz: Float[np.ndarray, " frame"],
    loudness: Float[np.ndarray, " frame"],
    z: Float[Tensor, " latent"],
    *,
    frames_at_once: int = 1500,
) -> Float[np.ndarray, " sample"]:
    """Synthesize contours of any length.

    Args:
        network: The network.
        frequency_hz: Fundamental of each frame.
        loudness: Scaled loudness.
        z: Place of the timbre.
        frames_at_once: Frames of a block.

    Returns:
        Samples from the first frame up to the last.
    """
    place = next(network.parameters()).device
    made, state = [], None
    with torch.inference_mode():
        for first in range(0, len(frequency_hz), frames_at_once):
            here = slice(first, first + frames_at_once)
            columns = [
                torch.from_numpy(np.asarray(column[here], np.float32))[None].to(place)
                for column in (frequency_hz, loudness)
            ]
            timbre = z.to(place).expand(1, columns[0].shape[1], -1)
            wave, state = network.block(columns[0], columns[1], timbre, state)
            made.append(wave[0].cpu().numpy())
    return np.concatenate([np.zeros(0, np.float32), *made])
