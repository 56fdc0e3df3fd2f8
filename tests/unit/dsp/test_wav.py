import wave
from pathlib import Path

import numpy as np
import pytest

from symvae.dsp.audio import Audio
from symvae.dsp.wav import read_wav, write_wav
from symvae.errors import AudioError

HALF_A_STEP = 0.5 / (2**15 - 1)


@pytest.mark.parametrize("channels", [1, 2])
def test_samples_come_back_to_half_a_step(tmp_path: Path, channels: int) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, (channels, 999))
    path = write_wav(samples, 24_000, tmp_path / "noise.wav")
    back = read_wav(path)
    assert back.sample_rate == 24_000
    assert back.samples.shape == samples.shape
    assert np.abs(back.samples - samples).max() <= HALF_A_STEP + 1e-7


def test_full_scale_and_channel_order_are_kept(tmp_path: Path) -> None:
    samples = np.array([[1.0, -1.0, 0.0], [0.5, 0.0, -0.5]])
    back = read_wav(write_wav(*Audio(samples, 8_000), tmp_path / "two.wav"))
    np.testing.assert_allclose(back.samples, samples, atol=2 * HALF_A_STEP)


def test_other_programs_see_sixteen_bit_pcm(tmp_path: Path) -> None:
    path = write_wav(np.zeros((2, 44_100)), 44_100, tmp_path / "silence.wav")
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 44_100)
        assert file.getnframes() == 44_100
    assert read_wav(path).duration_sec == 1.0


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    path = write_wav(np.zeros((1, 4)), 8_000, tmp_path / "a.wav")
    with pytest.raises(AudioError, match=r"exists\. Choose another name, or overwrite it with force"):
        write_wav(np.ones((1, 8)), 8_000, path)
    assert read_wav(path).samples.shape == (1, 4)
    write_wav(np.ones((1, 8)), 8_000, path, force=True)
    assert read_wav(path).samples.shape == (1, 8)


@pytest.mark.parametrize(
    ("samples", "complaint"),
    [
        (np.array([[0.0, 1.5]]), "the largest here is 1.5. Scale them down"),
        (np.array([[0.0, np.nan]]), "the largest here is nan"),
        (np.zeros(8), r"shaped \(channel, sample\), not \(8,\)"),
        (np.zeros((0, 8)), r"shaped \(channel, sample\)"),
    ],
)
def test_what_is_no_sound_is_refused_before_a_file_is_made(
    tmp_path: Path, samples: np.ndarray, complaint: str
) -> None:
    with pytest.raises(AudioError, match=complaint):
        write_wav(samples, 8_000, tmp_path / "a.wav")
    assert not list(tmp_path.iterdir())


def test_faults_of_files_are_one_error(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="cannot be read: No such file"):
        read_wav(tmp_path / "none.wav")
    (tmp_path / "text.wav").write_text("no sound at all, just words")
    with pytest.raises(AudioError, match="is no PCM WAV file"):
        read_wav(tmp_path / "text.wav")
    with wave.open(str(tmp_path / "eight.wav"), "wb") as file:
        file.setparams((1, 1, 8_000, 0, "NONE", ""))
        file.writeframes(b"\x80\x80")
    with pytest.raises(AudioError, match="has 8-bit samples"):
        read_wav(tmp_path / "eight.wav")
    with pytest.raises(AudioError, match="Choose a folder that exists"):
        write_wav(np.zeros((1, 4)), 8_000, tmp_path / "no folder" / "a.wav")
    with pytest.raises(AudioError, match="A sample rate is a positive number"):
        write_wav(np.zeros((1, 4)), 0, tmp_path / "a.wav")
