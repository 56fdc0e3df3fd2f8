"""How well a model's faders do what they say, on held-out phrases.

Two ways of asking, each fader by itself:

    targets     each phrase is asked for the value that another held-out phrase has: Pearson and mean
                distance of asked from achieved, as Pettenò et al. 2025 (arXiv 2511.07156) ask their models.
                One decode; again the nearest of several (`best_of`); and the decode by itself, before
                `fade` settles what it missed.
    positions   each phrase at eight positions of the fader, the same for all, evenly from -1.75 to 1.75
                standard deviations of a normal attribute: `symvae.evaluation.metrics.control`, and what is left of
                the phrase (`symvae.evaluation.metrics.similarity`), over all moves and over those of at most one
                standard deviation of the data. How far each other attribute stays, beside the mean
                over all (restrictiveness): FaderNets' own has one other. One decode, and where edits
                are grafted the nearest of several.

Attributes are measured on the decoded music by the functions that measure the input. A result that holds no
note is measured as silence, counted, and never drawn again.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from symvae.errors import CorpusError
from symvae.evaluation.batching import Progress, encode, silent
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.control import error_std, fader_figures, pearson, spearman
from symvae.evaluation.metrics.disentanglement import disentanglement
from symvae.evaluation.metrics.similarity import content_similarity
from symvae.music.phrase import Phrase
from symvae.system.faders.scales import Scales, measure_phrases
from symvae.system.symvae import SymVAE

POSITIONS = np.linspace(-1.75, 1.75, 8)
PHRASES = 200
#: A move of at most so many data standard deviations should leave the music recognisable.
NEAR_STD = 1.0

#: Phrases with one fader (by number) set to a value each, in the attribute's unit.
Move = Callable[[Sequence[Phrase], int, Float[np.ndarray, " phrase"]], list[Phrase]]


def control(
    model: SymVAE,
    windows: HeldOut,
    *,
    phrases: int | None = None,
    best_of: int = 8,
    seed: int = 0,
    progress: Progress = silent,
) -> dict[str, Any]:
    """All figures of the faders of ``model`` on up to ``phrases`` held-out phrases.

    Without a number 200, or a quarter of them where every position is decoded ``best_of`` times.
    """
    if phrases is None:
        phrases = PHRASES // 4 if model.transfers_edits else PHRASES
    some = windows.some(phrases, seed)
    names = model.scales.names

    def moving(candidates: int, refine: bool = True) -> Move:
        return lambda given, fader, values: model.fade_each(
            given, [{names[fader]: float(value)} for value in values], best_of=candidates, refine=refine
        )

    music, scales = model.to_phrases(some.ids), model.scales
    figures = measure_moves(scales, music, moving(1), seed=seed, progress=progress)
    unsettled = targets(scales, music, moving(1, refine=False), seed=seed)
    if model.transfers_edits:
        chosen = measure_moves(scales, music, moving(best_of), seed=seed, progress=progress)["faders"]
    else:
        chosen = targets(scales, music, moving(best_of), seed=seed)
    for name, row in figures["faders"].items():
        row |= {"unsettled": unsettled[name], f"best_of_{best_of}": chosen[name]}
    return {
        "phrases": len(music),
        "seed": seed,
        "best_of": best_of,
        **figures,
        "disentanglement": coordinates(model, windows, seed=seed),
    }


def measure_moves(
    scales: Scales, music: Sequence[Phrase], move: Move, *, seed: int = 0, progress: Progress = silent
) -> dict[str, Any]:
    """The figures of anything that moves phrases: a model's faders, or a baseline's."""
    before = measure_phrases(music, scales.names)
    std = before.std(axis=0)
    for name, spread in zip(scales.names, std, strict=True):
        if not spread > 0:
            raise CorpusError(f"No two of the held-out phrases differ in {name}. Prepare more music for it.")
    asked = targets(scales, music, move, seed=seed)
    faders: dict[str, Any] = {}
    notes_lost = 0
    for number, (name, scale) in enumerate(zip(scales.names, scales.calibrations, strict=True)):
        values = scale.value_at(POSITIONS)
        outputs = [move(music, number, np.full(len(music), value)) for value in values]
        achieved = np.stack([measure_phrases(phrases, scales.names) for phrases in outputs], axis=1)
        target = np.tile(values, (len(music), 1))
        content = [content_similarity(music, phrases) for phrases in outputs]
        chroma, groove = (
            np.stack([getattr(each, of) for each in content], axis=1) for of in content[0]._fields
        )
        near = np.abs(target - before[:, number : number + 1]) <= NEAR_STD * std[number]
        silent_now = sum(not len(phrase) for phrases in outputs for phrase in phrases)
        notes_lost += silent_now
        faders[name] = {
            **asked[name],
            "positions": fader_figures(achieved, target, number, std)._asdict(),
            "content": {
                "chroma": float(chroma.mean()),
                "groove": float(groove.mean()),
                "chroma_near": float(chroma[near].mean()) if near.any() else float("nan"),
                "groove_near": float(groove[near].mean()) if near.any() else float("nan"),
            },
            "others": {
                other: float(1 - achieved[:, :, column].std(axis=1).mean() / std[column])
                for column, other in enumerate(scales.names)
                if other != name
            },
            "silent": silent_now,
            "data_std": float(std[number]),
        }
        progress("faders", (number + 1) / len(scales.names))
    strangers = content_similarity(music, [*music[1:], music[0]])
    return {
        "faders": faders,
        "positions": values_of(scales),
        "silent": notes_lost,
        "strangers": {"chroma": float(strangers.chroma.mean()), "groove": float(strangers.groove.mean())},
    }


def targets(
    scales: Scales, music: Sequence[Phrase], move: Move, *, seed: int = 0
) -> dict[str, dict[str, float]]:
    """Each phrase asked for what another one has: correlation and distance of asked and achieved."""
    before = measure_phrases(music, scales.names)
    chance = np.random.default_rng(seed)
    figures = {}
    for number, name in enumerate(scales.names):
        wanted = before[chance.permutation(len(music)), number]
        achieved = measure_phrases(move(music, number, wanted), [name])
        figures[name] = {
            "pearson": pearson(wanted[:, None], achieved),
            "spearman": spearman(wanted[:, None], achieved),
            "error_std": error_std(wanted[:, None], achieved, float(before[:, number].std())),
            "error": float(np.abs(wanted - achieved[:, 0]).mean()),
        }
    return figures


def coordinates(model: SymVAE, windows: HeldOut, *, phrases: int = 4000, seed: int = 0) -> dict[str, Any]:
    """AR-VAE's figures of z (`symvae.evaluation.metrics.disentanglement`), from posterior means."""
    some = windows.some(phrases, seed)
    attributes = measure_phrases(model.to_phrases(some.ids), model.scales.names)
    figures = disentanglement(encode(model, some.ids).mean.double().numpy(), attributes)
    return {"phrases": len(some.ids), **{k: _plain(v) for k, v in figures._asdict().items()}}


def values_of(scales: Scales) -> dict[str, list[float]]:
    """What the eight positions are in each attribute's unit."""
    columns = zip(scales.names, scales.calibrations, strict=True)
    return {name: scale.value_at(POSITIONS).round(4).tolist() for name, scale in columns}


def _plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor | np.ndarray):
        return np.asarray(value).tolist()
    return float(value)
