"""Basses that are drawn for held-out melodies: do they fit the songs that these melodies come from?

    own     share of the notes of a bass that are tones of the chords of its melody's song
    other   the same with the songs of the other melodies, in the same key: what a bass reaches that knows the
            key alone

Chords of a song are estimated from its melody and bass together (`symvae.music.chords`). A bass is drawn
free, or bound to chords that are estimated from the melody alone, as `symvae accompany` does by default, or
it is the song's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch

from symvae.attributes.key import home_shift
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.parts import made_by_rule
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.models.flow.prior import FlowPrior
from symvae.music.arrangement import BASS, DRUMS, MELODY, Arrangement, as_arrangement
from symvae.music.chords import Chords, chords_of
from symvae.music.harmonize import chord_tone_share
from symvae.music.phrase import Phrase
from symvae.system.accompany import accompany
from symvae.system.symvae import SymVAE


class BassFit(NamedTuple):
    """Mean shares of notes on chord tones."""

    own: float
    other: float


@dataclass(frozen=True)
class Accompaniments:
    """Fit of basses to held-out songs."""

    songs: int
    seed: int
    fit: dict[str, BassFit]
    """ "free", "bound" and "real"."""


def accompaniments(
    model: SymVAE,
    windows: HeldOut,
    prior: FlowPrior,
    *,
    songs: int = 24,
    seed: int = 0,
    progress: Progress = silent,
) -> Accompaniments | None:
    """Draw bass and drums for the melodies of held-out arrangements.

    Args:
        model: A model of arrangements.
        windows: Held-out windows.
        prior: Its learned prior.
        songs: Largest number of windows, half of them of real songs where there are as many.
        seed: Of the choice and the draws.
        progress: Called with the share that is done.

    Returns:
        Shares of notes on chord tones; None without two windows that have a melody and a bass.
    """
    by_rule = made_by_rule(windows)
    chosen = [
        as_arrangement(each)
        for mask in (~by_rule, by_rule)
        if mask.any()
        for each in model.to_phrases(windows.take(np.flatnonzero(mask)).draw(max(1, songs // 2), seed).ids)
    ]
    whole = [each.transpose(home_shift(each.pitched)) for each in chosen if {MELODY, BASS} <= set(each.parts)]
    if len(whole) < 2:
        return None
    melodies = [each.only([MELODY]) for each in whole]
    truth = [chords_of(each.pitched) for each in whole]
    basses = {"real": [each.parts[BASS] for each in whole]}
    estimated = [chords_of(each.pitched) for each in melodies]
    for done, (name, chords) in enumerate((("free", None), ("bound", estimated)), 1):
        basses[name] = _drawn(model, prior, melodies, chords, seed)
        progress("accompaniments", done / 2)
    return Accompaniments(len(whole), seed, {name: _fit(several, truth) for name, several in basses.items()})


def _drawn(
    model: SymVAE,
    prior: FlowPrior,
    melodies: Sequence[Arrangement],
    chords: Sequence[Chords] | None,
    seed: int,
) -> list[Phrase]:
    chance = torch.Generator().manual_seed(seed)
    done = accompany(model.codec, prior, melodies, (BASS, DRUMS), chance, chords=chords)
    return [each.arrangement.part(BASS) for each in done]


def _fit(basses: Sequence[Phrase], truth: Sequence[Chords]) -> BassFit:
    shares = np.array(
        [[chord_tone_share(bass, chords) for chords in truth] for bass in basses if len(bass)]
    ).reshape(-1, len(truth))
    same = np.array(
        [[row == column for column in range(len(truth))] for row, b in enumerate(basses) if len(b)]
    )
    if not len(shares):
        return BassFit(0.0, 0.0)
    return BassFit(float(shares[same].mean()), float(shares[~same].mean()))


def tables(part: dict[str, Any] | None) -> str:
    """Table of `Accompaniments` as stored in metrics.json; empty where there was nothing to accompany."""
    if part is None:
        return ""
    words = {"real": "the song's own", "free": "drawn, free", "bound": "drawn, bound to estimated chords"}
    return section(
        "Accompaniments",
        f"Basses for {part['songs']} held-out melodies: notes on chords of the melody's song, and of the"
        " songs of the other melodies in the same key.",
        table(
            ["bass", "own song", "other songs"],
            [
                [word, share(part["fit"][name]["own"]), share(part["fit"][name]["other"])]
                for name, word in words.items()
            ],
        ),
    )
