"""Faders held against what others do: one model, one harness, several ways of moving an attribute.

    symvae prepare folk --out shards
    symvae train --preset melody-1bar-small --data shards --out runs/bar
    python benchmarks/control/baselines.py --data shards --out runs --from runs/bar

    python benchmarks/control/baselines.py --data sopranos --out runs --preset soprano-2bar

The first way grows all of them from one model of a bar, the second trains them from nothing. Seven trainings
a seed, from the same start, with the same music and as many steps:

    plain        a VAE, its z free of attributes
    sign         a coordinate of z for each attribute, in the right order: AR-VAE (Pati and Lerch 2020)
    attribute    the coordinate is the attribute, standardized (latent = attribute)
    value        the coordinate is the attribute's calibrated position (`symvae.latent.calibration`)
    glsr         a step along the coordinate is a step of the decoded attribute (Hadjeres et al. 2017)
    condition    the decoder is given the position beside z: a conditional VAE
    adversarial  the same, and z may not tell it: Fader Networks (Lample et al. 2017)

and, of these, the ways of moving one attribute to a value (`WAYS` says what each does). "Calibrated" is
calibration alone: the coordinate is set to places from -4 to 4 of its own deviations on training phrases,
what comes out is measured, and a monotone curve through the means says which place gives which value. The
editor is learned on top of the plain model, with as many steps again.

All ways are asked the same of the same held-out phrases (`symvae.evaluation.control.measure_moves`), and
measured on one scale. Trainings and results that are there are not made again: a run that was stopped goes
on with the same command, which prints the table at its end. One JSON line a way, seed and size into
results.jsonl beside this script, or into --results.
"""

import argparse
import json
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.config.load import load_preset, with_overrides
from symvae.config.run import RunConfig
from symvae.corpus.shards import Shards, open_shards
from symvae.evaluation.batching import encode
from symvae.evaluation.control import Move, measure_moves
from symvae.evaluation.held_out import HeldOut, held_out
from symvae.evaluation.metrics.clustered_accuracy import score
from symvae.evaluation.metrics.disentanglement import Disentanglement, disentanglement
from symvae.evaluation.reports.tables import share, table
from symvae.latent.direction import attribute_vector
from symvae.music.phrase import Phrase
from symvae.system.artifacts import load_editor, load_scales, save_editor, save_scales
from symvae.system.faders.scales import Scales, fit_scales, measure_phrases
from symvae.system.symvae import SymVAE
from symvae.training.data import training_phrases, training_windows
from symvae.training.tasks.faders import train_faders
from symvae.training.tasks.phrase import train

RESULTS = Path(__file__).with_name("results.jsonl")
#: Held-out phrases that come back and of which z is judged; fewer of them are moved.
MOST_WINDOWS = 4000
#: Training phrases on which coordinates and vectors are measured, and those that are decoded for it.
KNOWN_PHRASES, DECODED_PHRASES = 4000, 256
#: Where a coordinate is set to be calibrated, in its own deviations; and how often a vector is added.
PLACES = np.linspace(-4, 4, 17)
AMOUNTS = np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])
MOST_VECTORS = 4.0
#: A vector that moves its attribute by less than this has no length to reckon with.
LEAST_SLOPE = 1e-3
TRAININGS = ("plain", "sign", "attribute", "value", "glsr", "condition", "adversarial")
#: What can be printed of each fader, and of z.
FIGURES = ("pearson", "spearman", "error_std", "disentanglement")


class Known(NamedTuple):
    """A trained model and what is known of it from training phrases."""

    model: SymVAE
    scales: Scales
    z: Float[Tensor, "phrase latent"]
    values: Float[np.ndarray, "phrase attribute"]
    shards: Shards
    settings: list[str]
    folder: Path


