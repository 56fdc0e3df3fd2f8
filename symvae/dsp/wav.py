"""Sound files: the only module that reads and writes them.

Written files are 16-bit PCM WAV, which every player reads and Python's own `wave` writes. Rounding to 16
bits is 96 dB below full scale, under the noise of any room. Samples beyond full scale are refused, not
clipped: clipping is audible and hides that something upstream is too loud.

Read are all formats of libsndfile: WAV of any depth, FLAC, OGG, MP3.
"""

import math
import os
import wave
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from jaxtyping import Float

from symvae.dsp.audio import Audio
from symvae.dsp.limits import CHANNELS, RATE, SAMPLES
from symvae.dsp.limits import SILENCE as LEADING_SILENCE
from symvae.dsp.resample import resampled
from symvae.dsp.sound_chunks import SoundChunks
from symvae.errors import AudioError, refuse_to_overwrite
from symvae.storage.whole_file import whole_file

BYTES_PER_SAMPLE = 2
FULL_SCALE = 2**15 - 1
#: Largest sound of a WAV file, which counts its bytes in 32 bits, less a header.
MAX_BYTES = 2**32 - 64

#: Magnitudes below this are silence: 80 dB under full scale.
SILENCE = 1e-4
#: Samples of a block, over all channels.
_BLOCK = 2**18
#: Of the most samples, so small a part is enough of a recording that is read for some seconds.
_PART = 4


def write_wav(
    samples: Float[np.ndarray, "..."], sample_rate: int, path: "str | os.PathLike[str]", force: bool = False
) -> Path:
    """Write a WAV file.

    Args:
        samples: From -1 to 1, shaped (channel, sample).
        sample_rate: Hz.
        path: File to write.
        force: Replace an existing file.

    Returns:
        The path.

    Raises:
        AudioError: For an existing file without ``force``, another shape, samples out of range, and a path
            that cannot be written.
    """
    _check_samples(samples)
    with WavWriter(path, len(samples), sample_rate, force) as file:
        file.write(samples)
    return file.path


