"""The figures of a synthesizer as tables to read."""

from typing import Any

from symvae.evaluation.reports.markdown import share, table

WAYS = {
    "the reference itself": "truth",
    "**the synthesizer**, timbre from another clip": "synth",
    "Griffin-Lim of the true magnitudes, 32 iterations": "griffin_lim",
    "true magnitudes with the notes' own phases": "source_phase",
    "another sound font, same notes": "other_font",
    "noise with the clip's mean spectrum": "mean_spectrum",
}
#: Ways from one timbre to another, by what the tables call them (`symvae.evaluation.timbre_paths`).
PATHS = {
    "**blend** of what the decoder says": "morph",
    "straight line in z": "line",
    "cross-fade of both ends": "cross_fade",
}


def to_markdown(metrics: dict[str, Any]) -> str:
    """All tables of `symvae.evaluation.sound_report`."""
    parts = {
        "sound": _sound,
        "timbre_paths": _paths,
        "timbre_space": _space,
        "unseen_font": _unseen,
    }
    return "\n\n".join(part(metrics) for name, part in parts.items() if name in metrics) + "\n"


def _sound(metrics: dict[str, Any]) -> str:
    part = metrics["sound"]
    rows = [
        [
            label,
            *(_distance(part["rows"][way][name], digits) for name, digits in (("mss", 3), ("lsd_db", 2))),
            *(share(part["rows"][way][name]) for name in ("note_f1", "note_f1_of_truth", "program")),
        ]
        for label, way in WAYS.items()
        if way in part["rows"]
    ]
    instruments = [
        [
            name,
            f"{row['mss']:.3f}",
            f"{row['lsd_db']:.2f}",
            share(row["note_f1"]),
            share(row["truth"]["note_f1"]),
            share(row["program"]),
            share(row["truth"]["program"]),
        ]
        for name, row in part["instruments"].items()
    ]
    head = ["instrument", "MSS", "LSD, dB", "notes (F1)", "of the reference", "recognized"]
    return "\n\n".join(
        (
            "### Sound",
            f"{part['clips']} clips of {part['clip_sec']:.1f} s, phrases of the {metrics['split']} split,"
            f" {part['timbres']} instruments of {' and '.join(metrics['fonts'])}. MSS and LSD are distances"
            " from the reference. Notes are those that a probe hears (onset within 50 ms, same key), and"
            " instruments those that it recognizes; it was trained on the reference.",
            table(["", "MSS", "LSD, dB", "notes (F1)", "of the reference's", "instrument"], rows),
            "The synthesizer by instrument:",
            table([*head, "of the reference"], instruments),
        )
    )


def _paths(metrics: dict[str, Any]) -> str:
    part = metrics["timbre_paths"]
    figures = ("spearman", "note_f1_ends", "note_f1_lowest", "largest_step", "decay_off_db")
    rows = [[label, *(share(part[way][name]) for name in figures)] for label, way in PATHS.items()]
    pairs = [
        [
            name,
            share(row["morph"]["spearman"]),
            share(row["morph"]["note_f1_lowest"]),
            *(share(row[way]["largest_step"]) for way in ("morph", "cross_fade")),
            *(share(row[way]["decay_off_db"]) for way in ("morph", "cross_fade")),
        ]
        for name, row in part["pairs"].items()
    ]
    return "\n\n".join(
        (
            "### Between two instruments",
            f"{len(part['pairs'])} pairs, {part['excerpts']} excerpts each at {part['positions']} positions."
            " Spearman: of the position and the probability that the probe gives the second instrument. Notes"
            " (F1): at the lower end, and at the worst position. Largest step: of the log-mel spectrum"
            " between neighbors, as a share of the way; a tenth is even. Decay, off:"
            " how far a held note's level half-way strays from the mean of both ends' levels (dB, standard"
            " deviation over time). By pair: the blend.",
            table(
                ["", "Spearman", "notes, ends", "notes, worst", "largest step", "decay, off"],
                rows,
            ),
            table(
                [
                    *("pair", "Spearman", "notes, worst", "largest step", "of the cross-fade"),
                    *("decay, off", "of the cross-fade"),
                ],
                pairs,
            ),
        )
    )


def _space(metrics: dict[str, Any]) -> str:
    part = metrics["timbre_space"]
    dimensions = ", ".join(
        f"{count} for {100 * float(fidelity):g} %" for fidelity, count in part["informative"].items()
    )
    return "\n\n".join(
        (
            "### The space of timbres",
            f"z of {part['clips']} held-out clips: KL {part['kl_nats']:.1f} nats, {part['active']} of"
            f" {part['latent_size']} coordinates active. Principal components that carry its variance:"
            f" {dimensions}. The nearest timbre with a name is the right instrument for"
            f" {share(part['nearest'])} of the clips.",
        )
    )


def _unseen(metrics: dict[str, Any]) -> str:
    part = metrics["unseen_font"]
    rows = [
        [
            label,
            *(_distance(part[way][name], digits) for name, digits in (("mss", 3), ("lsd_db", 2))),
            *(share(part[way][name]) for name in ("note_f1", "program")),
        ]
        for label, way in (
            ("the font itself", "truth"),
            ("**imitated from another clip of it**", "synth"),
            ("the instrument of that name", "by_name"),
        )
    ]
    return "\n\n".join(
        (
            "### A font that was never heard",
            f"{part['clips']} clips of {part['font']}. The nearest timbre with a name is the right instrument"
            f" for {share(part['nearest'])} of them.",
            table(["", "MSS", "LSD, dB", "notes (F1)", "instrument"], rows),
        )
    )


def _distance(value: float, digits: int) -> str:
    return f"{value:.{digits}f}"
