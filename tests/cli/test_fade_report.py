"""fade: the report, the picture, the sound and the list of faders."""

import mido
import pytest

import symvae
from symvae.attributes.table import measure
from symvae.music.io.midi_read import load
from tests.fader_models import NAMES, ODE
from tests.songs import band, lane, melody, report_of

pytestmark = pytest.mark.usefixtures("few_exchanges")


def test_table_shows_values_asked_for_and_achieved(fade):
    result = fade(ODE, "--via", "latent", "--set", "register=+5", "--set", "contour==-2")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].endswith(
        "ode_to_joy.mid: bars 1-16 in 8 phrases, track 0 'melody' (its name says \"melody\")"
    )
    assert "8 phrases faded in 8 versions: 8 decodes" in lines
    rows = {line.split()[0]: line for line in lines}
    assert rows["fader"].split() == ["fader", "unit", "range", "asked", "before", "achieved", "error", "via"]
    assert " +5 " in rows["register"]
    assert " -2 " in rows["contour"]
    assert rows["tempo"].rstrip().endswith("–")
    assert lines[-1] == "fade/faded.mid"


def test_harm_is_told_in_words_and_figures(fade):
    output = fade(ODE, "--set", "register=+5").stdout
    assert " of the notes kept (melody " in output
    assert ", chroma " in output
    harm = report_of(fade(ODE, "--set", "register=+5", "--json", "--force"))["harm"]
    assert 0 <= harm["kept"]["melody"] < 1
    assert harm["tempo"] == {"changes": 0, "largest_step": 0.0}
    assert fade(ODE, "--set", "tempo=+6", "--force").stdout.count("no harm: every note kept") == 1


def test_value_out_of_range_is_clipped_and_reported(fade, fader_model):
    fader = symvae.load(fader_model).faders["note_density"]
    low, high = f"{fader.low:.4g}", f"{fader.high:.4g}"
    output = fade(ODE, "--via", "latent", "--set", "note_density=50").stdout.splitlines()
    line = f"note_density 50 is out of its range ({low} to {high}): the nearest, {high}, was used"
    assert line in output
    many = fade(ODE, "--via", "latent", "--set", "register=+90")
    assert "in 8 of 8 versions: the nearest was used" in many.stdout
    phrases = report_of(fade(ODE, "--via", "latent", "--set", "note_density=50", "--json"))["phrases"]
    assert all(each["asked"]["note_density"] == 50 for each in phrases)
    assert all(each["aimed"]["note_density"] == pytest.approx(fader.high) for each in phrases)


def test_bends_of_changed_notes_go_and_all_other_events_stay(fade, tmp_path):
    """Words, keys, and a pedal that is released after the end of the notes."""
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
    words = ("pedal.mid", "--via", "latent", "--set", "register=50")
    output = fade(*words).stdout
    assert "  1 pitch bend of changed notes left out" in output
    report = report_of(fade(*words, "--json", "--track", "bass"))
    assert report["pitch_bends_left_out"] == 0

    def others(path) -> list[mido.MetaMessage | mido.Message]:
        kept = ("lyrics", "key_signature", "control_change")
        return [event.copy(time=0) for event in mido.MidiFile(path).tracks[0] if event.type in kept]

    assert others(tmp_path / "fade/faded.mid") == others("pedal.mid")
    old, new = load("pedal.mid"), load(tmp_path / "fade/faded.mid")
    assert new.tracks[0].controls.tolist() == old.tracks[0].controls.tolist()


def test_reported_values_are_those_of_the_bars_in_the_song(fade, tmp_path):
    """Bars of one phrase with a value each: of a decode only one bar comes into the song."""
    file = lane(tmp_path, "bar,note_density,register", *(f"{bar},,{58 + bar}" for bar in range(1, 17)))
    report = report_of(fade(ODE, "--automation", file, "--json"))
    old, new = melody(ODE), melody(tmp_path / "fade/faded.mid")
    for bar, each in enumerate(report["phrases"]):
        assert each["bars"] == str(bar + 1)
        assert each["notes"] == len(new.window(bar, 1))
        for song, key in ((old, "before"), (new, "achieved")):
            expected = measure([song.window(bar, 1)])["register"][0]
            assert each[key]["register"] == pytest.approx(expected)


def test_silence_after_the_end_does_not_count_in_the_report(cli, wide_model, tmp_path):
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


def test_picture_and_sound_are_written(fade, tmp_path):
    result = fade(ODE, "--set", "register=60", "--plot", "--wav", "--out", "ode")
    assert result.exit_code == 0, result.stderr
    names = ["faded.mid", "faded.png", "faded.wav"]
    assert sorted(path.name for path in (tmp_path / "ode").iterdir()) == names
    assert result.stdout.splitlines()[-3:] == [f"ode/{name}" for name in names]


def test_picture_of_a_long_song_has_its_first_phrases(fade, fader_model, tmp_path):
    symvae.write([melody(ODE)] * 3, tmp_path / "long.mid")
    result = fade("long.mid", "--set", "register=60", "--plot", "--bars", "1-2")
    assert "The picture has the first 16 of 24 phrases." in result.stderr


def test_list_of_faders(cli, fader_model):
    result = cli("fade", "--list", "-m", fader_model)
    assert result.exit_code == 0, result.stderr
    head, *rows = result.stdout.splitlines()
    assert head.split() == ["fader", "unit", "lowest", "highest", "error", "meaning"]
    assert [row.split()[0] for row in rows] == list(NAMES)
    data = report_of(cli("fade", "--list", "-m", fader_model, "--json"))
    assert [each["name"] for each in data["faders"]] == list(NAMES)
    assert set(data["faders"][0]) == {"name", "unit", "summary", "low", "high", "error"}
