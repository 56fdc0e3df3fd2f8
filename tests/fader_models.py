"""Tiny models with faders, for tests of whole songs: fixtures to import into a conftest."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import symvae
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from tests.conftest import TINY, TUNES

ODE, JOY, HORNPIPE = (TUNES / f"{name}.mid" for name in ("ode_to_joy", "soldiers_joy", "fishers_hornpipe"))
#: Faders of the models.
NAMES = ("register", "note_density", "contour", "tempo")


def with_faders(folder: Path, phrases: list[Phrase]) -> Path:
    """The model in ``folder`` with faders that nothing was learned for: they move z, somehow."""
    from symvae.config.run import FaderConfig
    from symvae.system.artifacts import load_vae, save_editor, save_scales
    from symvae.system.build import build_editor
    from symvae.system.faders.scales import Scales, measure_phrases

    config = FaderConfig(attributes=NAMES, width=32, layers=1)
    editor = build_editor(config, load_vae(folder))
    chance = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in editor.parameters():
            if not weight.any():  # what keeps a fresh editor from changing anything
                weight.normal_(generator=chance)
    save_editor(folder, editor)
    save_scales(folder, Scales.fit(NAMES, measure_phrases(phrases, NAMES)))
    return folder


@pytest.fixture(scope="session")
def fader_model(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two bars of melody, and faders."""
    folder = shutil.copytree(tiny_model, tmp_path_factory.mktemp("faders") / "tiny")
    windows = [phrase for file in (ODE, JOY, HORNPIPE) for phrase in symvae.read(file, grid=Grid(2))]
    return with_faders(
        folder,
        [phrase.transpose(by).with_tempo(100.0 + 2 * by) for phrase in windows for by in range(-20, 21, 10)],
    )


@pytest.fixture(scope="session")
def piano_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two bars of piano that nothing was learned for, and faders."""
    from symvae.config.load import load_preset, with_overrides
    from symvae.system.artifacts import save_model
    from symvae.system.build import build_vae
    from symvae.tokens.piano import PianoBars

    home = tmp_path_factory.mktemp("piano")
    PianoBars().save(home / "tokenizer.json")
    config = with_overrides(load_preset("piano-1bar"), [*TINY, "model.bars=2", "name=keys"])
    torch.manual_seed(0)
    save_model(home / "keys", config, build_vae(config.model).state_dict(), tokenizer=home / "tokenizer.json")
    windows = [phrase for file in (ODE, JOY) for phrase in symvae.read(file, grid=Grid(2))]
    return with_faders(home / "keys", [phrase.with_tempo(60.0 + 4 * i) for i, phrase in enumerate(windows)])


@pytest.fixture(scope="session")
def wide_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four bars of melody that nothing was learned for, and faders."""
    from symvae.config.load import load_preset, with_overrides
    from symvae.system.artifacts import save_model
    from symvae.system.build import build_vae
    from symvae.tokens.melody_grid import MelodyGrid

    home = tmp_path_factory.mktemp("wide")
    MelodyGrid().save(home / "tokenizer.json")
    config = with_overrides(load_preset("melody-4bar-faders"), [*TINY, "name=wide"])
    torch.manual_seed(0)
    save_model(home / "wide", config, build_vae(config.model).state_dict(), tokenizer=home / "tokenizer.json")
    windows = [phrase for file in (ODE, JOY) for phrase in symvae.read(file, grid=Grid(4))]
    return with_faders(home / "wide", [phrase.with_tempo(50.0 + 20 * i) for i, phrase in enumerate(windows)])


@pytest.fixture(scope="session")
def aroused_model(fader_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model with an arousal that is half tempo, half register."""
    from symvae.latent.arousal import HIGH, LOW, Arousal
    from symvae.system.artifacts import load_scales, save_scales

    folder = shutil.copytree(fader_model, tmp_path_factory.mktemp("aroused") / "tiny")
    positions = np.random.default_rng(0).standard_normal((400, len(NAMES)))
    excited = positions[:, NAMES.index("register")] + positions[:, NAMES.index("tempo")] > 0
    arousal = Arousal.fit(positions, np.where(excited, HIGH, LOW))
    scales = load_scales(folder)
    assert scales is not None
    save_scales(folder, replace(scales, arousal=arousal))
    return folder
