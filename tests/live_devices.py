"""Stand-ins for sounddevice's library and mido's ports, so that no test needs a device."""

from types import SimpleNamespace

import mido
import numpy as np
import pytest

PORT_NAMES = ["Through", "Keys 25", "Synth"]


class PortAudioError(Exception):
    pass


class Stream:
    """A stream that asks for blocks when the test does."""

    def __init__(self, **settings):
        self.settings, self.running = settings, False

    def start(self):
        self.running = True

    def close(self):
        self.running = False

    def block(self, samples: int = 256, late: bool = False) -> np.ndarray:
        out = np.zeros((samples, self.settings["channels"]), np.float32)
        self.settings["callback"](out, samples, None, SimpleNamespace(output_underflow=late))
        return out


def sound_library(channels=2, rates=(24_000, 48_000), own=48_000.0, opens=True, found=True):
    """The part of sounddevice that is used; its streams are kept."""
    streams = []

    def query_devices(kind):
        assert kind == "output"
        if not found:
            raise PortAudioError("Error querying device -1")
        return {"max_output_channels": channels, "default_samplerate": own}

    def check_output_settings(channels, dtype, samplerate):
        if samplerate not in rates:
            raise PortAudioError("Invalid sample rate")

    def output_stream(**settings):
        if not opens:
            raise PortAudioError("Device unavailable")
        streams.append(Stream(**settings))
        return streams[-1]

    return SimpleNamespace(
        PortAudioError=PortAudioError,
        query_devices=query_devices,
        check_output_settings=check_output_settings,
        OutputStream=output_stream,
        streams=streams,
    )


def open_ports(monkeypatch: pytest.MonkeyPatch) -> dict[str, SimpleNamespace]:
    """Put ports in the place of mido's; those that are opened, by name."""
    ports = {}

    def open_port(name, callback=None):
        sent = []
        ports[name] = SimpleNamespace(
            sent=sent,
            send=sent.append,
            callback=callback,
            reset=lambda: sent.append("reset"),
            close=lambda: sent.append("closed"),
        )
        return ports[name]

    for kind in ("input", "output"):
        monkeypatch.setattr(mido, f"get_{kind}_names", lambda: PORT_NAMES)
        monkeypatch.setattr(mido, f"open_{kind}", open_port)
    return ports
