"""Spectrograms: frequency and time axes, silence, existing files."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes

from symvae.errors import AudioError
from symvae.plot.spectrogram import spectrogram_picture

RATE = 24_000


def tone(hz: float, seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)[None].astype(np.float32)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Axes, np.ndarray, dict]]:
    """Calls of imshow: axes, rows, options."""
    calls, draw = [], Axes.imshow

    def recorded(axes: Axes, rows: np.ndarray, **words):
        calls.append((axes, rows, words))
        return draw(axes, rows, **words)

    monkeypatch.setattr(Axes, "imshow", recorded)
    return calls


def test_blocks_become_a_picture(tmp_path: Path) -> None:
    path = spectrogram_picture(
        [tone(440.0), np.zeros((2, 5_000), np.float32)], RATE, tmp_path / "a.png", title="a"
    )
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("hz", [200, 1000, 5000])
def test_a_tone_lies_at_its_frequency(tmp_path: Path, drawn: list, hz: int) -> None:
    spectrogram_picture([tone(float(hz))], RATE, tmp_path / "a.png")
    ((axes, rows, words),) = drawn
    assert words["origin"] == "lower"
    places = {
        label.get_text(): place
        for label, place in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)
    }
    assert int(rows[:, rows.shape[1] // 2].argmax()) + 0.5 == pytest.approx(places[f"{hz:,}"], abs=2)


def test_the_time_axis_ends_with_the_sound(tmp_path: Path, drawn: list) -> None:
    silent = np.zeros((1, RATE), np.float32)
    spectrogram_picture([silent, tone(1000.0), silent], RATE, tmp_path / "a.png")
    ((_, rows, words),) = drawn
    assert words["extent"][:2] == (0, 3.0)
    loud = np.flatnonzero(rows.max(0) > rows.max() - 20) / rows.shape[1] * 3
    assert loud[0] == pytest.approx(1, abs=0.1)
    assert loud[-1] == pytest.approx(2, abs=0.1)


def test_a_long_sound_has_a_limited_number_of_columns(tmp_path: Path, drawn: list) -> None:
    spectrogram_picture((tone(1000.0, 10.0, 8_000) for _ in range(30)), 8_000, tmp_path / "a.png")
    ((_, rows, _),) = drawn
    assert rows.shape[1] <= 1600


def test_silence_can_be_drawn(tmp_path: Path) -> None:
    assert spectrogram_picture([np.zeros((2, 100), np.float32)], 8_000, tmp_path / "a.png").is_file()


def test_no_samples_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"There is no sound to draw\. Render music that has notes"):
        spectrogram_picture([], RATE, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("mine")
    with pytest.raises(AudioError, match=r"a\.png exists\. Choose another name, or overwrite it with force"):
        spectrogram_picture([tone(440.0)], RATE, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_text() == "mine"
    spectrogram_picture([tone(440.0)], RATE, tmp_path / "a.png", force=True)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