class Axis(NamedTuple):
    """A coordinate of z: place 0 is ``start``, place 1 lies ``step`` from it."""

    index: int
    start: float
    step: float
    along: Float[Tensor, " coordinate"] = torch.zeros(0)
    """How far each of the first coordinates goes along when this one moves by 1; none for none."""

    def set_to(
        self, z: Float[Tensor, "batch latent"], place: Float[np.ndarray, " batch"]
    ) -> Float[Tensor, "batch latent"]:
        """z with its coordinate there."""
        return self._moved(z, torch.from_numpy(self.start + self.step * place) - z[:, self.index])

    def move(
        self, z: Float[Tensor, "batch latent"], places: Float[np.ndarray, " batch"]
    ) -> Float[Tensor, "batch latent"]:
        """z with its coordinate so many places further."""
        return self._moved(z, torch.from_numpy(self.step * places))

    def _moved(
        self, z: Float[Tensor, "batch latent"], way: Float[Tensor, " batch"]
    ) -> Float[Tensor, "batch latent"]:
        moved, way = z.clone(), way.to(z.dtype)
        moved[:, : len(self.along)] += way[:, None] * self.along
        moved[:, self.index] = z[:, self.index] + way
        return moved


#: From values asked for of one fader to places on its axis.
Places = Callable[[int, Float[np.ndarray, " phrase"]], Float[np.ndarray, " phrase"]]


def nothing(known: Known) -> Move:
    """Phrases come back as they were: what a fader that is dead scores."""
    return lambda phrases, fader, values: known.model.decode(known.model.encode(phrases).mean)


def own_coordinate(known: Known) -> Move:
    """The attribute's own coordinate, where its training says that the value is."""
    axes = [Axis(index, 0.0, 1.0) for index in range(len(known.scales.names))]
    return along(known.model, axes, places_of(known.model.scales))


def own_coordinate_calibrated(known: Known) -> Move:
    """The attribute's own coordinate, where training phrases show that the value is."""
    axes = [axis_of(known, fader, fader) for fader in range(len(known.scales.names))]
    return along(known.model, axes, calibrated(known, axes))


def own_coordinates_calibrated(known: Known) -> Move:
    """The same, and the coordinates of the other attributes go along as they do over training phrases.

    Attributes that correlate have coordinates that do: moving one alone asks the decoder for a phrase with
    few notes and a busy rhythm.
    """
    axes = together(known, len(known.scales.names))
    return along(known.model, axes, calibrated(known, axes))


def whole_z_calibrated(known: Known) -> Move:
    """All of z goes along, and by as much as the value has to change.

    So it stays among the z of phrases, and what a phrase has beyond its coordinate stays its own.
    """
    axes = together(known, known.z.shape[1])
    model, names, places = known.model, known.scales.names, calibrated(known, axes)

    def move(phrases: Sequence[Phrase], fader: int, values: Float[np.ndarray, " phrase"]) -> list[Phrase]:
        here = measure_phrases(phrases, [names[fader]])[:, 0]
        change = places(fader, values) - places(fader, here)
        return model.decode(axes[fader].move(model.encode(phrases).mean, change))

    return move


def best_coordinate(known: Known) -> Move:
    """The coordinate that tells most of the attribute, at the value's position in its own deviations."""
    return along(known.model, best_axes(known), places_of(known.scales))


def best_coordinate_calibrated(known: Known) -> Move:
    """The same, where training phrases show that the value is."""
    axes = best_axes(known)
    return along(known.model, axes, calibrated(known, axes))


