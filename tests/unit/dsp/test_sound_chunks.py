"""Of a WAV file, libsndfile sees the chunks that carry sound and no other."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.dsp.sound_chunks import SoundChunks
from symvae.dsp.wav import read_audio
from symvae.errors import AudioError

FORMAT = b"fmt ", struct.pack("<HHIIHH", 1, 1, 8_000, 16_000, 2, 16)
SAMPLES = b"data", np.arange(-500, 500, dtype="<i2").tobytes()
#: A chunk from which libsndfile 1.2.2 does not return.
ENDLESS = b"LIST", b"INFOxxxx" + struct.pack("<I", 2**32 - 12)


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WAV file of chunks."""
    body = b"WAVE" + b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


others = st.lists(st.tuples(st.sampled_from((b"LIST", b"bext", b"JUNK", b"    ")), st.binary(max_size=40)))


@given(others, others, others, st.integers(1, 99))
@settings(max_examples=40)
def test_chunks_that_describe_the_sound_are_hidden(before, between, after, block: int) -> None:
    file = SoundChunks(io.BytesIO(riff(*before, FORMAT, *between, SAMPLES, *after)), "a.wav")
    seen = b"".join(iter(lambda: file.read(block), b""))
    plain = riff(FORMAT, SAMPLES)
    assert (seen[:4], seen[8:]) == (plain[:4], plain[8:])
    assert (file.seek(-2, io.SEEK_END), file.read()) == (len(plain) - 2, plain[-2:])
    assert (file.seek(-(2**40)), file.tell()) == (0, 0)


def test_a_list_that_leads_back_is_passed_over(tmp_path: Path) -> None:
    """Reading it took forever, also behind a tag that libsndfile passes over."""
    tag = b"ID3\4\0\0\0\0\0\5title"
    for tags in (b"", tag, tag * 3):
        (tmp_path / "a.wav").write_bytes(tags + riff(FORMAT, ENDLESS, SAMPLES, ENDLESS))
        assert read_audio(tmp_path / "a.wav").samples.shape == (1, 1_000)


@pytest.mark.parametrize("kind", ["WAV", "WAVEX", "RF64"])
def test_every_kind_of_wav_file_is_read_as_before(kind: str) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (1_001, 2))
    for subtype in ("PCM_U8", "PCM_16", "PCM_24", "FLOAT", "ULAW", "IMA_ADPCM", "MS_ADPCM", "GSM610"):
        if soundfile.check_format(kind, subtype):
            file = io.BytesIO()
            samples = noise[:, : 1 if subtype == "GSM610" else 2]
            soundfile.write(file, samples, 8_000, subtype, format=kind)
            whole, _ = soundfile.read(io.BytesIO(file.getvalue()))
            np.testing.assert_array_equal(soundfile.read(SoundChunks(file, "a.wav"))[0], whole)


def test_an_unclosed_file_is_read_to_its_end() -> None:
    data = riff(FORMAT, SAMPLES).replace(b"data" + struct.pack("<I", 2_000), b"data" + bytes(4))
    unclosed = data[:4] + struct.pack("<I", 8) + data[8:]
    assert len(soundfile.read(SoundChunks(io.BytesIO(unclosed), "a.wav"))[0]) == 1_000
    assert len(SoundChunks(io.BytesIO(data), "a.wav").read()) == len(data) - 2_000


def test_chunks_without_end_are_refused(tmp_path: Path) -> None:
    for data in (riff(*[(b"JUNK", b"")] * 1_001, FORMAT, SAMPLES), (b"ID3" + bytes(7)) * 1_001):
        (tmp_path / "a.wav").write_bytes(data)
        with pytest.raises(AudioError, match=r"a\.wav has more than 1000 chunks before its sound") as refusal:
            read_audio(tmp_path / "a.wav")
        assert refusal.value.limit == "sound-chunks"
