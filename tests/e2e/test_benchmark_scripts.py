"""The scripts that turn metrics into tables and pictures take old figures and new ones."""

import importlib.util
import subprocess
import sys
from types import ModuleType

import pytest

from tests.conftest import ROOT


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


def test_a_model_is_two_curves_and_a_ring_in_one_colour(rate_plot) -> None:
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