def attribute_vectors(known: Known) -> Move:
    """MusicVAE's attribute vector, so many times as its slope on training phrases makes of the change."""
    model, z = known.model, known.z[:DECODED_PHRASES]
    vectors = [attribute_vector(known.z, torch.from_numpy(column)) for column in known.values.T]
    before = measure_phrases(model.decode(z), known.scales.names)
    slopes = []
    for fader, (name, vector) in enumerate(zip(known.scales.names, vectors, strict=True)):
        change = [
            (measure_phrases(model.decode(z + amount * vector), [name])[:, 0] - before[:, fader]).mean()
            for amount in AMOUNTS.tolist()
        ]
        slopes.append(float(AMOUNTS @ np.array(change) / (AMOUNTS @ AMOUNTS)))

    def move(phrases: Sequence[Phrase], fader: int, values: Float[np.ndarray, " phrase"]) -> list[Phrase]:
        here = measure_phrases(phrases, [known.scales.names[fader]])[:, 0]
        slope = slopes[fader]
        times = (values - here) / slope if abs(slope) > LEAST_SLOPE else np.zeros(len(values))
        amount = torch.from_numpy(times.clip(-MOST_VECTORS, MOST_VECTORS)).float()
        return model.decode(model.encode(phrases).mean + amount[:, None] * vectors[fader])

    return move


def editor(known: Known) -> Move:
    """`train-faders` on top of the model, one decode, not settled; others go along by their coupling."""
    model, names = known.model, known.scales.names
    steps = model.config.training.steps
    choice = with_overrides(
        model.config,
        [
            f"faders.attributes={json.dumps(names)}",
            f"faders.steps={steps}",
            f"faders.reading_steps={min(500, steps // 4)}",
            f"faders.evaluate_every={min(250, steps)}",
            f"faders.seed={model.config.training.seed}",
            *(word for word in known.settings if word.startswith("faders.")),
        ],
    )
    out = known.folder / "faders"
    train_faders(model, choice.faders, known.shards, out, resume=(out / "faders-state.pt").exists())
    learned, scales = load_editor(out), load_scales(out)
    assert learned is not None
    assert scales is not None
    save_editor(model.folder, learned)
    save_scales(model.folder, scales)
    faded = SymVAE.load(model.folder)
    return lambda phrases, fader, values: faded.fade_each(
        phrases, [{names[fader]: float(value)} for value in values], refine=False
    )


#: Each way of moving an attribute: the training that it takes, and what makes it.
WAYS: dict[str, tuple[str, Callable[[Known], Move]]] = {
    "nothing": ("plain", nothing),
    "best coordinate": ("plain", best_coordinate),
    "best coordinate, calibrated": ("plain", best_coordinate_calibrated),
    "attribute vector, scaled": ("plain", attribute_vectors),
    "sign loss (AR-VAE)": ("sign", own_coordinate),
    "sign loss, calibrated": ("sign", own_coordinate_calibrated),
    "sign loss, calibrated, others along": ("sign", own_coordinates_calibrated),
    "sign loss, calibrated, z along": ("sign", whole_z_calibrated),
    "latent = attribute": ("attribute", own_coordinate),
    "latent = attribute, calibrated": ("attribute", own_coordinate_calibrated),
    "value-regularized": ("value", own_coordinate),
    "value-regularized, calibrated": ("value", own_coordinate_calibrated),
    "GLSR": ("glsr", own_coordinate),
    "GLSR, calibrated": ("glsr", own_coordinate_calibrated),
    "CVAE": ("condition", own_coordinate),
    "CVAE, calibrated": ("condition", own_coordinate_calibrated),
    "Fader Networks": ("adversarial", own_coordinate),
    "Fader Networks, calibrated": ("adversarial", own_coordinate_calibrated),
    "editor": ("plain", editor),
}


def along(model: SymVAE, axes: Sequence[Axis], places: Places) -> Move:
    """Phrases with one coordinate set and all others as they were."""

    def move(phrases: Sequence[Phrase], fader: int, values: Float[np.ndarray, " phrase"]) -> list[Phrase]:
        z = model.encode(phrases).mean
        return model.decode(axes[fader].set_to(z, places(fader, values)))

    return move


def places_of(scales: Scales) -> Places:
    """The position that a value has on its scale."""
    return lambda fader, values: scales.calibrations[fader].position_of(values)


