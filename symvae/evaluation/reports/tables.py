"""Metrics as tables to read: what README and CARD print is made here and nowhere by hand."""

from collections.abc import Sequence
from typing import Any


def to_markdown(metrics: dict[str, Any]) -> str:
    """All tables of an evaluation, each under a heading that says how it was measured."""
    parts = {
        "reconstruction": _reconstruction,
        "notes": _notes,
        "control": _control,
        "arousal": _arousal,
        "rate": _rate,
        "interpolation": _interpolation,
        "samples": _samples,
        "infilling": _infilling,
        "attribute_vectors": _attribute_vectors,
    }
    return "\n\n".join(part(metrics) for name, part in parts.items() if name in metrics) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table: the first column to the left, numbers to the right."""
    lines = [list(head), ["---", *["---:"] * (len(head) - 1)], *[list(row) for row in rows]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def share(value: float | None, error: float | None = None, digits: int = 3) -> str:
    """.976, or .976 ± .002; a dash for what could not be measured."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}".replace("0.", ".", 1) if 0 <= value < 1 else f"{value:.{digits}f}"
    return text if error is None else f"{text} ± {share(error, digits=digits)}"


def _reconstruction(metrics: dict[str, Any]) -> str:
    part = metrics["reconstruction"]
    whole = part["all"]
    ways = {
        "teacher-forced, from the mean": "forced",
        "**free-running, from the mean**": "mean",
        "free-running, from a sample": "sample",
        "always hold": "always_hold",
    }
    pooled = [
        [label, *(share(whole[way][name], whole[way][f"{name}_se"]) for name in ("token", "onset", "exact"))]
        for label, way in ways.items()
    ]
    collections = [
        [
            name,
            str(row["windows"]),
            share(row["forced"]["token"]),
            *(share(row["mean"][figure]) for figure in ("token", "onset", "exact")),
            share(row["sample"]["token"]),
            f"{row['kl_nats']:.1f}",
        ]
        for name, row in part["collections"].items()
    ]
    left_out = part["stands_in_train"]["all"]
    return "\n\n".join(
        (
            "### Reconstruction",
            f"{whole['windows']} windows of {whole['tunes']} {part['split']} tunes"
            f" ({left_out} that also stand in train are left out), greedy decoding,"
            f" KL {whole['kl_nats']:.1f} nats,"
            f" {part['active_dimensions']} of {part['latent_size']} dimensions active;"
            " ± one standard error over tunes.",
            table(["", "token", "onset", "exact phrase"], pooled),
            table(
                ["collection", "windows", "forced", "token", "onset", "exact", "from a sample", "KL nats"],
                collections,
            ),
        )
    )


def _rate(metrics: dict[str, Any]) -> str:
    rows = [
        [
            f"{row['budget_nats']:.1f}",
            *(share(row["widened"]["sample"][figure]) for figure in ("token", "onset", "exact")),
            str(row["truncated"]["kept_dimensions"]),
            share(row["truncated"]["mean"]["token"]),
            share(row["truncated"]["sample"]["token"]),
        ]
        for row in metrics["rate"]
    ]
    head = ["KL nats at most", "widened: token", "onset", "exact"]
    head += ["dimensions kept", "from their mean", "from their sample"]
    return "\n\n".join(
        (
            "### Accuracy at a smaller rate",
            f"The same model and windows ({metrics['rate'][0]['windows']}), with less said in z: every"
            " dimension less exactly (posterior widened toward the prior, decoded from a sample), or only"
            " the most informative dimensions said at all.",
            table(head, rows),
        )
    )


def _interpolation(metrics: dict[str, Any]) -> str:
    part = metrics["interpolation"]
    rows = [
        [
            label,
            share(part[path]["curve_deviation"]),
            share(part[path]["pair_deviation"]),
            f"{part[path]['nats_per_token'][0]:.3f}",
            f"{100 * part[path]['middle_over_ends']:+.1f} %",
            f"{100 * part[path]['highest_over_ends']:+.1f} %",
        ]
        for label, path in (("latent (slerp)", "latent"), ("data space", "data_space"))
    ]
    return "\n\n".join(
        (
            "### Interpolation",
            f"{part['pairs']} pairs of held-out phrases, {part['steps']} steps. Deviation of the Hamming"
            " distance to A from the straight line, as a share of the distance from A to B: of the mean"
            " curve, and pair by pair. Cost under a 5-gram model of the training melodies, in nats a token"
            f" (held-out phrases: {part['held_out_nats_per_token']:.3f}), against the mean of both ends.",
            table(
                ["path", "curve", "pairs", "cost at A", "cost in the middle", "highest cost"],
                rows,
            ),
        )
    )


