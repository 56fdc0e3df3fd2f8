"""Recordings: WAV files of valid chunks with wild numbers, and damaged files of libsndfile's formats."""

import functools
import io
import struct

import numpy as np
import scipy.signal  # noqa: F401 (before the first input, because it takes a second)

from benchmarks.fuzzing.damage import NUMBERS, damaged, files, pick
from symvae.system.timbre_clip import timbre_clip

_RATES = (
    1,
    7,
    100,
    3_999,
    4_000,
    8_000,
    11_025,
    24_000,
    44_100,
    96_001,
    767_999,
    768_000,
    2**31 - 1,
    2**32 - 1,
)
_TAGS = (*[1] * 12, 3, 6, 7, 2, 0x11, 0x31, 0x55, 0xFFFE, 0, 0xFFFF)
_KINDS = (
    *(("WAV", "PCM_16"), ("WAV", "FLOAT"), ("WAV", "IMA_ADPCM"), ("WAV", "GSM610"), ("WAVEX", "PCM_24")),
    *(("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_16")),
    *(("AU", "ULAW"), ("W64", "PCM_16"), ("CAF", "ALAC_16"), ("RF64", "PCM_16"), ("VOC", "PCM_U8")),
    *(("NIST", "PCM_16"), ("IRCAM", "FLOAT"), ("MAT5", "FLOAT"), ("SVX", "PCM_16"), ("PAF", "PCM_16")),
)

_LISTED = (b"ISFT", b"ICMT", b"labl", b"ltxt", b"note", b"exif", b"emnt", b"data", b"LIST", b"xxxx", bytes(4))
_LISTED_SIZES = (0, 1, 4, 8, 20, 2**31 - 1, 2**31, *(2**32 - size for size in (1, 2, 4, 8, 12, 16, 20)))


def mutated(rng: np.random.Generator) -> bytes:
    """Draw a sound file.

    Args:
        rng: Source of the draws.

    Returns:
        Its bytes.
    """
    if rng.random() < 0.4:
        return damaged(_whole(*pick(rng, _KINDS)), rng, head=128)
    data = _riff(rng)
    return damaged(data, rng) if rng.random() < 0.2 else data


def check(data: bytes) -> None:
    """Take the timbre of a recording, as far as the encoder.

    Args:
        data: Content of a sound file.
    """
    with files(sound_wav=data) as folder:
        timbre_clip(folder / "sound.wav", 24_000, 0.05)


def _riff(rng: np.random.Generator) -> bytes:
    """Chunks in a plausible order; each number is wild now and then."""

    def number(usual: int, size: int) -> bytes:
        value = usual if rng.random() < 0.95 else pick(rng, NUMBERS)
        return (value % 2 ** (8 * size)).to_bytes(size, "little")

    rate = pick(rng, _RATES)
    channels, bits = pick(rng, (1, 1, 2, 2, 2, 6, 64, 65)), pick(rng, (8, 16, 16, 16, 24, 32))
    frame = channels * bits // 8
    tag = pick(rng, _TAGS)
    fmt = number(tag, 2) + number(channels, 2) + number(rate, 4) + number(rate * frame, 4) + number(frame, 2)
    fmt += number(bits, 2) + pick(rng, (b"", b"", b"\0\0", number(22, 2) + rng.bytes(22)))
    sound = _noise(rng, pick(rng, (0, 100, 24_000, 48_000)))
    chunks = [(b"fmt ", fmt), *_extras(rng), (b"data", sound)]
    if rng.random() < 0.1:
        chunks.append(pick(rng, chunks))
    if rng.random() < 0.05:
        chunks = [chunks[int(i)] for i in rng.permutation(len(chunks))]
    body = b"".join(
        name + number(len(content), 4) + content + b"\0" * (len(content) % 2) for name, content in chunks
    )
    return (
        pick(rng, (b"RIFF", b"RIFF", b"RIFF", b"RIFX", b"RF64")) + number(len(body) + 4, 4) + b"WAVE" + body
    )


def _extras(rng: np.random.Generator) -> list[tuple[bytes, bytes]]:
    names = (b"fact", b"LIST", b"cue ", b"PEAK", b"smpl", b"bext", b"ds64", b"inst", b"junk")
    contents = (
        b"",
        rng.bytes(4),
        rng.bytes(28),
        struct.pack("<7I", *(2**32 - 1,) * 7),
        b"INFOISFT" + rng.bytes(20),
        _list(rng),
        _list(rng),
    )
    return [(pick(rng, names), pick(rng, contents)) for _ in range(pick(rng, (0, 0, 1, 2, 20)))]


def _list(rng: np.random.Generator) -> bytes:
    """Chunks of a chunk LIST, whose sizes may lead back."""
    rows = range(pick(rng, (1, 1, 2, 4)))
    return pick(rng, (b"INFO", b"adtl", b"exif")) + b"".join(
        pick(rng, _LISTED) + struct.pack("<I", pick(rng, _LISTED_SIZES)) + rng.bytes(4 * pick(rng, (0, 1, 2)))
        for _ in rows
    )


def _noise(rng: np.random.Generator, size: int) -> bytes:
    kind = rng.random()
    if kind < 0.7:
        return rng.bytes(size)
    return bytes(size) if kind < 0.85 else struct.pack("<f", float("nan")) * (size // 4)


@functools.cache
def _whole(kind: str, subtype: str) -> bytes:
    import soundfile

    file = io.BytesIO()
    rate = 48_000 if subtype == "OPUS" else 8_000
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, rate)
    soundfile.write(file, samples, rate, format=kind, subtype=subtype)
    return file.getvalue()
