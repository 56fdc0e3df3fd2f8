"""Drum tracks on the command line: prepare, measure and plot."""

import json
from dataclasses import replace

import numpy as np

from symvae.corpus.shards import open_shards
from symvae.music.grid import Grid
from symvae.music.io.files import write
from symvae.music.phrase import Phrase
from tests.conftest import TUNES
from tests.songs import band


def beat(snare: int, bars: int = 4) -> Phrase:
    """A kick on each beat, and a snare on one step of each bar."""
    kick = np.arange(0, 16 * bars, 4)
    step = np.concatenate([kick, 16 * np.arange(bars) + snare])
    pitch = np.concatenate([np.full(len(kick), 36), np.full(bars, 40)])
    return Phrase(Grid(bars), step, np.ones_like(step), pitch, is_drum=True)


def test_prepare_drums_takes_the_drum_tracks_of_a_folder(cli, tmp_path):
    (tmp_path / "songs").mkdir()
    for snare in (1, 2, 3):
        write(beat(snare), tmp_path / "songs" / f"{snare}.mid")
    band(tmp_path / "songs" / "band.mid")
    write(Phrase(Grid(1), np.array([0]), np.array([4]), np.array([60])), tmp_path / "songs" / "tune.mid")
    result = cli("prepare", "drums", "songs", "--out", "shards", "--workers", 1)
    assert result.exit_code == 0, result.stderr
    assert "left out: no_drums ×1" in result.stdout
    card = json.loads((tmp_path / "shards/card.json").read_text())
    assert (card["tokenizer"], card["vocabulary_size"]) == ("drums", 1024)
    assert open_shards(tmp_path / "shards").split("train").ids.dtype == np.uint16


def test_measure_shows_the_attributes_of_drums_for_drums_alone(cli, tmp_path):
    write(beat(2), tmp_path / "beat.mid")
    result = cli("measure", "beat.mid")
    assert result.exit_code == 0, result.stderr
    assert "kick_density" in result.stdout
    assert "mean_interval" not in result.stdout
    band(tmp_path / "band.mid")
    assert "kick_density" not in cli("measure", "band.mid").stdout
    assert "kick_density" in cli("measure", "band.mid", "--track", "kit").stdout
    assert "kick_density" in cli("measure", "band.mid", "--part", "drums").stdout
    both = cli("measure", "band.mid", "--part", "drums", "--track", "kit")
    assert (both.exit_code, "give a track or a part, not both" in both.stderr) == (2, True)
    assert cli("measure", "band.mid", "--part", "bass").exit_code == 2


def test_plot_draws_a_drum_track_of_a_song(cli, tmp_path):
    band(tmp_path / "band.mid")
    result = cli("plot", "band.mid", "--track", "kit", "--out", "kit.svg")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "kit.svg").stat().st_size > 0


def test_arousal_of_drums_is_arranged_on_the_notes(cli, tmp_path):
    band(tmp_path / "band.mid")
    result = cli(
        "fade", "band.mid", "--part", "drums", "--arousal", 0.9, "--via", "notes", "-o", "up.mid", "--json"
    )
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["faders"]["arousal"]["via"] == "notes"
    assert report["decodes"] == 0
    assert report["faders"]["arousal"]["achieved"] > report["faders"]["arousal"]["before"]


def test_syncopation_of_drums_is_a_fader_by_its_short_name(cli, tmp_path):
    band(tmp_path / "band.mid")
    result = cli("fade", "band.mid", "--part", "drums", "--set", "syncopation=+1", "-o", "off.mid", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["faders"]["drum_syncopation"]["asked"] == "+1"


def test_drums_that_are_not_there_are_written_by_drumify(cli):
    done = cli("reconstruct", TUNES / "ode_to_joy.mid", "--part", "drums")
    assert done.exit_code == 1
    assert "no_drums: it has no drum track" in done.stderr
    assert "ode_to_joy.mid` writes drums to its rhythm." in done.stderr


def test_drums_in_a_metre_of_no_drum_model_say_so(cli, tmp_path):
    waltz = beat(2)
    write(replace(waltz, grid=Grid.of_metre("3/4", 6)), tmp_path / "waltz.mid")
    done = cli("reconstruct", "waltz.mid", "--part", "drums")
    assert done.exit_code == 1
    assert (
        "waltz.mid is in 3/4, and released models of drums for `symvae reconstruct` are in 4/4."
        in done.stderr
    )
