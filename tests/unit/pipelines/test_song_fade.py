"""Whole songs with their faders moved, from Python."""

import json

import numpy as np
import pytest

import symvae
from symvae.errors import ConfigError, LatentError, MidiError
from symvae.music.io.midi_read import load
from symvae.pipelines.output import Saved
from tests.fader_models import ODE
from tests.songs import band, columns, lane

pytestmark = pytest.mark.usefixtures("few_exchanges")


def test_a_song_is_faded_in_three_lines(fader_model, tmp_path):
    result = symvae.fade_song(ODE, {"register": 60.0}, model=fader_model)
    result.write(tmp_path / "faded.mid")
    symvae.write(result.song, tmp_path / "again.mid")
    assert (tmp_path / "faded.mid").read_bytes() == (tmp_path / "again.mid").read_bytes()
    assert columns(load(tmp_path / "faded.mid").tracks[0]) == columns(result.song.tracks[0])


def test_result_has_the_phrases_of_the_facade(fader_model):
    model = symvae.load(fader_model)
    windows = symvae.read(ODE, grid=model.grid)
    result = symvae.fade_song(ODE, {"register": 60.0}, model=model, via="latent")
    assert result.phrases == model.fade_each(windows, [{"register": 60.0}] * 8, hold=["tempo"])


def test_report_is_plain_data(fader_model):
    result = symvae.fade_song(ODE, {"register": "+5"}, model=fader_model, via="latent", bars="1-4")
    report = json.loads(json.dumps(result.report))
    assert report == result.report
    assert report["model"] == "tiny"
    assert [each["bars"] for each in report["phrases"]] == ["1-2", "3-4"]
    assert report["unchanged"] == [{"bars": "bars 5-16", "why": "not asked for"}]
    assert result.lines()[-1] == "2 phrases faded in 2 versions: 2 decodes"


def test_bars_are_words_or_numbers_from_1(fader_model):
    by_words = symvae.fade_song(ODE, {"register": 60.0}, model=fader_model, bars="3-4")
    by_numbers = symvae.fade_song(ODE, {"register": 60.0}, model=fader_model, bars=[3, 4])
    assert by_words.report == by_numbers.report
    assert columns(by_words.song.tracks[0]) == columns(by_numbers.song.tracks[0])


def test_any_fader_has_a_ramp(fader_model):
    result = symvae.fade_song(ODE, model=fader_model, ramps={"register": (55.0, 69.0)})
    asked = [each["asked"]["register"] for each in result.report["phrases"]]
    assert asked == pytest.approx(62 - 7 * np.cos(np.pi * np.arange(16) / 15))  # bar by bar, an arc


def test_automation_is_a_table_or_lanes(fader_model, tmp_path):
    table = lane(tmp_path, "bar,register", "1,60", "2,62")
    by_table = symvae.fade_song(ODE, model=fader_model, automation=table)
    by_lanes = symvae.fade_song(ODE, model=fader_model, automation={"register": {0: 60.0, 1: 62.0}})
    assert by_table.report == by_lanes.report


def test_progress_rises_to_1(fader_model):
    shares: list[float] = []
    symvae.fade_song(ODE, {"register": 60.0}, model=fader_model, watch=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_input_song_is_not_changed(fader_model, tmp_path):
    file = band(tmp_path / "band.mid")
    before = file.read_bytes()
    result = symvae.fade_song(file, {"register": 50.0}, model=fader_model)
    assert file.read_bytes() == before
    assert [columns(part) for part in result.song.tracks[1:]] == [columns(p) for p in load(file).tracks[1:]]


def test_picture_is_written_by_its_suffix(fader_model, tmp_path):
    result = symvae.fade_song(ODE, {"register": 60.0}, model=fader_model)
    assert result.write(tmp_path / "faded.png") == Saved((tmp_path / "faded.png",))
    assert (tmp_path / "faded.png").read_bytes().startswith(b"\x89PNG")
    result.write(tmp_path / "faded.mid")
    with pytest.raises(MidiError, match="exists"):
        result.write(tmp_path / "faded.mid")
    result.write(tmp_path / "faded.mid", force=True)


def test_a_song_is_not_written_as_a_score(fader_model, tmp_path):
    result = symvae.fade_song(ODE, {"register": 60.0}, model=fader_model)
    with pytest.raises(
        MidiError, match=r"A whole song is written as MIDI only\. Use a name that ends in \.mid"
    ):
        symvae.write(result.song, tmp_path / "faded.musicxml")


@pytest.mark.parametrize(("name", "begins"), [("a.PNG", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a.kar", b"MThd")])
def test_endings_count_in_capitals_too(fader_model, tmp_path, name, begins):
    result = symvae.fade_song(ODE, {"register": 60.0}, model=fader_model, bars="1-2")
    result.write(tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_another_ending_is_refused(fader_model, tmp_path):
    result = symvae.fade_song(ODE, {"register": 60.0}, model=fader_model, bars="1-2")
    with pytest.raises(ConfigError, match=r"a\.mp3 ends in \.mp3\. Use \.mid for the song"):
        result.write(tmp_path / "a.mp3")
    assert not (tmp_path / "a.mp3").exists()


def test_a_single_fader_to_hold_needs_no_list(fader_model):
    model = symvae.load(fader_model)
    values = {"note_density": 0.5}
    one = symvae.fade_song(ODE, values, model=model, hold="register", bars="1-2")
    assert one.report == symvae.fade_song(ODE, values, model=model, hold=["register"], bars="1-2").report
    (phrase, *_) = symvae.read(ODE, grid=model.grid)
    assert model.fade(phrase, values, hold="register") == model.fade(phrase, values, hold=["register"])


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"values": {"register": 60.0}, "program": 128}, MidiError, "There is no General MIDI program 128."),
        ({}, ConfigError, "No fader is set."),
        ({"values": {"loudness": 1.0}}, LatentError, "There is no fader loudness. Known faders: register"),
        ({"values": {"register": 60.0}, "ramps": {"register": (1.0, 2.0)}}, ConfigError, "set in two ways"),
        ({"values": {"register": 60.0}, "bars": "9-5"}, ConfigError, "'9-5' names no bars."),
        ({"values": {"register": 60.0}, "bars": [30]}, MidiError, "No fader is set in bars 1-16 of"),
    ],
)
def test_refusals_have_a_remedy(fader_model, settings, error, words):
    with pytest.raises(error, match=words.replace(".", r"\.")):
        symvae.fade_song(ODE, model=fader_model, **settings)


def test_a_score_has_no_controllers(fader_model, tmp_path):
    (tune,) = symvae.read(ODE, track=0)
    symvae.write(tune, tmp_path / "ode.musicxml")
    with pytest.raises(ConfigError, match="only MIDI files have controllers"):
        symvae.fade_song(tmp_path / "ode.musicxml", model=fader_model, controllers={1: "register"})


def test_a_model_without_any_faders(tiny_model):
    with pytest.raises(
        LatentError, match=r"tiny has no faders\. Learn them .* use --model melody-4bar-faders"
    ):
        symvae.fade_song(ODE, {"register": 60.0}, model=tiny_model)
