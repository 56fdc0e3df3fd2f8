"""The scripts that turn metrics into tables and pictures take old figures and new ones; baselines run."""

import importlib.util
import json
import subprocess
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from symvae.evaluation.arousal import POSITIONS
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.control import FaderFigures
from tests.conftest import ROOT, TINY


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rate_plot() -> ModuleType:
    return script("rate_plot")


def test_a_model_is_two_curves_and_a_ring_in_one_color(rate_plot) -> None:
    models = rate_plot.measured()
    assert [metrics["bars"] for metrics in models] == sorted(metrics["bars"] for metrics in models)
    lines = rate_plot.draw(models).axes[0].get_lines()
    assert len(lines) == 3 * len(models)
    for index, metrics in enumerate(models):
        widened, truncated, ring = lines[3 * index : 3 * index + 3]
        assert len({line.get_color() for line in (widened, truncated, ring)}) == 1
        whole = metrics["reconstruction"]["all"]
        assert ring.get_xdata()[0] * metrics["bars"] == pytest.approx(whole["kl_nats"])
        for line in (widened, truncated):
            assert len(line.get_xdata()) == len(metrics["rate"])
            assert line.get_xdata()[0] == pytest.approx(ring.get_xdata()[0], rel=1e-3)
            assert line.get_ydata()[0] < ring.get_ydata()[0]


def test_a_curve_is_in_nats_a_bar(rate_plot) -> None:
    rows = [
        {"widened": {"kl_nats": kl_nats, "sample": {"token": token}}}
        for kl_nats, token in ((32.0, 0.9), (16.0, 0.7))
    ]
    assert rate_plot.curve({"bars": 16, "rate": rows}, "widened") == ([2.0, 1.0], [0.9, 0.7])


def test_the_picture_is_written_where_it_is_asked_for(tmp_path) -> None:
    out = tmp_path / "rate.svg"
    command = [sys.executable, str(ROOT / "benchmarks" / "rate_plot.py"), "--out", str(out)]
    subprocess.run(command, check=True)
    assert "<svg" in out.read_text(encoding="utf-8")


# The tables of faders


def figures_of_a_fader(pearson: float) -> dict:
    asked = {"pearson": pearson, "error_std": 0.25, "error": 1.25}
    content = dict.fromkeys(("chroma", "groove", "chroma_near", "groove_near"), 0.75)
    positions = FaderFigures(*[0.5] * len(FaderFigures._fields))._asdict()
    ways = {"unsettled": {**asked, "pearson": 0.5}, "best_of_8": {**asked, "pearson": 0.99}}
    return {**asked, **ways, "positions": positions, "content": content}


def metrics_with_faders(**more) -> dict:
    faders = {"contour": figures_of_a_fader(0.8125), "register": figures_of_a_fader(0.9375)}
    common = {"chroma": 0.3, "groove": 0.4}
    control = {"phrases": 400, "best_of": 8, "faders": faders, "strangers": common, "silent": 3}
    return {"control": control, **more}


@pytest.fixture(scope="module")
def fader_table() -> ModuleType:
    return script("fader_table")


def test_published_figures_stand_beside_those_of_melodies_only(fader_table) -> None:
    melodies = metrics_with_faders(reconstruction={"all": {"mean": {"token": 0.991}}})
    piano = metrics_with_faders(notes={"found": 0.9, "duration": 0.8, "velocity": 2.5})
    text = fader_table.results({"one": melodies, "two": piano})
    contour = "| contour | .500 | .812 | .990 | .250 | .250 | .250 | 1.25 semitones |"
    register = "| register | .500 | .938 | .990 | .250 | .250 | .250 | 1.25 MIDI pitch |"
    assert text.count(f"{contour} .856 | .374 |\n") == 1
    assert text.count(f"{register} – | – |\n") == 1
    assert text.count(f"{register}\n") == 1
    assert ".991 of the tokens come back" in text
    assert ".900 of the notes are found again (F1), .800 of these as long" in text
    assert "3 results were silent" in text


def test_arousal_stands_where_it_was_measured(fader_table) -> None:
    figures = ("spearman", "low_to_high", "high_to_low", "chroma", "groove")
    way = {"pieces": 12, "range": 1.5, **dict.fromkeys(figures, 0.5)}
    ways = dict.fromkeys(fader_table.AROUSED.values(), way)
    arousal = {"series": 4, "positions": POSITIONS.tolist(), **ways}
    notes = {"found": 0.9, "duration": 0.8, "velocity": 2.5}
    text = fader_table.results({"two": metrics_with_faders(notes=notes, arousal=arousal)})
    assert "12 pieces of 4 series" in text
    assert "| **fader, tempo held** | .500 | .500 | .500 | 1.50 | .500 | .500 |" in text


