"""Scripts that turn metrics into tables and pictures; the baselines of faders run."""

import importlib.util
import json
import subprocess
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from symvae.evaluation.arousal import LABELS, POSITIONS
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.controllability import Controllability
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


def test_each_model_has_two_curves_and_a_ring_in_one_color(rate_plot) -> None:
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


def test_curves_are_in_nats_per_bar(rate_plot) -> None:
    rows = [
        {"widened": {"kl_nats": kl_nats, "sample": {"token": token}}}
        for kl_nats, token in ((32.0, 0.9), (16.0, 0.7))
    ]
    assert rate_plot.curve({"bars": 16, "rate": rows}, "widened") == ([2.0, 1.0], [0.9, 0.7])


def test_the_picture_is_written_to_the_given_path(tmp_path) -> None:
    out = tmp_path / "rate.svg"
    command = [sys.executable, str(ROOT / "benchmarks" / "rate_plot.py"), "--out", str(out)]
    subprocess.run(command, check=True)
    assert "<svg" in out.read_text(encoding="utf-8")


# Tables of faders


def figures_of_a_fader(pearson: float) -> dict:
    target = {"pearson": pearson, "error_std": 0.25, "error": 1.25}
    content = dict.fromkeys(("chroma", "groove", "chroma_near", "groove_near"), 0.75)
    positions = Controllability(*[0.5] * len(Controllability._fields))._asdict()
    ways = {"unsettled": {**target, "pearson": 0.5}, "best_of_8": {**target, "pearson": 0.99}}
    return {**target, **ways, "positions": positions, "content": content}


def metrics_with_faders(**more) -> dict:
    faders = {"contour": figures_of_a_fader(0.8125), "register": figures_of_a_fader(0.9375)}
    common = {"chroma": 0.3, "groove": 0.4}
    control = {"phrases": 400, "best_of": 8, "faders": faders, "strangers": common, "silent": 3}
    return {"control": control, **more}


@pytest.fixture(scope="module")
def fader_table() -> ModuleType:
    return script("fader_table")


def test_published_figures_are_shown_for_melodies_only(fader_table) -> None:
    melodies = metrics_with_faders(reconstruction={"all": {"mean": {"token": 0.991}}})
    piano = metrics_with_faders(notes={"found": 0.9, "duration": 0.8, "velocity": 2.5})
    text = fader_table.results({"one": melodies, "two": piano})
    contour = "| contour | .500 | .812 | .990 | .250 | .250 | .250 | 1.25 semitones |"
    register = "| register | .500 | .938 | .990 | .250 | .250 | .250 | 1.25 MIDI pitch |"
    assert text.count(f"{contour} .856 | .374 |\n") == 1
    assert text.count(f"{register} – | – |\n") == 1
    assert text.count(f"{register}\n") == 1
    assert ".991 of the tokens are reconstructed" in text
    assert ".900 of the notes are reconstructed (F1), .800 of these with the same duration" in text
    assert "3 results were silent" in text


def test_arousal_is_shown_where_it_was_measured(fader_table) -> None:
    figures = ("spearman", "low_to_high", "high_to_low", "chroma", "groove")
    way = {"pieces": 12, "range": 1.5, **dict.fromkeys(figures, 0.5)}
    ways = dict.fromkeys(LABELS, way)
    arousal = {"series": 4, "positions": POSITIONS.tolist(), **ways}
    notes = {"found": 0.9, "duration": 0.8, "velocity": 2.5}
    text = fader_table.results({"two": metrics_with_faders(notes=notes, arousal=arousal)})
    assert "12 pieces of 4 series" in text
    assert "| **fader, tempo held** | .500 | .500 | .500 | 1.50 | .500 | .500 |" in text


def test_tables_replace_those_between_the_markers(fader_table) -> None:
    metrics = {"one": metrics_with_faders(reconstruction={"all": {"mean": {"token": 0.991}}})}
    page = f"before\n{fader_table.START}\nold\n{fader_table.END}\nafter\n"
    once = fader_table.with_results(page, metrics)
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert "old" not in once
    assert fader_table.with_results(once, metrics) == once


# Baselines of faders


@pytest.fixture(scope="module")
def baselines() -> ModuleType:
    return script("control/baselines")


def test_a_calibration_curve_is_monotone(baselines) -> None:
    curve = np.array([0.0, 2.0, 1.0, 3.0])
    assert baselines.rising(curve).tolist() == [0, 1.5, 1.5, 3]
    assert baselines.rising(-curve).tolist() == [-1.5] * 4


