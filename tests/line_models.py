"""Lines and a line synthesizer small enough to be made in a second; a sine plays the lines."""

from pathlib import Path

import pytest

from tests.sines import SinePlayer

TINY_DDSP = (
    "name=tiny-ddsp",
    "model.sample_rate=8000",
    "model.hop=32",
    "model.harmonics=12",
    "model.noise_bands=9",
    "model.timbre_size=3",
    "model.width=8",
    "model.layers=1",
    "model.hidden=12",
    "model.touch_hidden=6",
    "objective.excerpt_frames=150",
    "lines.line_sec=1.0",
    "lines.lines=2",
    "lines.held_out=1",
    'lines.timbres=["violin","flute"]',
    "training.steps=4",
    "training.batch_size=2",
    "training.evaluate_every=2",
    "training.warmup_steps=1",
)


@pytest.fixture(scope="session")
def tiny_ddsp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of a tiny line synthesizer, with its prepared lines."""
    from symvae.config.ddsp import DdspConfig
    from symvae.config.load import load_preset, with_overrides
    from symvae.pipelines.train_ddsp import lines_of
    from symvae.training.tasks.ddsp import train_ddsp

    folder = tmp_path_factory.mktemp("ddsp")
    font = folder / "Sines.sf2"
    font.touch()
    config = with_overrides(load_preset("ddsp-24k", DdspConfig), list(TINY_DDSP))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("symvae.corpus.lines.font_player", SinePlayer)
        lines = lines_of([], folder / "run", config, [font])
    train_ddsp(config, lines, folder / "run")
    return folder / "run"
