"""Write the README's results from the released models' metrics.json, so that no figure is typed by hand.

python benchmarks/readme_table.py            # rewrites README.md between its markers
python benchmarks/readme_table.py --check    # status 1 if README.md says anything else
"""

import json
import statistics
import sys
from pathlib import Path
from typing import Any

from symvae.evaluation.reports.tables import share, table

ROOT = Path(__file__).resolve().parent.parent
PRETRAINED = ROOT / "symvae" / "pretrained"
START, END = "<!-- results:start -->", "<!-- results:end -->"

#: Token accuracies of Roberts et al. 2018 (arXiv 1803.05428), on their own data, teacher-forced and
#: free-running, by bars: the flat decoder at 2 bars, the hierarchical one at 16.
MUSICVAE = {2: (0.986, 0.951), 16: (0.919, 0.812)}
SHORT = "melody-2bar"
LONG = ("melody-16bar", "melody-16bar-lokl", "melody-16bar-3-4", "melody-16bar-6-8")
#: The runs of benchmarks/reconstruct/conductor_against_flat.py, one JSON line each.
CONDUCTOR = ROOT / "benchmarks" / "reconstruct" / "results.jsonl"


def measured() -> dict[str, dict[str, Any]]:
    """What `symvae evaluate` wrote of each model that the README shows."""
    files = {name: PRETRAINED / name / "metrics.json" for name in (SHORT, *LONG)}
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items()}


def results(metrics: dict[str, dict[str, Any]]) -> str:
    """The README's results section."""
    two = metrics[SHORT]
    long = [metrics[name] for name in LONG]
    parts = (
        _reconstruction(two, bars=2),
        _reconstruction(long[0], bars=16),
        _collections(two, long[0]),
        _long_models(long),
        _conductor([json.loads(line) for line in CONDUCTOR.read_text(encoding="utf-8").splitlines()]),
        _rate(two),
        _interpolation(two, *long),
        _samples(two),
        *(_long_samples(of_model) for of_model in long if "infilling" in of_model),
    )
    return "\n\n".join(parts)


def with_results(readme: str, metrics: dict[str, dict[str, Any]]) -> str:
    """``readme`` with what stands between its markers made anew."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{results(metrics)}\n{END}{after}"


def _long_models(models: list[dict[str, Any]]) -> str:
    rows = [
        [
            f"`{of_model['model']}`",
            str(whole["windows"]),
            f"{whole['kl_nats']:.1f}",
            *(share(whole["mean"][figure]) for figure in ("token", "onset", "exact")),
            share(whole["sample"]["token"]),
        ]
        for of_model in models
        for whole in (of_model["reconstruction"]["all"],)
    ]
    head = ["", "windows", "KL nats", "from the mean: token", "onset", "exact phrase"]
    return "**All models of 16 bars**, free-running on held-out windows of their metre:\n\n" + table(
        [*head, "from a sample: token"], rows
    )


def _conductor(runs: list[dict[str, Any]]) -> str:
    kinds = {"conductor": "hierarchical", "flat": "flat"}
    rows = []
    for label, decoder in kinds.items():
        of_kind = [run for run in runs if run["decoder"] == decoder]
        rows.append(
            [
                label,
                f"{of_kind[0]['parameters'] / 1e6:.2f} M",
                *(_spread([run[figure] for run in of_kind]) for figure in ("token", "onset")),
                f"{statistics.mean(run['kl_nats'] for run in of_kind):.0f}",
                f"{statistics.mean(run['core_seconds'] for run in of_kind):.0f}",
            ]
        )
    seeds = len({run["seed"] for run in runs})
    return (
        f"**Conductor against flat decoder**: 16 bars, equal parameters, {runs[0]['minutes']:g} minutes of"
        f" one core each from nothing (the conductor's with its bar stage), {seeds} seeds,"
        f" {runs[0]['windows']} held-out windows, free-running from the mean"
        " (`benchmarks/reconstruct/conductor_against_flat.py`), mean, lowest and highest:\n\n"
        + table(["decoder", "parameters", "token", "onset", "KL nats", "core-seconds"], rows)
    )


def _spread(values: list[float]) -> str:
    """The mean, and in brackets the lowest and the highest."""
    return f"{share(statistics.mean(values))} ({share(min(values))} to {share(max(values))})"


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


def _rate(metrics: dict[str, Any]) -> str:
    figures = ("token", "onset", "exact")
    whole = metrics["reconstruction"]["all"]
    rows = [
        [
            f"`{metrics['model']}`",
            f"{whole['kl_nats']:.1f}",
            *(share(whole["mean"][figure]) for figure in figures),
            share(whole["sample"]["token"]),
        ]
    ]
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
        "**Rate**: what comes back when less is said in z, by the dial (the posterior widened toward the"
        " prior, decoded from a sample, since its mean would still hold everything). Weights trained to say"
        f" less keep more. {metrics['rate'][0]['windows']} windows:"
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


def _samples(metrics: dict[str, Any]) -> str:
    part = metrics["samples"]
    drawn = [(f"`{metrics['model']}`", part["learned"])]
    drawn.append((f"`{metrics['model']}`, Gaussian prior", part["gaussian"]))
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
    drawn = (part["learned"], part["gaussian"])
    rows = [
        [
            name.replace("_", " "),
            f"{part['real'][name]:.3f}",
            *(f"{figures['features'][name]['mean']:.3f}" for figures in drawn),
            share(part["learned"]["features"][name]["overlapped_area"]),
        ]
        for name in part["real"]
    ]
    rows += [
        ["overlap of where in the bar notes start", "–", "–", "–", share(part["learned"]["onset_histogram"])],
        ["mean overlap of six features", "–", "–", "–", share(part["learned"]["overlapped_area_mean"])],
        [
            "some four bars in a row stand in train",
            share(part["real_runs_in_train"]),
            *(share(figures["runs_in_train"]) for figures in drawn),
            "–",
        ],
    ]
    fill = metrics["infilling"]
    text = (
        f"**Samples of `{metrics['model']}`**: {part['samples']} of each prior, none redrawn, against"
        f" {part['real_phrases']} held-out phrases, mean over phrases, and how much the distributions of"
        " learned prior and real phrases overlap:"
    )
    first, last = fill["bars"]
    filling = (
        f"When bars {first + 1} to {last} of {fill['phrases']} held-out phrases are drawn anew (`infill`),"
        f" the model itself keeps {share(fill['kept'])} of the other bars' tokens before they are put in"
        f" place; the drawn bars have {share(fill['drawn']['token'])} of the true tokens, the bars before,"
        f" repeated, {share(fill['bars_before']['token'])}."
    )
    head = ["", "real phrases", "learned prior", "Gaussian prior", "overlap, learned"]
    return f"{text}\n\n{table(head, rows)}\n\n{filling}"


if __name__ == "__main__":
    readme = ROOT / "README.md"
    old = readme.read_text(encoding="utf-8")
    new = with_results(old, measured())
    if "--check" in sys.argv:
        sys.exit(old != new)
    readme.write_text(new, encoding="utf-8")
