"""Requests: values, signed changes, and what is refused."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

import symvae
from symvae.errors import LatentError
from symvae.system.artifacts import save_scales
from symvae.system.faders.request import Fader, asked_values
from symvae.system.faders.scales import measure_phrases
from symvae.system.symvae import SymVAE
from tests.unit.system.faders.conftest import NAMES, scales_of, tunes

FADERS = {
    "register": Fader("register", "MIDI pitch", "The mean pitch.", 50.0, 80.0, None),
    "contour": Fader("contour", "semitones", "Up or down.", -9.0, 9.0, None),
}
NOW = {"register": 60.0, "contour": -2.0}


@pytest.mark.parametrize(
    ("name", "wish", "value"),
    [
        ("register", np.float64(64.5), 64.5),
        ("register", "64", 64.0),
        ("register", "+5", 65.0),
        ("register", " -2 ", 58.0),
        ("register", "+0.5", 60.5),
        ("contour", "-2", -4.0),
        ("contour", -2.0, -2.0),
        ("contour", "+0", -2.0),
        ("register", 200.0, 80.0),
        ("register", "+200", 80.0),
        ("register", -1e300, 50.0),
        ("contour", "1e3", 9.0),
    ],
)
def test_numbers_set_a_fader_and_signed_texts_change_it(name, wish, value) -> None:
    assert asked_values(FADERS, {name: wish}, NOW) == {name: value}


@pytest.mark.parametrize(
    "wish",
    ["high", "", " ", "+", "nan", "inf", "+inf", float("nan"), float("-inf"), "1,5"],
)
def test_requests_that_are_no_number_are_refused(wish) -> None:
    with pytest.raises(LatentError) as refused:
        asked_values(FADERS, {"register": wish}, NOW)
    assert str(refused.value) == (
        f"Set register to a number, such as 6, or change it by one, such as +2 or -2; {wish!r} is neither."
    )


def test_all_unknown_faders_are_named_at_once() -> None:
    with pytest.raises(LatentError) as refused:
        asked_values(FADERS, {"swing": 1.0, "register": 60.0, "groove": "+1"}, NOW)
    assert str(refused.value) == "There is no fader groove, swing. Known faders: register, contour."


def test_ranges_are_in_the_units_of_the_attributes(model: SymVAE) -> None:
    register = model.faders["register"]
    measured = np.sort(measure_phrases(tunes(), ["register"])[:, 0])
    assert (register.name, register.unit, register.error) == ("register", "MIDI pitch", None)
    assert measured[0] <= register.low < np.median(measured) < register.high <= measured[-1]
    assert register.nearest(register.low + 1) == register.low + 1


def test_faders_carry_their_measured_error(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "tiny")
    save_scales(copy, dataclasses.replace(scales_of(NAMES), error=(1.5, None, 2.0, 0.0)))
    assert [fader.error for fader in symvae.load(copy).faders.values()] == [1.5, None, 2.0, 0.0]