def test_an_axis_sets_its_own_coordinate_only(baselines) -> None:
    z = torch.arange(6.0).view(2, 3)
    moved = baselines.Axis(1, 10.0, -2.0).set_to(z, np.array([0.0, 3.0]))
    assert moved.tolist() == [[0, 10, 2], [3, 4, 5]]
    assert z[0, 1] == 1


def test_coupled_coordinates_move_in_proportion(baselines) -> None:
    z = torch.arange(8.0).view(2, 4)
    axis = baselines.Axis(0, 0.0, 1.0, torch.tensor([1.0, -0.5]))
    moved = axis.set_to(z, np.array([10.0, 4.0]))
    assert moved.tolist() == [[10.0, 1.0 - 5.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]]


def test_an_axis_moves_relative_to_z(baselines) -> None:
    z = torch.arange(8.0).view(2, 4)
    axis = baselines.Axis(1, 100.0, -2.0, torch.tensor([0.5, 1.0, 0.0, -1.0]))
    moved = axis.move(z, np.array([1.0, 0.0]))
    assert moved.tolist() == [[-1.0, -1.0, 2.0, 5.0], [4.0, 5.0, 6.0, 7.0]]


def test_a_part_holds_the_tunes_of_one_track(baselines, monkeypatch) -> None:
    names = ["a/1.mid#Alto", "a/1.mid#Soprano", "a/2.mid#Alto#1", "a/3.mid"]
    shards = SimpleNamespace(tune_names=lambda split: names)
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
    assert baselines.of_part(windows, shards, "alto").ids.flatten().tolist() == [0, 3]
    assert baselines.of_part(windows, shards, "Soprano").tune.tolist() == [1, 1]
    assert baselines.of_part(windows, shards, None) is windows


def test_every_method_is_trained_and_measured_once(baselines, shards, tmp_path, monkeypatch, capsys) -> None:
    """The command trains, measures and prints the table; repeated, it only prints the table."""
    monkeypatch.setattr(baselines, "DECODED_PHRASES", 2)
    monkeypatch.setattr(baselines, "PLACES", np.linspace(-4, 4, 3))
    sizes = [
        *TINY,
        'faders.attributes=["notes_per_bar","register"]',
        "model.bars=2",
        "faders.width=32",
        "faders.layers=1",
        "faders.batch_size=8",
    ]
    few = ["--steps", "4", "--phrases", "8", "--seeds", "1"]
    places = ["--data", str(shards), "--out", str(tmp_path / "runs"), "--results", str(tmp_path / "r.jsonl")]
    command = ["baselines.py", *places, *few, *(word for value in sizes[1:] for word in ("--set", value))]
    monkeypatch.setattr(sys, "argv", command)
    baselines.main()
    printed = capsys.readouterr().out
    rows = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert sorted(row["way"] for row in rows) == sorted(baselines.WAYS)
    table = printed[printed.index("| way") :]
    assert [line.split(" | ")[0][2:] for line in table.splitlines()[2:]] == list(baselines.WAYS)
    baselines.main()
    assert capsys.readouterr().out == table
    monkeypatch.setattr(sys, "argv", [*command, "--figure", "disentanglement"])
    baselines.main()
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("| training | token | kl nats | interpretability |")
    assert [line.split(" | ")[0][2:] for line in printed[2:-1]] == list(baselines.TRAININGS)
    assert printed[-1].startswith("| the attributes as z | – | – |")
    interpretability = [float(line.split(" | ")[3]) for line in printed[2:]]
    assert interpretability[-1] == max(interpretability)
    monkeypatch.setattr(sys, "argv", [*command, "--part", "Tenor"])
    with pytest.raises(SystemExit):
        baselines.main()
    assert "is of the track Tenor" in capsys.readouterr().err
    assert len((tmp_path / "r.jsonl").read_text().splitlines()) == len(rows)


def test_the_table_of_drum_decoders_has_a_row_a_model() -> None:
    from benchmarks import oneshot_decoders

    rows = [
        {"name": "a", "kind": "rave", "steps": 5, "mss": 1.5, "khz_a_core": 90.0, "latency_ms": 3.0},
        {"name": oneshot_decoders.RAVE_V1, "kind": "rave", "khz_a_core": 30.0, "latency_ms": 9.0},
    ]
    page = oneshot_decoders.with_table(f"before{oneshot_decoders.START}old{oneshot_decoders.END}after", rows)
    assert page.startswith("before")
    assert page.endswith("after")
    assert "old" not in page
    assert "| a | rave | 5 | – | 1.50 | – | – | – | 90 | 3.00 | 3.0 |" in page
