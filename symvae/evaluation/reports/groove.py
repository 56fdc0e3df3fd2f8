"""Evaluation of a groove model: its figures as JSON data, their tables, and the card."""

from typing import Any

import numpy as np

from symvae.config.groove import GrooveConfig
from symvae.corpus.shards import Shards
from symvae.evaluation.grooves import (
    Held,
    by_table,
    classifier_accuracy,
    distance_of_training,
    humanize,
    on_the_grid,
    tap_to_drum,
)
from symvae.evaluation.progress import Progress
from symvae.evaluation.reports.markdown import section, share, table
from symvae.evaluation.result import as_json
from symvae.system.groove import TEMPERATURE, Groove
from symvae.training.grooves import grooves

#: Scales of the spread of single hits that are measured; the first is that of users.
TEMPERATURES = (TEMPERATURE, 0.7, 0.5)
#: Phrases, draws of each and steps of the classifier: of a quick evaluation, and of a full one.
_QUICK, _FULL = (64, 2, 40), (1024, 8, 600)
_ON_GRID, _TABLE, _NO_STYLE = "on the grid", "table by drum and sixteenth", "style unknown"
_TRAINING = "training music itself"


def evaluate_groove(
    groove: Groove, shards: Shards, *, split: str, quick: bool, seed: int, progress: Progress
) -> dict[str, Any]:
    """Measure a groove model.

    Args:
        groove: The model.
        shards: Shards of the groove grid.
        split: Held-out split to measure on.
        quick: Measure fewer phrases.
        seed: Seed of draws and choices.
        progress: Called with the name of each measurement and its share that is done.

    Returns:
        JSON data.

    Raises:
        CorpusError: The shards hold no grooves, or none in a split.
    """
    model = groove.config.model
    train, windows = (grooves(shards, each, model.bars, model.styles) for each in ("train", split))
    count, draws, steps = _QUICK if quick else _FULL
    temperatures = TEMPERATURES[:1] if quick else TEMPERATURES
    rows = np.random.default_rng(seed).permutation(len(windows))[:count]
    held = Held.of(windows, rows)
    touch: dict[str, Any] = {_ON_GRID: on_the_grid(held), _TABLE: by_table(train, held, seed=seed)}
    for done, temperature in enumerate(temperatures):
        progress("humanize", done / (len(temperatures) + 1))
        touch[f"temperature {temperature:g}"] = humanize(
            groove, held, temperature=temperature, seed=seed, draws=draws
        )
    unknown = held.of_unknown_style(len(model.styles))
    touch[_NO_STYLE] = humanize(groove, unknown, temperature=TEMPERATURES[0], seed=seed, draws=draws)
    progress("humanize", 1.0)
    taps: dict[str, Any] = {_TRAINING: distance_of_training(groove.grid, train, held, seed=seed)}
    for done, temperature in enumerate(temperatures):
        progress("tap to drum", done / len(temperatures))
        taps[f"temperature {temperature:g}"] = tap_to_drum(
            groove, held, temperature=temperature, seed=seed, draws=draws
        )
    progress("tap to drum", 1.0)
    told = {}
    for done, temperature in enumerate(temperatures):
        progress("classifier", done / len(temperatures))
        told[f"temperature {temperature:g}"] = classifier_accuracy(
            groove, shards, train, held, temperature=temperature, seed=seed, steps=steps
        )
    progress("classifier", 1.0)
    weights = sum(weight.numel() for weight in groove.network.parameters())
    return {
        "split": split,
        "quick": quick,
        "phrases": len(rows),
        "draws": draws,
        "parameters": weights,
        "collections": shards.collections,
        "humanize": as_json(touch),
        "tap_to_drum": as_json(taps),
        "classifier": told,
    }


def to_markdown(metrics: dict[str, Any]) -> str:
    """Write the tables of an evaluation."""
    touch = [
        (
            name,
            f"{row['mae_ms']:.1f}",
            f"{row['best_mae_ms']:.1f}",
            f"{row['mse_step2']:.4f}".removeprefix("0"),
            share(row["timing_kl"]),
            share(row["velocity_kl"]),
            share(metrics["classifier"].get(name)),
        )
        for name, row in metrics["humanize"].items()
    ]
    taps = [
        (name, *(share(row.get(key)) for key in ("f1", "best_f1", "density", "syncopation", "class_shares")))
        for name, row in metrics["tap_to_drum"].items()
    ]
    best = f"best of {metrics['draws']}"
    heads = ["", "MAE ms", best, "MSE 16th²", "timing KL", "velocity KL", "classifier"]
    return "\n\n".join(
        (
            section(
                "Humanize",
                f"{metrics['phrases']} phrases of the {metrics['split']} split; the temperature is that of "
                "single hits. A classifier of played and drawn phrases is at .5 where it cannot tell.",
                table(heads, touch),
            ),
            section(
                "Tap to drum",
                "Distances from real grooves: of the mean density and syncopation as a share of theirs, of "
                "the shares of classes half the sum of differences.",
                table(["", "F1", best, "density", "syncopation", "class shares"], taps),
            ),
        )
    )


def groove_card(config: GrooveConfig, metrics: dict[str, Any]) -> str:
    """Write the card of a groove model.

    Args:
        config: The choices that made the model.
        metrics: JSON data of its evaluation.

    Returns:
        The card in Markdown.
    """
    model = config.model
    return f"""# {config.name}

{config.description}

## Description

A conditional VAE of drummers' touch after GrooVAE (Gillick et al. 2019): {model.bars} bars of
{model.metre}, nine drum classes, z of {model.latent_size} dimensions, mixtures of {model.mixtures} logistics
for velocity and offset of each hit given all hits before it; a second decoder draws the hits of a kit from
taps.
{metrics["parameters"] / 1e6:.1f} million weights. License of the weights: Apache-2.0.

## Training data

Collections: {", ".join(metrics["collections"])}. The Groove MIDI Dataset (Gillick et al. 2019) is CC BY 4.0;
its own split is kept. Styles: {", ".join(model.styles)}.

## Figures

{to_markdown(metrics)}

## Limits

- One kit in {model.metre}, in sixteenths: triplets are early or late hits of the nearest sixteenth.
- It has heard ten drummers at electronic kits. They play {_early(metrics)} ms from the grid in the mean.
- Hits of one class on a sixteenth move together.

## How to reproduce

    symvae prepare groove GROOVE_FOLDER --tokens groove --out shards-groove
    symvae train-groove --preset {config.name} --data shards-groove --out run
    symvae evaluate run --data shards-groove --split {metrics["split"]} --update-model
"""


def _early(metrics: dict[str, Any]) -> str:
    return f"{metrics['humanize'][_ON_GRID]['mae_ms']:.0f}"
