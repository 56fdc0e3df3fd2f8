"""Every pipeline gives a result with music and report, and writes no file unless given a folder."""

import dataclasses
import json

import numpy as np
import pytest
import torch

import symvae
from symvae.errors import ConfigError, LatentError, MidiError, SymvaeError
from symvae.pipelines.continuation import continue_tune
from symvae.pipelines.decode import decode
from symvae.pipelines.encode import encode
from symvae.pipelines.gaps import fill_gaps
from symvae.pipelines.infill import infill
from symvae.pipelines.intake import read_window, read_windows
from symvae.pipelines.interpolate import interpolate
from symvae.pipelines.measure import measure
from symvae.pipelines.models import summaries
from symvae.pipelines.output import Output, Result, Saved, is_result_file
from symvae.pipelines.reconstruct import reconstruct
from symvae.pipelines.sample import sample
from symvae.pipelines.shift import shift
from symvae.pipelines.variations import variations
from tests.conftest import TUNES

ODE, JOY = TUNES / "ode_to_joy.mid", TUNES / "soldiers_joy.mid"


@pytest.fixture(scope="module")
def model(tiny_model):
    return symvae.load(tiny_model)


PIPELINES = {
    "reconstruct": lambda model: reconstruct(ODE, model),
    "sample": lambda model: sample(model, 3, seed=2),
    "continue": lambda model: continue_tune(ODE, model, bars=3, count=2),
    "infill": lambda model: infill(ODE, model, 2, 2, count=2, bar=3),
    "path": lambda model: interpolate([ODE, JOY], model, steps=3),
    "square": lambda model: interpolate([ODE, JOY, JOY, ODE], model, steps=2, bars=[3]),
    "variations": lambda model: variations(ODE, model, 0.2, count=2),
    "shift": lambda model: shift(ODE, {"onset_density": 1.0}, model),
    "encode": lambda model: encode([ODE, JOY], model),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_result_is_frozen_and_plain_and_nothing_is_written(model, name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    result = PIPELINES[name](model)
    assert isinstance(result, Result)
    assert result.saved == Saved()
    assert list(tmp_path.iterdir()) == []
    assert json.loads(json.dumps(result.data())) == result.data()
    assert result.data()["model"] == "tiny"
    assert result.data()["files"] == []
    assert all(isinstance(line, str) for line in result.lines())
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.saved = Saved()
    assert capsys.readouterr() == ("", "")


def test_reconstruction_is_that_of_the_facade(model):
    windows = symvae.read(ODE, grid=model.grid)
    result = reconstruct(ODE, model)
    assert result.phrases == model.reconstruct(windows)
    assert result.row.phrases == result.phrases
    assert [match.of for match in result.matches] == [32] * 8


def test_path_has_its_ends(model):
    result = interpolate([ODE, JOY], model, steps=4, path="slerp")
    assert list(result.ends) == ["start", "end"]
    a, b = (each.phrases[0] for each in result.intakes)
    assert result.phrases == model.interpolate(a, b, 4, path="slerp")


def test_square_is_row_by_row(model):
    result = PIPELINES["square"](model)
    assert result.path == "search"
    assert result.phrases == [each.phrases[0] for each in result.intakes]
    slerp = interpolate([ODE, JOY, JOY, ODE], model, steps=2, path="slerp")
    assert list(slerp.ends) == ["top left", "top right", "bottom left", "bottom right"]


@pytest.mark.parametrize(("files", "bars"), [(3, (None,)), (2, (1, 2, 3))])
def test_path_refuses_other_numbers_of_files_and_bars(model, files, bars):
    with pytest.raises(ConfigError):
        interpolate([ODE] * files, model, bars=bars)


def test_continuation_begins_with_the_given_bars(model):
    result = PIPELINES["continue"](model)
    assert result.given_bars == 1
    for phrase, _ in result.versions:
        assert phrase.grid.bars == 4
        assert phrase.window(0, 1) == result.intake.phrases[0]


def test_infill_keeps_the_other_bars(model):
    result = PIPELINES["infill"](model)
    (given,) = result.intake.phrases
    assert all(
        list(phrase.window(0, 1).pitch) == list(given.window(0, 1).pitch) for phrase, _ in result.versions
    )


def test_shift_needs_attribute_vectors(model):
    bare = symvae.SymVAE(model.folder, model.config, model.vae, model.tokenizer)
    bare.directions = {}
    with pytest.raises(LatentError, match="tiny has no attribute vectors yet"):
        shift(ODE, {"onset_density": 1.0}, bare)


def test_a_polyphonic_model_learns_its_prior_by_train_prior_only(piano_model):
    """`evaluate` refuses tokens that are not on a grid, so it cannot be the remedy."""
    keys = symvae.load(piano_model)
    with pytest.raises(
        LatentError, match=r"keys has no learned prior yet.* train-prior --update-model` on it"
    ):
        keys.draw(1)
    with pytest.raises(LatentError, match=r"keys has no attribute vectors yet\. Use --model melody"):
        shift(ODE, {"onset_density": 1.0}, keys)


def test_encoded_file_is_decoded_to_the_reconstruction(model, tmp_path):
    written = encode([ODE], model, tmp_path / "z.npz")
    assert written.saved == Saved((tmp_path / "z.npz",))
    result = decode(tmp_path / "z.npz", model)
    assert result.phrases == reconstruct(ODE, model).phrases
    assert result.saved == Saved()
    torch.testing.assert_close(written.posterior.mean, model.encode(symvae.read(ODE, grid=model.grid)).mean)
    with pytest.raises(SymvaeError, match="exists"):
        encode([ODE], model, tmp_path / "z.npz")


def test_latents_of_another_model_are_noticed(model, tmp_path):
    np.savez(tmp_path / "z.npz", z=np.zeros((1, 16), np.float32), model="another")
    (notice,) = decode(tmp_path / "z.npz", model).saved.notices
    assert notice == (
        "These latents were encoded by another; tiny decodes them to other music. "
        "Give the model that encoded them."
    )


def test_latents_of_a_larger_model_are_refused_by_its_name(model, tmp_path):
    np.savez(tmp_path / "z.npz", z=np.zeros((1, 128), np.float32), model="melody-2bar")
    with pytest.raises(LatentError) as refused:
        decode(tmp_path / "z.npz", model)
    assert str(refused.value) == (
        "These latents were encoded by melody-2bar with 128 coordinates; tiny decodes 16. "
        "Use --model melody-2bar."
    )


def test_measurement_is_a_column_for_each_phrase():
    measured = measure([ODE, JOY])
    assert measured.titles == ["ode_to_joy.mid bars 1-16", "soldiers_joy.mid bars 1-16"]
    assert all(len(column) == 2 for column in measured.values.values())
    assert [row["bars"] for row in measured.data()] == ["1-16", "1-16"]


def test_summaries_are_those_of_the_released_models():
    names = [each.name for each in summaries()]
    assert names == symvae.available()


def test_window_reports_the_drops_of_the_whole_file(model):
    everything, one = read_windows(ODE, model), read_window(ODE, model, bar=2)
    assert one.spans == ["2-3"]
    assert one.reading.dropped == everything.reading.dropped
    with pytest.raises(MidiError, match="has no window that starts at bar 99"):
        read_window(ODE, model, bar=99)


def test_row_of_all_windows_has_no_silence(model):
    intake = read_windows(ODE, model)
    row = fill_gaps(intake.reading, intake.phrases)
    assert (row.phrases, row.silent) == (list(intake.phrases), [])


def test_results_are_planned_before_they_are_written(model, tmp_path):
    output = Output(tmp_path / "out", plot=True)
    first = sample(model, 3, output=output)
    assert sorted(first.saved.files) == sorted((tmp_path / "out").iterdir())
    with pytest.raises(SymvaeError, match=r"sample-1\.mid exists \(and 4 more\)"):
        output.plan(["sample-1", "sample-2", "sample-3"], "samples")
    again = sample(model, 2, output=Output(tmp_path / "out", force=True))
    assert "still holds 2 files of an earlier call (sample-3.mid, samples.png)" in again.saved.notices[0]


def test_unknown_format_is_refused():
    with pytest.raises(ConfigError, match="'mp3' is not a format of music files"):
        Output(format="mp3")


@pytest.mark.parametrize("name", ["song.mp3", "song.FLAC", "roll.jpg"])
def test_a_file_that_is_never_written_is_refused_before_the_work(name, tmp_path):
    with pytest.raises(ConfigError, match=r"does not write\. Name a \.mid"):
        is_result_file(tmp_path / name)
    assert not is_result_file(tmp_path / "v1.2")
