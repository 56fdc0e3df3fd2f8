"""models, inspect, measure, plot."""

import json

import pytest

from symvae.pipelines.words import counted
from symvae.system.catalog import available
from tests.conftest import TUNES

ODE, PERFORMED = TUNES / "ode_to_joy.mid", TUNES / "ode_to_joy_performed.mid"


def test_models_lists_every_released_model(cli):
    text, data = cli("models"), json.loads(cli("models", "--json").stdout)
    assert text.exit_code == 0
    phrases = [each for each in data if "bars" in each]
    assert [each["name"] for each in phrases] == available()
    assert {"groove-2bar", "genie", "oneshot-44k", "synth-24k"} <= {
        each["name"] for each in data if "used_by" in each
    }
    for each in data:
        assert each["name"] in text.stdout
    for each in phrases:
        assert f"{counted(each['bars'], 'bar')} of {each['metre']}" in text.stdout


def test_models_takes_no_argument(cli):
    assert cli("models", "something").exit_code == 2


def test_inspect_reports_contents(cli):
    result = cli("inspect", ODE, TUNES / "lieber_augustin.mid", "--json")
    assert result.exit_code == 0
    ode, augustin = json.loads(result.stdout)
    assert (ode["num_bars"], ode["num_notes"]) == (16, 62)
    assert [m["metre"] for m in augustin["metres"]] == ["3/4"]


def test_inspect_reports_a_bad_file_beside_a_good_one(cli, tmp_path):
    (tmp_path / "bad.mid").write_bytes(b"not MIDI at all")
    result = cli("inspect", ODE, "bad.mid")
    assert result.exit_code == 1
    assert "bad.mid: not read" in result.stderr
    assert "not read" not in result.stdout
    assert "16 bars, 62 notes" in result.stdout
    alone = cli("inspect", "bad.mid")
    assert (alone.exit_code, alone.stdout) == (1, "")


def test_inspect_refuses_a_missing_track(cli):
    result = cli("inspect", ODE, "--track", "tuba")
    assert result.exit_code == 1
    assert "tuba" in result.stderr


def test_measure_gives_every_attribute(cli):
    from symvae.attributes.table import ATTRIBUTES, PARTS_ATTRIBUTES
    from symvae.tokens.attributes import PERFORMANCE_ATTRIBUTES, SCORE_ATTRIBUTES

    result = cli("measure", ODE, "--json")
    assert result.exit_code == 0
    (row,) = json.loads(result.stdout)
    assert row["bars"] == "1-16"
    assert set(ATTRIBUTES) & set(row) == set(ATTRIBUTES) - set(PARTS_ATTRIBUTES)
    table = cli("measure", ODE).stdout
    assert all(
        (name in table) == (name in {*SCORE_ATTRIBUTES, *PERFORMANCE_ATTRIBUTES}) for name in ATTRIBUTES
    )


def test_measure_of_drums_gives_their_attributes(cli, tmp_path):
    import pretty_midi

    midi = pretty_midi.PrettyMIDI()
    drums = pretty_midi.Instrument(0, is_drum=True)
    drums.notes.append(pretty_midi.Note(90, 38, 0.0, 0.5))
    midi.instruments.append(drums)
    midi.write(str(tmp_path / "drums.mid"))
    result = cli("measure", "drums.mid")
    assert result.exit_code == 0
    assert "snare_density" in result.stdout
    assert "register" not in result.stdout


@pytest.mark.parametrize("name", ["roll.png", "new/folder/roll.svg"])
def test_plot_draws(cli, tmp_path, name):
    result = cli("plot", ODE, PERFORMED, "--out", name)
    assert (result.exit_code, result.stdout) == (0, f"{name}\n")
    assert (tmp_path / name).stat().st_size > 5000


def test_plot_without_an_ending_names_and_guards_the_png(cli, tmp_path):
    assert cli("plot", ODE, "--out", "pic").stdout == "pic.png\n"
    drawn = (tmp_path / "pic.png").read_bytes()
    again = cli("plot", PERFORMED, "--out", "pic")
    assert again.exit_code == 1
    assert "pic.png exists" in again.stderr
    assert (tmp_path / "pic.png").read_bytes() == drawn


def test_plot_refuses_a_folder(cli):
    result = cli("plot", ODE, "--out", ".")
    assert result.exit_code == 1
    assert result.stderr == "symvae: . is a folder. Give the name of a picture to write.\n"


def test_plot_refuses_a_format_it_cannot_draw(cli):
    result = cli("plot", ODE, "--out", "roll.mp3")
    assert result.exit_code == 1
    assert ".png" in result.stderr


def test_standard_input_and_folders_are_files_too(cli, tmp_path):
    data = (TUNES / "ode_to_joy.mid").read_bytes()
    report = json.loads(cli("inspect", "-", "--json", stdin=data).stdout)
    assert [each["file"] for each in report] == ["standard input"]
    found = json.loads(cli("measure", TUNES, "--json").stdout)
    assert {each["file"] for each in found} == {str(path) for path in TUNES.rglob("*.mid")}
    empty = tmp_path / "empty"
    empty.mkdir()
    refused = cli("measure", empty)
    assert refused.exit_code == 1
    assert "holds no music" in refused.stderr