def axis_of(known: Known, index: int, fader: int) -> Axis:
    """Coordinate ``index`` in its own deviations, turned so that the attribute rises along it."""
    of_phrases = known.z[:, index].double().numpy()
    rises = np.corrcoef(of_phrases, known.values[:, fader])[0, 1] >= 0
    return Axis(index, float(of_phrases.mean()), float(of_phrases.std()) * (1 if rises else -1))


def together(known: Known, many: int) -> list[Axis]:
    """The attributes' own coordinates; the first ``many`` of z go along as they do over training phrases."""
    spread = torch.cov(known.z[:, :many].T)
    return [
        axis_of(known, fader, fader)._replace(along=spread[fader] / spread[fader, fader])
        for fader in range(len(known.scales.names))
    ]


def best_axes(known: Known) -> list[Axis]:
    """For each attribute the coordinate that correlates most with it."""
    latent = known.z.shape[1]
    tells = np.abs(np.corrcoef(known.z.double().numpy().T, known.values.T)[:latent, latent:])
    return [axis_of(known, int(index), fader) for fader, index in enumerate(np.nanargmax(tells, axis=0))]


def calibrated(known: Known, axes: Sequence[Axis]) -> Places:
    """Which place gives which value: each axis set to `PLACES` on training phrases, and measured."""
    z = known.z[:DECODED_PHRASES]
    curves = []
    for name, axis in zip(known.scales.names, axes, strict=True):
        outputs = [known.model.decode(axis.set_to(z, np.full(len(z), place))) for place in PLACES]
        curves.append(rising(np.array([measure_phrases(phrases, [name]).mean() for phrases in outputs])))
    return lambda fader, values: np.interp(values, curves[fader], PLACES)


def rising(values: Float[np.ndarray, " place"]) -> Float[np.ndarray, " place"]:
    """The nearest that a curve comes to one that never falls: midway between its two envelopes."""
    highest_before = np.maximum.accumulate(values)
    lowest_behind = np.minimum.accumulate(values[::-1])[::-1]
    return (highest_before + lowest_behind) / 2


def recipe(preset: str, kind: str, steps: int, seed: int, settings: Sequence[str]) -> RunConfig:
    """The preset with coordinates for its faders' attributes, or, if plain, without."""
    config = load_preset(preset)
    plain = kind == "plain"
    tied = [f"objective.regularization={'none' if plain else kind}"]
    tied += [f"model.faders={json.dumps(() if plain else config.faders.attributes)}"]
    sizes = [f"training.steps={steps}", f"training.evaluate_every={min(500, steps)}", f"training.seed={seed}"]
    return with_overrides(config, [*sizes, f"training.warmup_steps={min(300, steps // 5)}", *tied, *settings])


def one_scale(preset: str, settings: Sequence[str], shards: Shards) -> Scales:
    """The scale on which all ways are measured."""
    config = with_overrides(load_preset(preset), list(settings))
    ids = training_windows(shards, config)
    return fit_scales(config.faders.attributes, shards.tokenizer, ids, config.data.transpose, seed=0)


def know(kind: str, seed: int, shards: Shards, scales: Scales, asked: argparse.Namespace) -> Known:
    """The model of one training, trained to its end, and what training phrases tell of it."""
    config = recipe(asked.preset, kind, asked.steps, seed, asked.set)
    folder = asked.out / f"{kind}-{seed}-{asked.steps}"
    resume = (folder / "run" / "state.pt").exists()
    start = asked.start_from
    model = SymVAE.load(train(config, asked.data, folder / "run", start_from=start, resume=resume))
    ids = training_phrases(shards, config, KNOWN_PHRASES, seed)
    values = measure_phrases(model.to_phrases(ids), scales.names)
    return Known(model, scales, encode(model, ids).mean, values, shards, asked.set, folder)


