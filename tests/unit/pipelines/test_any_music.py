"""Pipelines take music in any form, and name it in their reports."""

import io

import mido
import pretty_midi
import pytest

import symvae
from symvae.music.io.midi_read import load
from symvae.pipelines.encode import encode
from symvae.pipelines.inspect import inspect
from symvae.pipelines.measure import measure
from symvae.pipelines.reconstruct import reconstruct
from symvae.system.symvae import SymVAE
from tests.conftest import TUNES

ODE = TUNES / "ode_to_joy.mid"


@pytest.fixture(scope="module")
def model() -> SymVAE:
    return symvae.load("melody-2bar")


def test_a_file_and_its_other_forms_give_equal_results(model: SymVAE) -> None:
    wanted = reconstruct(ODE, model)
    forms = [
        ODE.read_bytes(),
        ODE.open("rb"),
        pretty_midi.PrettyMIDI(str(ODE)),
        mido.MidiFile(ODE),
        load(ODE),
    ]
    for form in forms:
        assert reconstruct(form, model).phrases == wanted.phrases
    names = [reconstruct(form, model).data()["input"]["file"] for form in forms[::2]]
    assert names == ["the data", "the PrettyMIDI object", "ode_to_joy"]


def test_several_files_come_in_any_iterable(model: SymVAE) -> None:
    several = encode((path for path in [ODE, ODE]), model)
    assert [each.file for each in several.intakes] == [str(ODE)] * 2
    assert len(measure(TUNES).readings) == len(list(TUNES.glob("*.mid")))
    assert len(measure(iter([ODE, ODE.read_bytes()])).readings) == 2
    assert list(measure([ODE.read_bytes(), ODE.read_bytes()]).readings) == ["the data", "the data (2)"]
    assert inspect(io.BytesIO(b"no music"), []).fault.startswith("the BytesIO object")


def test_a_song_from_an_open_file_is_faded_and_written_to_one() -> None:
    with ODE.open("rb") as file:
        result = symvae.fade_song(file, {"register": "+2"}, model="melody-4bar-faders", bars="1-4")
    out = io.BytesIO()
    symvae.write(result.song, out)
    assert load(out.getvalue()).num_notes == result.song.num_notes
