"""Write the README's results from the released models' metrics.json, so that no figure is typed by hand.

python benchmarks/readme_table.py            # rewrites README.md between its markers
python benchmarks/readme_table.py --check    # status 1 if README.md says anything else
"""

import json
import sys
from pathlib import Path
from typing import Any

from symvae.evaluation.tables import share, table

ROOT = Path(__file__).resolve().parent.parent
PRETRAINED = ROOT / "symvae" / "pretrained"
START, END = "<!-- results:start -->", "<!-- results:end -->"

#: Token accuracies of Roberts et al. 2018 (arXiv 1803.05428), on their own data, teacher-forced and
#: free-running, by bars: the flat decoder at 2 bars, the hierarchical one at 16.
MUSICVAE = {2: (0.986, 0.951), 16: (0.919, 0.812)}
RELEASED = ("melody-2bar", "melody-2bar-lokl", "melody-16bar")


def measured() -> list[dict[str, Any]]:
    """What `symvae evaluate` wrote of each of the `RELEASED` models."""
    files = (PRETRAINED / name / "metrics.json" for name in RELEASED)
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def results(two: dict[str, Any], low: dict[str, Any], sixteen: dict[str, Any]) -> str:
    """The README's results section."""
    parts = (
        _reconstruction(two, bars=2),
        _reconstruction(sixteen, bars=16),
        _collections(two, sixteen),
        _rate(two, low),
        _interpolation(two, low, sixteen),
        _samples(two, low),
        _long_samples(sixteen),
    )
    return "\n\n".join(parts)


