"""Between two instruments: is every step on the way a sound of its own, with the same notes in it?

The same notes are played at eleven positions from one timbre to another, in three ways:

    morph        a blend (`symvae.models.sound.spectrogram_vae.Blend`): what the decoder says at both ends, mixed
    line         the straight line in z
    cross_fade   the sounds of both ends, mixed

Of each path:

    spearman      rank correlation of the position with the probability that the probe gives the second
                  instrument, of each excerpt alone, then the mean
    note_f1       notes that the probe hears: at the lower of both ends, and at the worst position
    largest_step  the largest distance (log-mel) between neighbors, as a share of the way; a tenth is even
    decay_off_db  how far the level of a held note half-way strays from the mean of both ends' levels while
                  it decays (`symvae.evaluation.metrics.decay`): a cross-fade rings on in two instruments

A cross-fade keeps both ends' notes by definition and never leaves the two ends' sounds: a morph has to be
as good at that, and one instrument where the cross-fade is two.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.excitation import Excitation
from symvae.audio.note_matching import match_clips
from symvae.audio.notes import Notes
from symvae.corpus.clips import ClipDraws
from symvae.evaluation.batching import Progress, silent
from symvae.evaluation.excerpts import excitations, played
from symvae.evaluation.metrics.control import item_spearman
from symvae.evaluation.metrics.decay import decay_off_db
from symvae.evaluation.sound import clip_notes
from symvae.models.sound.probe import Probe
from symvae.models.sound.spectrogram_vae import Blend, SpectrogramVAE

PAIRS = (
    ("piano", "electric-piano"),
    ("piano", "strings"),
    ("harpsichord", "guitar"),
    ("vibraphone", "flute"),
    ("organ", "clarinet"),
    ("guitar", "bass"),
    ("violin", "flute"),
    ("violin", "trumpet"),
    ("strings", "organ"),
    ("clarinet", "trumpet"),
)
POSITIONS = tuple(round(0.1 * step, 1) for step in range(11))
WAYS = ("morph", "line", "cross_fade")
#: A held note, at three pitches, as loud as a singer's.
HELD_SEC = 3.0
HELD_PITCHES = (48, 60, 72)
HELD_VELOCITY = 90

#: All positions of one path: a row of clips each.
Path = Float[Tensor, "position clip sample"]


def pairs_among(instruments: Sequence[str]) -> list[tuple[str, str]]:
    """`PAIRS`, as far as both are known; for other instruments the first ten pairs of them."""
    known = [pair for pair in PAIRS if set(pair) <= set(instruments)]
    return known or list(combinations(instruments, 2))[: len(PAIRS)]


def timbre_paths(
    network: SpectrogramVAE,
    probe: Probe,
    draws: ClipDraws,
    instruments: Sequence[str],
    timbres: Mapping[str, Float[Tensor, " latent"]],
    *,
    excerpts: int,
    seed: int = 0,
    progress: Progress = silent,
) -> dict[str, Any]:
    """All kinds of path, by pair and on average; ``timbres`` has z by the instrument's name."""
    rows = {}
    pairs = pairs_among([name for name in instruments if name in timbres])
    rng = np.random.default_rng([seed, 2])
    for done, (first, second) in enumerate(pairs):
        notes = [draws.notes(rng) for _ in range(excerpts)]
        start, end = timbres[first], timbres[second]
        given = excitations(network, notes, draws.samples)
        paths = {
            name: along(network, given, [way(start, end, share) for share in POSITIONS])
            for name, way in (("morph", blended), ("line", on_the_line))
        }
        paths["cross_fade"] = cross_faded(paths["morph"])
        asked = instruments.index(second)
        held = held_half_way(network, start, end)
        rows[f"{first} to {second}"] = {
            way: {
                **path_figures(network, probe, path, notes, asked),
                "decay_off_db": decays_off_db(held[way], held["start"], held["end"], network.sample_rate),
            }
            for way, path in paths.items()
        }
        progress("timbre paths", (done + 1) / len(pairs))
    return {
        "excerpts": excerpts,
        "positions": len(POSITIONS),
        **{way: _means([row[way] for row in rows.values()]) for way in WAYS},
        "pairs": rows,
    }


