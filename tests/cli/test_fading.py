"""fade: whole songs with their faders moved, every option, and each complaint's exact words."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
import torch

import symvae
from symvae.attributes.table import measure
from symvae.music.grid import Grid
from symvae.music.io.controllers import ControlLane, control_lanes
from symvae.music.io.midi_read import load
from symvae.music.phrase import Phrase, join
from symvae.music.windows import whole
from symvae.pipelines.automation import bar_means, bars_of, ramp, wish_of
from tests.conftest import TINY, TUNES

ODE, JOY, HORNPIPE = (TUNES / f"{name}.mid" for name in ("ode_to_joy", "soldiers_joy", "fishers_hornpipe"))
NAMES = ("register", "note_density", "contour", "tempo")

pytestmark = pytest.mark.usefixtures("few_exchanges")


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
    from symvae.tokens.melody import MelodyTokenizer

    home = tmp_path_factory.mktemp("wide")
    MelodyTokenizer().save(home / "tokenizer.json")
    config = with_overrides(load_preset("melody-4bar-faders"), [*TINY, "name=wide"])
    torch.manual_seed(0)
    save_model(home / "wide", config, build_vae(config.model).state_dict(), tokenizer=home / "tokenizer.json")
    windows = [phrase for file in (ODE, JOY) for phrase in symvae.read(file, grid=Grid(4))]
    return with_faders(home / "wide", [phrase.with_tempo(50.0 + 20 * i) for i, phrase in enumerate(windows)])


@pytest.fixture
def fade(cli, fader_model):
    """``fade(file, "--set", "register=60")`` with the tiny model."""
    return lambda *words: cli("fade", *words, "-m", fader_model, "--force")


def report_of(result) -> dict:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def melody(path) -> Phrase:
    (phrase,) = whole(load(path), 0).phrases
    return phrase


def band(path: Path, bars: int = 4, controllers: tuple[tuple[str, int, int, int], ...] = ()) -> Path:
    """A melody, a bass and drums in quarters; ``controllers``: track's name, channel, tick, value of CC 1."""
    file = mido.MidiFile(ticks_per_beat=480)
    parts = (("melody", 0, 72), ("bass", 1, 40), ("kit", 9, 38))
    for name, channel, pitch in parts:
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name, time=0)])
        for beat in range(4 * bars):
            note = pitch + beat % 5
            track.append(mido.Message("note_on", channel=channel, note=note, velocity=80, time=40))
            track.append(mido.Message("note_off", channel=channel, note=note, time=440))
        file.tracks.append(track)
    for name in dict.fromkeys(name for name, *_ in controllers):
        lane, last = mido.MidiTrack([mido.MetaMessage("track_name", name=name, time=0)]), 0
        for owner, channel, tick, value in controllers:
            if owner == name:
                word = mido.Message(
                    "control_change", channel=channel, control=1, value=value, time=tick - last
                )
                lane.append(word)
                last = tick
        file.tracks.append(lane)
    file.save(path)
    return path


def columns(track) -> list[list[int]]:
    return np.column_stack(track.columns).tolist()


# What comes out


def test_the_song_is_the_facades_phrases_in_a_row(fade, fader_model, tmp_path):
    report = report_of(fade(ODE, "--set", "register=60", "--json"))
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


def test_the_table_names_what_was_asked_and_what_came(fade):
    result = fade(ODE, "--set", "register=+5", "--set", "contour==-2")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].endswith(
        "ode_to_joy.mid: bars 1-16 in 8 phrases, track 0 'melody' (its name says \"melody\")"
    )
    assert "8 phrases faded in 8 versions: 8 decodes" in lines
    rows = {line.split()[0]: line for line in lines}
    assert rows["fader"].split() == ["fader", "unit", "reach", "asked", "before", "achieved", "error"]
    assert " +5 " in rows["register"]
    assert " -2 " in rows["contour"]
    assert rows["tempo"].rstrip().endswith("–")
    assert lines[-1] == "fade/faded.mid"


