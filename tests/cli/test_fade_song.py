"""fade: the song that is written."""

import mido
import numpy as np
import pytest

import symvae
from symvae.music.grid import Grid
from symvae.music.io.midi_read import load
from symvae.music.phrase import Phrase, join
from tests.fader_models import NAMES, ODE
from tests.songs import band, columns, melody, report_of, two_hands

pytestmark = pytest.mark.usefixtures("few_exchanges")


def test_song_is_the_faded_phrases_in_a_row(fade, fader_model, tmp_path):
    report = report_of(fade(ODE, "--via", "latent", "--set", "register=60", "--json"))
    model = symvae.load(fader_model)
    windows = symvae.read(ODE, grid=model.grid)
    expected = join(model.fade_each(windows, [{"register": 60.0}] * len(windows), hold=["tempo"]))
    assert melody(tmp_path / "fade/faded.mid") == expected
    assert report["files"] == ["fade/faded.mid"]
    assert report["decodes"] == len(windows) == 8
    assert [each["phrase"] for each in report["phrases"]] == [f"{b}-{b + 1}" for b in range(1, 17, 2)]
    first = report["phrases"][0]
    assert first["asked"] == first["aimed"] == {"register": 60.0}
    assert set(first["before"]) == set(first["achieved"]) == set(NAMES)
    measured = model.measure(windows)["register"]
    assert first["before"]["register"] == pytest.approx(measured[0])
    figures = report["faders"]["register"]
    assert figures["before"] == pytest.approx(measured.mean())
    missed = [abs(each["achieved"]["register"] - 60) for each in report["phrases"]]
    assert figures["mean_absolute_error"] == pytest.approx(np.mean(missed))
    assert report["faders"]["contour"]["asked"] is None


def test_change_is_relative_to_each_phrase_and_value_is_absolute(fade):
    report = report_of(fade(ODE, "--set", "register=-3", "--set", "contour==-3", "--json"))
    for each in report["phrases"]:
        assert each["asked"]["register"] == pytest.approx(each["before"]["register"] - 3)
        assert each["asked"]["contour"] == -3.0


def test_bars_already_at_the_values_stay_note_for_note(fade, tmp_path):
    """By a change of nothing, or by the value that they have: a decode would only bring some notes back."""
    result = fade(ODE, "--set", "register=+0", "--set", "tempo=120")
    assert result.exit_code == 0, result.stderr
    assert "  unchanged: bars 1-16: as asked for already" in result.stdout
    assert "0 phrases faded in 0 versions: 0 decodes" in result.stdout
    old, new = load(ODE), load(tmp_path / "fade/faded.mid")
    assert [columns(part) for part in new.tracks] == [columns(part) for part in old.tracks]
    assert new.tempos == old.tempos


def test_only_bars_already_at_the_values_stay(fade, fader_model, tmp_path):
    """Every phrase is asked for what the first has."""
    model = symvae.load(fader_model)
    register = model.measure(symvae.read(ODE, grid=model.grid))["register"]
    report = report_of(fade(ODE, "--via", "latent", "--set", f"register={float(register[0])}", "--json"))
    assert [each["why"] for each in report["unchanged"]] == ["as asked for already"]
    assert report["decodes"] == np.count_nonzero(register != register[0]) > 0
    assert report["phrases"][0]["achieved"] == report["phrases"][0]["before"]
    old, new = melody(ODE), melody(tmp_path / "fade/faded.mid")
    assert old.window(0, 2) == new.window(0, 2)
    assert old.window(2, 14) != new.window(2, 14)


def test_other_tracks_and_other_bars_stay_note_for_note(fade, tmp_path):
    file = band(tmp_path / "band.mid")
    result = fade(file, "--set", "register=50", "--bars", "3-4")
    assert result.exit_code == 0, result.stderr
    assert "  unchanged: bars 1-2: not asked for" in result.stdout
    assert "not read: tracks 1 'bass', 2 'kit' (drums); choose one with --track" in result.stdout
    old, new = load(file), load(tmp_path / "fade/faded.mid")
    assert [part.name for part in new.tracks] == ["melody", "bass", "kit"]
    assert [columns(part) for part in new.tracks[1:]] == [columns(part) for part in old.tracks[1:]]
    assert columns(new.tracks[0])[:8] == columns(old.tracks[0])[:8]
    assert columns(new.tracks[0])[8:] != columns(old.tracks[0])[8:]
    assert (new.metres, new.tempos) == (old.metres, old.tempos)


