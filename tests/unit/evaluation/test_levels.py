"""Levels of single notes: sounds with a known answer, and the tables of incomplete figures."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

from symvae.audio.sound_attributes import centroid_hz, loudness_lufs, sound_attributes
from symvae.config.load import load_preset, with_overrides
from symvae.config.sound import SynthConfig
from symvae.corpus.clips import ClipDraws
from symvae.evaluation.levels import levels, rise_differences_ms, tables, timbre_levels
from symvae.evaluation.metrics.note_levels import (
    band_differences_db,
    has_clear_rise,
    rise_ms,
    softer_steps,
)
from symvae.evaluation.reports.evaluate_sound import to_markdown
from symvae.evaluation.result import as_json
from symvae.evaluation.single_notes import LOUDNESS_VELOCITIES, VELOCITIES, keys_of, notes_to_play
from symvae.system.build_synth import build_synth
from symvae.system.named_timbre import NamedTimbre
from tests.sines import TINY_SYNTH, SinePlayer

RATE = 24_000
TIME = np.arange(RATE) / RATE


def sine(hz: float, level: float = 0.1) -> np.ndarray:
    return level * np.sin(2 * np.pi * hz * TIME)


def rising(seconds: float, hz: float = 1000.0) -> np.ndarray:
    """A sine whose level rises linearly and stays."""
    return sine(hz) * np.minimum(TIME / seconds, 1)


def notes(*waves: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.stack(waves)).float()


def played(*, gain: float = 1.0, slope_db: float = 10.0, bright: float = 0.1) -> torch.Tensor:
    """Two keys at three velocities, then the five velocities of loudness, with a partial at 2 kHz."""
    grid = [sine(hz) + bright * sine(2000) for hz, _ in product((250, 500), VELOCITIES)]
    loud = [sine(250, 0.05 * 10 ** (slope_db * k / 80)) for k in range(len(LOUDNESS_VELOCITIES))]
    return notes(*(gain * wave for wave in (*grid, *loud)))


def test_the_difference_of_the_level_is_no_difference_of_the_bands():
    real = 10.0 ** np.arange(8)
    level_db, bands_db = band_differences_db(2 * real, real)
    assert level_db == pytest.approx(3.01, abs=0.01)
    assert bands_db[3:] == pytest.approx(0)
    assert bool(np.isnan(bands_db[:2]).all())  # 70 and 60 dB below the loudest
    assert not np.isnan(bands_db[2])  # 50 dB: the last that counts


def test_a_silent_synthesizer_has_finite_bands():
    level_db, bands_db = band_differences_db(np.zeros(8), np.ones(8))
    assert np.isfinite(level_db)
    assert np.isfinite(bands_db).all()
    assert level_db < -100


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.4])
def test_a_note_has_risen_within_1_db_of_its_largest_level(seconds):
    expected_ms = 1000 * seconds * 10 ** (-1 / 20)
    assert rise_ms(rising(seconds), RATE) == pytest.approx(expected_ms, abs=2.5)


def test_a_later_and_slightly_larger_peak_does_not_move_the_rise():
    swelling = rising(0.02) * (1 + 0.1 * TIME)  # 0.8 dB at the end
    assert rise_ms(swelling, RATE) == pytest.approx(rise_ms(rising(0.02), RATE), abs=3)
    assert np.isnan(rise_ms(np.zeros(RATE), RATE))
    assert np.isnan(rise_ms(np.zeros(3), RATE))


def test_a_plucked_note_rises_clearly_and_a_swelling_one_does_not():
    assert has_clear_rise(sine(500) * np.exp(-4 * TIME), RATE)
    assert has_clear_rise(rising(0.1), RATE)
    assert not has_clear_rise(rising(0.9), RATE)
    assert not has_clear_rise(np.zeros(RATE), RATE)


def test_rises_are_compared_where_those_of_the_font_are_clear():
    differences = rise_differences_ms(
        notes(rising(0.06), rising(0.02), rising(0.02)), notes(rising(0.02), rising(0.06), rising(0.9)), RATE
    )
    assert differences == pytest.approx([35.7, -35.7], abs=3)


def test_steps_count_as_softer_beyond_half_a_decibel():
    assert softer_steps([-30.0, -20.0, -20.4, -10.0, -10.6, -9.0]) == 1
    assert softer_steps([0.0, -1.0, -2.0]) == 2
    assert softer_steps([-3.0, 2.0]) == 0


def test_centroid_and_loudness_are_those_of_the_sound_attributes():
    wave = sine(700) + sine(3000)
    attributes = sound_attributes(wave, RATE)
    assert centroid_hz(wave, RATE) == attributes["centroid_hz"] == pytest.approx(1850, rel=0.02)
    assert loudness_lufs(wave, RATE) == attributes["loudness_lufs"]
    assert (centroid_hz(np.zeros(RATE), RATE), loudness_lufs(np.zeros(RATE), RATE)) == (0, -np.inf)


def test_a_timbre_is_at_no_distance_from_itself():
    same = timbre_levels(played(), played(), RATE, font="Own")
    assert (same.lsd_db, same.level_db, same.band_db_worst, same.rise_ms_worst) == (0, 0, 0, 0)
    assert (same.centroid_ratio, same.notes, same.clear_notes, same.softer_steps) == (1, 6, 6, 0)
    assert set(same.bands_db) >= {"250", "500", "2000"}


def test_gain_brightness_and_velocities_are_told_apart():
    real = played()
    louder = timbre_levels(played(gain=2.0), real, RATE, font="Own")
    assert louder.level_db == pytest.approx(6.02, abs=0.01)
    assert louder.band_db_worst == pytest.approx(0, abs=0.01)
    assert louder.centroid_ratio == pytest.approx(1)
    bright = timbre_levels(played(bright=0.2), real, RATE, font="Own")
    assert bright.bands_db["2000"] - bright.bands_db["250"] == pytest.approx(6.02, abs=0.1)
    assert bright.band_db_worst == bright.bands_db["2000"]
    assert bright.centroid_ratio > 1.1
    falling = timbre_levels(played(slope_db=-5.0), real, RATE, font="Own")
    assert (falling.softer_steps, falling.softer_steps_font) == (4, 0)
    assert (falling.range_db, falling.range_db_font) == (pytest.approx(-5), pytest.approx(10))


def test_notes_cover_every_c_and_the_middle_one_at_more_velocities():
    rows = [(int(note.pitch[0]), int(note.velocity[0])) for note in notes_to_play(21, 108)]
    assert rows[:-5] == list(product(range(24, 109, 12), VELOCITIES))
    assert rows[-5:] == [(60, velocity) for velocity in LOUDNESS_VELOCITIES]
    assert {int(note.pitch[0]) for note in notes_to_play(55, 65)} == {55, 65}


class NoViolin(SinePlayer):
    """A font with a silent violin."""

    def play(self, notes, program, samples, *, drums=False):
        return super().play(notes, program, samples, drums=drums) * (program != 40)


def test_timbres_of_other_fonts_and_programs_are_left_out():
    model = with_overrides(load_preset("synth-24k", SynthConfig), list(TINY_SYNTH)).model
    network = build_synth(model)
    players = [NoViolin(Path("Own.sf2"), model.sample_rate)]
    sizes = {"frames": 80, "stft": network.stft, "sample_rate": model.sample_rate}
    draws = ClipDraws([], players, [0, 40], **sizes, made_up=1.0, seed=0)
    z = torch.zeros(model.timbre_size)
    timbres = [NamedTimbre("piano", 0, "Own", z), NamedTimbre("violin", 40, "Own", z)]
    timbres += [NamedTimbre("piano/Other", 0, "Other", z), NamedTimbre("flute", 73, "Own", z)]
    assert [keys_of(draws, timbre, ["Own"]) for timbre in timbres] == [draws.keys[0, 0], None, None, None]
    assert levels(network, draws, timbres[1:], ["Own"]) is None
    found = levels(network, draws, timbres, ["Own"])
    assert found is not None
    assert list(found.timbres) == ["piano"]
    assert found.mean.lsd_db == found.timbres["piano"].lsd_db


def test_undefined_figures_are_dashes_and_metrics_without_the_part_still_print():
    row = timbre_levels(notes(*[rising(0.9)] * 11), notes(*[rising(0.9)] * 11), RATE, font="Own")
    assert row.clear_notes == 0
    mean = {"lsd_db": 0.0, "level_off_db": 0.5, "band_db_mean": 1.0, "band_db_worst": 2.0}
    mean |= {"centroid_factor": 1.0, "rise_ms_median": None, "rise_ms_mean": None, "rise_ms_worst": None}
    mean |= {"softer_steps": 1, "softer_steps_font": 0, "range_off_db": 0.0}
    metrics = {"levels": {"mean": mean, "timbres": as_json({"organ": row})}}
    lines = tables(metrics).splitlines()
    assert "| organ | 0.0 | +0.0 | 0.0 | 0.0 | 1.00 | – | – | – | 0 | 0 | 0 | 0.0 | 0.0 |" in lines
    assert "| **all** | 0.0 | ± 0.5 | 1.0 | 2.0 | 1.00 | – | – | – |  | 1 | 0 | ± 0.0 |  |" in lines
    assert any(line.startswith("| organ | –") for line in lines)  # nothing at 63 Hz
    assert to_markdown(metrics).startswith("### Single notes")
    assert to_markdown({}) == "\n"