def test_a_change_is_added_to_each_phrase_and_a_value_is_not(fade):
    report = report_of(fade(ODE, "--set", "register=-3", "--set", "contour==-3", "--json"))
    for each in report["phrases"]:
        assert each["asked"]["register"] == pytest.approx(each["before"]["register"] - 3)
        assert each["asked"]["contour"] == -3.0


def test_bars_that_have_what_is_asked_for_stay_note_for_note(fade, tmp_path):
    """By a change of nothing, or by the value that they have: a decode would only bring some notes back."""
    result = fade(ODE, "--set", "register=+0", "--set", "tempo=120")
    assert result.exit_code == 0, result.stderr
    assert "  unchanged: bars 1-16: as asked for already" in result.stdout
    assert "0 phrases faded in 0 versions: 0 decodes" in result.stdout
    old, new = load(ODE), load(tmp_path / "fade/faded.mid")
    assert [columns(part) for part in new.tracks] == [columns(part) for part in old.tracks]
    assert new.tempos == old.tempos


def test_only_bars_that_have_what_is_asked_for_stay(fade, fader_model, tmp_path):
    """Every phrase is asked for what the first has."""
    model = symvae.load(fader_model)
    register = model.measure(symvae.read(ODE, grid=model.grid))["register"]
    report = report_of(fade(ODE, "--set", f"register={float(register[0])}", "--json"))
    assert [each["why"] for each in report["unchanged"]] == ["as asked for already"]
    assert report["decodes"] == np.count_nonzero(register != register[0]) > 0
    assert report["phrases"][0]["achieved"] == report["phrases"][0]["before"]
    old, new = melody(ODE), melody(tmp_path / "fade/faded.mid")
    assert old.window(0, 2) == new.window(0, 2)
    assert old.window(2, 14) != new.window(2, 14)


def test_out_of_reach_goes_to_the_nearest_and_says_so(fade, fader_model):
    fader = symvae.load(fader_model).faders["note_density"]
    low, high = f"{fader.low:.4g}", f"{fader.high:.4g}"
    told = fade(ODE, "--set", "note_density=50").stdout.splitlines()
    line = f"note_density 50 is beyond the model's reach ({low} to {high}): the nearest, {high}, was used"
    assert line in told
    many = fade(ODE, "--set", "register=+90")
    assert "in 8 of 8 versions: the nearest was used" in many.stdout
    phrases = report_of(fade(ODE, "--set", "note_density=50", "--json"))["phrases"]
    assert all(each["asked"]["note_density"] == 50 for each in phrases)
    assert all(each["aimed"]["note_density"] == pytest.approx(fader.high) for each in phrases)


def test_other_tracks_and_bars_not_asked_for_stay_note_for_note(fade, tmp_path):
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


def test_controllers_and_bends_of_every_track_come_back(fade, tmp_path):
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


def test_what_falls_away_of_the_song_is_told(fade, tmp_path):
    """Bends of faded notes, and what no song holds; a pedal that is released behind the end is released."""
    file = mido.MidiFile(band(tmp_path / "band.mid"))
    notes = file.tracks[0]
    notes[1:1] = [
        mido.MetaMessage("lyrics", text="Freu-", time=0),
        mido.MetaMessage("key_signature", key="G", time=0),
        mido.Message("control_change", control=64, value=127, time=0),
        *(mido.Message("pitchwheel", pitch=pitch, time=0) for pitch in (500, 0)),
    ]
    end = notes.pop()
    notes += [mido.Message("control_change", control=64, value=0, time=120), end]
    file.save("pedal.mid")
    words = ("pedal.mid", "--set", "register=50")
    told = fade(*words).stdout
    assert "  1 pitch bend of faded bars left out" in told
    assert "  not written: 1 lyric, 1 key signature" in told
    report = report_of(fade(*words, "--json", "--track", "bass"))
    assert report["pitch_bends_left_out"] == 0
    assert report["not_written"] == {"lyric": 1, "key signature": 1}
    new = load(tmp_path / "fade/faded.mid")
    assert new.tracks[0].controls.tolist() == [[0, 64, 127], [new.end_tick, 64, 0]]


