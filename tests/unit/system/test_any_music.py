"""Methods of a model take music in any form where they take phrases."""

import io

import numpy as np
import pretty_midi
import pytest
import torch

import symvae
from symvae.errors import ArgumentError, MidiError, PhraseError, TokenError
from symvae.system.symvae import SymVAE
from tests.conftest import TUNES

ODE = TUNES / "ode_to_joy.mid"


@pytest.fixture(scope="module")
def model() -> SymVAE:
    return symvae.load("melody-2bar")


@pytest.fixture(scope="module")
def phrases(model: SymVAE) -> list[symvae.Phrase]:
    return symvae.read(ODE, grid=model.grid)


@pytest.mark.parametrize(
    "form",
    [
        lambda path: path,
        str,
        lambda path: path.read_bytes(),
        lambda path: path.open("rb"),
        lambda path: pretty_midi.PrettyMIDI(str(path)),
        lambda path: symvae.to_muspy(path),
        lambda path: iter([path]),
    ],
    ids=["path", "text", "bytes", "file", "PrettyMIDI", "muspy", "iterator"],
)
def test_encode_takes_all_windows_of_any_music(form, model: SymVAE, phrases) -> None:
    wanted = model.encode(phrases)
    assert torch.equal(model.encode(form(ODE)).mean, wanted.mean)


def test_encode_takes_generators_and_arrays(model: SymVAE, phrases) -> None:
    wanted = model.encode(phrases).mean
    array = np.array([*phrases, None], object)[:-1]
    for several in ((phrase for phrase in phrases), tuple(phrases), map(lambda each: each, phrases), array):
        assert torch.equal(model.encode(several).mean, wanted)
    with pytest.raises(PhraseError, match="no phrase to encode"):
        model.encode(iter([]))


def test_a_method_of_one_phrase_takes_the_first_window(model: SymVAE, phrases) -> None:
    first = phrases[0]
    assert model.interpolate(ODE, ODE.read_bytes(), 3) == model.interpolate(first, first, 3)
    assert model.variations(ODE, seed=3) == model.variations(first, seed=3)
    assert model.shift(ODE, {"onset_density": 1.0}) == model.shift(first, {"onset_density": 1.0})
    assert model.analogy(ODE, ODE, ODE) == model.analogy(first, first, first)
    assert model.reconstruct(io.BytesIO(ODE.read_bytes())) == model.reconstruct(phrases)
    with pytest.raises(MidiError, match="One piece of music is needed here, not 2"):
        model.variations([ODE, ODE])


def test_measure_takes_phrases_and_music(model: SymVAE) -> None:
    (whole,) = symvae.read(ODE)
    assert model.measure(ODE, ["register"])["register"] == model.measure(whole, ["register"])["register"]


def test_tokens_of_the_model_are_music(model: SymVAE, phrases) -> None:
    tokens = symvae.tokenizer("melody")
    sequences = tokens(symvae.to_symusic(phrases))
    wanted = [tokens.decode_ids(tokens.encode_phrase(phrase)) for phrase in phrases]
    assert model.read(sequences) == model.read(sequences[0]) == wanted
    sequences[0].ids.pop()
    with pytest.raises(TokenError, match="A bar of melody has 16 ids"):
        model.encode(sequences)
    with pytest.raises(ArgumentError, match="tokenizer"):
        symvae.read(sequences)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda model: model.interpolate("a", 3), "There is no file a"),
        (lambda model: model.interpolate(3, 3), "Music cannot be read from 3"),
        (lambda model: model.interpolate(ODE, ODE, steps="x"), "steps is a whole number, not 'x'"),
        (lambda model: model.interpolate(ODE, ODE, 2.5), "steps is a whole number, not 2.5"),
        (lambda model: model.encode(None), "Music cannot be read from None"),
        (lambda model: model.encode([ODE, 3]), "Music cannot be read from 3"),
        (lambda model: model.sample("8"), "count is a whole number"),
        (lambda model: model.sample(True), "count is a whole number"),
        (lambda model: model.sample(2, temperature="hot"), "temperature is a number"),
        (lambda model: model.sample(2, seed=None), "seed is a whole number, not None"),
        (lambda model: model.variations(ODE, amount=None), "amount is a number"),
        (lambda model: model.shift(ODE, 3), "amounts is a mapping"),
        (lambda model: model.infill(ODE, 3), "bars is a list"),
        (lambda model: model.continue_(ODE, bars="two"), "bars is a whole number"),
        (lambda model: model.fade(ODE, 3), "values is a mapping"),
        (lambda model: model.decode("z"), "z is a tensor"),
        (lambda model: model.measure(ODE, names=3), "names is a list or None"),
        (lambda model: model.save(3), "folder is a text or a path"),
        (lambda model: symvae.load(3), "name is a text or a path"),
        (lambda model: symvae.fade_song(ODE, {"register": 60}, best_of="2"), "best_of is a whole number"),
    ],
)
def test_wrong_types_are_refused_in_one_sentence(
    call, words: str, model: SymVAE, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(symvae.SymvaeError) as refused:
        call(model)
    assert words in str(refused.value)
    assert isinstance(refused.value, TypeError) or words == "There is no file a"


def test_numbers_of_numpy_are_numbers(model: SymVAE) -> None:
    assert model.sample(np.int64(2), seed=np.uint8(3), temperature=np.float32(0.5)) == model.sample(
        2, seed=3, temperature=0.5
    )
    z = model.draw(2)
    assert model.decode(z.numpy()) == model.decode(z) == model.decode(z.tolist())