def path_figures(
    network: SpectrogramVAE, probe: Probe, path: Path, notes: list[Notes], asked: int
) -> dict[str, float]:
    """Of one path, whose end is instrument number ``asked``."""
    clips = path.shape[1]
    heard = [probe.predict(waves) for waves in path]
    surer = torch.stack([at.instrument.double().log_softmax(-1)[:, asked] for at in heard], 1).numpy()
    until_sec = path.shape[-1] / network.sample_rate
    f1 = [match_clips(notes, clip_notes(probe, at), until_sec=until_sec).f1 for at in heard]
    return {
        "spearman": item_spearman(np.tile(POSITIONS, (clips, 1)), surer),
        "note_f1_ends": min(f1[0], f1[-1]),
        "note_f1_lowest": min(f1),
        "largest_step": largest_step(torch.stack([_log_mel(network, waves) for waves in path])),
    }


def largest_step(looks: Float[Tensor, "position clip *any"]) -> float:
    """The largest mean distance between neighbors over the sum of all; the mean over clips."""
    steps = (looks[1:] - looks[:-1]).abs().flatten(2).mean(-1)
    return (steps.max(0).values / steps.sum(0).clamp(min=1e-9)).mean().item()


@torch.inference_mode()
def along(network: SpectrogramVAE, given: Excitation, timbres: Sequence[Blend]) -> Path:
    """The notes in each timbre of a way."""
    return torch.stack([played(network, given, timbre) for timbre in timbres])


def blended(start: Float[Tensor, " latent"], end: Float[Tensor, " latent"], share: float) -> Blend:
    """So much of the way between what the decoder says at both ends."""
    return Blend.of(start).toward(Blend.of(end), start.new_tensor([share]))


def on_the_line(start: Float[Tensor, " latent"], end: Float[Tensor, " latent"], share: float) -> Blend:
    """So much of the way on the straight line in z."""
    return Blend.of(torch.lerp(start, end, share))


def cross_faded(path: Path) -> Path:
    """Both ends of a path mixed, with the positions as shares."""
    share = torch.tensor(POSITIONS)[:, None, None]
    return (1 - share) * path[0] + share * path[-1]


def decays_off_db(
    middle: Float[Tensor, "note sample"],
    start: Float[Tensor, "note sample"],
    end: Float[Tensor, "note sample"],
    sample_rate: int,
) -> float:
    """`decay_off_db` of held notes; the mean."""
    notes = zip(middle.double().numpy(), start.double().numpy(), end.double().numpy(), strict=True)
    return float(np.mean([decay_off_db(note, first, last, sample_rate) for note, first, last in notes]))


@torch.inference_mode()
def held_half_way(
    network: SpectrogramVAE, start: Float[Tensor, " latent"], end: Float[Tensor, " latent"]
) -> dict[str, Float[Tensor, "note sample"]]:
    """Held notes half-way on each of `WAYS`, and at both ends."""
    notes = [
        Notes(np.zeros(1), np.array([HELD_SEC + 1]), np.array([pitch]), np.array([HELD_VELOCITY]))
        for pitch in HELD_PITCHES
    ]
    given = excitations(network, notes, round(HELD_SEC * network.sample_rate))
    timbres = [blended(start, end, share) for share in (0.0, 0.5, 1.0)]
    first, middle, last, line = along(network, given, [*timbres, on_the_line(start, end, 0.5)])
    return {
        "morph": middle,
        "line": line,
        "cross_fade": (first + last) / 2,
        "start": first,
        "end": last,
    }


@torch.inference_mode()
def _log_mel(network: SpectrogramVAE, waves: Float[Tensor, "clip sample"]) -> Float[Tensor, "clip frame mel"]:
    return network.log_mel(network.stft(waves).abs())


def _means(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