def with_results(readme: str, metrics: list[dict[str, Any]]) -> str:
    """``readme`` with what stands between its markers made anew."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{results(*metrics)}\n{END}{after}"


def _reconstruction(metrics: dict[str, Any], *, bars: int) -> str:
    part = metrics["reconstruction"]
    forced, free = MUSICVAE[bars]
    whole = part["all"]
    ways = {
        "teacher-forced, from the posterior mean": "forced",
        "**free-running, from the posterior mean**": "mean",
        "free-running, from a posterior sample": "sample",
        'always "hold"': "always_hold",
    }
    rows = [
        [label, *(share(whole[way][name], whole[way][f"{name}_se"]) for name in ("token", "onset", "exact"))]
        for label, way in ways.items()
    ]
    rows += [
        ["MusicVAE as published, teacher-forced (its own data)", share(forced), "–", "–"],
        ["MusicVAE as published, free-running (its own data)", share(free), "–", "–"],
    ]
    text = (
        f"**Reconstruction** by `{metrics['model']}` of {whole['windows']} held-out windows"
        f" of {whole['tunes']} tunes"
        f" ({part['stands_in_train']['all']} more, which also stand in the training music, are left out),"
        f" greedy, at a KL of {whole['kl_nats']:.1f} nats a phrase, ± one standard error over tunes:"
    )
    return f"{text}\n\n{table([f'{bars}-bar melodies', 'token', 'onset', 'exact phrase'], rows)}"


def _collections(two: dict[str, Any], sixteen: dict[str, Any]) -> str:
    rows = [
        [
            name,
            *(
                cell
                for row in (of_two, sixteen["reconstruction"]["collections"][name])
                for cell in (
                    str(row["windows"]),
                    share(row["mean"]["token"]),
                    share(row["mean"]["onset"]),
                    f"{row['kl_nats']:.1f}",
                )
            ),
        ]
        for name, of_two in two["reconstruction"]["collections"].items()
    ]
    head = ["free-running from the mean", "2 bars: windows", "token", "onset", "KL nats"]
    head += ["16 bars: windows", "token", "onset", "KL nats"]
    return f"The same by collection:\n\n{table(head, rows)}"


def _rate(metrics: dict[str, Any], low: dict[str, Any]) -> str:
    figures = ("token", "onset", "exact")
    rows = []
    for of_model in (metrics, low):
        whole = of_model["reconstruction"]["all"]
        rows.append(
            [
                f"`{of_model['model']}`",
                f"{whole['kl_nats']:.1f}",
                *(share(whole["mean"][figure]) for figure in figures),
                share(whole["sample"]["token"]),
            ]
        )
    rows += [
        [
            f"`{metrics['model']}`, widened",
            f"{row['widened']['kl_nats']:.1f}",
            *("–" for _ in figures),
            share(row["widened"]["sample"]["token"]),
        ]
        for row in metrics["rate"][1:]
    ]
    text = (
        "**Rate**: what comes back when less is said in z. A second set of weights was trained for it; the"
        " dial on the first (the posterior widened towards the prior, decoded from a sample, since its mean"
        f" would still hold everything) costs more. {metrics['rate'][0]['windows']} windows:"
    )
    head = ["", "KL nats", "from the mean: token", "onset", "exact phrase", "from a sample: token"]
    return f"{text}\n\n{table(head, rows)}"


def _interpolation(*models: dict[str, Any]) -> str:
    part = models[0]["interpolation"]
    ways = [(f"`{of_model['model']}`, slerp", of_model["interpolation"]["latent"]) for of_model in models]
    rows = [
        [
            label,
            share(figures["curve_deviation"]),
            share(figures["pair_deviation"]),
            f"{100 * figures['middle_over_ends']:+.1f} %",
        ]
        for label, figures in (*ways, ("tokens mixed at random", part["data_space"]))
    ]
    text = (
        f"**Interpolation** between {part['pairs']} pairs of held-out phrases in {part['steps']} steps:"
        " deviation of the Hamming distance from a straight line (of the mean curve, and of each pair),"
        " and cost of the middle under a 5-gram model of the training melodies, over that of the ends:"
    )
    return f"{text}\n\n{table(['path', 'mean curve', 'each pair', 'cost in the middle'], rows)}"


def _samples(usual: dict[str, Any], low: dict[str, Any]) -> str:
    part = usual["samples"]
    drawn = [(f"`{of_model['model']}`", of_model["samples"]["learned"]) for of_model in (usual, low)]
    drawn.append((f"`{usual['model']}`, Gaussian prior", part["gaussian"]))
    rows = [
        [
            name.replace("_", " "),
            f"{part['real'][name]:.3f}",
            *(f"{figures['features'][name]['mean']:.3f}" for _, figures in drawn),
        ]
        for name in part["real"]
    ]
    rows += [
        ["share that decodes", "", *(share(f["decodes"] / part["samples"]) for _, f in drawn)],
        ["whole phrase stands in train", "", *(share(f["stands_in_train"]) for _, f in drawn)],
    ]
    text = (
        f"**Prior samples**: {part['samples']} of each prior, none redrawn, against {part['real_phrases']}"
        " held-out phrases, mean over phrases:"
    )
    return f"{text}\n\n{table(['', 'real phrases', *(label for label, _ in drawn)], rows)}"


def _long_samples(metrics: dict[str, Any]) -> str:
    part = metrics["samples"]
    rows = [
        [
            name.replace("_", " "),
            f"{part['real'][name]:.3f}",
            *(f"{part[prior]['features'][name]['mean']:.3f}" for prior in ("learned", "gaussian")),
        ]
        for name in part["real"]
    ]
    if "runs_in_train" in part["learned"]:
        drawn = (part["learned"], part["gaussian"])
        rows += [
            [label, share(of_real), *(share(figures[name]) for figures in drawn)]
            for name, label, of_real in (
                (
                    "onset_histogram",
                    "overlap of where in the bar notes start (real: of their halves)",
                    part["real_halves"]["onset_histogram"],
                ),
                (
                    "overlapped_area_mean",
                    "mean overlap of six features (real: of their halves)",
                    part["real_halves"]["overlapped_area_mean"],
                ),
                ("runs_in_train", "some four bars in a row stand in train", part["real_runs_in_train"]),
            )
        ]
    text = (
        f"Samples of `{metrics['model']}` are not tunes yet: they wander out of their key and hardly repeat a"
        f" bar ({part['samples']} of each prior, mean over phrases):"
    )
    return f"{text}\n\n{table(['', 'real phrases', 'learned prior', 'Gaussian prior'], rows)}"


if __name__ == "__main__":
    readme = ROOT / "README.md"
    old = readme.read_text(encoding="utf-8")
    new = with_results(old, measured())
    if "--check" in sys.argv:
        sys.exit(old != new)
    readme.write_text(new, encoding="utf-8")
