"""The sound device, by PortAudio; the extra ``live`` installs the package that reaches it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from symvae.errors import AudioError

#: Samples that the device asks for at once.
BLOCK_SAMPLES = 256
_SILENT = "or play without it: --engine none."


class Speaker:
    """The default sound output.

    Args:
        sample_rate: Hz that is asked for; a device that refuses it has its own.
    """

    def __init__(self, sample_rate: int) -> None:
        self._devices = _sounddevice()
        self._stream: Any = None
        self.late = 0
        """Blocks that came too late, which are heard as gaps."""
        try:
            device = self._devices.query_devices(kind="output")
            self.channels = min(int(device["max_output_channels"]), 2)
            self.sample_rate = self._rate(sample_rate, round(device["default_samplerate"]))
        except (ValueError, self._devices.PortAudioError) as fault:
            raise _no_output(fault) from fault

    def play(self, mix: Callable[[np.ndarray], None]) -> None:
        """Play until `close`.

        Args:
            mix: Fills each block, of shape (sample, channel), in a thread of its own.

        Raises:
            AudioError: The device cannot be opened.
        """

        def fill(block: np.ndarray, samples: int, times: Any, status: Any) -> None:
            self.late += bool(status.output_underflow)
            mix(block)

        try:
            self._stream = self._devices.OutputStream(
                samplerate=self.sample_rate,
                channels=self.channels,
                blocksize=BLOCK_SAMPLES,
                dtype="float32",
                latency="low",
                callback=fill,
            )
            self._stream.start()
        except (ValueError, self._devices.PortAudioError) as fault:
            raise _no_output(fault) from fault

    def close(self) -> None:
        """Stop the sound."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _rate(self, wanted: int, own: int) -> int:
        try:
            self._devices.check_output_settings(channels=self.channels, dtype="float32", samplerate=wanted)
        except (ValueError, self._devices.PortAudioError):
            return own
        return wanted


def _no_output(fault: Exception) -> AudioError:
    return AudioError(f"There is no sound output ({fault}). Connect one, {_SILENT}")


def _sounddevice() -> Any:
    """The package sounddevice.

    Raises:
        AudioError: It is not installed, or finds no PortAudio.
    """
    try:
        import sounddevice
    except ImportError as fault:
        raise AudioError(
            f"Live sound needs the package sounddevice. Install it with pip install 'symvae[live]', {_SILENT}"
        ) from fault
    except OSError as fault:  # raised by its import
        raise AudioError(
            "Live sound needs the library PortAudio. Install it (Debian, Ubuntu: apt install libportaudio2), "
            f"{_SILENT}"
        ) from fault
    return sounddevice
