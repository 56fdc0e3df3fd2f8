"""Requests that cannot be met are refused, in words."""

import shutil
from pathlib import Path

import pytest

import symvae
from symvae.errors import CheckpointError, LatentError, PhraseError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.symvae import SymVAE


@pytest.mark.parametrize(
    ("wishes", "more", "message"),
    [
        (
            {"swing": 1.0},
            {},
            "There is no fader swing. Known faders: register, notes_per_bar, contour, tempo.",
        ),
        (
            {"arousal": 0.5},
            {},
            "There is no fader arousal. Known faders: register, notes_per_bar, contour, tempo.",
        ),
        (
            {"register": 60.0},
            {"hold": ["swing", "register"]},
            "There is no fader swing to hold. Known faders: register, notes_per_bar, contour, tempo.",
        ),
        (  # a single name is not read as its letters
            {"register": 60.0},
            {"hold": "swing"},
            "There is no fader swing to hold. Known faders: register, notes_per_bar, contour, tempo.",
        ),
        (
            {"register": "higher"},
            {},
            "Set register to a number, such as 6, or change it by one, such as +2 or -2; "
            "'higher' is neither.",
        ),
        (
            {"register": 60.0},
            {"best_of": 0},
            "The number of decodes to choose from is 1 or more, not 0.",
        ),
    ],
)
def test_impossible_requests_are_refused(model: SymVAE, phrases, wishes, more, message) -> None:
    with pytest.raises(LatentError) as refused:
        model.fade(phrases[0], wishes, **more)
    assert str(refused.value) == message


def test_there_is_one_request_for_each_phrase(model: SymVAE, phrases: list[Phrase]) -> None:
    for count in (0, 1, 3):
        with pytest.raises(LatentError) as refused:
            model.fade_each(phrases[:2], [{"register": 60.0}] * count)
        assert str(refused.value) == (
            f"There are values of faders for {count} phrases, not for 2. Give one mapping each."
        )


def test_a_phrase_on_another_grid_is_refused(model: SymVAE) -> None:
    with pytest.raises(PhraseError, match=r"takes 2 bars of 4/4, this phrase has 1 of 4/4"):
        model.fade(Phrase(Grid(1)), {"register": 60.0})


def test_a_model_without_faders_names_those_that_have_them(
    tiny_model: Path, monkeypatch, folder: Path
) -> None:
    plain, again = symvae.load(tiny_model), symvae.load(tiny_model)
    assert plain.faders == {}
    monkeypatch.setattr("symvae.system.catalog.available", lambda: ["bare", "faded"])
    monkeypatch.setattr("symvae.system.catalog.find", {"bare": tiny_model, "faded": folder}.__getitem__)
    with pytest.raises(LatentError) as refused:
        plain.fade(Phrase(plain.grid), {"register": 60.0})
    assert str(refused.value) == "tiny has no faders. Models with faders: faded."
    monkeypatch.setattr("symvae.system.catalog.available", lambda: ["tiny"])
    monkeypatch.setattr("symvae.system.catalog.find", lambda name: folder)
    with pytest.raises(LatentError, match=r"tiny has no faders\. Learn them with `symvae train-faders`\."):
        again.fade(Phrase(plain.grid), {})
    monkeypatch.setattr("symvae.system.catalog.find", lambda name: tiny_model)
    monkeypatch.setattr("symvae.system.catalog.available", lambda: ["bare"])
    with pytest.raises(LatentError) as refused:
        again.fade(Phrase(plain.grid), {})
    assert str(refused.value) == "tiny has no faders. Learn them with `symvae train-faders`."


def test_scales_without_an_editor_are_refused(folder: Path, tmp_path: Path, phrases: list[Phrase]) -> None:
    """Without the check the first coordinates of z would be overwritten."""
    copy = shutil.copytree(folder, tmp_path / "tiny")
    (copy / "faders.safetensors").unlink()
    with pytest.raises(CheckpointError) as refused:
        symvae.load(copy).fade(phrases[0], {"register": 60.0})
    assert str(refused.value) == (
        f"{copy} has the scales of faders and no faders.safetensors. "
        "Restore it or run `symvae train-faders` again."
    )
