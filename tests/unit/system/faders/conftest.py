"""A tiny model whose editor moves z at random: laws that hold here hold whatever was learned."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

import symvae
from symvae.config.run import FaderConfig
from symvae.latent.arousal import Arousal
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.artifacts import load_config, load_vae, save_editor, save_model, save_scales
from symvae.system.build import build_editor, build_vae
from symvae.system.faders.scales import Scales, measure_phrases
from symvae.system.symvae import SymVAE
from tests.conftest import TUNES

NAMES = ("register", "notes_per_bar", "contour", "tempo")


def tunes() -> list[Phrase]:
    """Phrases of two bars in many registers and tempos, no two notes of equal velocity."""
    found = []
    for name in ("ode_to_joy", "soldiers_joy", "fishers_hornpipe"):
        for by, window in enumerate(symvae.read(TUNES / f"{name}.mid", grid=Grid(2))):
            loudness = 60 + np.arange(len(window)) * 60 // max(1, len(window))
            louder = dataclasses.replace(window, velocity=loudness)
            found.append(louder.transpose(3 * (by % 9) - 12).with_tempo(80.0 + 7 * (by % 11)))
    return found


def scales_of(names: tuple[str, ...]) -> Scales:
    return Scales.fit(names, measure_phrases(tunes(), names))


def arousal_of(scales: Scales) -> Arousal:
    """Arousal that grows with tempo and note count."""
    positions = scales.positions(measure_phrases(tunes(), scales.names)).double().numpy()
    return Arousal.fit(positions, (positions[:, 1] + positions[:, 3] > 0).astype(int))


@pytest.fixture(scope="module")
def folder(tiny_model: Path, tmp_path_factory) -> Path:
    config, folder = load_config(tiny_model), tmp_path_factory.mktemp("fade") / "tiny"
    torch.manual_seed(0)
    vae = build_vae(config.model)
    with torch.no_grad():
        for weight in vae.decoder.parameters():
            weight.mul_(4)
    save_model(folder, config, vae.state_dict(), tokenizer=tiny_model / "tokenizer.json")
    editor = build_editor(FaderConfig(attributes=NAMES, width=32, layers=1), load_vae(folder))
    chance = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in editor.parameters():
            weight.copy_(0.3 * torch.randn(weight.shape, generator=chance))
    save_editor(folder, editor)
    save_scales(folder, scales_of(NAMES))
    return folder


@pytest.fixture(scope="module")
def model(folder: Path) -> SymVAE:
    return symvae.load(folder)


@pytest.fixture(scope="module")
def aroused(folder: Path, tmp_path_factory) -> SymVAE:
    """The model with an arousal fader."""
    copy = shutil.copytree(folder, tmp_path_factory.mktemp("aroused") / "tiny")
    scales = scales_of(NAMES)
    save_scales(copy, dataclasses.replace(scales, arousal=arousal_of(scales)))
    return symvae.load(copy)


@pytest.fixture(scope="module")
def phrases(model: SymVAE) -> list[Phrase]:
    """Phrases within the range of every fader, so that each fader can be set to its current value."""
    reach = [(fader.low, fader.high) for fader in model.faders.values()]
    return [
        phrase
        for phrase, row in zip(tunes(), measure_phrases(tunes(), NAMES), strict=True)
        if all(low <= value <= high for value, (low, high) in zip(row, reach, strict=True))
    ]


def current(phrase: Phrase) -> dict[str, float]:
    return dict(zip(NAMES, measure_phrases([phrase], NAMES)[0].tolist(), strict=True))
