"""The whole evaluation of a synthesizer, run once on an untrained one."""

import json
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from symvae.config.load import load_preset, with_overrides
from symvae.config.sound import PROGRAMS, SynthConfig
from symvae.errors import AudioError
from symvae.evaluation import timbre_space
from symvae.evaluation.reports.evaluate_sound import evaluate_sound, to_markdown
from symvae.evaluation.reports.sound_card import sound_card
from symvae.evaluation.timbre_paths import LABELS, PathFigures
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
        unseen=Path("Third.sf2"),
        quick=True,
        open_font=SinePlayer,
    )


def test_the_reference_has_distance_0_from_itself(metrics):
    rows = metrics["sound"]["rows"]
    assert list(rows) == ["truth", "synth", "griffin_lim", "source_phase", "other_font", "mean_spectrum"]
    assert (rows["truth"]["mss"], rows["truth"]["lsd_db"]) == (0, 0)
    assert rows["other_font"]["mss"] == pytest.approx(0, abs=1e-6)  # both fonts are the same sines
    assert 0 < rows["griffin_lim"]["mss"] < rows["mean_spectrum"]["mss"]
    assert rows["synth"]["mss"] > 0
    assert set(metrics["sound"]["instruments"]) == {"piano", "flute"}


def test_paths_share_their_ends_and_their_means_are_those_of_the_pairs(metrics):
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    paths = metrics["timbre_paths"]
    assert list(paths["pairs"]) == ["piano to flute"]
    (pair,) = paths["pairs"].values()
    for way in LABELS:
        assert list(paths[way]) == list(PathFigures._fields)
        assert paths[way] == pair[way]  # the mean over one pair
        assert paths[way]["largest_step"] < 0.4  # eleven sounds, not two
    assert len({paths[way]["note_f1_ends"] for way in LABELS}) == 1
    assert len({paths[way]["largest_step"] for way in LABELS}) == 3
    assert paths["cross_fade"]["decay_off_db"] != paths["morph"]["decay_off_db"]


def test_the_space_has_the_clips_of_all_fonts_and_the_unseen_font_its_own(metrics):
    space, unseen = metrics["timbre_space"], metrics["unseen_font"]
    assert (space["clips"], unseen["clips"], unseen["font"]) == (8, 4, "Third")
    assert space["latent_size"] == 4
    assert list(space["informative"].values()) == sorted(space["informative"].values())
    assert unseen["truth"]["mss"] == 0


def test_single_notes_of_the_named_timbres_are_compared_with_their_own_font(metrics):
    part = metrics["levels"]
    assert list(part["timbres"]) == ["piano", "flute"]
    for row in part["timbres"].values():
        assert (row["font"], row["softer_steps_font"]) == ("First", 0)
        assert row["range_db_font"] == pytest.approx(20 * np.log10(127 / 40), abs=0.1)  # linear in velocity
        assert row["band_db_worst"] == max(map(abs, row["bands_db"].values()))
    lsd_db = [row["lsd_db"] for row in part["timbres"].values()]
    assert part["mean"]["lsd_db"] == pytest.approx(np.mean(lsd_db))
    assert min(lsd_db) > 0


def test_named_timbres_at_the_clips_own_places_are_nearest(folder, memory_shards, monkeypatch):
    """Each instrument's name is put where its clips lie, then at the other's."""
    synth = Synth.load(folder)
    encoded = {}

    def record(latents, kl_nats, instrument, known):
        encoded.update({number: latents[instrument == number].mean(0) for number in (0, 1)})
        return original(latents, kl_nats, instrument, known)

    original = timbre_space.timbre_space
    monkeypatch.setattr(timbre_space, "timbre_space", record)
    run = partial(evaluate_sound, data=[memory_shards], fonts=FONTS, quick=True, open_font=SinePlayer)
    run(synth)
    names = list(synth.config.clips.timbres)

    def with_means(order: tuple[int, int]) -> Synth:
        timbres = [
            replace(synth.timbres[name], z=torch.from_numpy(encoded[number]))
            for name, number in zip(names, order, strict=True)
        ]
        return Synth(synth.folder, synth.config, synth.network, timbres)

    right, swapped = (run(with_means(order))["timbre_space"]["nearest"] for order in ((0, 1), (1, 0)))
    assert right > 0.5 > swapped
    assert right + swapped == pytest.approx(1)


def test_the_same_seed_gives_the_same_figures(folder, memory_shards, metrics):
    again = evaluate_sound(Synth.load(folder), [memory_shards], FONTS, quick=True, open_font=SinePlayer)
    assert again["sound"] == metrics["sound"]
    assert again["timbre_space"] == metrics["timbre_space"]


def test_the_card_holds_the_tables_and_the_command(folder, metrics):
    tables = to_markdown(metrics)
    for heading in (
        "### Sound",
        "### Between two instruments",
        "### Single notes",
        "### A font not used in training",
    ):
        assert heading in tables
    card = sound_card(Synth.load(folder).config, metrics, phrases_from=["reels"])
    assert card.startswith("# tiny")
    assert tables.strip() in card
    assert "symvae evaluate tiny/model --audio" in card
    alone = {name: part for name, part in metrics.items() if name != "unseen_font"}
    assert "not used in training" not in to_markdown(alone)


def test_a_missing_probe_and_missing_timbres_are_refused(folder, memory_shards):
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
    """A font with a silent flute."""

    def play(self, notes, program, samples, *, drums=False):
        return super().play(notes, program, samples, drums=drums) * (program != PROGRAMS["flute"])


def test_an_instrument_that_no_font_can_play_is_left_out(folder, memory_shards):
    synth = Synth.load(folder)
    metrics = evaluate_sound(synth, [memory_shards], FONTS, quick=True, open_font=NoFlute)
    assert metrics["sound"]["timbres"] == 2
    assert set(metrics["sound"]["instruments"]) == {"piano"}
    assert "2 instruments of First and Second" in to_markdown(metrics)
