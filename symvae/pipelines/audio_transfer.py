"""Recordings through an audio model: to frames of z and back, in another timbre, or between two sounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from symvae.dsp.wav import write_wav
from symvae.errors import ConfigError, LatentError
from symvae.files.arrays import read_arrays
from symvae.pipelines.output import Saved, refuse_existing
from symvae.storage.whole_file import whole_file
from symvae.system.audio_model import AudioModel, LatentAudio

#: Arrays of a file of frames.
ARRAYS = ("z", "samples", "sample_rate")
_AGAIN = "Write it again with `symvae encode-audio`."


@dataclass(frozen=True)
class AudioResult:
    """A sound or frames of z, with the file that holds them."""

    model: str
    seconds: float
    channels: int
    frames: int
    """Frames of z of each channel."""
    faders: dict[int, float]
    """Standard deviations by number."""
    saved: Saved

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "seconds": round(self.seconds, 3),
            "channels": self.channels,
            "frames": self.frames,
            "faders": {str(number): value for number, value in self.faders.items()},
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text."""
        moved = ", ".join(f"fader {number} {value:+g}" for number, value in self.faders.items())
        words = f"{self.seconds:.1f} s, {self.channels} × {self.frames} frames of z"
        return [f"{words}; {moved}" if moved else words]


def encode_audio(model: AudioModel, file: Path, out: Path, *, force: bool = False) -> AudioResult:
    """Encode a recording into a file of frames.

    Args:
        model: The audio model.
        file: A sound file.
        out: The .npz file to write: z (channel, latent, frame), samples, sample_rate.
        force: Overwrite an existing file.

    Returns:
        The report.

    Raises:
        SymvaeError: The recording cannot be read, or the file exists.
    """
    refuse_existing([out], force)
    latent = model.encode(file)
    with whole_file(out, LatentError) as part, part.open("wb") as opened:
        np.savez_compressed(
            opened,
            allow_pickle=False,
            z=latent.z.numpy(),
            samples=np.array(latent.samples),
            sample_rate=np.array(latent.sample_rate),
        )
    return _result(model, latent, {}, out)


def decode_audio(
    model: AudioModel, file: Path, out: Path, *, faders: dict[int, float] | None = None, force: bool = False
) -> AudioResult:
    """Synthesize a file of frames.

    Args:
        model: The audio model that encoded it.
        file: The .npz file.
        out: The WAV file to write.
        faders: Standard deviations by which to move along principal axes, by their number from 1 on.
        force: Overwrite an existing file.

    Returns:
        The report.

    Raises:
        LatentError: The file is damaged or of another model.
        SymvaeError: There is no such fader, or ``out`` exists.
    """
    refuse_existing([out], force)
    latent = read_latent(file)
    if latent.sample_rate != model.sample_rate:
        raise LatentError(
            f"{file} is at {latent.sample_rate} Hz, and {model.name} at {model.sample_rate} Hz. "
            "Decode it with the model that encoded it."
        )
    audio = model.decode(latent, faders=faders)
    write_wav(audio.samples, audio.sample_rate, out, force=force)
    return _result(model, latent, faders or {}, out)


def transfer_audio(
    model: AudioModel,
    file: Path,
    out: Path,
    *,
    other: Path | None = None,
    amount: float | tuple[float, float] = 0.5,
    faders: dict[int, float] | None = None,
    force: bool = False,
) -> AudioResult:
    """Resynthesize a recording in the timbre that a model learned, or mix it with another one in z.

    Args:
        model: The audio model.
        file: A sound file.
        out: The WAV file to write.
        other: A second sound file to morph with.
        amount: Share of the second, 0 to 1; a pair runs from the one to the other.
        faders: Standard deviations by which to move along principal axes, by their number from 1 on.
        force: Overwrite an existing file.

    Returns:
        The report.

    Raises:
        SymvaeError: A file cannot be read, a value is out of range, or ``out`` exists.
    """
    refuse_existing([out], force)
    model.shift(faders)  # refused before the work
    if other is None:
        audio = model.transfer(file, faders=faders)
    else:
        audio = model.morph(file, other, amount, faders=faders)
    write_wav(audio.samples, audio.sample_rate, out, force=force)
    channels, samples = audio.samples.shape
    frames = -(-(samples + model.config.model.delay) // model.config.model.ratio)
    return AudioResult(model.name, audio.duration_sec, channels, frames, dict(faders or {}), Saved((out,)))


def read_latent(file: Path) -> LatentAudio:
    """Read a file of frames.

    Args:
        file: The .npz file.

    Returns:
        The frames.

    Raises:
        LatentError: The file is missing or damaged.
    """
    arrays = read_arrays(file, ARRAYS, LatentError, _AGAIN)
    missing = [name for name in ARRAYS if name not in arrays]
    if missing:
        raise LatentError(f"{file} has no {' and no '.join(missing)}. {_AGAIN}")
    z, numbers = arrays["z"], [arrays[name] for name in ARRAYS[1:]]
    if z.ndim != 3 or z.dtype.kind != "f" or 0 in z.shape or not np.isfinite(z).all():
        raise LatentError(f"{file} is damaged: z is no finite (channel, latent, frame). {_AGAIN}")
    if any(each.ndim or each.dtype.kind not in "iu" or each < 1 for each in numbers):
        raise LatentError(f"{file} is damaged: samples and sample_rate are no positive numbers. {_AGAIN}")
    return LatentAudio(torch.from_numpy(z.astype(np.float32)), *(int(each) for each in numbers))


def parse_faders(words: Sequence[str]) -> dict[int, float]:
    """Read faders as typed, ``1=+1.5``.

    Args:
        words: Number, equals sign and standard deviations.

    Returns:
        Standard deviations by number.

    Raises:
        ConfigError: A word has another form.
    """
    faders = {}
    for word in words:
        number, _, value = word.partition("=")
        try:
            faders[int(number)] = float(value)
        except ValueError as fault:
            raise ConfigError(f"{word!r} is no fader. Write number=deviations, as in 1=+1.5.") from fault
    return faders


def _result(model: AudioModel, latent: LatentAudio, faders: dict[int, float], out: Path) -> AudioResult:
    seconds = latent.samples / latent.sample_rate
    channels, _, frames = latent.z.shape
    return AudioResult(model.name, seconds, channels, frames, dict(faders), Saved((out,)))
