"""Plot reconstruction accuracy against the rate of z for all released melody models.

python benchmarks/rate_plot.py               # draws docs/images/rate.png
python benchmarks/rate_plot.py --out FILE    # .png, .svg or .pdf

Figures are those of their metrics.json. Rate is the mean KL of held-out phrases in nats a bar, so that
phrases of all lengths fit in one plot. A line is one model and one way to lower the rate
(`symvae.evaluation.rate`), decoded from a posterior sample, which is a code of that rate; dots are
measurements. The ring is the posterior mean at the full rate: it holds more information than the rate
accounts for.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

ROOT = Path(__file__).resolve().parent.parent
PRETRAINED = ROOT / "symvae" / "pretrained"
PICTURE = ROOT / "docs" / "images" / "rate.png"

#: Okabe and Ito's colors, distinguishable with color vision deficiencies, and three more; then they repeat.
COLORS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#555555",
    "#8C4A2F",
    "#7A3FB0",
    "#9A9A2E",
)
WAYS = {"widened": "-", "truncated": (0, (4, 2))}
INK, GRID = "#333333", "#e3e3e3"


def measured(folder: Path = PRETRAINED) -> list[dict[str, Any]]:
    """Metrics of each model of ``folder`` with its ``bars``, from the shortest to the longest."""
    models = []
    for file in sorted(folder.glob("*/metrics.json")):
        config = json.loads((file.parent / "config.json").read_text(encoding="utf-8"))
        metrics = json.loads(file.read_text(encoding="utf-8"))
        if "rate" in metrics:  # models with faders have no rate curve
            models.append({**metrics, "bars": config["model"]["bars"]})
    return sorted(models, key=lambda metrics: (metrics["bars"], metrics["model"]))


def curve(metrics: dict[str, Any], way: str) -> tuple[list[float], list[float]]:
    """KL in nats a bar and token accuracy from a sample, along the curve of one way."""
    rows = [row[way] for row in metrics["rate"]]
    return [row["kl_nats"] / metrics["bars"] for row in rows], [row["sample"]["token"] for row in rows]


def draw(models: list[dict[str, Any]]) -> Figure:
    """Plot all models."""
    figure = Figure(figsize=(7.2, 4.4), layout="constrained", facecolor="white")
    axes = figure.subplots()
    colors = [COLORS[index % len(COLORS)] for index in range(len(models))]
    for metrics, color in zip(models, colors, strict=True):
        _draw_model(axes, metrics, color)
    axes.set_xlim(left=0)
    axes.set_xlabel("KL, nats a bar", color=INK)
    axes.set_ylabel("token accuracy", color=INK)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelcolor=INK)
    for side in axes.spines.values():
        side.set_visible(False)
    _explain(figure, models, colors)
    return figure


def _draw_model(axes: Axes, metrics: dict[str, Any], color: str) -> None:
    for way, dashes in WAYS.items():
        axes.plot(
            *curve(metrics, way),
            color=color,
            linestyle=dashes,
            linewidth=1.4,
            marker="o",
            markersize=2.5,
            alpha=1.0 if way == "widened" else 0.6,
        )
    whole = metrics["reconstruction"]["all"]
    axes.plot(
        whole["kl_nats"] / metrics["bars"],
        whole["mean"]["token"],
        color=color,
        marker="o",
        markersize=7,
        markerfacecolor="white",
        markeredgewidth=1.6,
        linestyle="none",
        zorder=3,
    )


def _explain(figure: Figure, models: list[dict[str, Any]], colors: list[str]) -> None:
    """Legend beside the plot: models by color, then kinds of lines."""
    kinds = [
        Line2D([], [], color=INK, linewidth=1.4, linestyle=WAYS["widened"], label="sample, widened"),
        Line2D([], [], color=INK, linewidth=1.4, linestyle=WAYS["truncated"], label="sample, truncated"),
        Line2D(
            [],
            [],
            color=INK,
            linestyle="none",
            marker="o",
            markerfacecolor="white",
            label="mean, full rate",
        ),
    ]
    names = [
        Line2D([], [], color=color, linewidth=3, label=metrics["model"])
        for metrics, color in zip(models, colors, strict=True)
    ]
    gap = Line2D([], [], linestyle="none", label="")
    figure.legend(
        handles=[*names, gap, *kinds],
        loc="outside right upper",
        frameon=False,
        labelcolor=INK,
        fontsize=8.5,
        handlelength=2.4,
    )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Draw accuracy against rate of the released models.")
    options.add_argument("--out", type=Path, default=PICTURE)
    draw(measured()).savefig(options.parse_args().out, dpi=160)
