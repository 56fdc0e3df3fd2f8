"""Write the README's tables of faders from the released models' metrics.json.

python benchmarks/fader_table.py            # rewrites README.md between its markers
python benchmarks/fader_table.py --check    # status 1 if README.md says anything else
"""

import json
import sys
from pathlib import Path
from typing import Any

from symvae.attributes.table import ATTRIBUTES
from symvae.evaluation.reports.tables import fadernets_pair, share, table

ROOT = Path(__file__).resolve().parent.parent
PRETRAINED = ROOT / "symvae" / "pretrained"
START, END = "<!-- faders:start -->", "<!-- faders:end -->"

MODELS = ("melody-4bar-faders", "piano-4bar-faders")
#: Pearson of asked and achieved as Pettenò et al. 2025 (arXiv 2511.07156) publish it for melodies of four
#: bars, on their own data: LC-Diff, and AR-VAE's sign loss in their hands. Their note density is our notes
#: per bar.
PUBLISHED = {
    "contour": (0.856, 0.374),
    "notes_per_bar": (0.986, 0.101),
    "pitch_range": (0.810, 0.004),
    "rhythmic_complexity": (0.949, 0.506),
}
AROUSED = {
    "**fader**": "fader",
    "**fader, tempo held**": "fader_tempo_held",
    "fader learned from shuffled labels": "shuffled_labels",
    "rule: speed up": "speed_up",
    "rule: thin out": "thin_out",
    "rules: tempo, thinning, velocity": "all_rules",
    "rules: thinning, velocity": "thin_and_velocity",
}


def measured() -> dict[str, dict[str, Any]]:
    """What `symvae evaluate --control` wrote of each model with faders."""
    files = {name: PRETRAINED / name / "metrics.json" for name in MODELS}
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items()}


def results(metrics: dict[str, dict[str, Any]]) -> str:
    """The README's tables of faders."""
    parts = []
    for name, of_model in metrics.items():
        parts += [_asked(name, of_model), _costs(name, of_model)]
        if "arousal" in of_model:
            parts.append(_arousal(name, of_model["arousal"]))
    return "\n\n".join(parts)


def with_results(readme: str, metrics: dict[str, dict[str, Any]]) -> str:
    """``readme`` with what stands between its markers made anew."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{results(metrics)}\n{END}{after}"


def _asked(name: str, metrics: dict[str, Any]) -> str:
    part = metrics["control"]
    of_melodies = "reconstruction" in metrics
    best, decodes = f"best_of_{part['best_of']}", f"best of {part['best_of']}"
    rows = []
    for fader, row in part["faders"].items():
        published = [share(value) for value in PUBLISHED[fader]] if fader in PUBLISHED else ["–", "–"]
        ways = [row["unsettled"], row, row[best]]
        rows.append(
            [
                fader.replace("_", " "),
                *(share(way["pearson"]) for way in ways),
                *(share(way["error_std"]) for way in ways),
                f"{row['error']:.3g} {ATTRIBUTES[fader].unit}",
                *(published if of_melodies else []),
            ]
        )
    head = ["fader", "not settled", "Pearson", decodes, "distance, not settled", "distance", decodes]
    head += ["distance in its unit", *(["LC-Diff", "AR-VAE"] if of_melodies else [])]
    text = (
        f"**Faders of `{name}`**: {part['phrases']} held-out phrases, each asked for the value that another"
        " one has, one fader at a time. Pearson of asked and achieved, and their mean distance in standard"
        " deviations of the data; one decode, as it is and settled by exchanging a few notes,"
        f" and the nearest of {part['best_of']}."
    )
    if of_melodies:
        text += (
            " Beside them the figures published by Pettenò et al. 2025, on their own data: their latent"
            " diffusion, and AR-VAE as they trained it."
        )
    return f"{text} {_back(metrics)}\n\n{table(head, rows)}"


def _back(metrics: dict[str, Any]) -> str:
    """How well the model brings phrases back that no fader moves."""
    if "reconstruction" in metrics:
        token = metrics["reconstruction"]["all"]["mean"]["token"]
        return f"With no fader moved, {share(token)} of the tokens come back."
    part = metrics["notes"]
    return (
        f"With no fader moved, {share(part['found'])} of the notes are found again (F1),"
        f" {share(part['duration'])} of these as long, their velocity off by {part['velocity']:.1f}."
    )


def _costs(name: str, metrics: dict[str, Any]) -> str:
    part = metrics["control"]
    moved = {
        fader: row[best] if "positions" in row[best := f"best_of_{part['best_of']}"] else row
        for fader, row in part["faders"].items()
    }
    chosen = any(row is not part["faders"][fader] for fader, row in moved.items())
    figures = ("spearman", "linearity", "consistency", "restrictiveness")
    rows = [
        [
            fader.replace("_", " "),
            *(share(row["positions"][figure]) for figure in figures),
            f"{row['positions']['range_std']:.2f}",
            share(row["positions"]["dead_share"]),
            *(share(row["content"][figure]) for figure in ("chroma_near", "groove_near", "chroma", "groove")),
        ]
        for fader, row in moved.items()
    ]
    strangers = part["strangers"]
    of_several = f", the nearest of {part['best_of']}" if chosen else ""
    text = (
        f"**What moving them does in `{name}`**: each phrase at eight positions, from -1.75 to 1.75 standard"
        f" deviations{of_several}. A fader that does nothing scores 1 in linearity and restrictiveness, one"
        " that always gives the same music in consistency, too; hence the range that it covers (in standard"
        " deviations of the data) and the share of phrases that it does not move. Chroma and groove say what"
        " is left of the music, near (moves of at most one standard deviation) and over all moves; any two"
        " phrases have"
        f" {share(strangers['chroma'])} and {share(strangers['groove'])} in common."
        f" {part['silent']} results were silent."
    )
    text = f"{text} {fadernets_pair(moved)}".rstrip()
    head = ["fader", "Spearman", "linearity", "consistency", "restrictiveness", "range", "not moved"]
    return f"{text}\n\n{table([*head, 'chroma, near', 'groove, near', 'chroma', 'groove'], rows)}"


def _arousal(name: str, part: dict[str, Any]) -> str:
    rows = [
        [
            label,
            *(share(part[way][figure]) for figure in ("spearman", "low_to_high", "high_to_low")),
            f"{part[way]['range']:.2f}",
            *(share(part[way][figure]) for figure in ("chroma", "groove")),
        ]
        for label, way in AROUSED.items()
    ]
    text = (
        f"**Arousal** in `{name}`: {part['fader']['pieces']} pieces of {part['series']} series (VGMIDI), each"
        " at eight positions from calm to excited, rated by a regression that was learned, as the fader was,"
        " from the other series. Low to high: the share of calm pieces that are rated above the median at the"
        " highest position."
    )
    head = ["", "Spearman", "low to high", "high to low", "range", "chroma", "groove"]
    return f"{text}\n\n{table(head, rows)}"


if __name__ == "__main__":
    readme = ROOT / "README.md"
    old = readme.read_text(encoding="utf-8")
    new = with_results(old, measured())
    if "--check" in sys.argv:
        sys.exit(old != new)
    readme.write_text(new, encoding="utf-8")
