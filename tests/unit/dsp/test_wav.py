"""Sound files: exact samples, formats, errors, and files that are complete or absent."""

import gc
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.dsp import wav
from symvae.dsp.audio import Audio
from symvae.dsp.wav import WavWriter, read_audio, resample, write_wav
from symvae.errors import AudioError

HALF_A_STEP = 0.5 / (2**15 - 1)


def read_pcm(path: Path) -> np.ndarray:
    """Samples of a 16-bit file from -1 to 1, as Python's own library reads them."""
    with wave.open(str(path)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return pcm.reshape(-1, file.getnchannels()).T / (2**15 - 1)


@pytest.mark.parametrize("channels", [1, 2])
def test_samples_are_rounded_to_16_bits(tmp_path: Path, channels: int) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, (channels, 999))
    path = write_wav(samples, 24_000, tmp_path / "noise.wav")
    assert read_audio(path).sample_rate == 24_000
    assert read_audio(path).samples.shape == samples.shape
    assert np.abs(read_pcm(path) - samples).max() <= HALF_A_STEP + 1e-7


def test_full_scale_and_channel_order_are_kept(tmp_path: Path) -> None:
    samples = np.array([[1.0, -1.0, 0.0], [0.5, 0.0, -0.5]])
    written = read_pcm(write_wav(*Audio(samples, 8_000), tmp_path / "two.wav"))
    np.testing.assert_allclose(written, samples, atol=2 * HALF_A_STEP)


def test_other_programs_see_sixteen_bit_pcm(tmp_path: Path) -> None:
    path = write_wav(np.zeros((2, 44_100)), 44_100, tmp_path / "silence.wav")
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 44_100)
        assert file.getnframes() == 44_100
    assert read_audio(path).duration_sec == 1.0


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    path = write_wav(np.zeros((1, 4)), 8_000, tmp_path / "a.wav")
    with pytest.raises(AudioError, match=r"exists\. Choose another name, or overwrite it with force"):
        write_wav(np.ones((1, 8)), 8_000, path)
    assert read_audio(path).samples.shape == (1, 4)
    write_wav(np.ones((1, 8)), 8_000, path, force=True)
    assert read_audio(path).samples.shape == (1, 8)


@pytest.mark.parametrize(
    ("samples", "complaint"),
    [
        (np.array([[0.0, 1.5]]), "the largest here is 1.5. Scale them down"),
        (np.array([[0.0, np.nan]]), "the largest here is nan"),
        (np.zeros(8), r"shaped \(channel, sample\), not \(8,\)"),
        (np.zeros((0, 8)), r"shaped \(channel, sample\)"),
    ],
)
def test_invalid_samples_are_refused_before_a_file_is_made(
    tmp_path: Path, samples: np.ndarray, complaint: str
) -> None:
    with pytest.raises(AudioError, match=complaint):
        write_wav(samples, 8_000, tmp_path / "a.wav")
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_and_a_rate_of_0_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="Choose a folder that exists"):
        write_wav(np.zeros((1, 4)), 8_000, tmp_path / "no folder" / "a.wav")
    with pytest.raises(AudioError, match="A sample rate is a positive number"):
        write_wav(np.zeros((1, 4)), 0, tmp_path / "a.wav")


def write_blocks(path: Path, blocks: list[np.ndarray]) -> None:
    with WavWriter(path, len(blocks[0]), 8_000, force=True) as file:
        for block in blocks:
            file.write(block)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 500), max_size=6))
