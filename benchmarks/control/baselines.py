"""Faders compared with published methods: one model, one protocol, several ways of moving an attribute.

    symvae prepare folk --out shards
    symvae train --preset melody-1bar-small --data shards --out runs/bar
    python benchmarks/control/baselines.py --data shards --out runs --from runs/bar

    python benchmarks/control/baselines.py --data sopranos --out runs --preset soprano-2bar

The first starts all of them from one model of a bar, the second trains them from scratch. Seven trainings a
seed, from the same start, with the same music and the same number of steps:

    plain        a VAE without attributes in its loss
    sign         a coordinate of z for each attribute, in the same order: AR-VAE (Pati and Lerch 2020)
    attribute    the coordinate is the attribute, standardized (latent = attribute)
    value        the coordinate is the attribute's calibrated position (`symvae.latent.calibration`)
    glsr         a step along the coordinate is a step of the decoded attribute (Hadjeres et al. 2017)
    condition    the decoder is conditioned on the position beside z: a conditional VAE
    adversarial  the same, and z must not predict it: Fader Networks (Lample et al. 2017)

and the ways of moving one attribute to a value with them (`WAYS`). "Calibrated" means: the coordinate is set
to places from -4 to 4 standard deviations on training phrases, the outputs are measured, and a monotone curve
through the means maps values to places. The editor is trained on top of the plain model, with the same number
of steps again.

All ways get the same targets for the same held-out phrases (`symvae.evaluation.moves.measure_moves`) and are
measured on one scale. Existing trainings and results are reused: an interrupted run continues with the same
command, which prints the table at its end. One JSON line a way, seed and size goes to results.jsonl beside
this script, or to --results.
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
from symvae.evaluation.held_out import HeldOut, held_out
from symvae.evaluation.metrics.clustered_accuracy import clustered_accuracy
from symvae.evaluation.metrics.disentanglement import Disentanglement, disentanglement
from symvae.evaluation.moves import Move, measure_moves
from symvae.evaluation.reports.markdown import share, table, words
from symvae.evaluation.result import as_json
from symvae.latent.direction import attribute_vector
from symvae.music.phrase import Phrase
from symvae.system.artifacts import load_editor, load_scales, save_editor, save_scales
from symvae.system.faders.scales import Scales, fit_scales, measure_phrases
from symvae.system.symvae import SymVAE
from symvae.training.data import training_phrases, training_windows
from symvae.training.tasks.faders import train_faders
from symvae.training.tasks.phrase import train

RESULTS = Path(__file__).with_name("results.jsonl")
#: Held-out phrases for reconstruction and disentanglement; fewer of them are moved.
MOST_WINDOWS = 4000
#: Training phrases for statistics of coordinates and vectors, and those that are decoded for calibration.
STATISTICS_PHRASES, DECODED_PHRASES = 4000, 256
#: Places of a coordinate for calibration, in its standard deviations; and multiples of a vector.
PLACES = np.linspace(-4, 4, 17)
AMOUNTS = np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])
MOST_VECTORS = 4.0
#: A vector that moves its attribute by less than this is not used.
LEAST_SLOPE = 1e-3
TRAININGS = ("plain", "sign", "attribute", "value", "glsr", "condition", "adversarial")
#: Figures that can be printed.
FIGURES = ("pearson", "spearman", "error_std", "disentanglement")


class Trained(NamedTuple):
    """A trained model and statistics of training phrases."""

    model: SymVAE
    scales: Scales
    z: Float[Tensor, "phrase latent"]
    values: Float[np.ndarray, "phrase attribute"]
    shards: Shards
    settings: list[str]
    folder: Path


class Axis(NamedTuple):
    """A coordinate of z: place 0 is ``start``, place 1 is ``step`` further."""

    index: int
    start: float
    step: float
    along: Float[Tensor, " coordinate"] = torch.zeros(0)
    """Change of each of the first coordinates when this one moves by 1; empty for none."""

    def set_to(
        self, z: Float[Tensor, "batch latent"], place: Float[np.ndarray, " batch"]
    ) -> Float[Tensor, "batch latent"]:
        """Set the coordinate to a place."""
        return self._moved(z, torch.from_numpy(self.start + self.step * place) - z[:, self.index])

    def move(
        self, z: Float[Tensor, "batch latent"], places: Float[np.ndarray, " batch"]
    ) -> Float[Tensor, "batch latent"]:
        """Move the coordinate by a number of places."""
        return self._moved(z, torch.from_numpy(self.step * places))

    def _moved(
        self, z: Float[Tensor, "batch latent"], way: Float[Tensor, " batch"]
    ) -> Float[Tensor, "batch latent"]:
        moved, way = z.clone(), way.to(z.dtype)
        moved[:, : len(self.along)] += way[:, None] * self.along
        moved[:, self.index] = z[:, self.index] + way
        return moved


#: Map requested values of one fader to places on its axis.
Places = Callable[[int, Float[np.ndarray, " phrase"]], Float[np.ndarray, " phrase"]]


def nothing(trained: Trained) -> Move:
    """No move: the scores of a dead fader."""
    return lambda phrases, fader, values: trained.model.decode(trained.model.encode(phrases).mean)


def own_coordinate(trained: Trained) -> Move:
    """The attribute's own coordinate, at the place that the training objective assigns to the value."""
    axes = [Axis(index, 0.0, 1.0) for index in range(len(trained.scales.names))]
    return along(trained.model, axes, places_of(trained.model.scales))


