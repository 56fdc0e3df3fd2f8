"""Faders of polyphonic music with the released model: requests are met, and other notes stay."""

from dataclasses import replace

import numpy as np
import pytest

import symvae
from symvae.music.phrase import Phrase
from symvae.system.faders.edit_transfer import lost_share
from symvae.system.faders.scales import measure_phrases
from symvae.system.symvae import SymVAE
from tests.conftest import TUNES


@pytest.fixture(scope="module")
def model() -> SymVAE:
    return symvae.load("piano-4bar")


@pytest.fixture(scope="module")
def phrases(model: SymVAE) -> list[Phrase]:
    return symvae.read(TUNES / "auld_lang_syne.mid", grid=model.grid)[:2]


def test_the_tempo_alone_changes_no_note(model: SymVAE, phrases: list[Phrase]) -> None:
    """Velocities stay exact too, although tokens have only sixteen."""
    louder = [replace(phrase, velocity=np.arange(len(phrase)) % 60 + 50) for phrase in phrases]
    expected = [phrase.with_tempo(70.0) for phrase in louder]
    assert model.fade_each(louder, [{"tempo": 70.0}] * 2) == expected


@pytest.mark.parametrize("best_of", [1, 2])
def test_requests_for_current_values_leave_the_music_unchanged(
    model: SymVAE, phrases: list[Phrase], best_of: int
) -> None:
    """The result is no reconstruction, which has two thirds of these notes."""
    register = measure_phrases(phrases, ["register"])[:, 0]
    values = [{"register": "+0"}, {"register": float(register[1]), "tempo": phrases[1].tempo_qpm}]
    assert model.fade_each(phrases, values, best_of=best_of) == phrases


def test_refined_notes_come_nearer_to_the_request(model: SymVAE, phrases: list[Phrase]) -> None:
    """And attributes without a request stay nearer to their value."""
    before = measure_phrases(phrases, model.scales.names)
    asked = model.scales.names.index("rhythm_density")
    wanted = before[:, asked] * 1.6
    values = [{"rhythm_density": float(value)} for value in wanted]
    missed, moved = [], []
    for refined in (False, True):
        after = measure_phrases(model.fade_each(phrases, values, refine=refined), model.scales.names)
        missed.append(np.abs(after[:, asked] - wanted).sum())
        apart = model.scales.positions(after) - model.scales.positions(before)
        moved.append(np.abs(np.delete(apart.numpy(), asked, axis=1)).sum())
    assert missed[1] < missed[0]
    assert missed[1] + moved[1] < missed[0] + moved[0]


def test_a_small_change_keeps_nearly_all_notes(model: SymVAE, phrases: list[Phrase]) -> None:
    loudness = measure_phrases(phrases, ["mean_velocity"])[:, 0]
    faded = model.fade_each(phrases, [{"mean_velocity": float(value) + 6} for value in loudness])
    for phrase, louder in zip(phrases, faded, strict=True):
        assert lost_share(phrase, louder) < 0.2
