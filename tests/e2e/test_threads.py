"""Eight threads on one model and one synthesizer give what one gives: nothing is shared but what stays."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import symvae
from symvae.system.symvae import SymVAE
from symvae.system.synth import Synth
from tests.fader_models import HORNPIPE, JOY, ODE, fader_model, piano_model  # noqa: F401 (fixtures)

THREADS = 8


def all_at_once(works: list[Callable[[], object]]) -> list[object]:
    """Values of functions that eight threads call, all from the same moment on."""
    values: list[object] = [None] * len(works)
    gate = threading.Barrier(THREADS)

    def work(thread: int) -> None:
        gate.wait()
        for number in range(thread, len(works), THREADS):
            try:
                values[number] = works[number]()
            except BaseException as fault:
                values[number] = repr(fault)

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return values


def digest(phrases) -> str:
    columns = [column for phrase in phrases for column in (*phrase.columns, [phrase.tempo_qpm])]
    return hashlib.sha256(b"".join(np.asarray(column, float).tobytes() for column in columns)).hexdigest()


def musical(model: SymVAE, phrases: list[symvae.Phrase], seed: int) -> object:
    """Results of the musical verbs from one seed."""
    a, b = phrases[seed % len(phrases)], phrases[(seed + 1) % len(phrases)]
    posterior = model.encode([a, b])
    drawn = posterior.sample(generator=torch.Generator().manual_seed(seed))
    return (
        posterior.mean.numpy().tobytes(),
        digest(model.decode(drawn, temperature=0.9, seed=seed)),
        digest(model.interpolate(a, b, steps=3)),
        digest(model.sample(1, seed=seed, prior="gaussian")),
        digest([model.fade(a, {"register": 55 + seed})] if seed % 4 == 0 else [a]),
    )


@pytest.mark.parametrize("kind", ["fader_model", "piano_model"])
@pytest.mark.usefixtures("few_exchanges")
def test_a_model(kind: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(kind)
    alone, shared = SymVAE.load(folder), SymVAE.load(folder)
    phrases = [phrase for file in (ODE, JOY, HORNPIPE) for phrase in symvae.read(file, grid=alone.grid)]
    wanted = [musical(alone, phrases, seed) for seed in range(THREADS)]
    # Fresh, so that all that is made at first use is made by eight at a time.
    assert (
        all_at_once([lambda seed=seed: musical(shared, phrases, seed) for seed in range(THREADS)]) == wanted
    )
    assert len(set(wanted)) == THREADS


def test_a_synthesizer(tiny_synth: Path) -> None:
    synth, shared = Synth.load(tiny_synth), Synth.load(tiny_synth)
    names = [timbre for timbre in list(synth.timbres)[:4]]
    phrases = symvae.read(ODE, grid=symvae.Grid(1))[:4]

    def sound(synth: Synth, seed: int) -> bytes:
        timbre = synth.timbre(names[seed % 4])
        return synth.perform([phrases[seed // 2]], timbre).audio().samples.tobytes()

    wanted = [sound(synth, seed) for seed in range(THREADS)]
    assert all_at_once([lambda seed=seed: sound(shared, seed) for seed in range(THREADS)]) == wanted
