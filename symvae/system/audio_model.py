"""An audio model: recordings ↔ frames of z, by a RAVE trained on recordings of one's own.

    model = symvae.load_audio_model("runs/rave")
    latent = model.encode("voice.wav")             # z: (channel, latent, frame)
    model.decode(latent)                           # Audio
    model.transfer("voice.wav", faders={1: 1.5})   # the voice in the timbre of the recordings
    model.morph("voice.wav", "rain.wav", (0.0, 1.0))
    stream = model.stream(channels=1)              # block in, block out, with a fixed latency

Channels are encoded each by itself, and processed in blocks, so that little memory is needed beside the
result.
"""

import copy
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.arguments import checked
from symvae.config.rave import RaveConfig
from symvae.dsp.audio import Audio
from symvae.dsp.wav import read_audio, resample
from symvae.errors import CheckpointError, ConfigError, LatentError
from symvae.latent.principal_axes import PrincipalAxes
from symvae.models.rave.rave import Rave
from symvae.system.artifact_folder import read_metrics
from symvae.system.audio_stream import AudioStream
from symvae.system.catalog import find_audio_model
from symvae.system.latent_axes import LATENT_AXES
from symvae.system.network_folder import RAVE

#: Frames that are processed at once.
_FRAMES = 32
#: Share of the variance whose axes are faders.
FIDELITY = 0.95
#: Standard deviations up to which a fader goes.
MOST_DEVIATIONS = 10.0


@dataclass(frozen=True)
class LatentAudio:
    """Frames of z of a recording."""

    z: Float[Tensor, "channel latent frame"]
    samples: int
    """Length of the recording at ``sample_rate``."""
    sample_rate: int
    """Rate of the model in Hz."""