def test_controllers_and_bends_of_other_tracks_are_preserved(fade, tmp_path):
    file = mido.MidiFile(band(tmp_path / "band.mid"))
    for track in file.tracks[1:]:  # each at its first tick, before the first note
        channel = track[1].channel
        track.insert(1, mido.Message("control_change", channel=channel, control=64, value=100, time=0))
        track.insert(2, mido.Message("pitchwheel", channel=channel, pitch=500, time=0))
    file.save("pedal.mid")
    assert fade("pedal.mid", "--set", "register=50").exit_code == 0
    old, new = load("pedal.mid"), load(tmp_path / "fade/faded.mid")
    assert old.tracks[1].controls.tolist() == [[0, 64, 100]]
    assert old.tracks[1].bends.tolist() == [[0, 500]]
    for before, after in zip(old.tracks[1:], new.tracks[1:], strict=True):
        assert (before.controls == after.controls).all()
        assert (before.bends == after.bends).all()


def test_note_held_into_a_faded_bar_stays_whole_and_is_reported(fade, tmp_path):
    """In one voice, new notes wait until it has ended."""
    held = Phrase(Grid(4), np.array([0, 24, 48]), np.array([16, 16, 16]), np.array([60, 62, 64]))
    symvae.write(held, tmp_path / "held.mid")
    words = ("held.mid", "--via", "latent", "--set", "register=50", "--bars", "3-4")
    output = fade(*words).stdout
    assert "  not read: notes: tied_in: it starts before the window and sounds into it" in output
    assert "  track 0 'melody': " in output
    assert report_of(fade(*words, "--json"))["notes_cut"] == 0
    first, second, *rest = columns(load(tmp_path / "fade/faded.mid").tracks[0])
    assert first[:3] == [0, 4 * 480, 60]
    assert second[:3] == [6 * 480, 4 * 480, 62]
    assert rest
    assert min(note[0] for note in rest) >= 10 * 480


def test_single_bars_of_a_phrase_are_faded(fade, fader_model, tmp_path):
    assert fade(ODE, "--via", "latent", "--set", "register=55", "--bars", "4,7").exit_code == 0
    model, song = symvae.load(fader_model), melody(tmp_path / "fade/faded.mid")
    windows, old = symvae.read(ODE, grid=model.grid), melody(ODE)
    for bar in range(16):
        if bar not in (3, 6):
            assert (song.window(bar, 1).pitch == old.window(bar, 1).pitch).all()
    faded = model.fade(windows[1], {"register": 55.0}, hold=["tempo"])
    assert (song.window(3, 1).pitch == faded.window(1, 1).pitch).all()


def test_bars_that_no_window_covers_stay_and_are_reported(fade, tmp_path):
    """Two bars of 4/4, then two of 3/4, then one and a bit of 4/4."""
    file = mido.MidiFile(ticks_per_beat=480)
    metres = mido.MidiTrack(
        [
            mido.MetaMessage("time_signature", numerator=4, denominator=4, time=0),
            mido.MetaMessage("time_signature", numerator=3, denominator=4, time=8 * 480),
            mido.MetaMessage("time_signature", numerator=4, denominator=4, time=6 * 480),
        ]
    )
    notes = mido.MidiTrack()
    for beat in range(18):
        notes.append(mido.Message("note_on", note=60 + beat, velocity=80, time=0))
        notes.append(mido.Message("note_off", note=60 + beat, time=480))
    file.tracks += [metres, notes]
    file.save(tmp_path / "mixed.mid")
    result = fade("mixed.mid", "--via", "latent", "--set", "register=50")
    assert result.exit_code == 0, result.stderr
    assert "  unchanged: bars 3-4: in 3/4, the window is in 4/4" in result.stdout
    assert "  1 bar of silence added after bar 5, to fill the phrase" in result.stdout
    old, new = load(tmp_path / "mixed.mid"), load(tmp_path / "fade/faded.mid")
    assert new.metres == old.metres
    assert new.end_tick == old.end_tick
    kept = [row for row in columns(new.tracks[0]) if 8 * 480 <= row[0] < 14 * 480]
    assert kept == columns(old.tracks[0])[8:14]


