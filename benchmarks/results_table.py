"""Write the results of melody models into docs/results.md from their metrics.json.

python benchmarks/results_table.py            # rewrites docs/results.md between its markers
python benchmarks/results_table.py --check    # status 1 if docs/results.md differs
"""

import json
import statistics
import sys
from pathlib import Path
from typing import Any

from symvae.evaluation.forms import form_table
from symvae.evaluation.interpolation import PATH_COLUMNS, PATHS, path_cells
from symvae.evaluation.reconstruction import pooled_table
from symvae.evaluation.reports.markdown import share, table, words

ROOT = Path(__file__).resolve().parent.parent
PRETRAINED = ROOT / "symvae" / "pretrained"
PAGE = ROOT / "docs" / "results.md"
START, END = "<!-- results:start -->", "<!-- results:end -->"

#: Token accuracies of Roberts et al. 2018 (arXiv 1803.05428), on their own data, teacher-forced and
#: free-running, by bars: the flat decoder at 2 bars, the hierarchical one at 16.
MUSICVAE = {2: (0.986, 0.951), 16: (0.919, 0.812)}
SHORT = "melody-2bar"
#: Other models of few bars, and a model of faders whose reconstruction and paths are listed here.
OTHERS = ("melody-4bar-faders", "melody-4bar-3-4", "melody-4bar-6-8")
LONG = ("melody-16bar", "melody-16bar-3-4", "melody-16bar-6-8")
#: Runs of benchmarks/reconstruct/conductor_against_flat.py, one JSON line each.
CONDUCTOR = ROOT / "benchmarks" / "reconstruct" / "results.jsonl"


def measured() -> dict[str, dict[str, Any]]:
    """metrics.json of each model on the page."""
    files = {name: PRETRAINED / name / "metrics.json" for name in (SHORT, *OTHERS, *LONG)}
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items()}


def results(metrics: dict[str, dict[str, Any]]) -> str:
    """Section of the melody models."""
    two = metrics[SHORT]
    long = [metrics[name] for name in LONG]
    others = [metrics[name] for name in OTHERS]
    parts = (
        _reconstruction(two, bars=2),
        _reconstruction(long[0], bars=16),
        _collections(two, long[0]),
        _models([two, *others, *long]),
        _conductor([json.loads(line) for line in CONDUCTOR.read_text(encoding="utf-8").splitlines()]),
        _rate(two),
        _interpolation(two, *others, *long),
        _samples(two),
        *(_long_samples(of_model) for of_model in long if "infilling" in of_model),
    )
    return "\n\n".join(parts)