def test_blocks_give_the_same_file_as_the_whole(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("wav")
    samples = np.random.default_rng(0).uniform(-1, 1, (2, 500))
    with WavWriter(folder / "blocks.wav", 2, 8_000) as file:
        for block in np.split(samples, sorted(cuts), axis=1):
            file.write(block)
    assert file.samples == 500
    whole = write_wav(samples, 8_000, folder / "whole.wav")
    assert file.path.read_bytes() == whole.read_bytes()


def test_a_file_gets_its_name_when_it_is_complete(tmp_path: Path) -> None:
    path = write_wav(np.zeros((1, 4)), 8_000, tmp_path / "a.wav")
    with WavWriter(path, 1, 8_000, force=True) as file:
        file.write(np.ones((1, 8)))
        assert read_audio(path).samples.shape == (1, 4)
    assert read_audio(path).samples.shape == (1, 8)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("existed", [True, False])
def test_an_exception_leaves_an_existing_file_unchanged(tmp_path: Path, existed: bool) -> None:
    path = tmp_path / "a.wav"
    if existed:
        write_wav(np.zeros((1, 4)), 8_000, path)
    with pytest.raises(AudioError, match=r"the largest here is 1\.5"):
        write_blocks(path, [np.ones((1, 8)), np.full((1, 8), 1.5)])
    assert list(tmp_path.iterdir()) == ([path] if existed else [])
    if existed:
        assert read_audio(path).samples.shape == (1, 4)


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_folder_that_is_missing_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"there is no folder .*none\. Choose a folder that exists"):
        write_wav(np.zeros((1, 4)), 8_000, tmp_path / "none" / "a.wav")
    gc.collect()


def test_a_file_that_is_no_sound_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "words.wav"
    path.write_text("no sound")
    with pytest.raises(AudioError) as refused:
        read_audio(path)
    assert "BufferedReader" not in str(refused.value)
    assert str(refused.value).startswith(f"{path} cannot be read as sound (Format not recog")
    assert str(refused.value).endswith("). Give a WAV, FLAC, OGG or MP3 file.")
    with pytest.raises(
        AudioError, match=r"none\.wav cannot be read: No such file or directory\. Check its name"
    ):
        read_audio(tmp_path / "none.wav")


def test_a_writer_refuses_invalid_files_and_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_wav(np.zeros((1, 4)), 8_000, tmp_path / "a.wav")
    with pytest.raises(AudioError, match=r"exists\. Choose another name, or overwrite it with force"):
        WavWriter(path, 1, 8_000)
    with pytest.raises(AudioError, match="is no file"):
        WavWriter(tmp_path, 1, 8_000, force=True)
    with pytest.raises(AudioError, match="at least one channel, not 0"):
        WavWriter(tmp_path / "b.wav", 0, 8_000)
    with pytest.raises(AudioError, match="has 1 channels, and these samples 2"):
        write_blocks(tmp_path / "b.wav", [np.zeros((1, 4)), np.zeros((2, 4))])
    with pytest.raises(AudioError, match="is not open"):
        WavWriter(tmp_path / "b.wav", 1, 8_000).write(np.zeros((1, 4)))
    monkeypatch.setattr(wav, "MAX_BYTES", 100)
    with pytest.raises(AudioError, match="would pass the 4 GiB"):
        write_blocks(tmp_path / "b.wav", [np.zeros((1, 50)), np.zeros((1, 1))])
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("kind", "subtype", "error"),
    [
        ("WAV", "PCM_U8", 1 / 120),
        ("WAV", "PCM_16", 1 / 32_000),
        ("WAV", "PCM_24", 1e-6),
        ("WAV", "PCM_32", 1e-6),
        ("WAV", "FLOAT", 1e-6),
        ("WAV", "DOUBLE", 1e-6),
        ("FLAC", "PCM_16", 1 / 32_000),
        ("FLAC", "PCM_24", 1e-6),
        ("OGG", "VORBIS", 0.05),
        ("MP3", "MPEG_LAYER_III", 0.05),
    ],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_recordings_of_every_format_are_read(
    tmp_path: Path, kind: str, subtype: str, error: float, channels: int
) -> None:
    """The name of the file does not matter."""
    time = np.arange(24_000) / 24_000
    samples = 0.4 * np.sin(2 * np.pi * np.array([[440.0], [660.0]])[:channels] * time)
    soundfile.write(tmp_path / "recording.bin", samples.T, 24_000, format=kind, subtype=subtype)
    audio = read_audio(tmp_path / "recording.bin")
    assert audio.sample_rate == 24_000
    assert audio.samples.dtype == np.float32
    assert audio.samples.shape[0] == channels
    assert audio.duration_sec == pytest.approx(1.0, abs=0.05)
    middle = slice(6_000, 18_000)
    if kind != "MP3":  # decoders differ in the silence at the start
        np.testing.assert_allclose(audio.samples[:, middle], samples[:, middle], atol=error)
    power = np.square(audio.samples[:, middle]).mean(1)
    np.testing.assert_allclose(power, np.square(samples[:, middle]).mean(1), rtol=0.02)


