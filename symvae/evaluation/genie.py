"""Figures of a genie on held-out music.

    perplexity             of a note, given its button, the time before it and all notes before it; also with
                           chord, key and velocity known, and without buttons
    contour violations     pairs of notes that move against their buttons, in share of all pairs
    same button            pairs with one button whose pitch moves, in share of the pairs with one button
    gold                   mean squared distance, in buttons, of the buttons of major scales over an octave
                           from 1 to 8 and back
    key share              share of notes in a scale: of the key that the genie was told, and, where it was
                           told none, of the scale that holds most of the excerpt's notes
    latency                time from a press to its note, of `symvae.system.genie.Genie`

Violations are counted for the buttons of real notes, and in free play: the buttons of held-out notes pressed
at their times, and nothing kept from the network ("free"). Piano Genie's paper (Donahue et al. 2019, arXiv
1810.05246, table 1) has these by other data; its gold is recalled from the text and may differ in detail.
"""

import math
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Int
from torch import nn

from symvae.attributes.key import Key
from symvae.corpus.shards import Shards
from symvae.models.genie.button_piano import ButtonPiano
from symvae.music.buttons import NUM_BUTTONS, buttons_of
from symvae.music.key_presses import LOWEST
from symvae.system.genie import Genie
from symvae.training.press_corpus import PressBatch, press_corpus
from symvae.training.tasks.genie import buttons_in

#: Notes of an excerpt, as in the paper.
NOTES = 128
MOST_EXCERPTS, QUICK_EXCERPTS = 400, 40
#: Presses whose latency is measured.
PRESSES, QUICK_PRESSES = 5_000, 500
#: Seconds of a class of times, for free play; the network sees the class alone.
_DELTA_SEC = (0.0, 0.03, 0.06, 0.09, 0.12, 0.15, 0.18, 0.22, 0.27, 0.33, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.5)
_MAJOR, _MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10, 11)


class Contour(NamedTuple):
    """Agreement of keys with buttons."""

    violations: float
    same_button_moved: float


def contour(button: Int[np.ndarray, "excerpt note"], key: Int[np.ndarray, "excerpt note"]) -> Contour:
    """Compare the directions of buttons and keys.

    Args:
        button: Buttons.
        key: Keys; -1 for padding.

    Returns:
        Shares; 0 where there are no pairs.
    """
    counts = (key[:, 1:] >= 0) & (key[:, :-1] >= 0)
    up, higher = (np.sign(np.diff(each, axis=1))[counts] for each in (button, key))
    same = up == 0
    return Contour(
        float(np.mean(up * higher < 0)) if len(up) else 0.0,
        float(np.mean(higher[same] != 0)) if same.any() else 0.0,
    )


def evaluate_genie(
    genie: Genie, shards: Sequence[Shards], *, split: str = "test", quick: bool = False, seed: int = 0
) -> dict[str, Any]:
    """Measure a genie.

    Args:
        genie: The genie.
        shards: Prepared music.
        split: Held-out split.
        quick: Measure less of it.
        seed: Seed of free play.

    Returns:
        The figures as plain data.
    """
    model = genie.config.model
    held_out = press_corpus(shards, split, before=model.notes_before, after=model.notes_after)
    excerpts = QUICK_EXCERPTS if quick else MOST_EXCERPTS
    batch = held_out.in_order(NOTES, excerpts, conditions=False)
    known = held_out.in_order(NOTES, excerpts)
    hidden = held_out.in_order(NOTES, excerpts, shown=False, conditions=False)
    button = _buttons(genie.network, batch)
    ignored = np.random.default_rng(seed).permuted(button, axis=1)
    played = free_play(genie, batch, button, seed=seed)
    bound = free_play(genie, batch, button, seed=seed, free=False)
    tonality = known.conditions.tonality.numpy()
    in_key = free_play(genie, batch, button, seed=seed, free=False, tonality=tonality)
    return {
        "split": split,
        "excerpts": len(batch.key),
        "parameters": sum(weight.numel() for weight in genie.network.parameters()),
        "perplexity": perplexity(genie.network, batch),
        "perplexity_all_known": perplexity(genie.network, known),
        "perplexity_no_buttons": perplexity(genie.network, hidden),
        "buttons_of_music": contour(button, batch.key.numpy())._asdict(),
        "free_play": contour(button, played)._asdict(),
        "free_play_bound": contour(button, bound)._asdict(),
        "buttons_ignored": contour(ignored, batch.key.numpy())._asdict(),
        "gold": gold(genie.network),
        "key_share": key_share(in_key, tonality),
        "key_share_of_music": key_share(batch.key.numpy(), tonality),
        "own_key_share": own_key_share(bound),
        "own_key_share_of_music": own_key_share(batch.key.numpy()),
        "latency_ms": latency_ms(genie, QUICK_PRESSES if quick else PRESSES, seed=seed),
    }


