"""Sound files: the one place that reads them and writes them.

We write 16-bit PCM WAV: every player reads it, and Python's own `wave` writes it. Sixteen bits put the
rounding 96 dB below full scale, under the noise of any room. Samples beyond full scale are refused, not
clipped: clipping is heard, and it hides that something upstream is too loud.

We read what libsndfile reads: WAV of any depth, FLAC, OGG, MP3.
"""

import errno
import math
import os
import wave
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from jaxtyping import Float

from symvae.dsp.audio import Audio
from symvae.errors import AudioError, refuse_to_overwrite

BYTES_PER_SAMPLE = 2
FULL_SCALE = 2**15 - 1
#: A WAV file counts its bytes in 32 bits; its header takes the rest.
MOST_BYTES = 2**32 - 64

#: What lies under it is silence: 80 dB under full scale.
SILENCE = 1e-4
_BLOCK = 2**18


def write_wav(
    samples: Float[np.ndarray, "..."], sample_rate: int, path: "str | os.PathLike[str]", force: bool = False
) -> Path:
    """Write samples from -1 to 1, shaped (channel, sample); gives back the path.

    An existing file is kept unless ``force`` is set. Raises `AudioError` for that, for another
    shape, for samples out of range, and for a place that cannot be written.
    """
    _check_samples(samples)
    with WavWriter(path, len(samples), sample_rate, force) as file:
        file.write(samples)
    return file.path


class WavWriter:
    """A WAV file that is written block by block, and stands under its name only when it is whole.

        with WavWriter("long.wav", channels=1, sample_rate=24_000) as file:
            for block in blocks:
                file.write(block)

    Until then it grows beside it as ``.part``; a fault inside the block removes it.
    """

    def __init__(
        self, path: "str | os.PathLike[str]", channels: int, sample_rate: int, force: bool = False
    ) -> None:
        if channels < 1:
            raise AudioError(f"A sound has at least one channel, not {channels}.")
        if sample_rate < 1:
            raise AudioError(f"A sample rate is a positive number of Hz, not {sample_rate}.")
        self.path = Path(path)
        self.channels = channels
        self.sample_rate = sample_rate
        self.samples = 0
        """Written so far."""
        if self.path.exists() and not self.path.is_file():
            raise AudioError(f"{self.path} is no file. Choose the name of a file.")
        refuse_to_overwrite(self.path, AudioError, force=force)
        self._part = self.path.with_name(self.path.name + ".part")
        self._file: wave.Wave_write | None = None

    def __enter__(self) -> "WavWriter":
        try:
            self._file = wave.open(str(self._part), "wb")
        except OSError as fault:
            raise self._unwritable(fault) from fault
        self._file.setnchannels(self.channels)
        self._file.setsampwidth(BYTES_PER_SAMPLE)
        self._file.setframerate(self.sample_rate)
        return self

    def write(self, samples: Float[np.ndarray, "..."]) -> None:
        """Add a block, shaped (channel, sample), from -1 to 1; `AudioError` for any other."""
        _check_samples(samples)
        if len(samples) != self.channels:
            raise AudioError(f"{self.path} has {self.channels} channels, and these samples {len(samples)}.")
        if self._file is None:
            raise AudioError(f"{self.path} is not open. Write inside `with WavWriter(...) as file`.")
        samples_after = self.samples + samples.shape[1]
        if samples_after * self.channels * BYTES_PER_SAMPLE > MOST_BYTES:
            raise AudioError(f"{self.path} would pass the 4 GiB of a WAV file. Write it in parts.")
        pcm = np.rint(samples.astype(np.float64) * FULL_SCALE).astype("<i2")
        try:
            self._file.writeframesraw(pcm.T.tobytes())
        except OSError as fault:
            raise self._unwritable(fault) from fault
        self.samples = samples_after

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        file, self._file = self._file, None
        if fault is not None:
            self._remove(file)
            return
        try:
            assert file is not None
            file.close()
            os.replace(self._part, self.path)
        except OSError as unwritten:
            self._remove(file)
            raise self._unwritable(unwritten) from unwritten

    def _remove(self, file: wave.Wave_write | None) -> None:
        with suppress(OSError, wave.Error):  # a full disk refuses the header, too
            if file is not None:
                file.close()
        self._part.unlink(missing_ok=True)

    def _unwritable(self, fault: OSError) -> AudioError:
        remedy = "Make room on the disk." if fault.errno == errno.ENOSPC else "Choose a folder that exists."
        return AudioError(f"{self.path} cannot be written: {fault.strerror}. {remedy}")


