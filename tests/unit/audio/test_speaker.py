"""The sound device behind a stand-in for sounddevice, and the remedies where there is none."""

import builtins
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from symvae.audio.speaker import Speaker
from symvae.errors import AudioError


class PortAudioError(Exception):
    pass


class Stream:
    def __init__(self, **settings):
        self.settings, self.running = settings, False

    def start(self):
        self.running = True

    def close(self):
        self.running = False


def devices(channels=2, rates=(24_000, 48_000), own=48_000.0, opens=True, found=True):
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


def test_blocks_are_mixed_and_late_ones_counted(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", library := devices())
    speaker = Speaker(24_000)
    speaker.play(lambda block: block.fill(0.5))
    (stream,) = library.streams
    assert stream.running
    assert stream.settings["samplerate"] == speaker.sample_rate == 24_000
    block = np.zeros((256, 2), np.float32)
    for underflow in (False, True):
        stream.settings["callback"](block, 256, None, SimpleNamespace(output_underflow=underflow))
    assert (block == 0.5).all()
    assert speaker.late == 1
    speaker.close()
    assert not stream.running
    speaker.close()


def test_a_device_that_refuses_a_rate_has_its_own(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", devices(channels=1, rates=(44_100,), own=44_100.0))
    speaker = Speaker(24_000)
    assert (speaker.sample_rate, speaker.channels) == (44_100, 1)


def test_a_missing_device_has_a_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", devices(found=False))
    with pytest.raises(AudioError, match=r"There is no sound output \(.*--engine none"):
        Speaker(24_000)
    monkeypatch.setitem(sys.modules, "sounddevice", devices(opens=False))
    with pytest.raises(AudioError, match=r"\(Device unavailable\)\. Connect one"):
        Speaker(24_000).play(lambda block: None)


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        (ImportError("No module named 'sounddevice'"), r"pip install 'symvae\[live\]'"),
        (OSError("PortAudio library not found"), "apt install libportaudio2"),
    ],
)
def test_a_missing_library_has_a_remedy(monkeypatch, fault, remedy):
    real = builtins.__import__

    def refuse(name, *rest, **named):
        if name == "sounddevice":
            raise fault
        return real(name, *rest, **named)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(AudioError, match=f"{remedy}.*or play without sound of its own: --engine none"):
        Speaker(24_000)
