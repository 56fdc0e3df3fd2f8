"""render: whole songs as WAV files, in a timbre to choose, blend or take from a clip; and what is refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pretty_midi
import pytest

from symvae.dsp.wav import read_audio, write_wav
from symvae.music.io.midi_read import load
from symvae.pipelines.playback import stand_ins
from symvae.system.synth import DEFAULT_SYNTH, Synth
from tests.sines import SinePlayer
from tests.sounds import integrated_lufs

RATE = 8_000


@pytest.fixture
def band(tmp_path) -> Path:
    """Two seconds of a flute, an ensemble of strings (which stands in for tremolo strings) and drums."""
    midi = pretty_midi.PrettyMIDI()
    parts = (("flute", 73, 72, False), ("low", 44, 48, False), ("kit", 0, 38, True))
    for name, program, pitch, is_drum in parts:
        part = pretty_midi.Instrument(program, is_drum=is_drum, name=name)
        part.notes += [pretty_midi.Note(90, pitch, beat / 2, beat / 2 + 0.4) for beat in range(4)]
        midi.instruments.append(part)
    midi.write(str(tmp_path / "band.mid"))
    return tmp_path / "band.mid"


@pytest.fixture
def tune(tmp_path) -> Path:
    """A second of a piano, with a note that no piano has."""
    midi = pretty_midi.PrettyMIDI()
    part = pretty_midi.Instrument(0, name="piano")
    part.notes += [pretty_midi.Note(90, 60, 0.0, 0.5), pretty_midi.Note(90, 12, 0.5, 1.0)]
    midi.instruments.append(part)
    midi.write(str(tmp_path / "tune.mid"))
    return tmp_path / "tune.mid"


@pytest.fixture
def render(cli, tiny_synth):
    """``render(FILE, …)`` with a synthesizer that learned nothing."""
    return lambda *words: cli("render", *words, "--synth", tiny_synth)


@pytest.fixture
def clip(tmp_path) -> Path:
    time_sec = np.arange(44_100) / 44_100
    wave = 0.3 * np.sin(2 * np.pi * 440 * time_sec) + 0.1 * np.sin(2 * np.pi * 880 * time_sec)
    return write_wav(np.stack([wave, wave]), 44_100, tmp_path / "clip.wav")


def refused(result, status: int, *words: str) -> None:
    assert (result.exit_code, result.stdout) == (status, "")
    assert "Traceback" not in result.stderr
    message = " ".join(result.stderr.replace("│", " ").split())
    for word in words:
        assert word in message


# What it makes


def test_a_song_is_rendered_to_a_file_of_its_name(render, band, tmp_path):
    result = render(band)
    assert result.exit_code == 0, result.stderr
    sound = read_audio(tmp_path / "band.wav")
    assert (sound.sample_rate, len(sound.samples)) == (RATE, 2)
    assert 2.0 < sound.duration_sec < 5
    assert np.abs(sound.samples).max() <= 10 ** (-1 / 20) + 1e-4
    assert result.stdout.splitlines()[-1] == "band.wav"
    assert result.stderr == (
        "1 drum part played as bursts of noise; `symvae render --soundfont FILE.sf2` plays them on its kit, "
        "--kit FOLDER on sounds of your own.\n"
    )


def test_the_report_lists_the_timbre_of_each_part(render, band, tmp_path):
    report = json.loads(render(band, "out/sound.wav", "--json").stdout)
    assert report["parts"] == [
        {"part": "flute", "notes": 4, "plays": "flute"},
        {"part": "low", "notes": 4, "plays": "strings (for program 44 Tremolo Strings)"},
        {"part": "kit", "notes": 4, "plays": "noise"},
    ]
    assert report["files"] == ["out/sound.wav"]
    assert report["sample_rate"] == RATE
    sound = read_audio(tmp_path / "out/sound.wav")
    assert report["seconds"] == pytest.approx(sound.duration_sec, abs=0.01)


def test_the_same_command_writes_the_same_bytes(render, band, tmp_path):
    for name in ("a.wav", "b.wav"):
        assert render(band, name, "--timbre-sweep", "piano:flute").exit_code == 0
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_notes_beyond_the_piano_are_folded_and_counted(render, tune):
    label = "piano; 1 note brought onto the piano's keys by octaves"
    assert json.loads(render(tune, "--json").stdout)["parts"][0]["plays"] == label


def test_timbres_by_name_by_blend_and_by_sweep(render, tune, tmp_path):
    sounds = {}
    for words, label in (
        (("--timbre", "flute"), "flute"),
        (("--timbre", "piano:flute:0.4"), "piano:flute:0.4"),
        (("--timbre-sweep", "piano:flute"), "piano to flute"),
        ((), "piano"),
    ):
        result = render(tune, "--json", "--force", *words)
        assert result.exit_code == 0, result.stderr
        assert json.loads(result.stdout)["parts"][0]["plays"].split(";")[0] == label
        sounds[label] = (tmp_path / "tune.wav").read_bytes()
    assert len(set(sounds.values())) == 4


def test_a_blend_at_0_is_the_first_timbre(render, tune, tmp_path):
    for name, word in (("a.wav", "piano"), ("b.wav", "piano:flute:0"), ("c.wav", "flute:piano:1")):
        assert render(tune, name, "--timbre", word).exit_code == 0
    assert len({(tmp_path / name).read_bytes() for name in ("a.wav", "b.wav", "c.wav")}) == 1


def test_a_timbre_from_a_recording(render, tune, clip, tmp_path):
    result = render(tune, "--timbre-from", clip, "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["parts"][0]["plays"].startswith("as clip.wav")
    from_clip = (tmp_path / "tune.wav").read_bytes()
    assert render(tune, "--force").exit_code == 0
    assert (tmp_path / "tune.wav").read_bytes() != from_clip


def test_stems_sum_to_the_mix(render, band, tmp_path):
    result = render(band, "--stems", "--json")
    assert json.loads(result.stdout)["files"] == ["band.wav", "band-01.wav", "band-02.wav", "band-03.wav"]
    mix, *stems = (read_audio(tmp_path / name).samples for name in json.loads(result.stdout)["files"])
    assert all(stem.any() for stem in stems)
    np.testing.assert_allclose(sum(stems), mix, atol=3 / 2**15)


def test_loudness_and_picture(render, band, tmp_path):
    result = render(band, "--loudness", -30, "--plot")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[-2:] == ["band.wav", "band.png"]
    assert integrated_lufs(read_audio(tmp_path / "band.wav")) == pytest.approx(-30, abs=0.5)
    assert (tmp_path / "band.png").read_bytes().startswith(b"\x89PNG")


def test_the_list_of_timbres(render):
    listed = render("--list")
    assert listed.exit_code == 0, listed.stderr
    assert listed.stdout.splitlines()[0].split() == ["timbre", "program", "learned", "from"]
    assert "electric-piano" in listed.stdout
    listed = json.loads(render("--list", "--json").stdout)
    assert listed[-1] == {"name": "flute", "program": 73, "learned_from": "chance"}


def test_content_that_is_not_rendered_is_listed(render, tmp_path):
    midi = pretty_midi.PrettyMIDI()
    part = pretty_midi.Instrument(40, name="fiddle")
    part.notes += [pretty_midi.Note(90, 60, 0.0, 0.5), pretty_midi.Note(90, 62, 1.0, 1.5)]
    part.control_changes.append(pretty_midi.ControlChange(7, 0, 0.7))
    part.pitch_bends += [pretty_midi.PitchBend(500, 0.1), pretty_midi.PitchBend(0, 0.4)]
    midi.instruments.append(part)
    midi.write(str(tmp_path / "bent.mid"))
    report = json.loads(render("bent.mid", "--json").stdout)
    label = "violin; without 1 muted note; without 1 pitch bend"
    assert report["parts"] == [{"part": "fiddle", "notes": 1, "plays": label}]


# Other engines


def test_the_sine_engine_needs_no_synthesizer(cli, band, tmp_path):
    words = ("render", band, "--engine", "sine", "--synth", "no-such-synth", "--json")
    report = json.loads(cli(*words).stdout)
    assert [part["plays"] for part in report["parts"]] == ["sine", "sine", "noise"]
    assert report["sample_rate"] == 24_000
    assert json.loads(cli(*words, "--force", "--sample-rate", 44_100).stdout)["sample_rate"] == 44_100
    assert read_audio(tmp_path / "band.wav").sample_rate == 44_100


@pytest.fixture
def font(tmp_path, monkeypatch) -> Path:
    """A file that is no font: sines stand in for its player."""
    monkeypatch.setattr("symvae.audio.font_player.font_player", SinePlayer)
    (tmp_path / "Band.sf2").touch()
    return tmp_path / "Band.sf2"


def test_a_sound_font_plays_every_part(cli, band, font, tmp_path):
    result = cli("render", band, "--engine", "soundfont", "--soundfont", font, "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    labels = ["Band, program 73 Flute", "Band, program 44 Tremolo Strings", "Band, drums"]
    assert [part["plays"] for part in report["parts"]] == labels
    assert read_audio(tmp_path / "band.wav").sample_rate == report["sample_rate"] == 44_100
    assert result.stderr == ""


def test_a_sound_font_plays_the_drums_with_the_synthesizer(render, band, font):
    result = render(band, "--soundfont", font, "--json")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    labels = [part["plays"] for part in json.loads(result.stdout)["parts"]]
    assert labels == ["flute", "strings (for program 44 Tremolo Strings)", "Band, drums"]


def test_a_sample_rate_of_0_is_refused(cli, band):
    result = cli("render", band, "--engine", "sine", "--sample-rate", 0)
    refused(result, 1, "0 Hz is no sample rate to play at. Choose one from 8000 to 192000 Hz")


def test_no_sound_font_says_how_to_get_one(cli, band, monkeypatch):
    monkeypatch.setattr("symvae.audio.soundfont.FOLDERS", ())
    monkeypatch.delenv("SYMVAE_SOUNDFONT", raising=False)
    result = cli("render", band, "--engine", "soundfont")
    refused(result, 1, "No sound font was found on this machine. Give one with --soundfont FILE.sf2")
    refused(result, 1, "(--font FILE.sf2 where one is learned or measured)")
    result = cli("render", band, "--engine", "soundfont", "--soundfont", "none.sf2")
    refused(result, 1, "There is no sound font none.sf2.")
    monkeypatch.setenv("SYMVAE_SOUNDFONT", "mine.sf2")
    refused(cli("render", band, "--engine", "soundfont"), 1, "There is no sound font mine.sf2.")


# What is refused


def test_an_unknown_timbre_lists_the_known(render, tune, tmp_path):
    result = render(tune, "--timbre", "kazoo")
    refused(result, 1, "symvae: There is no timbre 'kazoo'. tiny knows: piano, electric-piano, ")
    assert not (tmp_path / "tune.wav").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--timbre", "piano:flute:2"), "'2' is no share from 0 to 1"),
        (("--timbre", "piano:flute"), "'piano:flute' is no timbre"),
        (
            ("--timbre-sweep", "piano"),
            "'piano' is not a path between two timbres. Write it as piano:strings.",
        ),
        (("--timbre-sweep", "piano:kazoo"), "There is no timbre 'kazoo'"),
        (("--timbre-from", "none.wav"), "none.wav cannot be read"),
        (("--sample-rate", 44_100), "tiny plays at 8000 Hz, not 44100. Leave out --sample-rate"),
        (("--engine", "sine", "--sample-rate", 100), "100 Hz is no sample rate to play at"),
    ],
)
def test_values_out_of_range_are_refused_in_one_sentence(render, tune, words, message):
    refused(render(tune, *words), 1, message)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--timbre", "piano", "--timbre-from", "clip.wav"), "--timbre and --timbre-from exclude each other"),
        (("--timbre", "piano", "--timbre-sweep", "a:b"), "--timbre and --timbre-sweep exclude each other"),
        (("--engine", "sine", "--timbre", "piano"), "the sine engine has no timbre to choose"),
        (("--engine", "organ"), "'organ' is none of neural, soundfont, sine"),
        (("--loudness", 3), "--loudness"),
        (("song.mp3",), "the sound is written as WAV; give NAME.wav, not song.mp3"),
        (("a", "b"), "b"),
    ],
)
def test_options_that_exclude_each_other(render, tune, words, message):
    refused(render(tune, *words), 2, message)


def test_a_file_is_required(render):
    refused(render(), 2, "give a music file, or --list")


def test_recordings_without_a_timbre(render, tune, tmp_path):
    (tmp_path / "words.wav").write_text("no sound")
    write_wav(np.zeros((1, 24_000)), 24_000, tmp_path / "silent.wav")
    write_wav(np.full((1, 800), 0.1), 8_000, tmp_path / "short.wav")
    for name, message in (
        ("words.wav", "words.wav cannot be read as sound"),
        ("silent.wav", "The clip is silent"),
        ("short.wav", "The clip lasts 0.10 s; give at least 0.25 s."),
    ):
        refused(render(tune, "--timbre-from", name), 1, message)


@pytest.mark.parametrize("words", [(), ("--plot",), ("--stems",)])
def test_nothing_is_overwritten_without_force(render, band, tmp_path, words):
    names = {(): "band.wav", ("--plot",): "band.png", ("--stems",): "band-02.wav"}
    (tmp_path / names[words]).write_text("mine")
    refused(render(band, *words), 1, f"{names[words]} exists. Add --force to overwrite")
    assert (tmp_path / names[words]).read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["band.mid", names[words]])
    result = render(band, *words, "--force")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / names[words]).read_bytes()[:4] in (b"RIFF", b"\x89PNG")


def test_silence_is_refused(render, tmp_path):
    midi = pretty_midi.PrettyMIDI()
    part = pretty_midi.Instrument(0)
    part.notes.append(pretty_midi.Note(90, 60, 0.0, 1.0))
    part.control_changes.append(pretty_midi.ControlChange(7, 0, 0.0))
    midi.instruments.append(part)
    midi.write(str(tmp_path / "muted.mid"))
    refused(render("muted.mid"), 1, "muted.mid has no notes that sound. Give a file with notes")
    assert not (tmp_path / "muted.wav").exists()


def test_a_file_that_is_no_music_and_a_folder_that_is_no_synthesizer(cli, render, tune, tiny_model, tmp_path):
    (tmp_path / "words.mid").write_text("no music")
    refused(render("words.mid"), 1, "words.mid")
    refused(render("missing.mid"), 1, "There is no file missing.mid.")
    refused(cli("render", tune, "--synth", "kazoo"), 1, "There is no synthesizer 'kazoo'.")
    refused(cli("render", tune, "--synth", tiny_model), 1, "a synthesizer is needed here")


def test_a_path_that_cannot_be_written_is_refused_before_rendering(render, tune, tmp_path, monkeypatch):
    (tmp_path / "folder.wav").mkdir()
    for words in ((), ("--force",)):
        refused(render(tune, "folder.wav", *words), 1, "folder.wav is a folder. Choose the name of a file.")
    monkeypatch.setattr("symvae.pipelines.output.access", lambda place, mode: False)
    refused(render(tune, "new/sound.wav"), 1, "is not writable. Choose another OUT.")
    assert not (tmp_path / "new").exists()


# Sound beside other verbs' music


@pytest.fixture
def default_synth(tiny_synth, tmp_path_factory, monkeypatch) -> None:
    """The tiny synthesizer under the name of the package's own."""
    package = tmp_path_factory.mktemp("package")
    shutil.copytree(tiny_synth, package / DEFAULT_SYNTH)
    monkeypatch.setattr("symvae.system.catalog.PRETRAINED", package)


