"""A folder with hostile files: prepare, inspect, measure and plot read all others."""

import json
import os
import runpy
import shutil

import pytest

from tests.conftest import ROOT, TUNES

HOSTILE = runpy.run_path(str(ROOT / "benchmarks" / "hostile_folder.py"))


def test_a_folder_of_which_a_fifth_is_hostile_gives_the_shards_of_the_rest(cli, tmp_path):
    for name in ("alone", "all"):
        HOSTILE["write_good"](tmp_path / name / "music", 40, seed=1)
    HOSTILE["write_bad"](tmp_path / "all" / "music", 10, seed=1)
    limits = ("--max-seconds-per-file", 1, "--max-memory-per-file", 128)
    cards = []
    for name in ("alone", "all"):
        result = cli("prepare", tmp_path / name / "music", "--out", tmp_path / name / "shards", *limits)
        assert result.exit_code == 0, result.stderr
        cards.append(json.loads((tmp_path / name / "shards" / "card.json").read_text()))
    alone, beside = (card["sha256"] for card in cards)
    assert {name for name in alone if alone[name] != beside[name]} == {"dropped.csv"}
    assert cards[1]["files"] == {"read": 50, "without_tune": 10}
    assert "50 files read, 10 of them without a tune in 4/4" in result.stdout


@pytest.fixture
def mixed(tmp_path):
    """A folder with two tunes, two hostile files, and a pipe."""
    folder = tmp_path / "mixed"
    (folder / "deep").mkdir(parents=True)
    shutil.copy(TUNES / "ode_to_joy.mid", folder / "a.mid")
    shutil.copy(TUNES / "soldiers_joy.mid", folder / "deep" / "z.mid")
    (folder / "noise.mid").write_bytes(b"MThd" + bytes(range(200)))
    (folder / "noise.mxl").write_bytes(b"PK" + bytes(range(200)))
    os.mkfifo(folder / "pipe.mid")
    return folder


BAD = ("noise.mid", "noise.mxl", "pipe.mid")


def test_inspect_reads_a_folder_and_reports_bad_files(cli, mixed):
    text = cli("inspect", mixed, "nowhere.mid")
    assert text.exit_code == 1
    assert text.stdout.count("16 bars, ") == 2
    assert "4 of 6 files could not be read." in text.stderr
    for name in (*BAD, "nowhere.mid"):
        assert f"{name}: not read" in text.stderr
    data = cli("inspect", mixed, "--json")
    assert data.exit_code == 1
    reports = json.loads(data.stdout)
    assert {os.path.basename(each["file"]) for each in reports if each["fault"]} == set(BAD)
    assert sum(not each["fault"] for each in reports) == 2


def test_measure_reads_a_folder_and_reports_bad_files(cli, mixed):
    data = cli("measure", mixed, "nowhere.mid", "--json")
    assert data.exit_code == 1
    rows = json.loads(data.stdout)
    assert [os.path.basename(row["file"]) for row in rows if "bars" in row] == ["a.mid", "z.mid"]
    faults = {os.path.basename(row["file"]): row for row in rows if "fault" in row}
    assert set(faults) == {*BAD, "nowhere.mid"}
    assert faults["noise.mid"]["reason"] == "unreadable"
    assert len([line for line in data.stderr.splitlines() if line.startswith("symvae: ")]) == 4
    assert [row for row in rows if "bars" in row] == json.loads(
        cli("measure", mixed / "a.mid", mixed / "deep", "--json").stdout
    )


def test_plot_draws_a_folder_and_reports_bad_files(cli, mixed, tmp_path):
    result = cli("plot", mixed, "--out", "roll.png")
    assert (result.exit_code, result.stdout) == (1, "roll.png\n")
    assert len([line for line in result.stderr.splitlines() if line.startswith("symvae: ")]) == 3
    assert (tmp_path / "roll.png").stat().st_size > 5000


@pytest.mark.parametrize("verb", ["measure", "plot"])
def test_bad_files_alone_are_an_error_with_a_sentence_for_each(cli, mixed, verb):
    result = cli(verb, mixed / "noise.mid", "nowhere.mid")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "noise.mid" in result.stderr
    assert "There is no file nowhere.mid" in result.stderr


@pytest.mark.parametrize("verb", ["inspect", "measure", "plot"])
def test_a_folder_without_music_is_reported(cli, tmp_path, verb):
    (tmp_path / "empty").mkdir()
    result = cli(verb, "empty")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "empty holds no music." in result.stderr


@pytest.mark.parametrize("verb", ["inspect", "measure", "plot"])
def test_a_name_that_is_no_text_is_printed_with_escapes(cli, tmp_path, verb):
    shutil.copy(TUNES / "ode_to_joy.mid", tmp_path / os.fsdecode(b"caf\xe9.mid"))
    result = cli(verb, ".")
    assert result.exit_code == 0, result.stderr
    if verb != "plot":
        assert r"caf\udce9.mid" in result.stdout