def of_part(windows: HeldOut, shards: Shards, part: str | None) -> HeldOut:
    """Those of one track, by the names that `symvae prepare --track A --track B` gives; all for None."""
    if part is None:
        return windows
    tracks = tracks_of(shards, windows.split)
    return windows.take(np.flatnonzero([tracks[tune] == part.lower() for tune in windows.tune]))


def asked_about(shards: Shards, config: RunConfig, asked: argparse.Namespace) -> HeldOut:
    """The windows on which all is measured."""
    windows = of_part(held_out(shards, config, asked.split), shards, asked.part)
    return windows.fresh().some(MOST_WINDOWS, 0)


def tracks_of(shards: Shards, split: str) -> list[str]:
    """The track that each tune of a split comes from, in small letters; "" in shards of one track."""
    return [[*name.lower().split("#"), ""][1] for name in shards.tune_names(split)]


def measured(known: Known, windows: HeldOut, way: Callable[[Known], Move], phrases: int) -> dict[str, Any]:
    """How well the model brings phrases back, AR-VAE's figures of z, and some ``phrases`` moved."""
    music, posterior = known.model.to_phrases(windows.ids), encode(known.model, windows.ids)
    attributes = measure_phrases(music, known.scales.names)
    back = score(known.model.decode_ids(posterior.mean), windows.ids, windows.tune, known.model.tokenizer)
    some = known.model.to_phrases(windows.some(phrases, 0).ids)
    figures = measure_moves(known.scales, some, way(known))
    return {
        "token": back.token,
        "kl_nats": float(posterior.kl_nats().sum(-1).mean()),
        "disentanglement": disentanglement(posterior.mean.double().numpy(), attributes)._asdict(),
        "faders": figures["faders"],
        "silent": figures["silent"],
        "strangers": figures["strangers"],
    }


def results_table(rows: Sequence[dict[str, Any]], figure: str = "pearson") -> str:
    """A row a way, in the order of `WAYS`: ``figure`` of each fader, then means over all; over seeds, too."""
    names = list(rows[0]["faders"])
    of_way = {way: [row for row in rows if row["way"] == way] for way in WAYS}
    lines = []
    for way, seeds in ((way, seeds) for way, seeds in of_way.items() if seeds):

        def mean(*keys: str, seeds: list[dict[str, Any]] = seeds, of: Sequence[str] = names) -> float:
            return statistics.mean(_at(row["faders"][name], keys) for row in seeds for name in of)

        lines.append(
            [
                way,
                str(len(seeds)),
                share(statistics.mean(row["token"] for row in seeds)),
                *(share(mean(figure, of=[name])) for name in names),
                share(mean(figure)),
                share(mean("error_std")),
                share(mean("positions", "restrictiveness")),
                share(mean("positions", "dead_share")),
                share(mean("content", "chroma")),
                share(mean("content", "groove")),
            ]
        )
    head = ["way", "seeds", "token", *(name.replace("_", " ") for name in names), "all", "error"]
    return table([*head, "restrictiveness", "dead", "chroma", "groove"], lines)


def attributes_as_z(shards: Shards, windows: HeldOut, names: Sequence[str]) -> Disentanglement:
    """The most that attributes allow, which correlate and have ties: each its own coordinate, ties drawn."""
    values = measure_phrases([shards.tokenizer.decode_ids(ids.numpy()) for ids in windows.ids], names)
    drawn = np.random.default_rng(0).normal(size=values.shape) * 1e-6 * values.std(axis=0)
    return disentanglement(values + drawn, values)


def disentanglement_table(rows: Sequence[dict[str, Any]], best: Disentanglement) -> str:
    """AR-VAE's figures of z, a row a training; all ways of moving it have the same. ``best`` comes last."""
    rows = [row for row in rows if "disentanglement" in row]
    of_training: dict[str, list[dict[str, Any]]] = {WAYS[row["way"]][0]: [] for row in rows}
    for row in rows:
        of_training[WAYS[row["way"]][0]].append({**row, **row["disentanglement"]})
    figures = ("token", "kl_nats", *Disentanglement._fields)
    lines = [
        [name, *(share(statistics.mean(row[figure] for row in of_training[name])) for figure in figures)]
        for name in TRAININGS
        if name in of_training
    ]
    lines.append(["the attributes as z", "–", "–", *(share(figure) for figure in best)])
    return table(["training", *(figure.replace("_", " ") for figure in figures)], lines)


