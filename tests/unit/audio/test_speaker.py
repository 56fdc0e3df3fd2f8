"""The sound device behind a stand-in for sounddevice, and the remedies where there is none."""

import builtins
import sys

import pytest

from symvae.audio.speaker import Speaker
from symvae.errors import AudioError
from tests.live_devices import sound_library


def test_blocks_are_mixed_and_late_ones_counted(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", library := sound_library())
    speaker = Speaker(24_000)
    speaker.play(lambda block: block.fill(0.5))
    (stream,) = library.streams
    assert stream.running
    assert stream.settings["samplerate"] == speaker.sample_rate == 24_000
    assert (stream.block() == 0.5).all()
    stream.block(late=True)
    assert speaker.late == 1
    speaker.close()
    assert not stream.running
    speaker.close()


def test_a_device_that_refuses_a_rate_has_its_own(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", sound_library(channels=1, rates=(44_100,), own=44_100.0))
    speaker = Speaker(24_000)
    assert (speaker.sample_rate, speaker.channels) == (44_100, 1)


def test_a_missing_device_has_a_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", sound_library(found=False))
    with pytest.raises(AudioError, match=r"There is no sound output \(.*--engine none"):
        Speaker(24_000)
    monkeypatch.setitem(sys.modules, "sounddevice", sound_library(opens=False))
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
    with pytest.raises(AudioError, match=f"{remedy}.*or play without it: --engine none"):
        Speaker(24_000)
