"""fade: settings of single bars, from a table or a controller."""

import mido
import pytest

import symvae
from tests.fader_models import ODE
from tests.songs import band, lane, melody, report_of

pytestmark = pytest.mark.usefixtures("few_exchanges")


def test_automation_decodes_each_set_of_values_once(fade, fader_model, tmp_path):
    file = lane(tmp_path, "bar,register,contour", "1,60,", "2,60,", "3,+2,1", "4,-2,1", "6,,0")
    report = report_of(fade(ODE, "--via", "latent", "--automation", file, "--json"))
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


def test_automation_beyond_the_song_is_reported(fade, tmp_path):
    file = lane(tmp_path, "bar,register", "1,60", "40,60", "41,60")
    result = fade(ODE, "--automation", file)
    assert "  not in the song: bars 40-41, although values are given for them" in result.stdout


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
            "lane.csv, row 3: '0' is not a bar. Bars are whole numbers from 1.",
        ),
        (
            ["bar,register", "2,60", "", "2,61"],
            "lane.csv, row 4: bar 2 is in row 2 already. Keep one.",
        ),
        (
            ["bar,register", "2,high"],
            "lane.csv, row 2, register: 'high' is not a number. Write a number, as 6, a change, as +2 or -2, "
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
def test_error_in_the_table_names_file_row_value_and_remedy(fade, tmp_path, rows, fault):
    lane(tmp_path, *rows)
    result = fade(ODE, "--automation", "lane.csv")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"symvae: {fault}\n")


def test_missing_table_is_one_sentence(fade):
    result = fade(ODE, "--automation", "none.csv")
    assert (result.exit_code, result.stderr) == (
        1,
        "symvae: There is no file none.csv. Check its name.\n",
    )


def test_controller_sets_the_bars_from_its_first_event_on(fade, fader_model, tmp_path):
    """Nothing before bar 2; there 127 from the start, in bar 3 127 and then 0, half the time each."""
    bar = 4 * 480
    moves = (("lane", 0, bar, 127), ("lane", 0, 2 * bar + bar // 2, 0))
    file = band(tmp_path / "band.mid", controllers=moves)
    report = report_of(fade(file, "--cc", "1=register", "--json"))
    fader = symvae.load(fader_model).faders["register"]
    asked = {each["bars"]: each["asked"]["register"] for each in report["phrases"]}
    middle = (fader.low + fader.high) / 2
    assert asked == pytest.approx({"2": fader.high, "3": middle, "4": fader.low})


def test_controller_in_two_places_is_chosen_by_track(fade, tmp_path):
    moves = (("bass", 1, 0, 127), ("other", 2, 0, 0))
    file = band(tmp_path / "band.mid", controllers=moves)
    result = fade("band.mid", "--cc", "1=register")
    assert (result.exit_code, result.stderr) == (
        1,
        "symvae: band.mid moves controller 1 in 2 places ('bass' channel 2, 'other' channel 3). Keep one of "
        "them, or choose its track with --track.\n",
    )
    assert fade(file, "--cc", "1=register", "--track", "bass").exit_code == 0


def test_controller_that_never_moves_is_refused(fade):
    result = fade(ODE, "--cc", "11=register")
    assert result.exit_code == 1
    assert "never moves controller 11. Draw its lane in your sequencer, or use --automation." in result.stderr


def test_controller_is_read_from_a_file_with_an_invalid_key_signature(fade, tmp_path):
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