def _at(figures: Any, keys: Sequence[str]) -> float:
    for key in keys:
        figures = figures[key]
    return float(figures)


def main() -> None:
    """Every seed of every training, and every way that it allows."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--data", type=Path, required=True, help="Shards.")
    arguments.add_argument("--out", type=Path, required=True, help="Where the trainings go.")
    arguments.add_argument("--from", dest="start_from", type=Path, help="A one-bar model to grow from.")
    arguments.add_argument("--preset", default="melody-4bar-faders", help="One with faders.")
    arguments.add_argument("--steps", type=int, default=3000, help="Of each training.")
    arguments.add_argument("--phrases", type=int, default=400, help="Held-out phrases.")
    arguments.add_argument("--seeds", type=int, default=3)
    arguments.add_argument("--split", default="test")
    arguments.add_argument("--part", help="Ask for phrases of this track alone, of shards of several tracks.")
    arguments.add_argument("--set", action="append", default=[], help="section.key=value, for all trainings.")
    arguments.add_argument("--trainings", nargs="+", choices=TRAININGS, default=TRAININGS)
    arguments.add_argument("--without", action="append", choices=WAYS, default=[], help="Leave it out.")
    arguments.add_argument("--figure", choices=FIGURES, default="pearson", help="What the table is of.")
    arguments.add_argument("--results", type=Path, default=RESULTS)
    asked = arguments.parse_args()
    torch.set_num_threads(1)
    start = asked.start_from
    asked.start_from = start / "model" if start and (start / "model").is_dir() else start
    results = asked.results
    done = [json.loads(line) for line in results.read_text().splitlines()] if results.is_file() else []
    shards = open_shards(asked.data)
    same = {name: getattr(asked, name) for name in ("preset", "steps", "phrases", "split", "part", "set")}
    same["data"] = shards.card["sha256"]["train.npz"][:12]
    rows = [row for row in done if all(row.get(name) == value for name, value in same.items())]
    there = {(row["way"], row["seed"]) for row in rows}
    known_tracks = set(tracks_of(shards, asked.split))
    if asked.part is not None and asked.part.lower() not in known_tracks:
        arguments.error(
            f"no tune of {asked.data} is of the track {asked.part}: {', '.join(sorted(known_tracks))}"
        )
    wanted = {way: of for way, of in WAYS.items() if of[0] in asked.trainings and way not in asked.without}
    todo = {(way, seed) for way in wanted for seed in range(asked.seeds)} - there
    scales = one_scale(asked.preset, asked.set, shards) if todo else None
    for seed in range(asked.seeds):
        for kind in TRAININGS:
            ways = {way: make for way, (of, make) in wanted.items() if of == kind and (way, seed) in todo}
            if not ways or scales is None:
                continue
            known = know(kind, seed, shards, scales, asked)
            windows = asked_about(shards, known.model.config, asked)
            for way, make in ways.items():
                row = {"way": way, "seed": seed, **same, **measured(known, windows, make, asked.phrases)}
                rows.append(row)
                with results.open("a") as file:
                    file.write(json.dumps(row) + "\n")
                print(f"{way}, seed {seed}", flush=True)
    rows = [row for row in rows if row["seed"] < asked.seeds]
    if asked.figure == "disentanglement":
        config = with_overrides(load_preset(asked.preset), list(asked.set))
        best = attributes_as_z(shards, asked_about(shards, config, asked), config.faders.attributes)
        print(disentanglement_table(rows, best))
    else:
        print(results_table(rows, asked.figure))


if __name__ == "__main__":
    main()
