"""The whole evaluation of a synthesizer, once, on one that has learned nothing."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from symvae.config.load import load_preset, with_overrides
from symvae.config.sound import PROGRAMS, SynthConfig
from symvae.errors import AudioError
from symvae.evaluation.reports.sound_card import sound_card
from symvae.evaluation.reports.sound_tables import to_markdown
from symvae.evaluation.sound_report import evaluate_sound
from symvae.system.build_synth import build_probe, build_synth
from symvae.system.synth import Synth
from symvae.system.synth_artifacts import save_probe, save_synth
from tests.sines import TINY_SYNTH, SinePlayer

FONTS = [Path("First.sf2"), Path("Second.sf2")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    torch.manual_seed(0)
    config = with_overrides(load_preset("synth-24k", SynthConfig), list(TINY_SYNTH))
    network = build_synth(config.model)
    timbres = [
        {"name": name, "font": "First", "program": PROGRAMS[name], "z": torch.randn(4).tolist()}
        for name in config.clips.timbres
    ]
    folder = tmp_path_factory.mktemp("synth") / "tiny"
    save_synth(folder, config, network.state_dict(), timbres=timbres)
    save_probe(folder, build_probe(2, config.model.sample_rate))
    return folder


@pytest.fixture(scope="module")
def metrics(folder, memory_shards):
    return evaluate_sound(
        Synth.load(folder),
        [memory_shards],
        FONTS,
        unseen_font=Path("Third.sf2"),
        quick=True,
        open_font=SinePlayer,
    )


def test_the_reference_is_at_no_distance_from_itself_and_stands_beside_the_rest(metrics):
    rows = metrics["sound"]["rows"]
    assert list(rows) == ["truth", "synth", "griffin_lim", "source_phase", "other_font", "mean_spectrum"]
    assert (rows["truth"]["mss"], rows["truth"]["lsd_db"]) == (0, 0)
    assert rows["other_font"]["mss"] == pytest.approx(0, abs=1e-6)  # both fonts are the same sines
    assert 0 < rows["griffin_lim"]["mss"] < rows["mean_spectrum"]["mss"]
    assert rows["synth"]["mss"] > 0
    assert set(metrics["sound"]["instruments"]) == {"piano", "flute"}


def test_every_part_is_there_and_can_be_written(metrics):
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    paths = metrics["timbre_paths"]
    assert list(paths["pairs"]) == ["piano to flute"]
    for way in ("morph", "line", "cross_fade"):
        assert 0.1 <= paths[way]["largest_step"] <= 1
    assert paths["morph"]["note_f1_ends"] == paths["line"]["note_f1_ends"]  # all begin and end alike
    assert paths["cross_fade"]["decay_off_db"] >= 0
    assert metrics["unseen_font"]["font"] == "Third"
    assert 0 <= metrics["timbre_space"]["nearest"] <= 1


def test_the_same_seed_gives_the_same_figures(folder, memory_shards, metrics):
    again = evaluate_sound(Synth.load(folder), [memory_shards], FONTS, quick=True, open_font=SinePlayer)
    assert again["sound"] == metrics["sound"]
    assert again["timbre_space"] == metrics["timbre_space"]


def test_tables_and_card_say_what_was_measured(folder, metrics):
    tables = to_markdown(metrics)
    for heading in ("### Sound", "### Between two instruments", "### A font that was never heard"):
        assert heading in tables
    card = sound_card(Synth.load(folder).config, metrics, phrases_from=["reels"])
    assert card.startswith("# tiny")
    assert tables.strip() in card
    assert "symvae evaluate tiny/model --audio" in card
    alone = {name: part for name, part in metrics.items() if name != "unseen_font"}
    assert "never heard" not in to_markdown(alone)


def test_what_is_missing_is_said(folder, memory_shards):
    synth = Synth.load(folder)
    without = Synth(synth.folder, synth.config, synth.network, [])
    with pytest.raises(AudioError, match="no timbre by name"):
        evaluate_sound(without, [memory_shards], FONTS, open_font=SinePlayer)
    elsewhere = Synth(folder / "nowhere", synth.config, synth.network, list(synth.timbres.values()))
    with pytest.raises(AudioError, match=r"train_probe\.py --synth tiny"):
        evaluate_sound(elsewhere, [memory_shards], FONTS, open_font=SinePlayer)


def test_a_probe_of_other_instruments_is_refused(folder, memory_shards, tmp_path):
    shutil.copytree(folder, tmp_path / "other")
    save_probe(tmp_path / "other", build_probe(3, 8_000))
    with pytest.raises(AudioError, match=r"tiny has 2 instruments, and its probe knows 3\. Train another"):
        evaluate_sound(Synth.load(tmp_path / "other"), [memory_shards], FONTS, open_font=SinePlayer)


class NoFlute(SinePlayer):
    """Fonts whose flute is silent."""

    def play(self, notes, program, samples, *, drums=False):
        return super().play(notes, program, samples, drums=drums) * (program != PROGRAMS["flute"])


def test_an_instrument_that_no_font_has_is_left_out(folder, memory_shards):
    synth = Synth.load(folder)
    measured = evaluate_sound(synth, [memory_shards], FONTS, quick=True, open_font=NoFlute)
    assert measured["sound"]["timbres"] == 2
    assert set(measured["sound"]["instruments"]) == {"piano"}
    assert "2 instruments of First and Second" in to_markdown(measured)