class WavWriter:
    """Writer of a WAV file in blocks; the file gets its name when it is complete.

        with WavWriter("long.wav", channels=1, sample_rate=24_000) as file:
            for block in blocks:
                file.write(block)

    An exception in the block leaves no file, and an old one as it was (`symvae.storage.whole_file`).

    Args:
        path: File to write.
        channels: Number of channels.
        sample_rate: Hz.
        force: Replace an existing file.

    Raises:
        AudioError: For an existing file without ``force``, no channels, and a sample rate below 1.
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
        """Samples written so far."""
        if self.path.is_dir():
            raise AudioError(f"{self.path} is no file. Choose the name of a file.")
        refuse_to_overwrite(self.path, AudioError, force=force)
        self._context = ExitStack()
        self._file: wave.Wave_write | None = None

    def __enter__(self) -> "WavWriter":
        with ExitStack() as stack:
            part = stack.enter_context(whole_file(self.path, AudioError))
            # Opened here: a Wave_write that fails to open its own file prints an error when it is deleted.
            opened = stack.enter_context(part.open("wb"))
            self._file = stack.enter_context(_closed(wave.open(opened, "wb")))
            self._file.setnchannels(self.channels)
            self._file.setsampwidth(BYTES_PER_SAMPLE)
            self._file.setframerate(self.sample_rate)
            self._context = stack.pop_all()
        return self

    def write(self, samples: Float[np.ndarray, "..."]) -> None:
        """Append a block, shaped (channel, sample), from -1 to 1.

        Raises:
            AudioError: For another shape, samples out of range, and files beyond 4 GiB.
        """
        _check_samples(samples)
        if len(samples) != self.channels:
            raise AudioError(f"{self.path} has {self.channels} channels, and these samples {len(samples)}.")
        if self._file is None:
            raise AudioError(f"{self.path} is not open. Write inside `with WavWriter(...) as file`.")
        samples_after = self.samples + samples.shape[1]
        if samples_after * self.channels * BYTES_PER_SAMPLE > MAX_BYTES:
            raise AudioError(f"{self.path} would pass the 4 GiB of a WAV file. Write it in parts.")
        pcm = np.rint(samples.astype(np.float64) * FULL_SCALE).astype("<i2")
        self._file.writeframesraw(pcm.T.tobytes())
        self.samples = samples_after

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file = None
        self._context.__exit__(kind, fault, trace)


@contextmanager
def _closed(file: wave.Wave_write) -> Iterator[wave.Wave_write]:
    """Close a file after the block; after an exception without its own complaint that the disk is full."""
    try:
        yield file
    except BaseException:
        with suppress(OSError, wave.Error):
            file.close()
        raise
    file.close()


def read_audio(path: "str | os.PathLike[str]", max_sec: float = math.inf) -> Audio:
    """Read a recording: WAV (8 to 32 bits, or floating point), FLAC, OGG, MP3 and others of libsndfile.

    Sounds beyond full scale, as decoded MP3 and floating point may be, are scaled down to it. The file is
    read in blocks, whatever length its header promises.

    Args:
        path: Sound file.
        max_sec: Approximate length to read, from about where the sound starts; less of a sound with very many
            channels or a very high sample rate.

    Returns:
        The sound.

    Raises:
        AudioError: For a file that is missing, is no sound, is empty or exceeds a limit, and for samples that
            are not finite.
    """
    with _opened(path) as file:
        samples = _samples(file, max_sec * file.samplerate, path)
        sample_rate = int(file.samplerate)
    if not samples.size:
        raise AudioError(f"{path} holds no samples. Give a recording of a second or more.")
    if not np.isfinite(samples).all():
        raise AudioError(f"{path} holds samples that are no numbers (NaN or infinity). Export it again.")
    return Audio(_within_full_scale(samples), sample_rate)


def audio_blocks(path: "str | os.PathLike[str]") -> Iterator[Audio]:
    """Read a recording of any length in blocks; each is as long as memory easily holds.

    Args:
        path: Sound file of a format that `read_audio` reads.

    Yields:
        Blocks, one after the other. Samples beyond full scale are as in the file.

    Raises:
        AudioError: For a file that is missing or is no sound, and for samples that are not finite.
    """
    with _opened(path) as file:
        frames = max(1, _BLOCK // file.channels)
        while (block := file.read(frames, dtype="float32", always_2d=True).T).size:
            if not np.isfinite(block).all():
                raise AudioError(
                    f"{path} holds samples that are no numbers (NaN or infinity). Export it again."
                )
            yield Audio(block, int(file.samplerate))


def resample(audio: Audio, sample_rate: int) -> Audio:
    """Convert to another sample rate by polyphase filtering with a Kaiser window.

    The ratio of two unusual rates is approximated by smaller numbers, with an error below a thousandth of a
    cent. Where the filter's ringing exceeds full scale, the whole is scaled down.

    Args:
        audio: The sound.
        sample_rate: Hz.

    Returns:
        The sound at ``sample_rate``.

    Raises:
        AudioError: For a sample rate out of range.
    """
    for rate in (sample_rate, audio.sample_rate):
        RATE.check(rate, "The sound")
    if sample_rate == audio.sample_rate or not audio.samples.size:
        return Audio(audio.samples, sample_rate)
    samples = resampled(audio.samples, audio.sample_rate, sample_rate)
    return Audio(_within_full_scale(samples), sample_rate)


@contextmanager
def _opened(path: "str | os.PathLike[str]") -> Iterator[Any]:
    """A sound file, open for reading; faults of the reader become errors with a remedy."""
    import soundfile

    try:
        # Passed as an open file, so that its content and not its name decides the format.
        with open(path, "rb") as opened, soundfile.SoundFile(SoundChunks(opened, path)) as file:
            RATE.check(int(file.samplerate), path)
            CHANNELS.check(file.channels, path)
            yield file
    except (soundfile.SoundFileError, TypeError, ValueError) as fault:
        raise AudioError(
            f"{path} cannot be read as sound ({_reason(fault)}). Give a WAV, FLAC, OGG or MP3 file."
        ) from fault
    except OSError as fault:
        raise AudioError(f"{path} cannot be read: {fault.strerror}. Check its name.") from fault


def _reason(fault: Exception) -> str:
    """The message of libsndfile without the name of the Python object that it read from."""
    words = str(getattr(fault, "error_string", fault)).rstrip(".")
    # It says so of a file that it opened, and whose header contradicts itself.
    return "its header is damaged" if words.startswith("File does not exist") else words


def _samples(
    file: Any, at_least: float, path: "str | os.PathLike[str]"
) -> Float[np.ndarray, "channel sample"]:
    """Read in blocks, because a damaged header may announce more samples than memory holds.

    With a finite ``at_least``, leading silent blocks are dropped and reading stops after about that many
    samples, or where a part of the limit is reached.
    """
    blocks = [np.zeros((file.channels, 0), np.float32)]
    silent = 0
    whole = math.isinf(at_least)
    frames = max(1, _BLOCK // file.channels)
    while (len(blocks) - 2) * frames < at_least:
        block = file.read(frames, dtype="float32", always_2d=True).T
        if not block.size:
            break
        if not whole and len(blocks) == 2 and np.abs(blocks[1]).max() <= SILENCE:
            silent += blocks.pop().size
            LEADING_SILENCE.check(silent, path)
        blocks.append(block)
        size = sum(each.size for each in blocks)
        if whole:
            SAMPLES.check(size, path)
        elif size > SAMPLES.most // _PART:
            break
    return np.concatenate(blocks, axis=1)


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