def read_wav(path: "str | os.PathLike[str]") -> Audio:
    """Read a 16-bit PCM file, as `write_wav` makes; `AudioError` for a missing file and any other format."""
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


def read_audio(path: "str | os.PathLike[str]", heard_sec: float = math.inf) -> Audio:
    """Read a recording: WAV (8 to 32 bits, or floating point), FLAC, OGG, MP3, what else libsndfile reads.

    With ``heard_sec``, from about where it begins to sound and a little more than so long. One that goes
    beyond full scale, as decoded MP3 and floating point may, is scaled down to it. Raises `AudioError` for
    what is no sound, holds none, or holds numbers that are none.
    """
    import soundfile

    try:
        # Handed over open, so that its content and not its name says what it is.
        with open(path, "rb") as opened, soundfile.SoundFile(opened) as file:
            sample_rate = int(file.samplerate)
            samples = _samples(file, heard_sec * sample_rate)
    except (soundfile.SoundFileError, TypeError, ValueError) as fault:
        raise AudioError(
            f"{path} cannot be read as sound ({fault}). Give a WAV, FLAC, OGG or MP3 file."
        ) from fault
    except OSError as fault:
        raise AudioError(f"{path} cannot be read: {fault.strerror}.") from fault
    if not samples.size:
        raise AudioError(f"{path} holds no samples. Give a recording of a second or more.")
    if not np.isfinite(samples).all():
        raise AudioError(f"{path} holds samples that are no numbers (NaN or infinity). Export it again.")
    return Audio(_within_full_scale(samples), sample_rate)


def resample(audio: Audio, sample_rate: int) -> Audio:
    """The same sound at another rate, low-passed where that is needed (polyphase, Kaiser window).

    Where the filter's ringing goes beyond full scale, all of it is scaled down.
    """
    if sample_rate < 1:
        raise AudioError(f"A sample rate is a positive number of Hz, not {sample_rate}.")
    if sample_rate == audio.sample_rate or not audio.samples.size:
        return Audio(audio.samples, sample_rate)
    from scipy.signal import resample_poly

    common = math.gcd(sample_rate, audio.sample_rate)
    samples = resample_poly(
        audio.samples.astype(np.float32), sample_rate // common, audio.sample_rate // common, axis=1
    )
    return Audio(_within_full_scale(samples.astype(np.float32)), sample_rate)


def _samples(file: Any, most: float) -> Float[np.ndarray, "channel sample"]:
    """Block by block, because a damaged header may promise more samples than memory holds.

    At most about ``most``: blocks in front that are silent fall away, and what comes after.
    """
    blocks = [np.zeros((0, file.channels), np.float32)]
    while (len(blocks) - 2) * _BLOCK < most:
        block = file.read(_BLOCK, dtype="float32", always_2d=True)
        if not len(block):
            break
        if math.isfinite(most) and len(blocks) == 2 and np.abs(blocks[1]).max() <= SILENCE:
            del blocks[1]
        blocks.append(block)
    return np.ascontiguousarray(np.concatenate(blocks).T)


def _within_full_scale(samples: Float[np.ndarray, "channel sample"]) -> Float[np.ndarray, "channel sample"]:
    return samples / max(1.0, float(np.abs(samples).max(initial=0.0)))


def _check_samples(samples: Float[np.ndarray, "..."]) -> None:
    if samples.ndim != 2 or len(samples) < 1:
        raise AudioError(f"Samples are shaped (channel, sample), not {samples.shape}.")
    peak = np.abs(samples).max(initial=0.0)
    if not peak <= 1.0:  # written so that a NaN fails, too
        raise AudioError(
            f"Samples lie within -1 to 1, and the largest here is {peak:g}. Scale them down first."
        )
