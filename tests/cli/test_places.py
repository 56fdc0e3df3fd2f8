"""Where results go, which tracks are read, and whose bars are counted."""

import json

import numpy as np
import pytest

import symvae
from symvae.music.io.midi_write import song_to_bytes
from symvae.music.song import MetreChange, Song, TempoChange, Track
from tests.conftest import TUNES

ODE, JOY, MINUET = (TUNES / f"{name}.mid" for name in ("ode_to_joy", "soldiers_joy", "petzold_minuet"))


def tune(path, metre: str, bars: int, tracks: int = 1):
    """Tracks of one note for each eighth, an octave apart."""
    numerator, denominator = map(int, metre.split("/"))
    onset = np.arange(bars * 8 * numerator // denominator) * 240
    columns = [(onset, np.full(len(onset), 240), 48 + 12 * row + onset // 240 % 7) for row in range(tracks)]
    parts = [Track(f"part {row}", 0, False, *c, np.full(len(onset), 90)) for row, c in enumerate(columns)]
    song = Song(
        480,
        (MetreChange(0, numerator, denominator),),
        (TempoChange(0, 120.0),),
        tuple(parts),
        int(onset[-1]) + 240,
    )
    path.write_bytes(song_to_bytes(song))
    return path


def test_a_named_file_holds_the_row_and_nothing_else_is_written(cli, tiny_model, tmp_path):
    assert cli("interpolate", ODE, JOY, "-m", tiny_model, "-n", 3, "--out", "in/folder").exit_code == 0
    result = cli("interpolate", ODE, JOY, "-m", tiny_model, "-n", 3, "--out", "in/s.mid", "--plot")
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["folder", "s.mid", "s.png"]
    assert (tmp_path / "in/s.mid").read_bytes() == (tmp_path / "in/folder/path.mid").read_bytes()
    assert result.stdout.endswith("in/s.mid\nin/s.png\n")


@pytest.mark.parametrize("name", ["s.musicxml", "s.abc", "s.png", "S.MID"])
def test_the_suffix_is_the_format(cli, tiny_model, tmp_path, name):
    result = cli("sample", "-n", 2, "-m", tiny_model, "--out", name)
    assert (result.exit_code, [path.name for path in tmp_path.iterdir()]) == (0, [name])
    again = cli("sample", "-n", 2, "-m", tiny_model, "--out", name)
    assert again.stderr == f"symvae: {name} exists. Add --force to overwrite, or choose another --out.\n"


def test_a_format_that_contradicts_the_name_is_wrong_use(cli, tiny_model):
    assert cli("sample", "-n", 1, "-m", tiny_model, "--out", "s.mid", "--format", "abc").exit_code == 2


def test_a_faded_song_has_the_name_that_was_given(cli, fader_model, tmp_path, few_exchanges):
    result = cli("fade", ODE, "-m", fader_model, "--set", "register=60", "--bars", "1-2", "--out", "f.mid")
    assert (result.exit_code, [path.name for path in tmp_path.iterdir()]) == (0, ["f.mid"])
    score = cli("fade", ODE, "-m", fader_model, "--set", "register=60", "--out", "f.abc")
    assert score.stderr == (
        "symvae: A whole song is written as MIDI only. Use a name that ends in .mid, not f.abc.\n"
    )


def test_each_file_has_its_own_track(cli, tiny_model, tmp_path):
    a, b = tune(tmp_path / "a.mid", "4/4", 2, tracks=3), tune(tmp_path / "b.mid", "4/4", 2, tracks=3)
    words = ("interpolate", a, b, "-m", tiny_model, "-n", 2, "--json", "--force")
    for tracks, read in ((("2", "0"), [2, 0]), (("1",), [1, 1]), (("part 2", "1"), [2, 1])):
        result = cli(*words, *(word for track in tracks for word in ("--track", track)))
        assert [each["track"]["index"] for each in json.loads(result.stdout)["inputs"]] == read
    for count in (3, 4):
        wrong = cli(*words, *["--track", 0] * count)
        assert wrong.exit_code == 2
        assert f"give it once, or 2 times, not {count} times" in " ".join(wrong.stderr.split())
    assert cli("reconstruct", a, "-m", tiny_model, "--track", 0, "--track", 1).exit_code == 2


def test_the_chosen_model_is_named_in_both_reports(cli):
    text = cli("reconstruct", MINUET)
    assert text.stdout.startswith(
        "model: melody-16bar-3-4, chosen for this music (16 bars of 3/4); --model takes another\n"
    )
    report = json.loads(cli("reconstruct", MINUET, "--json", "--force").stdout)
    assert (report["model"], report["model_chosen"]) == ("melody-16bar-3-4", "16 bars of 3/4")


def test_sample_takes_a_metre(cli):
    result = cli("sample", "-n", 1, "--metre", "3/4", "--out", "w.mid")
    assert result.exit_code == 0, result.stderr
    assert "of 16 bars from melody-16bar-3-4" in result.stdout
    (phrase,) = symvae.read("w.mid")
    assert phrase.grid.metre == "3/4"
    other = cli("sample", "--metre", "3/4", "-m", "melody-2bar")
    assert other.stderr == (
        "symvae: melody-2bar is in 4/4, not in 3/4. Use --model melody-16bar-3-4 or melody-4bar-3-4.\n"
    )
    assert "'5/4' is no metre of a model" in cli("sample", "--metre", "5/4").stderr


@pytest.mark.parametrize(
    ("metre", "asked", "given", "new", "grid_bars"), [("2/4", 3, 2, 4, 3), ("4/2", 1, 1, 1, 4)]
)
def test_continue_counts_bars_of_the_file(cli, tiny_model, tmp_path, metre, asked, given, new, grid_bars):
    file = tune(tmp_path / "a.mid", metre, 4)
    result = cli("continue", file, "-m", tiny_model, "--bars", asked, "-n", 1, "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["given_bars"], report["new_bars"]) == (given, new)
    (phrase,) = symvae.read("continue/version-1.mid", track=0)
    assert phrase.grid.bars == grid_bars


def test_infill_counts_bars_of_the_file(cli, tiny_model, tmp_path):
    file = tune(tmp_path / "a.mid", "2/4", 4)
    good = cli("infill", file, "-m", tiny_model, "--from", 3, "--to", 4, "-n", 1, "--json")
    assert json.loads(good.stdout)["drawn_bars"] == [3, 4]
    half = cli("infill", file, "-m", tiny_model, "--from", 3, "--to", 3, "-n", 1, "--force")
    assert half.stderr.startswith(
        "symvae: 2 bars of the file are one bar of the model, which is drawn as a whole. Use --from 3 --to 4."
    )


def test_training_on_one_song_names_what_it_needs(cli, tmp_path):
    (tmp_path / "songs").mkdir()
    chance = np.random.default_rng(5)
    words = ("train", "--preset", "melody-2bar", "--from", "melody-2bar", "--data")
    for number in (1, 2, 3):
        song = symvae.Phrase(
            symvae.Grid(8),
            onset_step=np.arange(0, 128, 2),
            duration_step=np.full(64, 2),
            pitch=chance.integers(50, 80, 64),
        )
        symvae.write(song, tmp_path / "songs" / f"{number}.mid")
        if number == 2:
            continue
        shards = f"shards-{number}"
        assert cli("prepare", "songs", "--out", shards).exit_code == 0
        result = cli(*words, shards, "--out", f"run-{number}")
        assert result.exit_code == 1
        assert ("Prepare a folder with three such songs or more" in result.stderr) == (number == 1)
    advice = result.stderr.strip().rstrip(".").rsplit("--set ", 1)[1]
    assert advice.startswith("training.batch_size=")
    done = cli(*words, shards, "--out", "run", "--set", advice, "--set", "training.steps=1")
    assert done.exit_code == 0, done.stderr
