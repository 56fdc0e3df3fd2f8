"""Searched paths from files: whole tunes, keys, kept rhythm, and the model that is chosen."""

import json

import numpy as np
import pytest

import symvae
from symvae.errors import ConfigError, LatentError, MidiError
from symvae.music.phrase import Phrase, join
from symvae.pipelines.interpolate import interpolate
from symvae.pipelines.output import Output
from tests.conftest import TUNES

ODE, JOY, FRERE = (TUNES / f"{name}.mid" for name in ("ode_to_joy", "soldiers_joy", "frere_jacques"))
MINUET, WALTZ, JIG = (TUNES / f"{name}.mid" for name in ("petzold_minuet", "lieber_augustin", "greensleeves"))


@pytest.fixture(scope="module")
def model(tiny_model):
    return symvae.load(tiny_model)


def tune(path) -> Phrase:
    (phrase,) = symvae.read(path)
    return phrase


def test_the_shorter_tune_is_repeated(model):
    result = interpolate([FRERE, ODE], model, steps=3, whole="repeat")
    assert result.phrases[0] == join([tune(FRERE)] * 2)
    assert result.phrases[-1] == tune(ODE)
    assert result.fitted == (f"{FRERE}: its 8 bars of 4/4 repeated to fill 16",)
    assert result.fitted[0] in result.lines()


def test_the_longer_tune_is_cut(model):
    result = interpolate([ODE, FRERE], model, steps=3, whole="cut", bars=[3, 1])
    assert result.phrases[0] == tune(ODE).window(2, 8)
    assert result.fitted == (f"{ODE}: its 14 bars of 4/4 cut to 8",)
    assert [each.spans for each in result.intakes] == [["3-16"], ["1-8"]]


def test_whole_tunes_span_a_square(model):
    result = interpolate([ODE, FRERE, FRERE, ODE], model, steps=2, whole="cut")
    ode = tune(ODE).window(0, 8)
    assert result.phrases == [ode, tune(FRERE), tune(FRERE), ode]
    assert len(result.fitted) == 2


def test_the_report_has_figures_for_each_step(model):
    result = interpolate([ODE, JOY], model, steps=4)
    data = json.loads(json.dumps(result.data()))
    assert (data["path"], data["kept"], data["transposed"]) == ("search", None, 0)
    assert data["keys"] == ["D major", "D major"]
    assert [step["distance"] for step in data["steps"]] == result.morph.distance
    assert all(sum(step["origin"].values()) == pytest.approx(1) for step in data["steps"])
    header = result.lines().index("step  distance  nats/token  both ends  start   end   new  notes  key")
    rows = result.lines()[header + 1 :]
    assert [row.split()[0] for row in rows] == ["1", "2", "3", "4"]
    assert {len(row.split("%")[0]) for row in rows} == {len(rows[0].split("%")[0])}
    assert "steps" not in interpolate([ODE, JOY], model, steps=4, path="slerp").data()


def test_kept_and_in_key_are_reported(model):
    result = interpolate([ODE, FRERE], model, steps=3, in_key=True)
    assert "keys: D major and F major; the second is transposed by -3 on the way" in result.lines()
    assert result.phrases[-1] == result.intakes[1].phrases[0]
    kept = interpolate([ODE, FRERE], model, steps=3, keep="rhythm")
    assert "path: search; all steps keep the rhythm of the first melody" in kept.lines()
    assert all(np.array_equal(each.onset_step, kept.phrases[0].onset_step) for each in kept.phrases)


def test_a_silent_file_is_an_end_like_others(model, tmp_path):
    symvae.write(Phrase(model.grid), tmp_path / "silence.mid")
    result = interpolate([tmp_path / "silence.mid", JOY], model, steps=3, in_key=True)
    assert len(result.phrases[0]) == 0
    assert result.phrases[-1] == result.intakes[1].phrases[0]
    assert "keys: silence and D major" in result.lines()
    with pytest.raises(MidiError, match="has no tune in 4/4"):
        interpolate([tmp_path / "silence.mid", JOY], model, whole="cut")


def test_another_seed_is_another_path(model):
    first, second = (interpolate([ODE, JOY], model, steps=5, seed=seed).phrases for seed in (0, 1))
    assert first[1:-1] != second[1:-1]


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"path": "bezier"}, "'bezier' is no path"),
        ({"whole": "stretch"}, "repeat or cut, not by 'stretch'"),
        ({"keep": "rhythm", "path": "slerp"}, "Only a searched path takes keep"),
        ({"whole": "cut", "temperature": 1.0}, "it takes no temperature"),
        ({"path": "search", "temperature": 1.0}, "it takes no temperature"),
    ],
)
def test_contradictions_are_refused(model, settings, fault):
    with pytest.raises(ConfigError, match=fault):
        interpolate([ODE, JOY], model, **settings)
    with pytest.raises(ConfigError, match="A square takes"):
        interpolate([ODE, JOY, JOY, ODE], model, path="lerp")


def test_a_model_without_a_language_model_is_refused_before_any_work(tmp_path):
    with pytest.raises(LatentError, match=r"piano-4bar has no language model .* Use --model melody-"):
        interpolate([ODE, JOY], "piano-4bar", path="search", output=Output(tmp_path / "out"))
    assert interpolate([ODE, JOY], "piano-4bar", steps=2).path == "slerp"


@pytest.mark.parametrize(
    ("files", "whole", "chosen"),
    [
        ([ODE, JOY], None, "melody-16bar"),
        ([ODE, FRERE], None, "melody-4bar-faders"),
        ([FRERE, JOY], None, "melody-4bar-faders"),
        ([MINUET, WALTZ], None, "melody-16bar-3-4"),
        ([ODE, JOY], "cut", "melody-16bar"),
        ([FRERE, ODE], "repeat", "melody-16bar"),
        ([FRERE, ODE], "cut", "melody-4bar-faders"),
        ([MINUET, WALTZ], "cut", "melody-16bar-3-4"),
        ([JIG, JIG], "repeat", "melody-16bar-6-8"),
    ],
)
def test_the_longest_model_that_fits_is_chosen(files, whole, chosen, monkeypatch):
    class ChosenError(Exception):
        pass

    def refuse(folder, device="cpu"):
        raise ChosenError(folder.name)

    monkeypatch.setattr(symvae.SymVAE, "load", refuse)
    with pytest.raises(ChosenError, match=f"^{chosen}$"):
        interpolate(files, whole=whole)


def test_tunes_without_a_model_together_are_refused_with_advice(tmp_path):
    with pytest.raises(MidiError, match="No released model reads all these files"):
        interpolate([ODE, MINUET], whole="cut")
    symvae.write(tune(ODE).window(0, 1), tmp_path / "short.mid")
    with pytest.raises(MidiError, match=r"short\.mid has 1 bar of 4/4 to be read, and melody-2bar needs 2"):
        interpolate([tmp_path / "short.mid", ODE], whole="cut")
    with pytest.raises(MidiError, match=r"no tune from bar 40 on .* Leave out --bar to start from bar 1"):
        interpolate([ODE, JOY], "melody-2bar", whole="cut", bars=[40, 1])