def test_tables_take_the_place_of_older_ones(fader_table) -> None:
    metrics = {"one": metrics_with_faders(reconstruction={"all": {"mean": {"token": 0.991}}})}
    readme = f"before\n{fader_table.START}\nold\n{fader_table.END}\nafter\n"
    once = fader_table.with_results(readme, metrics)
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert "old" not in once
    assert fader_table.with_results(once, metrics) == once


# Baselines of faders


@pytest.fixture(scope="module")
def baselines() -> ModuleType:
    return script("control/baselines")


def test_a_calibration_never_falls(baselines) -> None:
    curve = np.array([0.0, 2.0, 1.0, 3.0])
    assert baselines.rising(curve).tolist() == [0, 1.5, 1.5, 3]
    assert baselines.rising(-curve).tolist() == [-1.5] * 4


def test_an_axis_sets_its_coordinate_and_no_other(baselines) -> None:
    z = torch.arange(6.0).view(2, 3)
    moved = baselines.Axis(1, 10.0, -2.0).set_to(z, np.array([0.0, 3.0]))
    assert moved.tolist() == [[0, 10, 2], [3, 4, 5]]
    assert z[0, 1] == 1


def test_coordinates_go_along_as_they_are_told(baselines) -> None:
    z = torch.arange(8.0).view(2, 4)
    axis = baselines.Axis(0, 0.0, 1.0, torch.tensor([1.0, -0.5]))
    moved = axis.set_to(z, np.array([10.0, 4.0]))
    assert moved.tolist() == [[10.0, 1.0 - 5.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]]


def test_an_axis_moves_from_where_it_is(baselines) -> None:
    z = torch.arange(8.0).view(2, 4)
    axis = baselines.Axis(1, 100.0, -2.0, torch.tensor([0.5, 1.0, 0.0, -1.0]))
    moved = axis.move(z, np.array([1.0, 0.0]))
    assert moved.tolist() == [[-1.0, -1.0, 2.0, 5.0], [4.0, 5.0, 6.0, 7.0]]


def test_a_part_is_the_tunes_of_one_track(baselines, monkeypatch) -> None:
    names = ["a/1.mid#Alto", "a/1.mid#Soprano", "a/2.mid#Alto#1", "a/3.mid"]
    told = SimpleNamespace(tune_names=lambda split: names)
    windows = HeldOut(
        torch.arange(5).view(5, 1, 1),
        np.array([0, 1, 1, 2, 3]),
        np.zeros(5, np.int64),
        ("a",),
        "test",
        np.zeros(5, bool),
        {},
        {},
    )
    assert baselines.of_part(windows, told, "alto").ids.flatten().tolist() == [0, 3]
    assert baselines.of_part(windows, told, "Soprano").tune.tolist() == [1, 1]
    assert baselines.of_part(windows, told, None) is windows


def test_every_way_is_trained_and_measured_once(baselines, shards, tmp_path, monkeypatch, capsys) -> None:
    """One command, from nothing to the table; the same command again only prints it."""
    monkeypatch.setattr(baselines, "DECODED_PHRASES", 2)
    monkeypatch.setattr(baselines, "PLACES", np.linspace(-4, 4, 3))
    sizes = [*TINY, "model.bars=2", "faders.width=32", "faders.layers=1", "faders.batch_size=8"]
    few = ["--steps", "4", "--phrases", "8", "--seeds", "1"]
    places = ["--data", str(shards), "--out", str(tmp_path / "runs"), "--results", str(tmp_path / "r.jsonl")]
    command = ["baselines.py", *places, *few, *(word for value in sizes[1:] for word in ("--set", value))]
    monkeypatch.setattr(sys, "argv", command)
    baselines.main()
    told = capsys.readouterr().out
    rows = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert sorted(row["way"] for row in rows) == sorted(baselines.WAYS)
    table = told[told.index("| way") :]
    assert [line.split(" | ")[0][2:] for line in table.splitlines()[2:]] == list(baselines.WAYS)
    baselines.main()
    assert capsys.readouterr().out == table
    monkeypatch.setattr(sys, "argv", [*command, "--figure", "disentanglement"])
    baselines.main()
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("| training | token | kl nats | interpretability |")
    assert [line.split(" | ")[0][2:] for line in told[2:-1]] == list(baselines.TRAININGS)
    assert told[-1].startswith("| the attributes as z | – | – |")
    interpretability = [float(line.split(" | ")[3]) for line in told[2:]]
    assert interpretability[-1] == max(interpretability)
    monkeypatch.setattr(sys, "argv", [*command, "--part", "Tenor"])
    with pytest.raises(SystemExit):
        baselines.main()
    assert "is of the track Tenor" in capsys.readouterr().err
    assert len((tmp_path / "r.jsonl").read_text().splitlines()) == len(rows)