@torch.inference_mode()
def perplexity(network: ButtonPiano, batch: PressBatch) -> float:
    """Perplexity of the notes of excerpts.

    Args:
        network: The networks.
        batch: Excerpts.

    Returns:
        The exponential of the mean negative log likelihood of a note.
    """
    button, _ = buttons_in(network, batch)
    logits = network.decoder(batch.before, button, batch.conditions)
    nats = nn.functional.cross_entropy(logits.flatten(0, 1), batch.key.flatten(), ignore_index=-1)
    return math.exp(float(nats))


@torch.inference_mode()
def _buttons(network: ButtonPiano, batch: PressBatch) -> Int[np.ndarray, "excerpt note"]:
    return buttons_in(network, batch)[0].argmax(-1).numpy()


def free_play(
    genie: Genie,
    batch: PressBatch,
    button: Int[np.ndarray, "excerpt note"],
    *,
    seed: int,
    free: bool = True,
    tonality: Int[np.ndarray, "excerpt note"] | None = None,
) -> Int[np.ndarray, "excerpt note"]:
    """Press the buttons of excerpts at their times.

    Args:
        genie: The genie.
        batch: Excerpts, for their times and lengths.
        button: Buttons, from 0.
        seed: Seed of the draws.
        free: Let the network break the contour.
        tonality: Key at each note, of which the genie is told the first: 0 to 11 for major, 12 to 23 for
            minor; None tells it none.

    Returns:
        Keys that were played; -1 for padding.
    """
    key = np.full(button.shape, -1)
    delta = np.array([0.0, *_DELTA_SEC])[batch.conditions.delta.numpy() + 1]
    for row, excerpt in enumerate(button.tolist()):
        genie.start(
            seed=seed + row, free=free, key=None if tonality is None else str(_key(int(tonality[row, 0])))
        )
        times = np.cumsum(delta[row]).tolist()
        for note in range(int(batch.is_note[row].sum())):
            key[row, note] = genie.press(excerpt[note] + 1, times[note])[0] - LOWEST
    return key


def gold(network: ButtonPiano) -> float:
    """Mean squared distance of the buttons of major scales from those that a person would press."""
    up = np.array([0, 2, 4, 5, 7, 9, 11, 12])
    wanted = np.concatenate([np.arange(NUM_BUTTONS), np.arange(NUM_BUTTONS - 1)[::-1]])
    scales = [tonic + np.concatenate([up, up[-2::-1]]) for tonic in range(48, 60)]
    if network.encoder is None:
        found = np.stack([buttons_of(scale) for scale in scales])
    else:
        key = torch.tensor(np.stack(scales) - LOWEST)
        with torch.inference_mode():
            delta = torch.full_like(key, 8)  # a note each quarter second
            found = network.encoder(key, delta).weight.argmax(-1).numpy()
    return float(np.mean((found - wanted) ** 2))


def key_share(key: Int[np.ndarray, "excerpt note"], tonality: Int[np.ndarray, "excerpt note"]) -> float:
    """Share of notes in the scale of a key.

    Args:
        key: Keys; -1 for padding.
        tonality: Key at each note: 0 to 11 for major, 12 to 23 for minor.

    Returns:
        The share.
    """
    degree = (key + LOWEST - tonality) % 12
    inside = np.where(tonality < 12, np.isin(degree, _MAJOR), np.isin(degree, _MINOR))
    return float(inside[key >= 0].mean())


def own_key_share(key: Int[np.ndarray, "excerpt note"]) -> float:
    """Share of the notes of each excerpt in the major scale that holds most of them, its mean.

    Args:
        key: Keys; -1 for padding.

    Returns:
        The share; about 0.7 for notes at random.
    """
    inside = np.stack([np.isin((key + LOWEST - tonic) % 12, _MAJOR) for tonic in range(12)])
    counts = key >= 0
    return float(np.mean((inside & counts).sum(-1).max(0) / counts.sum(-1)))


def _key(tonality: int) -> Key:
    return Key(tonality % 12, tonality >= 12)


def latency_ms(genie: Genie, presses: int, *, seed: int) -> dict[str, float]:
    """Time from a press to its note, in milliseconds.

    Args:
        genie: The genie.
        presses: Number of presses.
        seed: Seed of the buttons.

    Returns:
        Median, 99th percentile and longest.
    """
    chance = np.random.default_rng(seed)
    genie.start(seed=seed)
    took = []
    for number, button in enumerate(chance.integers(1, NUM_BUTTONS + 1, size=presses).tolist()):
        before = time.perf_counter()
        genie.press(button, 0.2 * number)
        took.append(1000 * (time.perf_counter() - before))
    return {
        "median": float(np.median(took)),
        "p99": float(np.percentile(took, 99)),
        "longest": float(np.max(took)),
    }