def _samples(metrics: dict[str, Any]) -> str:
    part = metrics["samples"]
    names = {
        "learned": "learned",
        "gaussian": "Gaussian",
    }
    rows = [
        [
            name.replace("_", " "),
            f"{part['real'][name]:.3f}",
            *(f"{part[prior]['features'][name]['mean']:.3f}" for prior in names),
            *(share(part[prior]["features"][name]["overlapped_area"]) for prior in names),
            share(part["real_halves"][name]),
        ]
        for name in part["real"]
    ]
    is_long = "runs_in_train" in part["learned"]
    if is_long:
        rows += [
            [
                label,
                *("–" for _ in ("real", *names)),
                *(share(part[prior][figure]) for prior in names),
                share(part["real_halves"][figure]),
            ]
            for figure, label in (
                ("onset_histogram", "places in the bar where notes start"),
                ("overlapped_area_mean", "mean overlap"),
            )
        ]
    counts = [
        [
            label,
            *(str(part[prior][count]) for count in ("decodes", "silent")),
            share(part[prior]["stands_in_train"]),
            *([share(part[prior]["runs_in_train"])] if is_long else []),
        ]
        for prior, label in names.items()
    ]
    if is_long:
        counts.append(["held-out phrases", "–", "–", "–", share(part["real_runs_in_train"])])
    head = ["feature", "real", *(f"{label} prior" for label in names.values())]
    head += [*(f"overlap, {label}" for label in names.values()), "overlap of real halves"]
    return "\n\n".join(
        (
            "### Prior samples",
            f"{part['samples']} greedy samples of each prior against {part['real_phrases']} held-out phrases:"
            " means, and the area under both distributions."
            + is_long
            * " The mean overlap is that of density, range, interval, entropy, bar similarity and places.",
            table(head, rows),
            table(
                ["prior", "decoded", "silent", "whole phrase stands in train"]
                + is_long * ["some four bars stand in train"],
                counts,
            ),
        )
    )


def _infilling(metrics: dict[str, Any]) -> str:
    part = metrics["infilling"]
    first, last = part["bars"]
    ways = {"drawn by `infill`, one draw a phrase": "drawn", "the bars before, once more": "bars_before"}
    return "\n\n".join(
        (
            "### Infilling",
            f"Bars {first + 1} to {last} of {part['phrases']} held-out phrases drawn anew in sight of the"
            " others."
            f" Of the others the model itself said {share(part['kept'])} of the tokens, in"
            f" {share(part['all_kept'])} of the phrases all; then they are put in place as they were. The"
            " drawn bars against the true ones:",
            table(
                ["bars", "token", "onset"],
                [
                    [label, *(share(part[way][name], part[way][f"{name}_se"]) for name in ("token", "onset"))]
                    for label, way in ways.items()
                ],
            ),
        )
    )


def _notes(metrics: dict[str, Any]) -> str:
    part = metrics["notes"]
    return "\n\n".join(
        (
            "### Notes",
            f"{part['phrases']} phrases of {part['tunes']} {part['split']} pieces, greedy, from the mean, KL"
            f" {part['kl_nats']:.1f} nats. A note is found when the result has its pitch at its step.",
            table(
                ["found (F1)", "of these as long", "velocity off by", "chroma", "groove", "forced tokens"],
                [
                    [
                        share(part["found"]),
                        share(part["duration"]),
                        f"{part['velocity']:.1f}",
                        *(share(part[name]) for name in ("chroma", "groove", "forced_token")),
                    ]
                ],
            ),
        )
    )


