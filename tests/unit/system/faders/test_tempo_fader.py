"""The tempo as a fader: set exactly, without a decode, from anywhere."""

import shutil
from pathlib import Path

import pytest

import symvae
from symvae.config.run import FaderConfig
from symvae.music.phrase import Phrase
from symvae.system.artifacts import load_vae, save_editor, save_scales
from symvae.system.build import build_editor
from symvae.system.symvae import SymVAE
from tests.unit.system.faders.conftest import NAMES, scales_of

pytestmark = pytest.mark.usefixtures("few_exchanges")


def test_a_requested_tempo_is_met_and_a_held_one_stays(model: SymVAE, phrases: list[Phrase]) -> None:
    """To the hundredth of a quarter note a minute, whatever else is requested."""
    for wish in (90.0, 120.5, "+10"):
        for phrase, out in zip(
            phrases, model.fade_each(phrases, [{"tempo": wish}] * len(phrases)), strict=True
        ):
            wanted = phrase.tempo_qpm + 10 if wish == "+10" else wish
            assert out.tempo_qpm == round(model.faders["tempo"].nearest(wanted), 2)
    held = model.fade_each(phrases, [{"register": "+6"}] * len(phrases), hold=["tempo"])
    assert [out.tempo_qpm for out in held] == [phrase.tempo_qpm for phrase in phrases]


def test_a_tempo_beyond_the_scale_stays_without_a_request(model: SymVAE, phrases) -> None:
    """Its position is the end of the scale, but the last value of the scale is not its tempo."""
    for qpm in (20.0, 400.0):
        phrase = phrases[0].with_tempo(qpm)
        assert model.fade(phrase, {"register": "+4"}, hold=["tempo"]).tempo_qpm == qpm
        assert model.fade(phrase, {}).tempo_qpm == qpm


@pytest.mark.parametrize("wish", [120.05, 119.95, "+0.1", 1e3, 1.0])
@pytest.mark.parametrize("qpm", [20.0, 120.0, 400.0])
def test_a_requested_tempo_is_met_from_nearby_and_from_beyond_the_scale(
    model: SymVAE, phrases, qpm, wish
) -> None:
    wanted = qpm + 0.1 if wish == "+0.1" else wish
    out = model.fade(phrases[0].with_tempo(qpm), {"tempo": wish}, refine=False)
    assert out.tempo_qpm == round(model.faders["tempo"].nearest(wanted), 2)


@pytest.mark.parametrize(("qpm", "arousal"), [(400.0, 0.99), (20.0, 0.01)])
def test_arousal_does_not_pull_a_tempo_back_to_the_end_of_the_scale(
    aroused: SymVAE, phrases, qpm, arousal
) -> None:
    out = aroused.fade(phrases[0].with_tempo(qpm), {"arousal": arousal}, refine=False)
    assert out.tempo_qpm == qpm


@pytest.fixture(scope="module")
def untimed(folder: Path, tmp_path_factory) -> SymVAE:
    """A model whose tempo is no fader."""
    copy = shutil.copytree(folder, tmp_path_factory.mktemp("untimed") / "tiny")
    names = NAMES[:-1]
    save_editor(copy, build_editor(FaderConfig(attributes=names, width=32, layers=1), load_vae(copy)))
    save_scales(copy, scales_of(names))
    return symvae.load(copy)


def test_a_tempo_that_is_no_fader_is_kept(untimed: SymVAE, phrases: list[Phrase]) -> None:
    out = untimed.fade_each(phrases, [{"register": "+6"}] * len(phrases), best_of=2)
    assert [phrase.tempo_qpm for phrase in out] == [phrase.tempo_qpm for phrase in phrases]