def own_coordinate_calibrated(trained: Trained) -> Move:
    """The attribute's own coordinate, at the calibrated place of the value."""
    axes = [axis_of(trained, fader, fader) for fader in range(len(trained.scales.names))]
    return along(trained.model, axes, calibrated(trained, axes))


def own_coordinates_calibrated(trained: Trained) -> Move:
    """The same, and the coordinates of other attributes move as they covary over training phrases.

    Correlated attributes have correlated coordinates: moving one alone asks the decoder for an unlikely
    phrase, such as one of few notes in a busy rhythm.
    """
    axes = together(trained, len(trained.scales.names))
    return along(trained.model, axes, calibrated(trained, axes))


def whole_z_calibrated(trained: Trained) -> Move:
    """All of z moves as it covaries, in proportion to the change of the value.

    z then stays in the distribution of phrases, and the rest of the phrase keeps its deviation from it.
    """
    axes = together(trained, trained.z.shape[1])
    model, names, places = trained.model, trained.scales.names, calibrated(trained, axes)

    def move(phrases: Sequence[Phrase], fader: int, values: Float[np.ndarray, " phrase"]) -> list[Phrase]:
        here = measure_phrases(phrases, [names[fader]])[:, 0]
        change = places(fader, values) - places(fader, here)
        return model.decode(axes[fader].move(model.encode(phrases).mean, change))

    return move


def best_coordinate(trained: Trained) -> Move:
    """The most correlated coordinate, at the value's position in its own standard deviations."""
    return along(trained.model, best_axes(trained), places_of(trained.scales))


def best_coordinate_calibrated(trained: Trained) -> Move:
    """The same, at the calibrated place of the value."""
    axes = best_axes(trained)
    return along(trained.model, axes, calibrated(trained, axes))


def attribute_vectors(trained: Trained) -> Move:
    """MusicVAE's attribute vector, scaled by its slope on training phrases."""
    model, z = trained.model, trained.z[:DECODED_PHRASES]
    vectors = [attribute_vector(trained.z, torch.from_numpy(column)) for column in trained.values.T]
    before = measure_phrases(model.decode(z), trained.scales.names)
    slopes = []
    for fader, (name, vector) in enumerate(zip(trained.scales.names, vectors, strict=True)):
        change = [
            (measure_phrases(model.decode(z + amount * vector), [name])[:, 0] - before[:, fader]).mean()
            for amount in AMOUNTS.tolist()
        ]
        slopes.append(float(AMOUNTS @ np.array(change) / (AMOUNTS @ AMOUNTS)))

    def move(phrases: Sequence[Phrase], fader: int, values: Float[np.ndarray, " phrase"]) -> list[Phrase]:
        here = measure_phrases(phrases, [trained.scales.names[fader]])[:, 0]
        slope = slopes[fader]
        times = (values - here) / slope if abs(slope) > LEAST_SLOPE else np.zeros(len(values))
        amount = torch.from_numpy(times.clip(-MOST_VECTORS, MOST_VECTORS)).float()
        return model.decode(model.encode(phrases).mean + amount[:, None] * vectors[fader])

    return move


