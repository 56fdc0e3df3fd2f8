"""How well whole arrangements come back, note by note.

Tokens of a row have no fixed place, so one note too many shifts all that follow and a share of right tokens
says little of free-running music. Notes are compared as sets: one is found when the result has a note of its
pitch that starts at its step.

    found            F1 of notes: 2 · found / (notes in + notes out)
    duration         of the found notes, the share that last as long; velocity: the mean distance of theirs
    chroma, groove   `symvae.evaluation.metrics.similarity`
    forced_token     the share of tokens that are right when all before them are the true ones
"""

from typing import Any

import numpy as np

from symvae.evaluation.batching import Progress, decode_forced, encode, silent
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.similarity import content_similarity
from symvae.music.phrase import Phrase
from symvae.nn.ragged import counted
from symvae.system.symvae import SymVAE


def note_reconstruction(
    model: SymVAE, windows: HeldOut, *, phrases: int = 1000, seed: int = 0, progress: Progress = silent
) -> dict[str, Any]:
    """The figures of a polyphonic model on up to ``phrases`` held-out phrases, greedy, from the mean."""
    some = windows.some(phrases, seed)
    posterior = encode(model, some.ids)
    music = model.to_phrases(some.ids)
    progress("notes", 0.3)
    back = model.decode(posterior.mean)
    progress("notes", 0.8)
    padding = model.tokenizer.padding
    asked = np.ones(some.ids.shape, bool) if padding is None else counted(some.ids, padding).numpy()
    right = (decode_forced(model, posterior.mean, some.ids) == some.ids).numpy()
    content = content_similarity(music, back)
    progress("notes", 1.0)
    return {
        "split": some.split,
        "collections": [some.collections[index] for index in np.unique(some.collection)],
        "phrases": len(music),
        "tunes": len(np.unique(some.tune)),
        "seed": seed,
        "kl_nats": float(posterior.kl_nats().sum(-1).mean()),
        "forced_token": float(right[asked].mean()),
        **found_notes(music, back),
        "chroma": float(content.chroma.mean()),
        "groove": float(content.groove.mean()),
    }


def found_notes(music: list[Phrase], back: list[Phrase]) -> dict[str, float]:
    """F1 of notes, and what became of the found ones."""
    notes_in = notes_out = found = lasting = 0
    velocity = 0.0
    for before, after in zip(music, back, strict=True):
        there = {key: row for row, key in enumerate(zip(after.onset_step, after.pitch, strict=True))}
        notes_in += len(before)
        notes_out += len(after)
        for row, key in enumerate(zip(before.onset_step, before.pitch, strict=True)):
            if (other := there.get(key)) is not None:
                found += 1
                lasting += int(before.duration_step[row] == after.duration_step[other])
                velocity += abs(int(before.velocity[row]) - int(after.velocity[other]))
    return {
        "found": 2 * found / max(1, notes_in + notes_out),
        "duration": lasting / max(1, found),
        "velocity": velocity / max(1, found),
    }