def _control(metrics: dict[str, Any]) -> str:
    part = metrics["control"]
    best, decodes = f"best_of_{part['best_of']}", f"best of {part['best_of']}"
    rows = part["faders"].items()
    asked = [
        [
            name.replace("_", " "),
            *(share(row["unsettled"][figure]) for figure in ("pearson", "error_std")),
            *(share(row[figure]) for figure in ("pearson", "error_std")),
            f"{row['error']:.2f}",
            *(share(row[best][figure]) for figure in ("pearson", "error_std")),
        ]
        for name, row in rows
    ]
    head = ["fader", "not settled", "distance", "Pearson", "distance", "in its unit"]
    strangers, apart = part["strangers"], part["disentanglement"]
    moved = {"One decode": dict(rows)}
    if all("positions" in row[best] for _, row in rows):
        moved[f"The nearest of {part['best_of']}"] = {name: row[best] for name, row in rows}
    return "\n\n".join(
        (
            "### Faders",
            f"{part['phrases']} held-out phrases, each asked for the value that another one has, one fader at"
            " a time: correlation of asked and achieved, their mean distance in standard deviations of the"
            " data and in the attribute's unit; one decode, before and after it was settled,"
            f" and the nearest of {part['best_of']} ({part['best_of']} decodes, assembled bar by bar).",
            table([*head, decodes, "distance"], asked),
            "Each phrase at eight positions, the same for all, from -1.75 to 1.75 standard deviations."
            " Range in standard deviations of the data; near: moves of at most one. Between strangers chroma"
            f" is {share(strangers['chroma'])} and groove {share(strangers['groove'])}.",
            *(f"{way}:\n\n{_moved(of_way)}" for way, of_way in moved.items()),
            *([pair] if (pair := fadernets_pair(list(moved.values())[-1])) else []),
            "Coordinates of z: "
            + ", ".join(f"{name} {share(apart[name])}" for name in apart if name != "phrases")
            + ".",
        )
    )


def _moved(rows: dict[str, Any]) -> str:
    figures = ("spearman", "signed_linearity", "consistency", "restrictiveness")
    positions = [
        [
            name.replace("_", " "),
            *(share(row["positions"][figure]) for figure in figures),
            f"{row['positions']['range_std']:.2f}",
            share(row["positions"]["dead_share"]),
            *(share(row["content"][figure]) for figure in ("chroma_near", "groove_near", "chroma", "groove")),
            str(row["silent"]),
        ]
        for name, row in rows.items()
    ]
    return table(
        [
            *("fader", "Spearman", "signed linearity", "consistency", "restrictiveness", "range"),
            *("dead", "chroma, near", "groove, near", "chroma", "groove", "silent"),
        ],
        positions,
    )


def fadernets_pair(rows: dict[str, Any]) -> str:
    """FaderNets' restrictiveness, which looks at one other attribute; empty without its two faders."""
    pair = ("rhythm_density", "note_density")
    if not all(name in rows and "others" in rows[name] for name in pair):
        return ""
    first, second = (rows[name]["others"][other] for name, other in (pair, pair[::-1]))
    return (
        "Restrictiveness is the mean over all other attributes. As FaderNets has it, of rhythm density and"
        f" note density alone, it is {share(first)} and {share(second)}."
    )


def _arousal(metrics: dict[str, Any]) -> str:
    part = metrics["arousal"]
    ways = {
        "**fader**": "fader",
        "**fader, tempo held**": "fader_tempo_held",
        "learned from shuffled labels": "shuffled_labels",
        "rule: speed up": "speed_up",
        "rule: thin out": "thin_out",
        "rules: tempo, thinning, velocity": "all_rules",
        "rules: thinning, velocity": "thin_and_velocity",
    }
    figures = ("spearman", "low_to_high", "high_to_low")
    rows = [
        [
            label,
            *(share(part[way][figure]) for figure in figures),
            f"{part[way]['range']:.2f}",
            *(share(part[way][figure]) for figure in ("chroma", "groove")),
        ]
        for label, way in ways.items()
    ]
    return "\n\n".join(
        (
            "### Arousal",
            f"{part['fader']['pieces']} pieces of {part['series']} series, each at eight positions, rated by"
            " a regression that was learned, as the fader was, from the other series.",
            table(["", "Spearman", "low to high", "high to low", "range", "chroma", "groove"], rows),
        )
    )


def _attribute_vectors(metrics: dict[str, Any]) -> str:
    part = metrics["attribute_vectors"]
    names = list(part["unit"])
    rows = [
        [
            f"{sign} {direction.replace('_', ' ')}",
            *(_signed(part["change_in_std"][label][direction][name]) for name in names),
        ]
        for direction in names
        for label, sign in (("added", "+"), ("taken", "−"))
    ]
    return "\n\n".join(
        (
            "### Attribute vectors",
            f"Mean change over {part['samples']} prior samples, in standard deviations of the training"
            " phrases, when the vector of the row is added once or taken away once.",
            table(["vector", *(name.replace("_", " ") for name in names)], rows),
        )
    )


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.2f}"
