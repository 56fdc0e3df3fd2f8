"""A stream through an audio model: blocks of samples in, as many samples out, one after the other."""

import numpy as np
import torch
from jaxtyping import Float

from symvae.errors import AudioError
from symvae.latent.principal_axes import PrincipalAxes
from symvae.models.rave.rave import Rave


class AudioStream:
    """A stream; `AudioModel.stream` opens one.

    Blocks of any length are taken. What comes out is what `AudioModel.transfer` gives of the whole, later by
    ``latency`` samples at most; the first samples are silence. For a steady latency give blocks of a multiple
    of ``block`` samples.

    Args:
        network: A RAVE that streams, for this stream alone.
        axes: Principal axes of z.
        channels: Number of channels.
        sample_rate: Of the sound in Hz.
    """

    def __init__(self, network: Rave, axes: PrincipalAxes, channels: int, sample_rate: int) -> None:
        self.network, self.axes, self.channels, self.sample_rate = network, axes, channels, sample_rate
        self.moves = torch.zeros(len(axes.std), 1)
        """Standard deviations by which z is moved along each axis, ``(axis, 1)``; may change at any time."""
        self._waiting = np.zeros((channels, 0), np.float32)
        self._ready = np.zeros((channels, network.ratio), np.float32)

    @property
    def block(self) -> int:
        """Samples of a frame of z: what is processed at once."""
        return self.network.ratio

    @property
    def latency(self) -> int:
        """Samples from a sound to its resynthesis: a frame must be complete, and the model looks ahead."""
        return self.network.ratio + self.network.delay

    def process(self, block: Float[np.ndarray, "channel sample"]) -> Float[np.ndarray, "channel sample"]:
        """Take the next samples and give as many.

        Args:
            block: Samples from -1 to 1.

        Returns:
            As many samples, which may exceed 1 slightly.

        Raises:
            AudioError: The block has another number of channels.
        """
        if block.ndim != 2 or len(block) != self.channels:
            raise AudioError(
                f"This stream has {self.channels} channels; a block is shaped (channel, sample), "
                f"not {block.shape}."
            )
        self._waiting = np.concatenate([self._waiting, block.astype(np.float32)], 1)
        due = self._waiting.shape[1] // self.block * self.block
        if due:
            with torch.inference_mode():
                z = self.network.encode(torch.from_numpy(self._waiting[:, :due]))
                made = self.network.decode(self.axes.moved(z, self.moves)).numpy()
            self._waiting = self._waiting[:, due:]
            self._ready = np.concatenate([self._ready, made], 1)
        given, self._ready = self._ready[:, : block.shape[1]], self._ready[:, block.shape[1] :]
        return given
