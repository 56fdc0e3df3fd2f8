"""The pictures are looked at by people; what can be checked by numbers is checked here."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from symvae.errors import PhraseError, SymvaeError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.plot.panel import pitch_name
from symvae.plot.piano_roll import draw, piano_roll


def notes_on(grid: Grid, *columns: Sequence[int]) -> Phrase:
    """A phrase of lists: onsets, durations, pitches and, if given, velocities."""
    return Phrase(grid, *(np.array(column, np.int64) for column in columns))


TUNE = notes_on(Grid(2), [0, 4, 12], [4, 2, 20], [60, 64, 67], [20, 64, 127])
HIGH = notes_on(Grid(2), [0, 8], [8, 8], [84, 86])
PNG = b"\x89PNG\r\n"


def notes_in(axes) -> np.ndarray:
    """The rectangles of a panel: (note, corner, step and pitch)."""
    (notes,) = axes.collections
    return np.array([outline.vertices[:4] for outline in notes.get_paths()])


def test_each_note_lies_at_its_time_and_pitch() -> None:
    outlines = notes_in(draw(TUNE).axes[0])
    left, right = outlines[..., 0].min(1), outlines[..., 0].max(1)
    np.testing.assert_array_equal(left, TUNE.onset_step)
    assert (right < TUNE.end_step).all()  # a gap, so that repeated notes are two
    assert (TUNE.end_step - right < 0.5).all()
    np.testing.assert_allclose(outlines[..., 1].mean(1), TUNE.pitch)


def test_panels_share_their_scales() -> None:
    longer = notes_on(Grid(4), [40], [4], [50])
    figure = draw([TUNE, HIGH, longer])
    assert len(figure.axes) == 3
    limits = {(axes.get_xlim(), axes.get_ylim()) for axes in figure.axes}
    ((across, upwards),) = limits
    assert across == (0, 64)
    assert upwards[0] < 50
    assert upwards[1] > 86


def test_bars_are_numbered_and_beats_drawn() -> None:
    jig = notes_on(Grid.of_metre("6/8", 3), [0], [6], [60])
    (axes,) = draw(jig).axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["bar 1", "2", "3"]
    assert list(axes.get_xticks()) == [0, 12, 24]
    upright = [line.get_xdata()[0] for line in axes.lines if line.get_xdata()[0] == line.get_xdata()[1]]
    assert upright == [0, 6, 12, 18, 24, 30, 36]


def test_numbers_of_many_bars_do_not_overlap() -> None:
    (axes,) = draw(notes_on(Grid(64), [0], [4], [60])).axes
    bars = np.array(axes.get_xticks()) // 16
    assert 8 <= len(bars) <= 32
    assert set(np.diff(bars)) == {64 // len(bars)}


def test_color_follows_the_path() -> None:
    figure = draw([TUNE] * 5)
    colors = [tuple(axes.collections[0].get_facecolor()[0]) for axes in figure.axes]
    assert len(set(colors)) == 5
    corners = draw([TUNE] * 9, columns=3).axes
    nine = np.array([axes.collections[0].get_facecolor()[0][:3] for axes in corners])
    np.testing.assert_allclose(nine[4], nine[[0, 2, 6, 8]].mean(0))
    np.testing.assert_allclose(nine[1], nine[[0, 2]].mean(0))


def test_color_follows_velocity() -> None:
    panel, scale = draw(TUNE, color="velocity").axes
    lightness = panel.collections[0].get_facecolor()[:, :3].sum(1)
    assert (np.diff(lightness) < 0).all()  # louder is darker
    assert scale.get_ylabel() == "velocity"


@pytest.mark.parametrize(("count", "columns", "visible"), [(1, 1, 1), (7, 1, 7), (7, 3, 7), (2, 9, 2)])
def test_every_phrase_has_a_panel(count: int, columns: int, visible: int) -> None:
    figure = draw([TUNE] * count, columns=columns)
    assert sum(axes.get_visible() for axes in figure.axes) == visible


def test_silence_can_be_drawn() -> None:
    assert len(notes_in(draw(Phrase(Grid(2))).axes[0])) == 0
    assert len(draw([Phrase(Grid(1)), TUNE]).axes) == 2


@pytest.mark.parametrize("pitch", [0, 127])
def test_the_lowest_and_highest_pitches_fit(pitch: int) -> None:
    lowest, highest = draw(notes_on(Grid(1), [0], [4], [pitch])).axes[0].get_ylim()
    assert lowest < pitch < highest


def test_pitch_names() -> None:
    assert [pitch_name(pitch) for pitch in (60, 69, 21, 0, 66)] == ["C4", "A4", "A0", "C-1", "F♯4"]


@pytest.mark.parametrize(("ending", "start"), [("png", PNG), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_the_ending_chooses_the_format(tmp_path: Path, ending: str, start: bytes) -> None:
    path = piano_roll([TUNE, HIGH], tmp_path / f"path.{ending}", ["from", "to"], title="A path")
    assert path.read_bytes().startswith(start)


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("mine")
    with pytest.raises(SymvaeError, match="exists"):
        piano_roll(TUNE, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_text() == "mine"
    assert piano_roll(TUNE, tmp_path / "a.png", force=True).read_bytes().startswith(PNG)


def test_a_path_without_an_ending_is_a_png_and_is_not_overwritten(tmp_path: Path) -> None:
    path = piano_roll(TUNE, tmp_path / "a")
    assert path == tmp_path / "a.png"
    assert path.read_bytes().startswith(PNG)
    with pytest.raises(SymvaeError, match=r"a\.png exists"):
        piano_roll(TUNE, tmp_path / "a")


def test_too_many_panels_are_refused_with_a_remedy() -> None:
    with pytest.raises(PhraseError, match="201 phrases are too many for one picture: draw at most 200"):
        draw([TUNE] * 201)


def test_a_picture_that_is_too_large_has_its_own_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("symvae.plot.piano_roll.draw", lambda *_, **__: Figure(figsize=(1, 60_000)))
    with pytest.raises(SymvaeError, match="too large for a picture: draw fewer phrases"):
        piano_roll(TUNE, tmp_path / "a.png")


def test_invalid_arguments_are_named(tmp_path: Path) -> None:
    with pytest.raises(PhraseError, match="nothing to draw"):
        draw([])
    with pytest.raises(PhraseError, match="2 phrases need as many titles, not 1"):
        draw([TUNE, HIGH], ["only one"])
    with pytest.raises(SymvaeError, match="no format that can be drawn"):
        piano_roll(TUNE, tmp_path / "a.midi")
    with pytest.raises(SymvaeError, match="Choose a folder that exists"):
        piano_roll(TUNE, tmp_path / "no folder" / "a.png")
    assert not list(tmp_path.iterdir())


def test_pyplot_is_not_imported() -> None:
    check = "import sys, symvae.plot.piano_roll; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