@pytest.mark.usefixtures("default_synth")
def test_sound_beside_music_has_the_programs_timbre(cli, tiny_model, tmp_path):
    words = ("sample", "-n", 1, "-m", tiny_model, "--wav", "--force")
    sounds = []
    for program in (0, 73, 72):
        result = cli(*words, "--program", program)
        assert result.exit_code == 0, result.stderr
        (path,) = (tmp_path / "sample").glob("*.wav")
        sounds.append(path.read_bytes())
    assert sounds[0] != sounds[1] == sounds[2]  # a piccolo is played by the flute
    assert read_audio(path).samples.shape[0] == 2


def test_substitutions_are_noticed_beside_the_music_of_other_verbs(band, tiny_synth):
    assert stand_ins(Synth.load(tiny_synth), load(band)) == [
        "In the sound 'low' is played as strings (for program 44 Tremolo Strings).",
        "1 drum part played as bursts of noise; `symvae render --soundfont FILE.sf2` plays them on its kit, "
        "--kit FOLDER on sounds of your own.",
    ]


@pytest.mark.usefixtures("default_synth")
def test_the_list_and_the_default_synthesizer(cli, tune, tmp_path):
    assert cli("render", "--list").exit_code == 0
    assert cli("render", tune).exit_code == 0
    assert (tmp_path / "tune.wav").is_file()