def test_a_note_that_is_held_into_a_faded_bar_ends_there_and_is_told(fade, tmp_path):
    held = Phrase(Grid(4), np.array([0, 24, 48]), np.array([16, 16, 16]), np.array([60, 62, 64]))
    symvae.write(held, tmp_path / "held.mid")
    words = ("held.mid", "--set", "register=50", "--bars", "3-4")
    told = fade(*words).stdout
    assert "  not read: notes: tied_in: it starts before the window and sounds into it" in told
    assert "  1 note of unchanged bars cut short, where a faded bar starts" in told
    assert report_of(fade(*words, "--json"))["notes_cut"] == 1
    first, second, *_ = columns(load(tmp_path / "fade/faded.mid").tracks[0])
    assert first[:3] == [0, 4 * 480, 60]
    assert second[0] == 6 * 480
    assert second[1] < 4 * 480


def test_part_of_a_phrase_is_taken_from_it_and_the_rest_stays(fade, fader_model, tmp_path):
    assert fade(ODE, "--set", "register=55", "--bars", "4,7").exit_code == 0
    model, song = symvae.load(fader_model), melody(tmp_path / "fade/faded.mid")
    windows, old = symvae.read(ODE, grid=model.grid), melody(ODE)
    for bar in range(16):
        if bar not in (3, 6):
            assert (song.window(bar, 1).pitch == old.window(bar, 1).pitch).all()
    faded = model.fade(windows[1], {"register": 55.0}, hold=["tempo"])
    assert (song.window(3, 1).pitch == faded.window(1, 1).pitch).all()


def test_music_that_no_phrase_takes_stays_and_is_named(fade, tmp_path):
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
    result = fade("mixed.mid", "--set", "register=50")
    assert result.exit_code == 0, result.stderr
    assert "  unchanged: bars 3-4: in 3/4, the window is in 4/4" in result.stdout
    assert "  1 bar of silence added after bar 5, to fill the phrase" in result.stdout
    old, new = load(tmp_path / "mixed.mid"), load(tmp_path / "fade/faded.mid")
    assert new.metres == old.metres
    assert new.end_tick == old.end_tick
    kept = [row for row in columns(new.tracks[0]) if 8 * 480 <= row[0] < 14 * 480]
    assert kept == columns(old.tracks[0])[8:14]


def test_what_is_told_of_bars_is_what_they_have(fade, tmp_path):
    """Bars of one phrase with a value each: of a decode only one bar comes into the song."""
    file = lane(tmp_path, "bar,note_density,register", *(f"{bar},,{58 + bar}" for bar in range(1, 17)))
    report = report_of(fade(ODE, "--automation", file, "--json"))
    old, new = melody(ODE), melody(tmp_path / "fade/faded.mid")
    for bar, each in enumerate(report["phrases"]):
        assert each["bars"] == str(bar + 1)
        assert each["notes"] == len(new.window(bar, 1))
        for song, key in ((old, "before"), (new, "achieved")):
            told, there = each[key]["register"], measure([song.window(bar, 1)])["register"]
            assert told == pytest.approx(there[0])


def test_silence_behind_the_end_is_no_part_of_what_is_told(cli, wide_model, tmp_path):
    """Of a phrase of four bars the song has two; what was decoded for the others is not in it."""
    symvae.write(melody(ODE).window(0, 6), tmp_path / "six.mid")
    words = ("fade", "six.mid", "-m", wide_model, "--no-refine", "--json")
    report = report_of(cli(*words, "--set", "note_density=0.9"))
    last = report["phrases"][1]
    assert report["input"]["silent_bars_added"] == [0, 2]
    assert last["bars"] == "5-6"
    new = melody(tmp_path / "fade/faded.mid").window(4, 2)
    assert last["notes"] == len(new)
    assert last["before"]["register"] == pytest.approx(measure([melody(ODE).window(4, 2)])["register"][0])
    assert last["achieved"]["register"] == pytest.approx(measure([new])["register"][0])


def test_two_bars_of_2_4_are_one_of_the_grid(fade, tmp_path):
    """Asked for one of them, its notes alone are told."""
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


