"""WAV files, 16-bit PCM: the one place that writes sound to disk.

Every player reads this format, and Python's own `wave` writes it. Sixteen bits put the rounding
96 dB below full scale, under the noise of any room. Samples beyond full scale are refused, not
clipped: clipping is heard, and it hides that something upstream is too loud.
"""

import os
import wave
from pathlib import Path

import numpy as np
from jaxtyping import Float

from symvae.dsp.audio import Audio
from symvae.errors import AudioError

BYTES_PER_SAMPLE = 2
FULL_SCALE = 2**15 - 1


def write_wav(
    samples: Float[np.ndarray, "..."], sample_rate: int, path: "str | os.PathLike[str]", force: bool = False
) -> Path:
    """Write samples from -1 to 1, shaped (channel, sample); gives back the path.

    An existing file is kept unless ``force`` is set. Raises `AudioError` for that, for another
    shape, for samples out of range, and for a place that cannot be written.
    """
    path = Path(path)
    _check(samples, sample_rate)
    if path.exists() and not force:
        raise AudioError(f"{path} exists. Choose another name, or overwrite it with force.")
    pcm = np.rint(samples.astype(np.float64) * FULL_SCALE).astype("<i2")
    try:
        with wave.open(str(path), "wb") as file:
            file.setnchannels(len(samples))
            file.setsampwidth(BYTES_PER_SAMPLE)
            file.setframerate(sample_rate)
            file.writeframes(pcm.T.tobytes())
    except OSError as fault:
        raise AudioError(
            f"{path} cannot be written: {fault.strerror}. Choose a folder that exists."
        ) from fault
    return path


def read_wav(path: "str | os.PathLike[str]") -> Audio:
    """Read a 16-bit PCM file; `AudioError` for a missing file and for any other format."""
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != BYTES_PER_SAMPLE:
                raise AudioError(
                    f"{path} has {8 * file.getsampwidth()}-bit samples. Convert it to 16-bit PCM."
                )
            channels, sample_rate = file.getnchannels(), file.getframerate()
            pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    except OSError as fault:
        raise AudioError(f"{path} cannot be read: {fault.strerror}.") from fault
    except (wave.Error, EOFError) as fault:
        raise AudioError(f"{path} is no PCM WAV file ({fault}). Convert it to 16-bit PCM.") from fault
    return Audio((pcm.reshape(-1, channels).T / FULL_SCALE).astype(np.float32), sample_rate)


def _check(samples: Float[np.ndarray, "..."], sample_rate: int) -> None:
    if samples.ndim != 2 or len(samples) < 1:
        raise AudioError(f"Samples are shaped (channel, sample), not {samples.shape}.")
    if sample_rate < 1:
        raise AudioError(f"A sample rate is a positive number of Hz, not {sample_rate}.")
    peak = np.abs(samples).max(initial=0.0)
    if not peak <= 1.0:  # written so that a NaN fails, too
        raise AudioError(
            f"Samples lie within -1 to 1, and the largest here is {peak:g}. Scale them down first."
        )
