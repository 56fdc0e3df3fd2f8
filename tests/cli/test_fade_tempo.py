"""fade: tempo and arousal, which all tracks share."""

from pathlib import Path

import mido
import numpy as np
import pytest

from symvae.music.io.midi_read import load
from tests.fader_models import ODE
from tests.songs import band, report_of

pytestmark = pytest.mark.usefixtures("few_exchanges")


def test_tempo_changes_in_its_bars_only(fade, fader_model, tmp_path):
    assert fade(ODE, "--set", "tempo=+6", "--bars", "3-4").exit_code == 0
    tempos = load(tmp_path / "fade/faded.mid").tempos
    bar = 4 * load(ODE).ticks_per_quarter
    assert [(change.tick // bar, round(change.qpm, 2)) for change in tempos] == [(0, 120), (2, 126), (4, 120)]


def rubato(path: Path) -> Path:
    """Eight bars, each two at 120 or 60 in turns; every quarter another note."""
    file = mido.MidiFile(band(path, bars=8))
    bar, tempos = 4 * 480, (500_000, 1_000_000)
    changes = [mido.MetaMessage("set_tempo", tempo=tempos[i % 2], time=2 * bar * (i > 0)) for i in range(4)]
    file.tracks.insert(0, mido.MidiTrack(changes))
    file.save(path)
    return path


def tempos_of(path: Path) -> list[tuple[int, float]]:
    """Each change: the bar, from 1, and the tempo."""
    song = load(path)
    return [(change.tick // (4 * song.ticks_per_quarter) + 1, round(change.qpm, 2)) for change in song.tempos]


def test_a_song_keeps_its_own_tempo_curve(cli, wide_model, tmp_path):
    """The tempo of most bars is what is set; here the faster of two that are as long."""
    file = rubato(tmp_path / "rubato.mid")
    words = ("fade", file, "-m", wide_model, "--force", "--no-refine", "--json")
    assert report_of(cli(*words, "--set", "tempo=132"))["tempo_changes_left_out"] == 0
    assert tempos_of(tmp_path / "fade/faded.mid") == [(1, 132), (3, 66), (5, 132), (7, 66)]
    report_of(cli(*words, "--set", "tempo=-12"))
    assert tempos_of(tmp_path / "fade/faded.mid") == [(1, 108), (3, 54), (5, 108), (7, 54)]


def test_arousal_gives_a_steady_song_one_tempo(cli, aroused_model, tmp_path):
    words = ("fade", ODE, "-m", aroused_model, "--force", "--json", "--arousal", "0.9")
    harm = report_of(cli(*words))["harm"]
    assert harm["tempo"] == {"changes": 0, "largest_step": 0.0}
    (tempo,) = tempos_of(tmp_path / "fade/faded.mid")
    assert tempo[1] > 120
    assert report_of(cli(*words, "--rubato"))["harm"]["tempo"]["changes"] > 0


def test_set_tempo_replaces_tempo_changes_with_rubato_and_reports_them(cli, wide_model, tmp_path):
    """Phrases of four bars begin at 120: asked for that they are not yet what is asked for."""
    file = rubato(tmp_path / "rubato.mid")
    words = ("fade", file, "-m", wide_model, "--force", "--no-refine", "--rubato")
    result = cli(*words, "--set", "tempo=120")
    assert result.exit_code == 0, result.stderr
    assert "  2 tempo changes left out: a phrase whose tempo is set has one tempo" in result.stdout
    assert tempos_of(tmp_path / "fade/faded.mid") == [(1, 120)]
    report = report_of(cli(*words, "--json", "--set", "tempo=-3"))
    assert report["tempo_changes_left_out"] == 2
    assert tempos_of(tmp_path / "fade/faded.mid") == [(1, 117)]


def test_tempo_change_is_relative_to_the_bars_own_tempo(cli, wide_model, tmp_path):
    file = rubato(tmp_path / "rubato.mid")
    words = ("fade", file, "-m", wide_model, "--force", "--no-refine", "--json")
    report = report_of(cli(*words, "--set", "tempo=+20", "--bars", "3-4"))
    assert report["phrases"][0]["before"]["tempo"] == 60
    assert report["tempo_changes_left_out"] == 0
    assert tempos_of(tmp_path / "fade/faded.mid") == [(1, 120), (3, 80), (5, 120), (7, 60)]
    report_of(cli(*words, "--set", "register=+2"))
    assert tempos_of(tmp_path / "fade/faded.mid") == tempos_of(file)


def test_arousal_ramp_raises_the_tempo_with_it(cli, aroused_model, tmp_path):
    words = ("fade", ODE, "-m", aroused_model, "--force", "--json")
    report = report_of(cli(*words, "--from", "low", "--to", 0.7))
    asked = [each["asked"]["arousal"] for each in report["phrases"]]
    assert asked == pytest.approx(0.35 * (1 - np.cos(np.pi * np.arange(16) / 15)))  # bar by bar, an arc
    tempos = [change.qpm for change in load(tmp_path / "fade/faded.mid").tempos]
    assert tempos == sorted(tempos)
    assert len(set(tempos)) > 8
    assert report["harm"]["tempo"]["largest_step"] < 0.02
    means = [each["tempo_qpm"] for each in report["phrases"]]
    assert tempos[0] <= means[0] < means[-1] <= tempos[-1]
    report = report_of(cli(*words, "--arousal", "0.8"))
    assert report["faders"]["arousal"]["asked"] == "0.8"
    assert report["faders"]["arousal"]["before"] < report["faders"]["arousal"]["achieved"]
    report = report_of(cli(*words, "--arousal", "+0.2"))
    first = report["phrases"][0]
    assert first["asked"]["arousal"] == pytest.approx(first["before"]["arousal"] + 0.2)


def test_held_fader_does_not_move(cli, aroused_model, tmp_path):
    words = ("fade", ODE, "-m", aroused_model, "--force", "--arousal", "0.9")
    assert cli(*words, "--hold", "tempo").exit_code == 0
    assert load(tmp_path / "fade/faded.mid").tempos == load(ODE).tempos
    wrong = cli(*words, "--hold", "loudness")
    assert wrong.exit_code == 1
    assert "There is no fader loudness to hold." in wrong.stderr


def test_tempo_does_not_follow_other_faders(fade, tmp_path):
    """Tempo would go along with what it is coupled to: other tracks would go along with that."""
    assert fade(ODE, "--set", "note_density=0.5").exit_code == 0
    assert load(tmp_path / "fade/faded.mid").tempos == load(ODE).tempos