def test_samples_beyond_full_scale_are_scaled_down(tmp_path: Path) -> None:
    loud = np.array([[0.0, 2.0, -4.0, 1.0]])
    soundfile.write(tmp_path / "loud.wav", loud.T, 8_000, subtype="FLOAT")
    audio = read_audio(tmp_path / "loud.wav")
    np.testing.assert_allclose(audio.samples, loud / 4)
    write_wav(*audio, tmp_path / "again.wav")


def test_files_that_are_no_sound_raise_audio_errors(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"none\.wav cannot be read: No such file"):
        read_audio(tmp_path / "none.wav")
    with pytest.raises(AudioError, match="cannot be read: Is a directory"):
        read_audio(tmp_path)
    for name, content in (("text.wav", b"just words"), ("nothing.mp3", b""), ("a.raw", bytes(range(256)))):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(
            AudioError, match=rf"{name} cannot be read as sound .*Give a WAV, FLAC, OGG or MP3"
        ):
            read_audio(tmp_path / name)
    soundfile.write(tmp_path / "empty.wav", np.zeros((0, 1)), 8_000)
    with pytest.raises(AudioError, match=r"empty\.wav holds no samples"):
        read_audio(tmp_path / "empty.wav")
    soundfile.write(tmp_path / "nan.wav", np.array([0.0, np.nan]), 8_000, subtype="FLOAT")
    with pytest.raises(AudioError, match=r"nan\.wav holds samples that are no numbers"):
        read_audio(tmp_path / "nan.wav")


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
def test_a_truncated_recording_is_read_in_part_or_refused(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 4_000)
    soundfile.write(tmp_path / "whole", noise, 8_000, format=kind)
    content = (tmp_path / "whole").read_bytes()
    for share in np.linspace(0, 0.99, 23):
        (tmp_path / "part").write_bytes(content[: int(share * len(content))])
        try:
            assert np.isfinite(read_audio(tmp_path / "part").samples).all()
        except AudioError as error:
            assert "part" in str(error)  # noqa: PT017


