"""Reconstruction of polyphonic music, note by note.

Token ids of a polyphonic row have no fixed position: one surplus note shifts all that follow, so token
accuracy says little about free-running decoding. Notes are compared as sets instead: a note is found if the
output has a note of the same pitch at the same onset.

    found            F1 of notes: 2 · found / (notes in + notes out)
    duration         share of found notes with the same duration
    velocity         mean absolute velocity error of found notes, in MIDI velocity
    chroma, groove   `symvae.evaluation.metrics.similarity`
    forced_token     teacher-forced token accuracy, without padding
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.similarity import similarity
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.music.phrase import Phrase
from symvae.objective.accuracy import accuracy
from symvae.system.symvae import SymVAE


class NoteMatch(NamedTuple):
    """Agreement of two sets of notes; 0 everywhere without any note."""

    found: float
    duration: float
    velocity: float


@dataclass(frozen=True)
class NoteReconstruction:
    """Reconstruction of a polyphonic model, from the posterior mean, decoded greedily."""

    split: str
    collections: list[str]
    phrases: int
    tunes: int
    seed: int
    kl_nats: float
    """Mean divergence of the posterior from the prior, in nats a phrase."""
    forced_token: float
    found: float
    duration: float
    velocity: float
    chroma: float
    groove: float


def note_reconstruction(
    model: SymVAE, windows: HeldOut, *, phrases: int = 1000, seed: int = 0, progress: Progress = silent
) -> NoteReconstruction:
    """Reconstruct held-out phrases and compare their notes.

    Args:
        model: The model.
        windows: Held-out windows.
        phrases: Windows to use, at most.
        seed: Of the choice of windows.
        progress: Called with the share that is done.

    Returns:
        Note-level agreement, similarities and teacher-forced accuracy.
    """
    codec, tokenizer, chosen = model.codec, model.tokenizer, windows.draw(phrases, seed)
    posterior = codec.encode_ids(chosen.ids)
    originals = codec.to_phrases(chosen.ids)
    progress("notes", 0.3)
    outputs = codec.to_phrases(codec.decode_ids(posterior.mean))
    progress("notes", 0.8)
    forced = codec.decode_forced(posterior.mean, chosen.ids)
    fidelity = similarity(originals, outputs)
    progress("notes", 1.0)
    return NoteReconstruction(
        split=chosen.split,
        collections=[chosen.collections[index] for index in np.unique(chosen.collection)],
        phrases=len(originals),
        tunes=len(np.unique(chosen.tune)),
        seed=seed,
        kl_nats=float(posterior.kl_nats().sum(-1).mean()),
        forced_token=accuracy(
            forced, chosen.ids, onset_ids=tokenizer.onset_ids, padding=tokenizer.padding
        ).token,
        **match_notes(originals, outputs)._asdict(),
        chroma=float(fidelity.chroma.mean()),
        groove=float(fidelity.groove.mean()),
    )


def match_notes(originals: Sequence[Phrase], outputs: Sequence[Phrase]) -> NoteMatch:
    """Match notes by onset and pitch, all phrases together."""
    notes_in = notes_out = found = same_duration = 0
    velocity_error = 0.0
    for before, after in zip(originals, outputs, strict=True):
        row_of = {key: row for row, key in enumerate(zip(after.onset_step, after.pitch, strict=True))}
        notes_in += len(before)
        notes_out += len(after)
        for row, key in enumerate(zip(before.onset_step, before.pitch, strict=True)):
            if (other := row_of.get(key)) is not None:
                found += 1
                same_duration += int(before.duration_step[row] == after.duration_step[other])
                velocity_error += abs(int(before.velocity[row]) - int(after.velocity[other]))
    return NoteMatch(
        found=2 * found / max(1, notes_in + notes_out),
        duration=same_duration / max(1, found),
        velocity=velocity_error / max(1, found),
    )


def tables(part: dict[str, Any]) -> str:
    """Table of a `NoteReconstruction` as stored in metrics.json."""
    return section(
        "Notes",
        f"{part['phrases']} phrases of {part['tunes']} {part['split']} pieces, greedy, from the posterior"
        f" mean, KL {part['kl_nats']:.1f} nats. A note is found if the output has the same pitch at the same"
        " onset.",
        table(
            ["found (F1)", "same duration", "velocity error", "chroma", "groove", "token, teacher-forced"],
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