def with_results(page: str, metrics: dict[str, dict[str, Any]]) -> str:
    """The page with a new section between its markers."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{results(metrics)}\n{END}{after}"


def _models(models: list[dict[str, Any]]) -> str:
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
    head = ["", "windows", "KL nats", "posterior mean: token", "onset", "exact phrase"]
    return "**All melody models**, free-running on held-out windows of their metre:\n\n" + table(
        [*head, "posterior sample: token"], rows
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
        f" one core each from scratch (including the conductor's bar stage), {seeds} seeds,"
        f" {runs[0]['windows']} held-out windows, free-running from the posterior mean"
        " (`benchmarks/reconstruct/conductor_against_flat.py`), mean, minimum and maximum:\n\n"
        + table(["decoder", "parameters", "token", "onset", "KL nats", "core-seconds"], rows)
    )


def _spread(values: list[float]) -> str:
    """Mean, with minimum and maximum in brackets."""
    return f"{share(statistics.mean(values))} ({share(min(values))} to {share(max(values))})"


def _reconstruction(metrics: dict[str, Any], *, bars: int) -> str:
    part = metrics["reconstruction"]
    forced, free = MUSICVAE[bars]
    pooled = part["all"]
    published = [
        ["MusicVAE as published, teacher-forced (its own data)", share(forced), "–", "–"],
        ["MusicVAE as published, free-running (its own data)", share(free), "–", "–"],
    ]
    text = (
        f"**Reconstruction** by `{metrics['model']}` of {pooled['windows']} held-out windows"
        f" of {pooled['tunes']} tunes"
        f" ({part['stands_in_train']['all']} more also occur in the training set and are excluded),"
        f" greedy decoding, KL {pooled['kl_nats']:.1f} nats a phrase, ± one standard error over tunes:"
    )
    return f"{text}\n\n{pooled_table(part, f'{bars}-bar melodies', published)}"


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
    head = ["free-running, posterior mean", "2 bars: windows", "token", "onset", "KL nats"]
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
        "**Rate**: accuracy when z carries less information: the posterior is widened toward the prior and"
        " decoded from a sample, since its mean would still hold everything. A model trained at a lower rate"
        f" is more accurate at that rate. {metrics['rate'][0]['windows']} windows:"
    )
    head = ["", "KL nats", "posterior mean: token", "onset", "exact phrase", "posterior sample: token"]
    return f"{text}\n\n{table(head, rows)}"


def _interpolation(*models: dict[str, Any]) -> str:
    part = models[0]["interpolation"]
    ways = [
        (f"`{of_model['model']}`, {PATHS[kind]}", of_model["interpolation"]["paths"][kind])
        for of_model in models
        for kind in ("search", "slerp")
    ]
    baselines = ("lerp", "token_mixture")
    ways += [(f"`{models[0]['model']}`, {PATHS[kind]}", part["paths"][kind]) for kind in baselines]
    text = (
        f"**Interpolation** between {part['pairs']} pairs of held-out phrases in {part['steps']} steps:"
        " deviation of the Hamming distance from a straight line (of the mean curve, and of each pair), cost"
        " under a 5-gram model of one half of the training melodies, relative to the mean of both ends (of"
        " the middle, and the lowest and highest of any step), steps that change nothing, the largest step of"
        " a pair as a share of the way (mean, and 95th percentile), bars of the middle that stand in neither"
        " end, and diatonic share, onset density and share of leaps (over 9 semitones) of ends and middle."
        " The language model that chooses the searched path learned from the other half:"
    )
    return f"{text}\n\n{table(['path', *PATH_COLUMNS], [[label, *path_cells(each)] for label, each in ways])}"


def _samples(metrics: dict[str, Any]) -> str:
    part = metrics["samples"]
    drawn = [(f"`{metrics['model']}`", part["learned"])]
    drawn.append((f"`{metrics['model']}`, Gaussian prior", part["gaussian"]))
    rows = [
        [
            words(name),
            f"{part['real'][name]:.3f}",
            *(f"{figures['features'][name]['mean']:.3f}" for _, figures in drawn),
        ]
        for name in part["real"]
    ]
    rows += [
        ["decodable", "", *(share(f["decodes"] / part["samples"]) for _, f in drawn)],
        ["whole phrase in training set", "", *(share(f["stands_in_train"]) for _, f in drawn)],
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
            words(name),
            f"{part['real'][name]:.3f}",
            *(f"{figures['features'][name]['mean']:.3f}" for figures in drawn),
            share(part["learned"]["features"][name]["overlapped_area"]),
        ]
        for name in part["real"]
    ]
    rows += [
        ["overlap of onset positions in the bar", "–", "–", "–", share(part["learned"]["onset_histogram"])],
        ["mean overlap of six features", "–", "–", "–", share(part["learned"]["overlapped_area_mean"])],
        [
            "four bars in a row in training set",
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
        f"When bars {first + 1} to {last} of {fill['phrases']} held-out phrases are redrawn (`infill`), the"
        f" model itself reproduces {share(fill['kept'])} of the context's tokens, before the originals are"
        f" put back. {share(fill['drawn']['token'])} of the redrawn tokens equal the originals; repeating the"
        f" bars before gives {share(fill['bars_before']['token'])}."
    )
    head = ["", "real phrases", "learned prior", "Gaussian prior", "overlap, learned"]
    tables = [table(head, rows)]
    if "real_forms" in part:
        drawn_forms = {label: part[label.lower()]["forms"] for label in ("learned", "Gaussian")}
        tables.append(form_table(part["real_forms"], drawn_forms))
    return "\n\n".join((text, *tables, filling)) + _continued(metrics)


def _continued(metrics: dict[str, Any]) -> str:
    """What continuations are like, beside the real ones; empty where none were measured."""
    if "continuation" not in metrics:
        return ""
    part = metrics["continuation"]
    figures = (
        f"{words(name)} {share(part['drawn'][name])} (real {share(part['real'][name])})"
        for name in part["real"]
    )
    return (
        f"\n\n{part['bars'] - part['given_bars']} bars drawn after the first {part['given_bars']} of"
        f" {part['phrases']} held-out phrases (`continue`): {', '.join(figures)}; register shift and seam in"
        " semitones."
    )


if __name__ == "__main__":
    old = PAGE.read_text(encoding="utf-8")
    new = with_results(old, measured())
    if "--check" in sys.argv:
        sys.exit(old != new)
    PAGE.write_text(new, encoding="utf-8")
