"""Songs whose faders are set on the notes themselves: nothing else moves."""

import mido
import numpy as np
import pytest

import symvae
from symvae.attributes.key import Key
from symvae.errors import ConfigError
from symvae.music.io.midi_read import load
from symvae.system.faders.transposition import transposed
from tests.fader_models import ODE
from tests.songs import band, columns

pytestmark = pytest.mark.usefixtures("few_exchanges")
#: Columns of a note.
ONSET, LENGTH, PITCH, VELOCITY = range(4)


def track(song, index: int = 0) -> np.ndarray:
    return np.array(columns(song.tracks[index]))


def same(a: np.ndarray, b: np.ndarray, *names: int) -> bool:
    return all(np.array_equal(a[:, name], b[:, name]) for name in names)


@pytest.fixture(scope="module")
def piano() -> symvae.SymVAE:
    return symvae.load("piano-4bar")


def test_a_ramp_of_notes_moves_bar_by_bar(piano, played):
    """Two windows of four bars, and each bar has its own place on the arc."""
    result = symvae.fade_song(played, model=piano, ramps={"mean_velocity": (40.0, 100.0)}, via="notes")
    new = track(result.song)
    means = [new[(new[:, ONSET] + 120) // 1920 == bar, VELOCITY].mean() for bar in range(8)]
    arc = [40 + 30 * (1 - np.cos(np.pi * bar / 7)) for bar in range(8)]
    assert means == pytest.approx(arc, abs=2.0)


@pytest.fixture
def played(tmp_path):
    """Nine bars, more than the windows of four bars hold, off the grid and with accents."""
    file, chance = mido.MidiFile(ticks_per_beat=480), np.random.default_rng(1)
    part, last = mido.MidiTrack([mido.MetaMessage("track_name", name="piano", time=0)]), 0
    events = []
    for beat in range(36):
        for pitch in (48 + beat % 5, 64 + beat % 7):
            start = max(0, beat * 480 + int(chance.integers(-20, 20)))
            end = start + int(chance.integers(200, 420))
            events += [(start, pitch, 60 + int(chance.integers(0, 40))), (end, pitch, 0)]
    for tick, pitch, velocity in sorted(events):
        part.append(mido.Message("note_on", note=pitch, velocity=velocity, time=tick - last))
        last = tick
    file.tracks.append(part)
    file.save(tmp_path / "played.mid")
    return tmp_path / "played.mid"


def test_loudness_moves_every_note_of_the_song_alike(piano, played):
    old = track(load(played))
    result = symvae.fade_song(played, {"mean_velocity": "+8"}, model=piano)
    assert (track(result.song) - old).tolist() == [[0, 0, 0, 8]] * len(old)
    assert result.report["decodes"] == 0
    assert result.report["faders"]["mean_velocity"]["via"] == "notes"


def test_loudness_clips_at_the_end_of_the_range_and_says_so(piano, played):
    old = track(load(played))
    result = symvae.fade_song(played, {"mean_velocity": "+40"}, model=piano)
    assert track(result.song)[:, VELOCITY].tolist() == np.minimum(old[:, VELOCITY] + 40, 127).tolist()
    clipped = np.count_nonzero(old[:, VELOCITY] + 40 > 127)
    (edit,) = result.report["exact_edits"]
    assert edit["missed"] == f"{clipped} of the notes end at 127"
    assert any(line.endswith(edit["missed"]) for line in result.lines())


def test_a_loudness_is_met_on_the_mean_and_the_curve_stays(piano, played):
    old = track(load(played))
    result = symvae.fade_song(played, {"mean_velocity": 70}, model=piano)
    new = track(result.song)
    assert len(set((new - old)[:, VELOCITY].tolist())) == 1
    assert result.report["faders"]["mean_velocity"]["achieved"] == pytest.approx(70, abs=0.5)


@pytest.mark.parametrize("setting", [0.6, "+0.15"])
def test_articulation_changes_lengths_alone_and_meets_the_value(piano, played, setting):
    old = track(load(played))
    result = symvae.fade_song(played, {"articulation": setting}, model=piano)
    new, figures = track(result.song), result.report["faders"]["articulation"]
    assert same(old, new, ONSET, PITCH, VELOCITY)
    asked = setting if isinstance(setting, float) else figures["before"] + 0.15
    assert figures["achieved"] == pytest.approx(asked, abs=0.02)
    longer = new[:, LENGTH] > old[:, LENGTH]
    assert longer.any() == isinstance(setting, str)


def test_an_articulation_beyond_legato_is_legato(piano, played):
    result = symvae.fade_song(played, {"articulation": "+0.9"}, model=piano)
    figures = result.report["faders"]["articulation"]
    assert figures["achieved"] == pytest.approx(1, abs=0.01)
    assert result.report["phrases"][0]["aimed"] == {"articulation": 1.0}


@pytest.mark.parametrize("by", [12, -12, 5])
def test_a_whole_song_is_transposed_by_semitones(piano, played, by):
    old = track(load(played))
    result = symvae.fade_song(played, {"register": f"{by:+d}"}, model=piano)
    assert (track(result.song) - old).tolist() == [[0, 0, by, 0]] * len(old)
    (edit,) = result.report["exact_edits"]
    assert (edit["by"], edit["missed"]) == (f"{by:+d} semitones", None)
    assert result.report["tracks"][0]["transposed"] == len(old)


def test_a_register_between_two_semitones_is_rounded_and_told(piano, played):
    result = symvae.fade_song(played, {"register": "+2.4"}, model=piano)
    (edit,) = result.report["exact_edits"]
    assert edit["by"] == "+2 semitones"
    assert edit["missed"] == "+2.4 semitones are no whole transposition that fits"


def test_beside_other_notes_a_transposition_stays_in_the_key(fader_model, tmp_path):
    """The melody moves, and the bass stays: a fifth up is four steps of the scale."""
    file = band(tmp_path / "band.mid")
    result = symvae.fade_song(file, {"register": "+7"}, model=fader_model)
    old, new = track(load(file)), track(result.song)
    assert same(old, new, ONSET, LENGTH, VELOCITY)
    assert "steps of the scale of" in result.report["exact_edits"][0]["by"]
    assert columns(result.song.tracks[1]) == columns(load(file).tracks[1])
    octave = symvae.fade_song(file, {"register": "+12"}, model=fader_model)
    assert (track(octave.song) - old).tolist() == [[0, 0, 12, 0]] * len(old)


def test_bars_outside_of_the_windows_are_edited_too(piano, played):
    assert (
        "8 " not in symvae.fade_song(played, {"register": "+12"}, model=piano).report["phrases"][-1]["bars"]
    )
    new = track(symvae.fade_song(played, {"register": "+12"}, model=piano).song)
    assert (new[:, PITCH] - track(load(played))[:, PITCH] == 12).all()


def test_only_the_bars_asked_for_are_edited(piano, played):
    old = track(load(played))
    new = track(symvae.fade_song(played, {"mean_velocity": "+9"}, model=piano, bars="2-3").song)
    bar = (old[:, ONSET] + 60) // 1920
    assert (new[:, VELOCITY] - old[:, VELOCITY] == np.where(np.isin(bar, [1, 2]), 9, 0)).all()


def test_model_first_then_the_notes(fader_model):
    """Contour has no exact edit; the register is set on what the model made."""
    both = symvae.fade_song(ODE, {"contour": "+2", "register": "+12"}, model=fader_model)
    faders = both.report["faders"]
    assert (faders["contour"]["via"], faders["register"]["via"]) == ("latent", "notes")
    assert both.report["decodes"] == len(both.report["phrases"])
    alone = symvae.fade_song(ODE, {"contour": "+2"}, model=fader_model, hold=["register"])
    assert (track(both.song) - track(alone.song)).tolist() == [[0, 0, 12, 0]] * len(track(alone.song))


def test_loudness_is_met_beside_new_notes(piano, played):
    """The new notes of the model are softer or louder than the old ones."""
    both = symvae.fade_song(played, {"notes_per_bar": "+3", "mean_velocity": "+8"}, model=piano)
    figures = both.report["faders"]["mean_velocity"]
    assert figures["achieved"] == pytest.approx(figures["before"] + 8, abs=0.51)
    assert both.report["decodes"] > 0


def test_ways(fader_model):
    latent = symvae.fade_song(ODE, {"register": "+12"}, model=fader_model, via="latent")
    assert latent.report["faders"]["register"]["via"] == "latent"
    assert latent.report["decodes"] > 0
    with pytest.raises(ConfigError, match="contour cannot be set on the notes alone"):
        symvae.fade_song(ODE, {"contour": "+2", "register": "+12"}, model=fader_model, via="notes")
    with pytest.raises(ConfigError, match="The way is auto, notes or latent, not 'midi'"):
        symvae.fade_song(ODE, {"register": "+12"}, model=fader_model, via="midi")


def test_the_density_of_a_line_is_a_matter_of_lengths(fader_model):
    old = track(load(ODE))
    result = symvae.fade_song(ODE, {"note_density": 0.6}, model=fader_model)
    assert same(old, track(result.song), ONSET, PITCH, VELOCITY)
    assert result.report["faders"]["note_density"]["achieved"] == pytest.approx(0.6, abs=0.1)


def test_a_transposition_that_leaves_midi_is_less_by_octaves():
    done = transposed(np.array([100, 120]), 24.0, None)
    assert done.pitch.tolist() == [100, 120]
    assert done.missed == "+24 semitones are no whole transposition that fits"
    assert transposed(np.array([100, 110]), 24.0, None).pitch.tolist() == [112, 122]
    up = transposed(np.array([60, 64, 67]), 3.0, Key(0, False))
    assert (up.by, up.pitch.tolist()) == ("+2 steps of the scale of C major", [64, 67, 71])


def test_a_kept_bass_stays_below_a_register_that_moves(piano, played):
    """Every beat has a note from 48 to 52 and one above 63: the lower ones are the bass."""
    result = symvae.fade_song(played, {"register": "+12"}, model=piano, keep="bass")
    new = track(result.song)
    low = new[new[:, PITCH] < 60]
    assert len(low) == 36
    assert sorted(low[:, PITCH].tolist()) == sorted(48 + beat % 5 for beat in range(36))
    assert (new[new[:, PITCH] >= 60][:, PITCH] >= 76).all()
    (edit,) = result.report["exact_edits"]
    assert "36 kept notes stay" in edit["missed"]


def test_a_kept_track_is_as_loud_and_as_high_as_it_was(piano, played):
    for values in ({"mean_velocity": "+20"}, {"register": "+12"}, {"articulation": 0.7}):
        result = symvae.fade_song(played, values, model=piano, keep=["0", "rhythm"])
        slower = symvae.fade_song(played, {"tempo": 100}, model=piano)  # which moves no note
        assert np.array_equal(track(result.song), track(slower.song))


def test_a_value_that_no_music_has_is_told(piano, played):
    lines = symvae.fade_song(played, {"mean_velocity": 900}, model=piano).lines()
    assert "mean_velocity 900 is outside of 1 to 127: 127 was used" in lines
    louder = symvae.fade_song(played, {"mean_velocity": "+60"}, model=piano).lines()
    assert not any("is outside of" in line for line in louder)