def editor(trained: Trained) -> Move:
    """`train-faders` on top of the model, one decode without refinement, with coupled attributes."""
    model, names = trained.model, trained.scales.names
    steps = model.config.training.steps
    choice = with_overrides(
        model.config,
        [
            f"faders.attributes={json.dumps(names)}",
            f"faders.steps={steps}",
            f"faders.reading_steps={min(500, steps // 4)}",
            f"faders.evaluate_every={min(250, steps)}",
            f"faders.seed={model.config.training.seed}",
            *(word for word in trained.settings if word.startswith("faders.")),
        ],
    )
    out = trained.folder / "faders"
    train_faders(model, choice.faders, trained.shards, out, resume=(out / "faders-state.pt").exists())
    learned, scales = load_editor(out), load_scales(out)
    assert learned is not None
    assert scales is not None
    save_editor(model.folder, learned)
    save_scales(model.folder, scales)
    faded = SymVAE.load(model.folder)
    return lambda phrases, fader, values: faded.fade_each(
        phrases, [{names[fader]: float(value)} for value in values], refine=False
    )


#: Each way of moving an attribute: the training that it needs, and its builder.
WAYS: dict[str, tuple[str, Callable[[Trained], Move]]] = {
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
    """Set one coordinate and keep all others."""

    def move(phrases: Sequence[Phrase], fader: int, values: Float[np.ndarray, " phrase"]) -> list[Phrase]:
        z = model.encode(phrases).mean
        return model.decode(axes[fader].set_to(z, places(fader, values)))

    return move


def places_of(scales: Scales) -> Places:
    """Position of a value on its scale."""
    return lambda fader, values: scales.calibrations[fader].position_of(values)


def axis_of(trained: Trained, index: int, fader: int) -> Axis:
    """Coordinate ``index`` in its own standard deviations, signed so that the attribute rises along it."""
    of_phrases = trained.z[:, index].double().numpy()
    rises = np.corrcoef(of_phrases, trained.values[:, fader])[0, 1] >= 0
    return Axis(index, float(of_phrases.mean()), float(of_phrases.std()) * (1 if rises else -1))


def together(trained: Trained, many: int) -> list[Axis]:
    """The attributes' own coordinates; the first ``many`` of z move as they covary over training phrases."""
    spread = torch.cov(trained.z[:, :many].T)
    return [
        axis_of(trained, fader, fader)._replace(along=spread[fader] / spread[fader, fader])
        for fader in range(len(trained.scales.names))
    ]


def best_axes(trained: Trained) -> list[Axis]:
    """The most correlated coordinate of each attribute."""
    latent = trained.z.shape[1]
    correlations = np.abs(np.corrcoef(trained.z.double().numpy().T, trained.values.T)[:latent, latent:])
    return [
        axis_of(trained, int(index), fader) for fader, index in enumerate(np.nanargmax(correlations, axis=0))
    ]


def calibrated(trained: Trained, axes: Sequence[Axis]) -> Places:
    """Calibrate each axis: set it to `PLACES` on training phrases and measure the outputs."""
    z = trained.z[:DECODED_PHRASES]
    curves = []
    for name, axis in zip(trained.scales.names, axes, strict=True):
        outputs = [trained.model.decode(axis.set_to(z, np.full(len(z), place))) for place in PLACES]
        curves.append(rising(np.array([measure_phrases(phrases, [name]).mean() for phrases in outputs])))
    return lambda fader, values: np.interp(values, curves[fader], PLACES)


def rising(values: Float[np.ndarray, " place"]) -> Float[np.ndarray, " place"]:
    """Nearest monotone curve in the maximum norm: midway between both monotone envelopes."""
    highest_before = np.maximum.accumulate(values)
    lowest_after = np.minimum.accumulate(values[::-1])[::-1]
    return (highest_before + lowest_after) / 2


def recipe(preset: str, kind: str, steps: int, seed: int, settings: Sequence[str]) -> RunConfig:
    """The preset with coordinates for the attributes of its faders, or, if plain, without."""
    config = load_preset(preset)
    plain = kind == "plain"
    tied = [f"objective.regularization={'none' if plain else kind}"]
    tied += [f"model.faders={json.dumps(() if plain else config.faders.attributes)}"]
    sizes = [f"training.steps={steps}", f"training.evaluate_every={min(500, steps)}", f"training.seed={seed}"]
    return with_overrides(config, [*sizes, f"training.warmup_steps={min(300, steps // 5)}", *tied, *settings])


def one_scale(preset: str, settings: Sequence[str], shards: Shards) -> Scales:
    """Scale on which all ways are measured."""
    config = with_overrides(load_preset(preset), list(settings))
    ids = training_windows(shards, config)
    return fit_scales(config.faders.attributes, shards.tokenizer, ids, config.data.transpose, seed=0)


def trained_model(kind: str, seed: int, shards: Shards, scales: Scales, asked: argparse.Namespace) -> Trained:
    """Train or resume one training, and compute statistics of training phrases."""
    config = recipe(asked.preset, kind, asked.steps, seed, asked.set)
    folder = asked.out / f"{kind}-{seed}-{asked.steps}"
    resume = (folder / "run" / "state.pt").exists()
    start = asked.start_from
    model = SymVAE.load(train(config, asked.data, folder / "run", start_from=start, resume=resume))
    ids = training_phrases(shards, config, STATISTICS_PHRASES, seed)
    values = measure_phrases(model.to_phrases(ids), scales.names)
    return Trained(model, scales, model.codec.encode_ids(ids).mean, values, shards, asked.set, folder)


def of_part(windows: HeldOut, shards: Shards, part: str | None) -> HeldOut:
    """Windows of one track, by the names of `symvae prepare --track A --track B`; all for None."""
    if part is None:
        return windows
    tracks = tracks_of(shards, windows.split)
    return windows.take(np.flatnonzero([tracks[tune] == part.lower() for tune in windows.tune]))


def measured_windows(shards: Shards, config: RunConfig, asked: argparse.Namespace) -> HeldOut:
    """Windows on which all ways are measured."""
    windows = of_part(held_out(shards, config, asked.split), shards, asked.part)
    return windows.unseen().draw(MOST_WINDOWS, 0)


def tracks_of(shards: Shards, split: str) -> list[str]:
    """Track of each tune of a split, in lower case; "" in shards of one track."""
    return [[*name.lower().split("#"), ""][1] for name in shards.tune_names(split)]


def measured(
    trained: Trained, windows: HeldOut, way: Callable[[Trained], Move], phrases: int
) -> dict[str, Any]:
    """Reconstruction of ``windows``, disentanglement of z, and control of some ``phrases`` of them."""
    codec = trained.model.codec
    music, posterior = codec.to_phrases(windows.ids), codec.encode_ids(windows.ids)
    attributes = measure_phrases(music, trained.scales.names)
    scores = clustered_accuracy(
        codec.decode_ids(posterior.mean), windows.ids, windows.tune, trained.model.tokenizer
    )
    moved = codec.to_phrases(windows.draw(phrases, 0).ids)
    figures = as_json(measure_moves(trained.scales, moved, way(trained)))
    return {
        "token": scores.token,
        "kl_nats": float(posterior.kl_nats().sum(-1).mean()),
        "disentanglement": disentanglement(posterior.mean.double().numpy(), attributes)._asdict(),
        "faders": figures["faders"],
        "silent": figures["silent"],
        "strangers": figures["strangers"],
    }


def results_table(rows: Sequence[dict[str, Any]], figure: str = "pearson") -> str:
    """A row a way, in the order of `WAYS`: ``figure`` of each fader, then means over all and over seeds."""
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
    head = ["way", "seeds", "token", *(words(name) for name in names), "all", "error"]
    return table([*head, "restrictiveness", "dead", "chroma", "groove"], lines)


def attributes_as_z(shards: Shards, windows: HeldOut, names: Sequence[str]) -> Disentanglement:
    """Upper bound with these correlated attributes: each its own coordinate, ties broken at random."""
    values = measure_phrases([shards.tokenizer.decode_ids(ids.numpy()) for ids in windows.ids], names)
    drawn = np.random.default_rng(0).normal(size=values.shape) * 1e-6 * values.std(axis=0)
    return disentanglement(values + drawn, values)


def disentanglement_table(rows: Sequence[dict[str, Any]], best: Disentanglement) -> str:
    """Disentanglement of z, a row a training, shared by all its ways; ``best`` comes last."""
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
    """Run every seed of every training, and every way that it supports."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--data", type=Path, required=True, help="Shards.")
    arguments.add_argument("--out", type=Path, required=True, help="Folder of the trainings.")
    arguments.add_argument("--from", dest="start_from", type=Path, help="A one-bar model to start from.")
    arguments.add_argument("--preset", default="melody-4bar-faders", help="One with faders.")
    arguments.add_argument("--steps", type=int, default=3000, help="Steps of each training.")
    arguments.add_argument("--phrases", type=int, default=400, help="Held-out phrases.")
    arguments.add_argument("--seeds", type=int, default=3)
    arguments.add_argument("--split", default="test")
    arguments.add_argument("--part", help="Measure phrases of this track only, in shards of several tracks.")
    arguments.add_argument("--set", action="append", default=[], help="section.key=value, for all trainings.")
    arguments.add_argument("--trainings", nargs="+", choices=TRAININGS, default=TRAININGS)
    arguments.add_argument("--without", action="append", choices=WAYS, default=[], help="Skip this way.")
    arguments.add_argument("--figure", choices=FIGURES, default="pearson", help="Figure to print.")
    arguments.add_argument("--results", type=Path, default=RESULTS)
    asked = arguments.parse_args()
    torch.set_num_threads(1)
    start = asked.start_from
    asked.start_from = start / "model" if start and (start / "model").is_dir() else start
    results = asked.results
    done = [json.loads(line) for line in results.read_text().splitlines()] if results.is_file() else []
    shards = open_shards(asked.data)
    same = {name: getattr(asked, name) for name in ("preset", "steps", "phrases", "split", "part", "set")}
    same["data"] = shards.checksum("train")[:12]
    rows = [row for row in done if all(row.get(name) == value for name, value in same.items())]
    there = {(row["way"], row["seed"]) for row in rows}
    tracks = set(tracks_of(shards, asked.split))
    if asked.part is not None and asked.part.lower() not in tracks:
        arguments.error(f"no tune of {asked.data} is of the track {asked.part}: {', '.join(sorted(tracks))}")
    wanted = {way: of for way, of in WAYS.items() if of[0] in asked.trainings and way not in asked.without}
    todo = {(way, seed) for way in wanted for seed in range(asked.seeds)} - there
    scales = one_scale(asked.preset, asked.set, shards) if todo else None
    for seed in range(asked.seeds):
        for kind in TRAININGS:
            ways = {way: make for way, (of, make) in wanted.items() if of == kind and (way, seed) in todo}
            if not ways or scales is None:
                continue
            trained = trained_model(kind, seed, shards, scales, asked)
            windows = measured_windows(shards, trained.model.config, asked)
            for way, make in ways.items():
                row = {"way": way, "seed": seed, **same, **measured(trained, windows, make, asked.phrases)}
                rows.append(row)
                with results.open("a") as file:
                    file.write(json.dumps(row) + "\n")
                print(f"{way}, seed {seed}", flush=True)
    rows = [row for row in rows if row["seed"] < asked.seeds]
    if asked.figure == "disentanglement":
        config = with_overrides(load_preset(asked.preset), list(asked.set))
        best = attributes_as_z(shards, measured_windows(shards, config, asked), config.faders.attributes)
        print(disentanglement_table(rows, best))
    else:
        print(results_table(rows, asked.figure))


if __name__ == "__main__":
    main()