def test_a_track_is_chosen_and_its_sound_kept_or_changed(fade, tmp_path):
    file = band(tmp_path / "band.mid")
    report = report_of(fade(file, "--set", "register=50", "--track", "bass", "--json"))
    assert report["input"]["track"]["name"] == "bass"
    assert report["tracks_merged"] == []
    old, new = load(file), load(tmp_path / "fade/faded.mid")
    assert columns(new.tracks[0]) == columns(old.tracks[0])
    assert columns(new.tracks[1]) != columns(old.tracks[1])
    assert new.tracks[1].program == 0
    assert fade(file, "--set", "register=50", "--track", 1, "--program", 40).exit_code == 0
    assert [part.program for part in load(tmp_path / "fade/faded.mid").tracks] == [0, 40, 0]


def test_tempo_moves_the_tempo_map_of_its_bars_alone(fade, fader_model, tmp_path):
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


def test_a_tempo_is_set_over_changes_of_the_songs_and_these_are_told(cli, wide_model, tmp_path):
    """Phrases of four bars begin at 120: asked for that they are not yet what is asked for."""
    file = rubato(tmp_path / "rubato.mid")
    words = ("fade", file, "-m", wide_model, "--force", "--no-refine")
    result = cli(*words, "--set", "tempo=120")
    assert result.exit_code == 0, result.stderr
    assert "  2 tempo changes left out: where the tempo is set, a phrase has one" in result.stdout
    assert tempos_of(tmp_path / "fade/faded.mid") == [(1, 120)]
    report = report_of(cli(*words, "--json", "--set", "tempo=-3"))
    assert report["tempo_changes_left_out"] == 2
    assert tempos_of(tmp_path / "fade/faded.mid") == [(1, 117)]


def test_a_change_of_tempo_is_added_to_that_of_the_bars_themselves(cli, wide_model, tmp_path):
    file = rubato(tmp_path / "rubato.mid")
    words = ("fade", file, "-m", wide_model, "--force", "--no-refine", "--json")
    report = report_of(cli(*words, "--set", "tempo=+20", "--bars", "3-4"))
    assert report["phrases"][0]["before"]["tempo"] == 60
    assert report["tempo_changes_left_out"] == 0
    assert tempos_of(tmp_path / "fade/faded.mid") == [(1, 120), (3, 80), (5, 120), (7, 60)]
    report_of(cli(*words, "--set", "register=+2"))
    assert tempos_of(tmp_path / "fade/faded.mid") == tempos_of(file)


def test_best_of_decodes_more_often_and_misses_by_no_more(fade):
    once = report_of(fade(ODE, "--set", "register=60", "--json"))
    often = report_of(fade(ODE, "--set", "register=60", "--json", "--best-of", 4))
    assert (once["decodes"], often["decodes"]) == (8, 32)
    told = fade(ODE, "--set", "register=60", "--best-of", 4).stdout
    assert "8 phrases faded in 8 versions, 4 times each: 32 decodes" in told


def test_settled_it_misses_by_no_more_than_one_decode_does(fade):
    def missed(*words):
        phrases = report_of(fade(ODE, "--set", "register=60", "--json", *words))["phrases"]
        return [abs(row["achieved"]["register"] - 60) for row in phrases]

    settled, decoded = missed(), missed("--no-refine")
    assert sum(settled) < sum(decoded)


def test_a_version_of_chords_costs_a_decode_more(cli, piano_model):
    """Of the phrase as it was: the edit is read off two decodes."""
    words = ("fade", ODE, "--set", "register=60", "-m", piano_model, "--force", "--json", "--best-of", 3)
    report = report_of(cli(*words))
    assert report["decodes"] == 4 * len(report["phrases"])


def test_picture_and_sound(fade, tmp_path):
    result = fade(ODE, "--set", "register=60", "--plot", "--wav", "--out", "ode")
    assert result.exit_code == 0, result.stderr
    names = ["faded.mid", "faded.png", "faded.wav"]
    assert sorted(path.name for path in (tmp_path / "ode").iterdir()) == names
    assert result.stdout.splitlines()[-3:] == [f"ode/{name}" for name in names]