@pytest.mark.parametrize(("before", "after"), [(44_100, 24_000), (24_000, 48_000), (8_000, 24_000)])
def test_resampling_keeps_a_tone(before: int, after: int) -> None:
    tone = np.array([0.5, 0.25])[:, None] * np.sin(2 * np.pi * 1000 * np.arange(before) / before)
    resampled = resample(Audio(tone.astype(np.float32), before), after)
    assert resampled.sample_rate == after
    assert resampled.samples.shape == (2, after)
    expected = np.array([0.5, 0.25])[:, None] * np.sin(2 * np.pi * 1000 * np.arange(after) / after)
    inside = slice(after // 10, -after // 10)
    np.testing.assert_allclose(resampled.samples[:, inside], expected[:, inside], atol=2e-3)


def test_resampling_does_not_alias() -> None:
    tone = Audio(np.sin(2 * np.pi * 15_000 * np.arange(48_000) / 48_000)[None].astype(np.float32), 48_000)
    assert np.abs(resample(tone, 24_000).samples[:, 1000:-1000]).max() < 2e-3


def test_resampling_stays_within_full_scale_and_keeps_an_equal_rate() -> None:
    square = np.sign(np.sin(2 * np.pi * 100 * np.arange(4_000) / 8_000 + 0.1))[None].astype(np.float32)
    assert np.abs(resample(Audio(square, 8_000), 24_000).samples).max() <= 1
    assert resample(Audio(square, 8_000), 8_000).samples is square
    with pytest.raises(
        AudioError, match="The sound has a sample rate of 0 Hz; rates from 4000 to 768000 Hz are read"
    ):
        resample(Audio(square, 8_000), 0)


def test_of_a_long_recording_only_the_start_of_its_sound_is_read(tmp_path: Path, monkeypatch) -> None:
    """Leading silence is dropped; a rest inside is not."""
    monkeypatch.setattr(wav, "_BLOCK", 100)
    sounding = np.full((1, 250), 0.5)
    samples = np.concatenate([np.zeros((1, 1_050)), sounding, np.zeros((1, 250)), sounding, sounding], 1)
    path = write_wav(samples, 4_000, tmp_path / "long.wav")
    kept = read_audio(path, 0.125).samples
    begins = int(np.flatnonzero(kept[0])[0])
    assert begins < 200
    assert 500 <= kept.shape[1] - begins <= 700
    np.testing.assert_allclose(
        kept[0, begins:], samples[0, 1_050 : 1_050 + kept.shape[1] - begins], atol=1e-3
    )
    assert read_audio(path).samples.shape == samples.shape
    assert not read_audio(write_wav(np.zeros((1, 999)), 4_000, tmp_path / "silent.wav"), 0.125).samples.any()


def header(rate: int, *, channels: int = 1, promised: int = 48_000) -> bytes:
    """Head of a WAV file of 16 bits, whatever it says."""
    frame = 2 * channels
    fmt = struct.pack("<HHIIHH", 1, channels, rate, rate * frame % 2**32, frame, 16)
    return (
        b"RIFF"
        + struct.pack("<I", 36)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + fmt
        + b"data"
        + struct.pack("<I", promised)
    )


@pytest.mark.parametrize("rate", [0, 1, 7, 100, 3_999, 768_001, 2**31 - 1])
def test_rates_that_no_recording_has_are_refused(tmp_path: Path, rate: int) -> None:
    (tmp_path / "odd.wav").write_bytes(header(rate) + bytes(48_000))
    with pytest.raises(
        AudioError, match=r"odd\.wav (has a sample rate of|cannot be read as sound)"
    ) as refused:
        read_audio(tmp_path / "odd.wav")
    assert refused.value.limit == ("sound-rate" if rate else "")


@pytest.mark.parametrize("rate", [4_000, 4_001, 96_001, 767_999, 768_000])
def test_odd_rates_within_the_bounds_are_resampled(tmp_path: Path, rate: int) -> None:
    """The filter of two rates without a common factor would have millions of coefficients."""
    tone = (20_000 * np.sin(2 * np.pi * 440 * np.arange(rate // 2) / rate)).astype("<i2").tobytes()
    (tmp_path / "odd.wav").write_bytes(header(rate, promised=len(tone)) + tone)
    resampled = resample(read_audio(tmp_path / "odd.wav"), 24_000).samples[0]
    assert len(resampled) == pytest.approx(12_000, abs=20)
    expected = np.sin(2 * np.pi * 440 * np.arange(len(resampled)) / 24_000) * 20_000 / 2**15
    np.testing.assert_allclose(resampled[2_000:-2_000], expected[2_000:-2_000], atol=0.02)


def test_a_header_that_promises_gigabytes_costs_what_is_there(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(-99, 99, 24_000).astype("<i2").tobytes()
    (tmp_path / "liar.wav").write_bytes(header(48_000, channels=2, promised=2**32 - 1) + noise)
    assert read_audio(tmp_path / "liar.wav").samples.shape == (2, 12_000)
    (tmp_path / "many.wav").write_bytes(header(48_000, channels=65) + noise)
    with pytest.raises(AudioError, match="has 65 channels; at most 64 are read"):
        read_audio(tmp_path / "many.wav")


def test_samples_and_leading_silence_are_counted_while_they_are_read(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(wav, "_BLOCK", 100)
    for name in ("SAMPLES", "LEADING_SILENCE"):
        monkeypatch.setattr(wav, name, getattr(wav, name)._replace(most=1_000))
    loud = write_wav(np.full((1, 3_000), 0.5), 8_000, tmp_path / "loud.wav")
    with pytest.raises(
        AudioError, match=r"loud\.wav holds more than 1000 samples over all its channels\. Cut it"
    ):
        read_audio(loud)
    assert read_audio(loud, 30.0).samples.shape == (1, 300)
    silent = write_wav(np.zeros((1, 3_000)), 8_000, tmp_path / "silent.wav")
    with pytest.raises(AudioError, match=r"silent\.wav is silent for its first 1000 samples\. Cut it where"):
        read_audio(silent, 30.0)