def test_two_bars_of_2_4_are_one_bar_of_the_grid(fade, tmp_path):
    """Of a single bar of 2/4 only its own notes are reported."""
    file = mido.MidiFile(band(tmp_path / "band.mid", bars=4))
    file.tracks[0].insert(0, mido.MetaMessage("time_signature", numerator=2, denominator=4, time=0))
    file.save("halves.mid")
    report = report_of(fade("halves.mid", "--set", "register=60", "--bars", "2,5-6", "--json"))
    first, second = report["phrases"]
    pitches = [72 + beat % 5 for beat in range(16)]
    assert (first["bars"], second["bars"]) == ("2", "5-6")
    assert first["before"]["register"] == np.mean(pitches[2:4])
    assert second["before"]["register"] == np.mean(pitches[8:12])
    onset = load(tmp_path / "fade/faded.mid").tracks[0].onset_tick
    assert first["notes"] == np.count_nonzero((onset >= 960) & (onset < 1920))


def test_track_is_chosen_and_its_program_kept_or_changed(fade, tmp_path):
    file = band(tmp_path / "band.mid")
    report = report_of(fade(file, "--set", "register=50", "--track", "bass", "--json"))
    assert report["input"]["track"]["name"] == "bass"
    assert [each["track"] for each in report["tracks"]] == [1]
    old, new = load(file), load(tmp_path / "fade/faded.mid")
    assert columns(new.tracks[0]) == columns(old.tracks[0])
    assert columns(new.tracks[1]) != columns(old.tracks[1])
    assert new.tracks[1].program == 0
    assert fade(file, "--set", "register=50", "--track", 1, "--program", 40).exit_code == 0
    assert [part.program for part in load(tmp_path / "fade/faded.mid").tracks] == [0, 40, 0]


def test_polyphonic_model_keeps_the_tracks_apart(cli, piano_model, tmp_path):
    file = two_hands(tmp_path / "hands.mid")
    words = (
        "fade",
        file,
        "-m",
        piano_model,
        "--via",
        "latent",
        "--set",
        "register=60",
        "--bars",
        "3-4",
        "--force",
    )
    result = cli(*words)
    assert result.exit_code == 0, result.stderr
    assert "  bar 3 has too many notes: its 27 softest notes not read, and kept" in result.stdout
    assert "  not read: notes: out_of_range: below 21 or above 108" in result.stdout
    old, new = load(file), load(tmp_path / "fade/faded.mid")
    assert [part.name for part in new.tracks] == ["right", "left"]
    assert columns(new.tracks[0])[:8] == columns(old.tracks[0])[:8]
    assert all(row in columns(new.tracks[1]) for row in columns(old.tracks[1]))
    report = report_of(cli(*words, "--json", "--track", "right", "--plot", "--wav"))
    assert [each["track"] for each in report["tracks"]] == [0]
    assert report["too_full"] == [{"bar": 3, "notes": 27}]
    assert [part.name for part in load(tmp_path / "fade/faded.mid").tracks] == ["right", "left"]


def test_best_of_multiplies_decodes(fade):
    once = report_of(fade(ODE, "--via", "latent", "--set", "register=60", "--json"))
    often = report_of(fade(ODE, "--via", "latent", "--set", "register=60", "--json", "--best-of", 4))
    assert (once["decodes"], often["decodes"]) == (8, 32)
    output = fade(ODE, "--via", "latent", "--set", "register=60", "--best-of", 4).stdout
    assert "8 phrases faded in 8 versions, 4 decodes to choose from: 32 decodes" in output


def test_refinement_reduces_the_error_of_one_decode(fade):
    def missed(*words):
        phrases = report_of(fade(ODE, "--via", "latent", "--set", "register=60", "--json", *words))["phrases"]
        return [abs(row["achieved"]["register"] - 60) for row in phrases]

    settled, decoded = missed(), missed("--no-refine")
    assert sum(settled) < sum(decoded)


def test_polyphonic_version_costs_one_more_decode(cli, piano_model):
    """Of the phrase as it was: the edit is read off two decodes."""
    words = (
        "fade",
        ODE,
        "--via",
        "latent",
        "--set",
        "register=60",
        "-m",
        piano_model,
        "--force",
        "--json",
        "--best-of",
        3,
    )
    report = report_of(cli(*words))
    assert report["decodes"] == 4 * len(report["phrases"])


def test_score_is_written_as_midi(fade, tmp_path):
    symvae.write(melody(ODE), tmp_path / "ode.musicxml")
    assert fade("ode.musicxml", "--set", "register=60").exit_code == 0
    assert (tmp_path / "fade/faded.mid").is_file()
