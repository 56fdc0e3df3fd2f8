"""Write the results of models with faders into docs/results.md from their metrics.json.

python benchmarks/fader_table.py            # rewrites docs/results.md between its markers
python benchmarks/fader_table.py --check    # status 1 if docs/results.md differs
"""

import json
import sys
from pathlib import Path
from typing import Any

from symvae.attributes.table import ATTRIBUTES
from symvae.evaluation.arousal import ways_table
from symvae.evaluation.control import fadernets_restrictiveness
from symvae.evaluation.harm import harm_table
from symvae.evaluation.reports.markdown import share, table, words

ROOT = Path(__file__).resolve().parent.parent
PRETRAINED = ROOT / "symvae" / "pretrained"
PAGE = ROOT / "docs" / "results.md"
START, END = "<!-- faders:start -->", "<!-- faders:end -->"

MODELS = ("melody-4bar-faders", "melody-4bar-3-4", "melody-4bar-6-8", "piano-4bar", "drums-2bar")
#: Pearson of requested and achieved values as Pettenò et al. 2025 (arXiv 2511.07156) publish it for melodies
#: of four bars, on their own data: their LC-Diff, and AR-VAE as they trained it. Their note density is our
#: notes per bar.
PUBLISHED = {
    "contour": (0.856, 0.374),
    "notes_per_bar": (0.986, 0.101),
    "pitch_range": (0.810, 0.004),
    "rhythmic_complexity": (0.949, 0.506),
}


def measured() -> dict[str, dict[str, Any]]:
    """metrics.json of each model with faders."""
    files = {name: PRETRAINED / name / "metrics.json" for name in MODELS}
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items()}


def results(metrics: dict[str, dict[str, Any]]) -> str:
    """Section of the models with faders."""
    parts = []
    for name, of_model in metrics.items():
        parts += [_targets(name, of_model), _positions(name, of_model)]
        if "arousal" in of_model:
            parts.append(_arousal(name, of_model["arousal"]))
        if "harm" in of_model:
            parts.append(_harm(name, of_model["harm"]))
    return "\n\n".join(parts)


def with_results(page: str, metrics: dict[str, dict[str, Any]]) -> str:
    """The page with a new section between its markers."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{results(metrics)}\n{END}{after}"


def _targets(name: str, metrics: dict[str, Any]) -> str:
    part = metrics["control"]
    of_melodies = "reconstruction" in metrics
    best, decodes = f"best_of_{part['best_of']}", f"best of {part['best_of']}"
    rows = []
    for fader, row in part["faders"].items():
        published = [share(value) for value in PUBLISHED[fader]] if fader in PUBLISHED else ["–", "–"]
        ways = [row["unsettled"], row, row[best]]
        rows.append(
            [
                words(fader),
                *(share(way["pearson"]) for way in ways),
                *(share(way["error_std"]) for way in ways),
                f"{row['error']:.3g} {ATTRIBUTES[fader].unit}",
                *(published if of_melodies else []),
            ]
        )
    head = ["fader", "Pearson, unrefined", "Pearson", decodes, "distance, unrefined", "distance", decodes]
    head += ["distance in its unit", *(["LC-Diff", "AR-VAE"] if of_melodies else [])]
    text = (
        f"**Faders of `{name}`**: {part['phrases']} held-out phrases, each asked for the value of another"
        " one, one fader at a time. Pearson correlation of requested and achieved values, and their mean"
        " distance in standard deviations of the data; one decode, without refinement and refined by"
        f" exchanging a few notes, and the best of {part['best_of']}."
    )
    if of_melodies:
        text += (
            " For comparison the figures published by Pettenò et al. 2025, on their own data: their latent"
            " diffusion, and AR-VAE as they trained it."
        )
    return f"{text} {_unmoved(metrics)}\n\n{table(head, rows)}"


def _unmoved(metrics: dict[str, Any]) -> str:
    """Reconstruction without moving a fader."""
    if "reconstruction" in metrics:
        token = metrics["reconstruction"]["all"]["mean"]["token"]
        return f"With no fader moved, {share(token)} of the tokens are reconstructed."
    part = metrics["notes"]
    return (
        f"With no fader moved, {share(part['found'])} of the notes are reconstructed (F1),"
        f" {share(part['duration'])} of these with the same duration, with a velocity error of"
        f" {part['velocity']:.1f}."
    )


def _positions(name: str, metrics: dict[str, Any]) -> str:
    part = metrics["control"]
    moved = {
        fader: row[best] if "positions" in row[best := f"best_of_{part['best_of']}"] else row
        for fader, row in part["faders"].items()
    }
    chosen = any(row is not part["faders"][fader] for fader, row in moved.items())
    figures = ("spearman", "linearity", "consistency", "restrictiveness")
    rows = [
        [
            words(fader),
            *(share(row["positions"][figure]) for figure in figures),
            f"{row['positions']['range_std']:.2f}",
            share(row["positions"]["dead_share"]),
            *(share(row["content"][figure]) for figure in ("chroma_near", "groove_near", "chroma", "groove")),
        ]
        for fader, row in moved.items()
    ]
    strangers = part["strangers"]
    of_several = f", the best of {part['best_of']}" if chosen else ""
    text = (
        f"**Moving the faders of `{name}`**: each phrase at eight positions, from -1.75 to 1.75 standard"
        f" deviations{of_several}. A fader without effect scores 1 in linearity and restrictiveness, a"
        " constant output in consistency, too; hence the range that it covers (in standard deviations of the"
        " data) and"
        " the share of phrases that it does not move. Chroma and groove are similarities to the input, near"
        " (moves of at most one standard deviation) and over all moves; unrelated phrases have"
        f" {share(strangers['chroma'])} and {share(strangers['groove'])}."
        f" {part['silent']} results were silent."
    )
    text = f"{text} {fadernets_restrictiveness(moved)}".rstrip()
    head = ["fader", "Spearman", "linearity", "consistency", "restrictiveness", "range", "not moved"]
    return f"{text}\n\n{table([*head, 'chroma, near', 'groove, near', 'chroma', 'groove'], rows)}"


def _arousal(name: str, part: dict[str, Any]) -> str:
    text = (
        f"**Arousal** in `{name}`: {part['fader']['pieces']} pieces of {part['series']} series (VGMIDI), each"
        " at eight positions from calm to excited, rated by a regression that was fitted, like the fader, to"
        " the other series. Low to high: the share of calm pieces that are rated above the median at the"
        " highest position."
    )
    return f"{text}\n\n{ways_table(part)}"


def _harm(name: str, part: dict[str, Any]) -> str:
    text = (
        f"**Harm of the faders of `{name}`**: {part['songs']} held-out songs, whole, each with one fader"
        " moved, means over songs. Kept is the share of the song's notes whose pitch still starts at their"
        " step; the melody also after one transposition of the song; chroma the similarity of the pitch"
        " classes of each bar; re-strikes, clashes and notes out of key are shares of the notes; notes held"
        " over lines that are kept there; changes of tempo that the edit adds, and the largest; and the"
        " similarity (F1) of bars that are alike in the source."
    )
    return f"{text}\n\n{harm_table(part['edits'])}"


if __name__ == "__main__":
    old = PAGE.read_text(encoding="utf-8")
    new = with_results(old, measured())
    if "--check" in sys.argv:
        sys.exit(old != new)
    PAGE.write_text(new, encoding="utf-8")
