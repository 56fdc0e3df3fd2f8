"""Recordings and an audio model small enough to be trained in seconds; it resynthesizes noise."""

from pathlib import Path

import numpy as np
import pytest

from symvae.dsp.wav import write_wav

RATE = 8_000
TINY_RAVE = (
    "name=tiny-rave",
    "model.sample_rate=8000",
    "model.bands=4",
    "model.strides=[4, 2]",
    "model.capacity=4",
    "model.latent_size=3",
    "model.dilations=[1, 3]",
    "model.noise_stride=4",
    "model.delay=40",
    "objective.excerpt_sec=0.4",
    "training.steps=6",
    "training.batch_size=2",
    "training.evaluate_every=2",
    "training.warmup_steps=1",
)


def recordings(folder: Path, seconds: float = 60.0) -> Path:
    """A folder with a stereo recording of a sliding tone and noise, and a silent one."""
    folder.mkdir(parents=True, exist_ok=True)
    time = np.arange(int(seconds * RATE)) / RATE
    tone = 0.4 * np.sin(2 * np.pi * (300 * time + 40 * np.sin(time)))
    noise = 0.1 * np.random.default_rng(0).uniform(-1, 1, len(time)) * (time % 0.5 < 0.2)
    write_wav(np.stack([tone, noise]), RATE, folder / "music.wav", force=True)
    write_wav(np.zeros((1, 20 * RATE)), RATE, folder / "nothing.wav", force=True)
    return folder


@pytest.fixture(scope="session")
def tiny_rave(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of a tiny audio model, with its prepared recordings."""
    from symvae.config.load import load_preset, with_overrides
    from symvae.config.rave import RaveConfig
    from symvae.pipelines.train_audio import recordings_of
    from symvae.training.tasks.rave import train_rave

    folder = tmp_path_factory.mktemp("rave")
    shards = recordings_of(recordings(folder / "in"), folder / "run", RATE)
    train_rave(with_overrides(load_preset("rave-48k", RaveConfig), list(TINY_RAVE)), shards, folder / "run")
    return folder / "run"