def test_a_long_song_has_its_first_phrases_in_the_picture(fade, fader_model, tmp_path):
    symvae.write([melody(ODE)] * 3, tmp_path / "long.mid")
    result = fade("long.mid", "--set", "register=60", "--plot", "--bars", "1-2")
    assert "the picture shows the first 16 of 24 phrases" in result.stdout


def test_nothing_is_overwritten_without_force(cli, fader_model):
    words = ("fade", ODE, "-m", fader_model, "--set", "register=60")
    assert cli(*words).exit_code == 0
    refused = cli(*words)
    assert (refused.exit_code, refused.stderr) == (
        1,
        "symvae: fade/faded.mid exists. Add --force to overwrite, or choose another --out.\n",
    )


def test_a_score_comes_out_as_midi(fade, tmp_path):
    symvae.write(melody(ODE), tmp_path / "ode.musicxml")
    assert fade("ode.musicxml", "--set", "register=60").exit_code == 0
    assert (tmp_path / "fade/faded.mid").is_file()


# Automation


def lane(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "lane.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_automation_sets_each_bar_and_decodes_each_set_of_values_once(fade, fader_model, tmp_path):
    file = lane(tmp_path, "bar,register,contour", "1,60,", "2,60,", "3,+2,1", "4,-2,1", "6,,0")
    report = report_of(fade(ODE, "--automation", file, "--json"))
    found = [(each["phrase"], each["bars"], each["asked"].keys()) for each in report["phrases"]]
    assert found == [
        ("1-2", "1-2", {"register"}),
        ("3-4", "3", {"register", "contour"}),
        ("3-4", "4", {"register", "contour"}),
        ("5-6", "6", {"contour"}),
    ]
    assert report["decodes"] == 4
    assert report["unchanged"] == [{"bars": "bars 5, 7-16", "why": "not asked for"}]
    assert report["faders"]["register"]["asked"] == "-2 … 60"
    model, song = symvae.load(fader_model), melody(tmp_path / "fade/faded.mid")
    windows = symvae.read(ODE, grid=model.grid)
    for bar, change in ((2, "+2"), (3, "-2")):
        version = model.fade(windows[1], {"register": change, "contour": 1.0}, hold=["tempo"])
        assert (song.window(bar, 1).pitch == version.window(bar - 2, 1).pitch).all()


def test_automation_of_a_longer_song_names_the_bars_that_are_not_there(fade, tmp_path):
    file = lane(tmp_path, "bar,register", "1,60", "40,60", "41,60")
    result = fade(ODE, "--automation", file)
    assert "  not in the song: bars 40-41, which values are given for" in result.stdout


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (
            ["register,bar", "1,60"],
            "lane.csv, row 1, is 'register,bar'. Write the names of the columns there: "
            "bar, then a fader each, with commas.",
        ),
        (["bar,register,register", "1,6,6"], "lane.csv, row 1, has the column 'register' twice. Keep one."),
        (
            ["bar,register", "1,60", "0,61"],
            "lane.csv, row 3: '0' is no bar. Bars are whole numbers from 1.",
        ),
        (
            ["bar,register", "2,60", "", "2,61"],
            "lane.csv, row 4: bar 2 stands in row 2 already. Keep one.",
        ),
        (
            ["bar,register", "2,high"],
            "lane.csv, row 2, register: 'high' is no number. Write a number, as 6, a change, as +2 or -2, "
            "or a value below zero as =-2.",
        ),
        (
            ["bar,register", "2,6,5"],
            "lane.csv, row 2, has 3 cells, and row 1 names 2 columns. Write a decimal point, not a comma.",
        ),
        (
            ["bar,register", "2,"],
            "lane.csv sets no bar. Write a number, as 6, a change, as +2 or -2, or a value below zero as =-2"
            ", below the name of a fader.",
        ),
    ],
)
def test_a_fault_in_the_table_names_file_row_value_and_remedy(fade, tmp_path, rows, fault):
    lane(tmp_path, *rows)
    result = fade(ODE, "--automation", "lane.csv")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"symvae: {fault}\n")


def test_a_table_that_is_not_there(fade):
    result = fade(ODE, "--automation", "none.csv")
    assert (result.exit_code, result.stderr) == (
        1,
        "symvae: none.csv cannot be read: No such file or directory. Check its name.\n",
    )