@checked
class AudioModel:
    """A trained RAVE; `load_audio_model` makes one.

    Args:
        folder: Where its files are.
        config: The choices that made it.
        network: Its network.
        axes: Principal axes of z over its training sounds.
    """

    def __init__(self, folder: Path, config: RaveConfig, network: Rave, axes: PrincipalAxes) -> None:
        self.folder, self.config, self.network, self.axes = folder, config, network, axes

    @classmethod
    def load(cls, name: str | Path) -> "AudioModel":
        """Load an audio model that comes with the package, or from its folder.

        Raises:
            CheckpointError: There is none, or it is damaged.
        """
        folder = find_audio_model(name)
        config, network = RAVE.load(folder)
        axes = LATENT_AXES.load(folder, latent=config.model.latent_size)
        if axes is None:
            raise CheckpointError(f"{folder} has no {LATENT_AXES.file}. {LATENT_AXES.remedy}")
        return cls(folder, config, network, axes)

    @property
    def name(self) -> str:
        """Name of its config."""
        return self.config.name

    @property
    def sample_rate(self) -> int:
        """Rate of the sounds in Hz."""
        return self.config.model.sample_rate

    @property
    def metrics(self) -> dict[str, Any]:
        """Figures on held-out recordings."""
        return read_metrics(self.folder)

    @property
    def faders(self) -> int:
        """Number of faders: the principal axes that carry 95 % of the variance of z."""
        return self.axes.needed(FIDELITY)

    def encode(self, sound: "Audio | str | os.PathLike[str]") -> LatentAudio:
        """Encode a recording.

        Args:
            sound: Samples, or a sound file; another rate is converted.

        Returns:
            The posterior means of its frames.

        Raises:
            AudioError: The file cannot be read.
        """
        audio = self._at_rate(sound)
        wave = self.network.whole(torch.from_numpy(np.array(audio.samples, np.float32)))
        network = self._fresh(len(wave))
        with torch.inference_mode():
            z = torch.cat([network.encode(part) for part in wave.split(_FRAMES * network.ratio, 1)], 2)
        return LatentAudio(z, audio.samples.shape[1], self.sample_rate)

    def decode(self, latent: LatentAudio, *, faders: Mapping[int, float] | None = None) -> Audio:
        """Synthesize frames of z.

        Args:
            latent: Of this model.
            faders: Standard deviations by which to move along principal axes, by their number from 1 on.

        Returns:
            The sound, scaled down where it would exceed full scale.

        Raises:
            ConfigError: There is no such fader, or its value is out of range.
            LatentError: z has another number of coordinates, or too few frames for its samples.
        """
        self._check(latent)
        moved = self.axes.moved(latent.z, self.shift(faders))
        network = self._fresh(len(moved))
        with torch.inference_mode():
            parts = [network.decode(each) for each in moved.split(_FRAMES, 2)]
        delay = self.config.model.delay
        samples = torch.cat(parts, 1)[:, delay : delay + latent.samples].numpy()
        return Audio(samples / max(1.0, float(np.abs(samples).max(initial=0.0))), self.sample_rate)

    def transfer(
        self, sound: "Audio | str | os.PathLike[str]", *, faders: Mapping[int, float] | None = None
    ) -> Audio:
        """Encode and decode: a recording in the timbre of the sounds that the model learned.

        Args:
            sound: Samples, or a sound file.
            faders: As in `decode`.

        Returns:
            The sound.

        Raises:
            AudioError: The file cannot be read.
            ConfigError: There is no such fader, or its value is out of range.
        """
        self.shift(faders)  # refused before the work
        return self.decode(self.encode(sound), faders=faders)

    def morph(
        self,
        first: "Audio | str | os.PathLike[str]",
        second: "Audio | str | os.PathLike[str]",
        amount: float | tuple[float, float] = 0.5,
        *,
        faders: Mapping[int, float] | None = None,
    ) -> Audio:
        """Mix two recordings in z, frame by frame.

        Args:
            first: Samples, or a sound file.
            second: The other one; both have as many channels, or one of them a single one.
            amount: Share of the second, 0 to 1; a pair runs evenly from the one to the other.
            faders: As in `decode`.

        Returns:
            A sound as long as the shorter one.

        Raises:
            AudioError: A file cannot be read.
            ConfigError: The amount is out of range, or the numbers of channels differ.
        """
        start, end = amount if isinstance(amount, tuple) else (amount, amount)
        if not (0 <= start <= 1 and 0 <= end <= 1):
            raise ConfigError(f"The amount of a morph is from 0 to 1, not {start:g} to {end:g}.")
        one, two = self.encode(first), self.encode(second)
        channels = {len(one.z), len(two.z)} - {1}
        if len(channels) > 1:
            raise ConfigError(f"One sound has {len(one.z)} channels, the other {len(two.z)}. Mix one down.")
        frames, samples = min(one.z.shape[2], two.z.shape[2]), min(one.samples, two.samples)
        z = torch.lerp(one.z[:, :, :frames], two.z[:, :, :frames], torch.linspace(start, end, frames))
        return self.decode(LatentAudio(z, samples, self.sample_rate), faders=faders)

    def stream(self, channels: int = 1) -> AudioStream:
        """Open a stream: blocks of samples in, as many samples out.

        Args:
            channels: Number of channels.

        Returns:
            The stream, with a network of its own.

        Raises:
            ConfigError: There is no channel.
        """
        if channels < 1:
            raise ConfigError(f"A stream has at least one channel, not {channels}.")
        return AudioStream(self._fresh(channels), self.axes, channels, self.sample_rate)

    def shift(self, faders: Mapping[int, float] | None) -> Float[Tensor, "axis 1"]:
        """Faders as a move along all axes.

        Raises:
            ConfigError: There is no such fader, or its value is out of range.
        """
        by = torch.zeros(len(self.axes.std), 1)
        for number, value in (faders or {}).items():
            if not 1 <= number <= self.faders:
                raise ConfigError(f"{self.name} has the faders 1 to {self.faders}, and no {number}.")
            if not abs(value) <= MOST_DEVIATIONS:
                raise ConfigError(
                    f"A fader moves by -{MOST_DEVIATIONS:g} to {MOST_DEVIATIONS:g} standard deviations, "
                    f"not {value:g}."
                )
            by[number - 1] = value
        return by

    def _fresh(self, streams: int) -> Rave:
        """A copy of the network that streams from silence on."""
        network = copy.deepcopy(self.network)
        network.start_stream(streams)
        return network

    def _at_rate(self, sound: "Audio | str | os.PathLike[str]") -> Audio:
        audio = sound if isinstance(sound, Audio) else read_audio(sound)
        return resample(audio, self.sample_rate)

    def _check(self, latent: LatentAudio) -> None:
        size, frames = latent.z.shape[1], latent.z.shape[2]
        if size != self.config.model.latent_size:
            raise LatentError(
                f"z has {size} coordinates, and {self.name} has {self.config.model.latent_size}. "
                "Decode it with the model that encoded it."
            )
        if frames * self.network.ratio < latent.samples + self.config.model.delay:
            raise LatentError(f"{frames} frames are too few for {latent.samples} samples. Encode it again.")


def load_audio_model(name: str | Path) -> AudioModel:
    """Load an audio model by its name in the package, or from its run or model folder.

    Args:
        name: Name or folder.

    Returns:
        The audio model.

    Raises:
        CheckpointError: There is none, or it is damaged.
    """
    return AudioModel.load(name)
