"""A small generated sound font, so that no test needs an installed one.

SoundFont 2.04, sections 4 to 8: a RIFF file of three lists: INFO, the samples, and nine tables that link
presets → zones → instruments → zones → samples. Here each preset and each instrument has one zone, and each
sample is a looped tone at 440 Hz (key 69) or, for drums, a burst that is played once.
"""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

#: A tone's period is 64 samples: 440 Hz exactly.
PERIOD = 64
SAMPLE_RATE = 440 * PERIOD
A4 = 69
DRUM_BANK = 128
_SILENCE_AFTER = 46
_SAMPLE_MODES, _SAMPLE, _INSTRUMENT, _RELEASE = 54, 53, 41, 38


class Voice(NamedTuple):
    """Samples of a preset, from -1 to 1."""

    samples: np.ndarray
    bank: int = 0
    program: int = 0
    looped: bool = True


def tone(harmonics: Sequence[float], program: int, periods: int = 32) -> Voice:
    """A tone with harmonics of given levels."""
    angle = 2 * np.pi * np.arange(periods * PERIOD) / PERIOD
    wave = sum(level * np.sin((k + 1) * angle) for k, level in enumerate(harmonics))
    return Voice(0.5 * wave / np.abs(wave).max(), program=program)


def burst(samples: np.ndarray, program: int = 0, bank: int = DRUM_BANK) -> Voice:
    """A sound played once, at its own pitch on key 69."""
    return Voice(samples, bank, program, looped=False)


def default_voices() -> list[Voice]:
    """Programs 0 (a bright saw), 40 (odd harmonics), 73 (a sine), and a set of drums."""
    noise = np.random.default_rng(0).normal(0, 0.15, 6000) * np.exp(-np.arange(6000) / 1500)
    return [
        tone([1 / k for k in range(1, 20)], 0),
        tone([1 / k if k % 2 else 0.0 for k in range(1, 12)], 40),
        tone([1.0], 73),
        burst(noise.clip(-1, 1)),
    ]


def write_soundfont(path: Path, voices: Sequence[Voice] | None = None) -> Path:
    """Write a font of these voices and return its path."""
    voices = sorted(default_voices() if voices is None else voices, key=lambda voice: voice[1:3])
    count = len(voices)
    gap = np.zeros(_SILENCE_AFTER)
    pcm = [np.rint(np.concatenate([voice.samples, gap]) * 32767).astype("<i2") for voice in voices]
    starts = np.cumsum([0] + [len(samples) for samples in pcm]).tolist()

    presets = [
        _name(f"preset {i}") + struct.pack("<HHHIII", voice.program, voice.bank, i, 0, 0, 0)
        for i, voice in enumerate(voices)
    ]
    presets.append(_name("EOP") + struct.pack("<HHHIII", 0, 0, count, 0, 0, 0))
    instruments = [_name(f"instrument {i}") + struct.pack("<H", i) for i in range(count)]
    instruments.append(_name("EOI") + struct.pack("<H", count))
    headers = [
        _name(f"sample {i}")
        + struct.pack(
            "<IIIIIBbHH",
            start,
            start + len(voice.samples),
            start,
            start + len(voice.samples),
            SAMPLE_RATE,
            A4,
            0,
            0,
            1,
        )
        for i, (voice, start) in enumerate(zip(voices, starts, strict=False))
    ]
    headers.append(_name("EOS") + bytes(26))
    zones = [
        _generators((_RELEASE, -6000), (_SAMPLE_MODES, int(voice.looped)), (_SAMPLE, i))
        for i, voice in enumerate(voices)
    ]
    pdta = (
        _chunk(b"phdr", b"".join(presets))
        + _chunk(b"pbag", b"".join(struct.pack("<HH", i, 0) for i in range(count + 1)))
        + _chunk(b"pmod", bytes(10))
        + _chunk(b"pgen", b"".join(_generators((_INSTRUMENT, i)) for i in range(count)) + bytes(4))
        + _chunk(b"inst", b"".join(instruments))
        + _chunk(b"ibag", b"".join(struct.pack("<HH", 3 * i, 0) for i in range(count + 1)))
        + _chunk(b"imod", bytes(10))
        + _chunk(b"igen", b"".join(zones) + bytes(4))
        + _chunk(b"shdr", b"".join(headers))
    )
    info = (
        _chunk(b"ifil", struct.pack("<HH", 2, 4))
        + _chunk(b"isng", b"EMU8000\0")
        + _chunk(b"INAM", b"tones\0")
    )
    samples = _chunk(b"smpl", np.concatenate(pcm).tobytes())
    path.write_bytes(
        _chunk(b"RIFF", b"sfbk" + _list(b"INFO", info) + _list(b"sdta", samples) + _list(b"pdta", pdta))
    )
    return path


def _name(text: str) -> bytes:
    return text.encode().ljust(20, b"\0")


def _generators(*pairs: tuple[int, int]) -> bytes:
    return b"".join(struct.pack("<Hh", number, amount) for number, amount in pairs)


def _list(kind: bytes, content: bytes) -> bytes:
    return _chunk(b"LIST", kind + content)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
