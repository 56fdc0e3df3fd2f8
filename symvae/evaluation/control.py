"""Control by the faders of a model, on held-out phrases.

The tasks of `symvae.evaluation.moves`, decoded three ways: one decode; one decode without the refinement
that removes the rest of the error; and the best of several decodes (``best_of``). Positions are measured on
one decode, and for models that transfer edits on the best of several, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.disentanglement import Disentanglement, disentanglement
from symvae.evaluation.moves import (
    FaderFigures,
    Move,
    MoveFigures,
    TargetFigures,
    measure_moves,
    targets,
)
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table, words
from symvae.evaluation.result import as_json
from symvae.system.faders.scales import measure_phrases
from symvae.system.symvae import SymVAE

PHRASES = 200


class Coordinates(NamedTuple):
    """Disentanglement of z over ``phrases`` phrases."""

    phrases: int
    figures: Disentanglement

    def to_json(self) -> dict[str, Any]:
        """Fields as in metrics.json: one level."""
        return {"phrases": self.phrases, **self.figures._asdict()}


@dataclass(frozen=True)
class ControlFigures:
    """Control of a model: one decode, without refinement, and the best of several."""

    phrases: int
    seed: int
    best_of: int
    moves: MoveFigures
    unsettled: dict[str, TargetFigures]
    """One decode without refinement, by fader."""
    best: Mapping[str, FaderFigures | TargetFigures]
    disentanglement: Coordinates

    def to_json(self) -> dict[str, Any]:
        """Fields as in metrics.json: all ways of decoding under their fader."""
        moves = as_json(self.moves)
        faders = {
            name: row | {"unsettled": self.unsettled[name], f"best_of_{self.best_of}": self.best[name]}
            for name, row in moves["faders"].items()
        }
        return {
            "phrases": self.phrases,
            "seed": self.seed,
            "best_of": self.best_of,
            **moves,
            "faders": faders,
            "disentanglement": self.disentanglement,
        }


def control(
    model: SymVAE,
    windows: HeldOut,
    *,
    phrases: int | None = None,
    best_of: int = 8,
    seed: int = 0,
    progress: Progress = silent,
) -> ControlFigures:
    """Measure all faders of a model on held-out phrases.

    Args:
        model: A model with faders.
        windows: Held-out windows.
        phrases: Windows to use, at most. By default 200, or 50 where every position is decoded
            ``best_of`` times.
        best_of: Decodes of which the best is chosen.
        seed: Of the choice of windows and of the targets.
        progress: Called with the share that is done.

    Returns:
        Figures of every fader, and the disentanglement of z.

    Raises:
        LatentError: If the model has no faders.
    """
    if phrases is None:
        phrases = PHRASES // 4 if model.transfers_edits else PHRASES
    names, scales = model.scales.names, model.scales
    music = model.codec.to_phrases(windows.draw(phrases, seed).ids)

    def moving(candidates: int, refine: bool = True) -> Move:
        return lambda given, fader, values: model.fade_each(
            given, [{names[fader]: float(value)} for value in values], best_of=candidates, refine=refine
        )

    moves = measure_moves(scales, music, moving(1), seed=seed, progress=progress)
    unsettled = targets(scales, music, moving(1, refine=False), seed=seed)
    best: Mapping[str, FaderFigures | TargetFigures]
    if model.transfers_edits:
        best = measure_moves(scales, music, moving(best_of), seed=seed, progress=progress).faders
    else:
        best = targets(scales, music, moving(best_of), seed=seed)
    return ControlFigures(
        phrases=len(music),
        seed=seed,
        best_of=best_of,
        moves=moves,
        unsettled=unsettled,
        best=best,
        disentanglement=coordinates(model, windows, seed=seed),
    )


def coordinates(model: SymVAE, windows: HeldOut, *, phrases: int = 4000, seed: int = 0) -> Coordinates:
    """Measure the disentanglement of z (`symvae.evaluation.metrics.disentanglement`).

    Args:
        model: A model with faders.
        windows: Held-out windows.
        phrases: Windows to use, at most.
        seed: Of the choice of windows.

    Returns:
        The figures and the number of phrases.
    """
    ids = windows.draw(phrases, seed).ids
    attributes = measure_phrases(model.codec.to_phrases(ids), model.scales.names)
    z = model.codec.encode_ids(ids).mean.double().numpy()
    return Coordinates(len(ids), disentanglement(z, attributes))


def tables(part: dict[str, Any]) -> str:
    """Tables of `ControlFigures` as stored in metrics.json."""
    rows, best = part["faders"], f"best_of_{part['best_of']}"
    strangers, z = part["strangers"], part["disentanglement"]
    moved = {"One decode": rows}
    if all("positions" in row[best] for row in rows.values()):
        moved[f"Best of {part['best_of']}"] = {name: row[best] for name, row in rows.items()}
    return section(
        "Faders",
        f"{part['phrases']} held-out phrases, each asked for the value of another one, one fader at a time:"
        " Pearson correlation of requested and achieved values, and their mean distance in standard"
        " deviations of the data; one decode, without and with refinement, and the best of"
        f" {part['best_of']} decodes, searched bar by bar.",
        _target_table(part, best),
        "Each phrase at eight positions, the same for all, from -1.75 to 1.75 standard deviations. Range in"
        " standard deviations of the data; near: moves of at most one. Between unrelated phrases chroma"
        f" similarity is {share(strangers['chroma'])} and groove similarity {share(strangers['groove'])}.",
        *(f"{way}:\n\n{_position_table(of_way)}" for way, of_way in moved.items()),
        fadernets_restrictiveness(list(moved.values())[-1]),
        "Disentanglement of z: "
        + ", ".join(f"{name} {share(z[name])}" for name in z if name != "phrases")
        + ".",
    )


def fadernets_restrictiveness(rows: dict[str, Any]) -> str:
    """FaderNets' restrictiveness, which covers one other attribute; empty without its two faders."""
    pair = ("rhythm_density", "note_density")
    if not all(name in rows and "others" in rows[name] for name in pair):
        return ""
    first, second = (rows[name]["others"][other] for name, other in (pair, pair[::-1]))
    return (
        "Restrictiveness is the mean over all other attributes. As FaderNets defines it, of rhythm density"
        f" and note density alone, it is {share(first)} and {share(second)}."
    )


def _target_table(part: dict[str, Any], best: str) -> str:
    rows = [
        [
            words(name),
            *(share(row["unsettled"][figure]) for figure in ("pearson", "error_std")),
            *(share(row[figure]) for figure in ("pearson", "error_std")),
            f"{row['error']:.2f}",
            *(share(row[best][figure]) for figure in ("pearson", "error_std")),
        ]
        for name, row in part["faders"].items()
    ]
    head = ["fader", "Pearson, unrefined", "distance", "Pearson, refined", "distance", "in its unit"]
    return table([*head, f"Pearson, best of {part['best_of']}", "distance"], rows)


def _position_table(rows: dict[str, Any]) -> str:
    figures = ("spearman", "signed_linearity", "consistency", "restrictiveness")
    head = ["fader", "Spearman", "signed linearity", "consistency", "restrictiveness", "range", "dead"]
    head += ["chroma, near", "groove, near", "chroma", "groove", "silent"]
    return table(
        head,
        [
            [
                words(name),
                *(share(row["positions"][figure]) for figure in figures),
                f"{row['positions']['range_std']:.2f}",
                share(row["positions"]["dead_share"]),
                *(
                    share(row["content"][figure])
                    for figure in ("chroma_near", "groove_near", "chroma", "groove")
                ),
                str(row["silent"]),
            ]
            for name, row in rows.items()
        ],
    )