def test_a_controller_sets_the_bars_that_it_reaches(fade, fader_model, tmp_path):
    """Nothing before bar 2; there 127 from the start, in bar 3 127 and then 0, half the time each."""
    bar = 4 * 480
    moves = (("lane", 0, bar, 127), ("lane", 0, 2 * bar + bar // 2, 0))
    file = band(tmp_path / "band.mid", controllers=moves)
    report = report_of(fade(file, "--cc", "1=register", "--json"))
    fader = symvae.load(fader_model).faders["register"]
    asked = {each["bars"]: each["asked"]["register"] for each in report["phrases"]}
    middle = (fader.low + fader.high) / 2
    assert asked == pytest.approx({"2": fader.high, "3": middle, "4": fader.low})


def test_a_controller_in_two_places_is_that_of_the_chosen_track(fade, tmp_path):
    moves = (("bass", 1, 0, 127), ("other", 2, 0, 0))
    file = band(tmp_path / "band.mid", controllers=moves)
    result = fade("band.mid", "--cc", "1=register")
    assert (result.exit_code, result.stderr) == (
        1,
        "symvae: band.mid moves controller 1 in 2 places ('bass' channel 2, 'other' channel 3). Keep one of "
        "them, or choose its track with --track.\n",
    )
    assert fade(file, "--cc", "1=register", "--track", "bass").exit_code == 0


def test_a_controller_that_never_moves(fade):
    result = fade(ODE, "--cc", "11=register")
    assert result.exit_code == 1
    assert "never moves controller 11. Draw its lane in your sequencer, or use --automation." in result.stderr


def test_a_controller_is_read_beside_a_key_that_does_not_exist(fade, tmp_path):
    """Nine sharps: what the verbs read without a word is no reason to refuse a lane."""
    file = band(tmp_path / "band.mid", controllers=(("lane", 0, 0, 64),))
    song = mido.MidiFile(file)
    song.tracks[0].insert(1, mido.MetaMessage("key_signature", key="G", time=0))
    song.save(file)
    data = file.read_bytes()
    assert data.count(b"\xff\x59\x02\x01\x00") == 1
    file.write_bytes(data.replace(b"\xff\x59\x02\x01\x00", b"\xff\x59\x02\x09\x00"))
    report = report_of(fade(file, "--cc", "1=register", "--json"))
    assert {each["bars"] for each in report["phrases"]} == {"1-2", "3-4"}


def test_controls_are_read_from_a_track_without_notes(tmp_path):
    moves = (("lane", 4, 10, 3), ("lane", 4, 20, 5))
    (found,) = control_lanes(band(tmp_path / "band.mid", controllers=moves), 1)
    assert (found.track_name, found.channel) == ("lane", 5)
    assert (found.tick.tolist(), found.value.tolist()) == ([10, 20], [3, 5])


def test_a_controllers_mean_is_weighted_by_time():
    events = ControlLane("", 1, np.array([50, 100, 175]), np.array([10, 20, 40]))
    assert bar_means(events, [0, 40, 100, 200, 300]) == {1: 10.0, 2: 35.0 - 10.0 + 0.0, 3: 40.0}


def test_words_for_values_and_bars():
    assert [wish_of(word) for word in ("6", " +5 ", "-5", "=-5", "1e2")] == [6.0, "+5", "-5", -5.0, 100.0]
    assert bars_of("1-3, 7") == {0, 1, 2, 6}
    for wrong in ("nan", "", "=", "x"):
        with pytest.raises(ValueError):  # noqa: PT011
            wish_of(wrong)


def test_a_ramp_goes_evenly_from_the_first_phrase_to_the_last():
    lane = ramp([(0, 2), (2, 4), (6, 8)], 0.0, 1.0)
    assert lane == pytest.approx({0: 0, 1: 0, 2: 1 / 3, 3: 1 / 3, 6: 1, 7: 1})
    assert ramp([(4, 6)], 0.2, 0.6) == pytest.approx({4: 0.4, 5: 0.4})


@pytest.mark.parametrize("words", [("--arousal", 0.8), ("--from", "low", "--to", "high")])
def test_arousal_is_a_fader_like_any_other(fade, words):
    result = fade(ODE, *words)
    assert (result.exit_code, result.stderr) == (
        1,
        f"symvae: There is no fader arousal. Known faders: {', '.join(NAMES)}.\n",
    )


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


def test_arousal_rises_over_the_song_and_the_tempo_with_it(cli, aroused_model, tmp_path):
    words = ("fade", ODE, "-m", aroused_model, "--force", "--json")
    report = report_of(cli(*words, "--from", "low", "--to", 0.7))
    asked = [each["asked"]["arousal"] for each in report["phrases"]]
    assert asked == pytest.approx(np.linspace(0, 0.7, 8))
    tempos = [change.qpm for change in load(tmp_path / "fade/faded.mid").tempos]
    assert tempos == pytest.approx([each["tempo_qpm"] for each in report["phrases"]], abs=0.01)
    assert tempos == sorted(tempos)
    assert len(set(tempos)) == 8
    report = report_of(cli(*words, "--arousal", "0.8"))
    assert report["faders"]["arousal"]["asked"] == "0.8"
    assert report["faders"]["arousal"]["before"] < report["faders"]["arousal"]["achieved"]
    report = report_of(cli(*words, "--arousal", "+0.2"))
    first = report["phrases"][0]
    assert first["asked"]["arousal"] == pytest.approx(first["before"]["arousal"] + 0.2)


def test_what_is_held_stays(cli, aroused_model, tmp_path):
    words = ("fade", ODE, "-m", aroused_model, "--force", "--arousal", "0.9")
    assert cli(*words, "--hold", "tempo").exit_code == 0
    assert load(tmp_path / "fade/faded.mid").tempos == load(ODE).tempos
    wrong = cli(*words, "--hold", "loudness")
    assert wrong.exit_code == 1
    assert "There is no fader loudness to hold." in wrong.stderr


def test_the_tempo_is_not_moved_by_another_fader(fade, tmp_path):
    """Tempo would go along with what it is coupled to: other tracks would go along with that."""
    assert fade(ODE, "--set", "note_density=0.5").exit_code == 0
    assert load(tmp_path / "fade/faded.mid").tempos == load(ODE).tempos


# Pianos


def two_hands(path: Path) -> Path:
    """Two bars in two tracks, and a bar of clusters too full for any row of tokens."""
    chords = Phrase(
        Grid(4),
        onset_step=np.concatenate([np.arange(0, 32, 4), np.repeat(np.arange(32, 48), 4)]),
        duration_step=np.ones(72, int),
        pitch=np.concatenate([np.full(8, 60), np.tile([60, 64, 67, 71], 16)]),
        velocity=np.concatenate([np.full(8, 80), np.tile([90, 80, 70, 20], 16)]),
    )
    symvae.write(chords, path)
    song = mido.MidiFile(path)
    song.tracks[-1].name = "right"
    left = mido.MidiTrack([mido.MetaMessage("track_name", name="left", time=0)])
    left.append(mido.Message("control_change", channel=1, control=64, value=127, time=0))
    left.append(mido.Message("note_on", channel=1, note=15, velocity=80, time=0))
    left.append(mido.Message("note_off", channel=1, note=15, time=1920))
    left.append(mido.Message("note_on", channel=1, note=40, velocity=80, time=0))
    left.append(mido.Message("note_off", channel=1, note=40, time=1920))
    song.tracks.append(left)
    song.save(path)
    return path


def test_a_piano_model_merges_the_pitched_tracks_and_says_so(cli, piano_model, tmp_path):
    file = two_hands(tmp_path / "hands.mid")
    words = ("fade", file, "-m", piano_model, "--set", "register=60", "--bars", "3-4", "--force")
    result = cli(*words)
    assert result.exit_code == 0, result.stderr
    merged = "  merged: tracks 0 'right', 1 'left'; faded bars stand in one track, 'piano', without pedal or"
    assert f"{merged} other controllers" in result.stdout
    assert "  bar 3 is too full: its 27 softest notes not read" in result.stdout
    assert "  not read: notes: out_of_range: below 21 or above 108" in result.stdout
    new = load(tmp_path / "fade/faded.mid")
    kept = {part.name: len(part) for part in new.tracks}
    assert (kept["right"], kept["left"]) == (8, 2)
    report = report_of(cli(*words, "--json", "--track", "right", "--plot", "--wav"))
    assert report["tracks_merged"] == []
    assert report["too_full"] == [{"bar": 3, "notes": 27}]
    assert [part.name for part in load(tmp_path / "fade/faded.mid").tracks] == ["right", "left"]


# Lists and complaints


def test_the_list_of_faders(cli, fader_model):
    result = cli("fade", "--list", "-m", fader_model)
    assert result.exit_code == 0, result.stderr
    head, *rows = result.stdout.splitlines()
    assert head.split() == ["fader", "unit", "lowest", "highest", "error", "what", "it", "is"]
    assert [row.split()[0] for row in rows] == list(NAMES)
    data = report_of(cli("fade", "--list", "-m", fader_model, "--json"))
    assert [each["name"] for each in data["faders"]] == list(NAMES)
    assert set(data["faders"][0]) == {"name", "unit", "summary", "low", "high", "error"}


@pytest.mark.parametrize("words", [("--list",), (ODE, "--set", "register=60")])
def test_a_model_without_faders_says_which_have_some(cli, tiny_model, words):
    result = cli("fade", *words, "-m", tiny_model)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("symvae: tiny has no faders. ")


def test_an_unknown_fader_lists_the_known(fade):
    result = fade(ODE, "--set", "loudness=1")
    assert (result.exit_code, result.stderr) == (
        1,
        f"symvae: There is no fader loudness. Known faders: {', '.join(NAMES)}.\n",
    )


def test_bars_that_no_phrase_has(fade):
    result = fade(ODE, "--set", "register=60", "--bars", "30-40")
    assert result.exit_code == 1
    assert "Nothing is asked for in bars 1-16 of" in result.stderr
    assert "Choose other bars." in result.stderr


def test_a_song_in_another_metre_is_refused_as_by_every_verb(fade):
    result = fade(TUNES / "lieber_augustin.mid", "--set", "register=60")
    assert result.exit_code == 1
    assert "has no window of 2 bars of 4/4" in result.stderr


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ((), "give a file to fade, or --list"),
        ((ODE,), "nothing is asked for: give --set, --arousal, --from with --to, --automation or --cc"),
        ((ODE, "--set", "register"), "'register' is no fader=value, as register=64"),
        ((ODE, "--set", "register=high"), "'register=high' is no fader=value, as register=64"),
        ((ODE, "--set", "register=1", "--set", "register=2"), "register is set twice; set it once"),
        ((ODE, "--set", "arousal=1", "--arousal", "1"), "arousal is set in two ways; keep one among --set"),
        ((ODE, "--arousal", "much"), "'much' is no number, as 0.8, and no change, as +0.2"),
        ((ODE, "--from", "low"), "give --from and --to, both"),
        ((ODE, "--from", "calm", "--to", "high"), "'calm' is none of low, high and a number from 0 to 1"),
        ((ODE, "--cc", "200=register"), "'200=register' is no controller=fader, as 1=note_density"),
        ((ODE, "--cc", "1=register", "--cc", "1=contour"), "controller 1 is given twice"),
        ((ODE, "--cc", "1=register", "--set", "register=1"), "register is set in two ways"),
        (("ode.abc", "--cc", "1=register"), "ode.abc is a score; only MIDI files have controllers"),
        ((ODE, "--set", "register=1", "--bars", "9-5"), "'9-5' names no bars; give them as 5-12, or 1-4,9"),
        ((ODE, "--set", "register=1", "--best-of", 0), "--best-of"),
        ((ODE, "--set", "register=1", "--program", 128), "--program"),
    ],
)
def test_wrong_use_is_status_2_and_says_what_to_give(fade, words, fault):
    result = fade(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    told = " ".join(result.stderr.replace("│", " ").split())
    assert fault in told