# Length


def long_music(path: Path, last_sec: float) -> Path:
    midi = pretty_midi.PrettyMIDI()
    part = pretty_midi.Instrument(0, name="piano")
    part.notes += [pretty_midi.Note(90, 60, start, start + 0.5) for start in (0.0, last_sec - 0.5)]
    midi.instruments.append(part)
    midi.write(str(path))
    return path


def test_music_of_hours_is_refused_with_its_length_and_the_option(render, tmp_path):
    long = long_music(tmp_path / "long.mid", 31 * 60)
    refused(render(long), 1, "long.mid lasts 31 minutes; at most 30 are rendered.", "--max-minutes")
    short = long_music(tmp_path / "short.mid", 7.0)
    refused(render(short, "--max-minutes", "0.1"), 1, "short.mid lasts 0.1 minutes; at most 0.1")
    assert not list(tmp_path.glob("*.wav"))
    assert render(short, "--max-minutes", "0.2").exit_code == 0


def test_long_work_says_its_length_first(cli, tmp_path):
    music = long_music(tmp_path / "long.mid", 61.0)
    result = cli("render", music, "--engine", "sine", "--sample-rate", "8000")
    assert result.exit_code == 0
    assert result.stderr == f"{music}: 1:01 of music in 1 part\n"


def test_the_sound_of_other_verbs_has_the_same_limit(cli, tiny_model, band):
    words = ("sample", "-m", tiny_model, "--count", "3", "--wav", "--max-minutes", "0.1")
    refused(cli(*words), 1, "This music lasts 0.2 minutes; at most 0.1 are rendered", "--max-minutes")
    assert not Path("sample").exists()
