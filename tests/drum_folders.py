"""Folders of short synthetic drums, written as WAV files, and settings of tiny drum machines."""

import csv
from pathlib import Path

import numpy as np

from symvae.audio.analog_drums import draw_settings, play_analog
from symvae.audio.one_shot import SAMPLE_RATE
from symvae.dsp.wav import write_wav


def drum_folder(folder: Path, groups: int = 6, strokes: int = 2, drums: tuple[str, ...] = ("kick", "snare")):
    """Write ``strokes`` near-equal strokes of ``groups`` drums of each class, with their index."""
    rows = []
    for drum in drums:
        for group in range(groups):
            sound = play_analog(drum, draw_settings(drum, np.random.default_rng([group, len(drum)])))
            for stroke in range(strokes):
                name = f"{drum}/{group:02d}-{stroke}.wav"
                (folder / drum).mkdir(parents=True, exist_ok=True)
                sound = sound * (1 + 0.02 * stroke * np.sin(np.arange(len(sound)) / 900))
                wave = np.concatenate([np.zeros(500 * stroke), 0.5 * sound[:20_000]])
                write_wav(wave[None], SAMPLE_RATE, folder / name)
                rows.append((name, drum, "test", "CC0-1.0", f"{drum}:{group}"))
    with (folder / "index.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file", "class", "source", "license", "group"), *rows])
    return folder


#: ``--set`` values of a drum machine that trains four steps in a second.
TINY_ONESHOT = (
    "name=tiny",
    "model.latent_size=4",
    "model.patch=16",
    "model.width=16",
    "model.hidden=16",
    "model.blocks=1",
    "model.patch_code=2",
    "model.summary=8",
    "model.class_size=4",
    "model.phase_iterations=1",
    "prior.steps=4",
    "prior.variations=1",
    "objective.layered=0.5",
    "objective.equalizer_db=3.0",
    "objective.damped_db=20.0",
    "prior.batch_size=8",
    "prior.width=32",
    "prior.layers=1",
    "training.steps=4",
    "training.batch_size=4",
    "training.evaluate_every=2",
    "training.warmup_steps=1",
    "distillation.width=8",
    "distillation.hidden=8",
    "distillation.blocks=1",
    "distillation.steps=4",
    "distillation.batch_size=4",
    "distillation.coarse_draws=256",
    "distillation.coarse_steps=200",
)

#: The same of a drum machine of codes: 11 positions of 2 codes.
TINY_CODES = (
    "name=tiny-codes",
    "model.patch=16",
    "model.width=16",
    "model.hidden=16",
    "model.blocks=1",
    "model.summary=8",
    "model.class_size=4",
    "model.phase_iterations=1",
    "codes.stride=1",
    "codes.levels=2",
    "codes.entries=8",
    "codes.size=4",
    "prior.width=32",
    "prior.layers=2",
    "prior.steps=4",
    "prior.batch_size=8",
    "prior.evaluate_every=2",
    "prior.versions=2",
    "training.steps=4",
    "training.batch_size=4",
    "training.evaluate_every=2",
    "training.warmup_steps=1",
)
