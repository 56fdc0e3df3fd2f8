"""Fading: unmoved faders reconstruct, moved ones change the music, searches never make it worse."""

from pathlib import Path

import numpy as np
import pytest
import torch

import symvae
from symvae.config.load import with_overrides
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.artifacts import load_config, save_model, save_scales
from symvae.system.build import build_vae
from symvae.system.faders import refine_tokens
from symvae.system.faders.cost import miss
from symvae.system.faders.scales import measure_phrases
from symvae.system.faders.source_velocities import with_velocities_of
from symvae.system.symvae import SymVAE
from tests.unit.system.faders.conftest import NAMES, current, scales_of

pytestmark = pytest.mark.usefixtures("few_exchanges")


def missed(model: SymVAE, phrase: Phrase, out: Phrase, wishes: dict[str, float]) -> float:
    positions = model.scales.positions(measure_phrases([phrase, out], NAMES))
    asked = np.array([[wishes.get(name, np.nan) for name in NAMES]])
    return miss(positions[1:], model.scales.positions(asked), positions[:1]).item()


def test_unmoved_faders_give_the_reconstruction(model: SymVAE, phrases: list[Phrase]) -> None:
    """Tempo and velocities, which do not pass through z, stay those of the phrase."""
    expected = with_velocities_of(model.reconstruct(phrases), phrases)
    assert model.fade_each(phrases, [{}] * len(phrases)) == expected
    assert model.fade_each(phrases, [{name: "+0" for name in NAMES}] * len(phrases)) == expected
    assert model.fade_each(phrases, [current(phrase) for phrase in phrases], best_of=3) == expected
    assert model.fade(phrases[0], {}) == expected[0]


def test_a_moved_fader_changes_the_music(model: SymVAE, phrases: list[Phrase]) -> None:
    plain, up = (
        model.fade_each(phrases, [wishes] * len(phrases), hold=["tempo"])
        for wishes in ({}, {"register": "+8"})
    )
    assert [phrase.grid for phrase in up] == [model.grid] * len(phrases)
    assert sum(a != b for a, b in zip(plain, up, strict=True)) > len(phrases) / 2


def test_a_change_equals_the_value_that_it_results_in(model: SymVAE, phrases: list[Phrase]) -> None:
    for wish, change in (("+5", 5.0), ("-2", -2.0)):
        values = [{"register": current(phrase)["register"] + change} for phrase in phrases]
        assert model.fade_each(phrases, [{"register": wish}] * len(phrases)) == model.fade_each(
            phrases, values
        )


def test_requests_out_of_range_are_clipped(model: SymVAE, phrases: list[Phrase]) -> None:
    for name, fader in model.faders.items():
        for beyond, end in ((1e6, fader.high), (-1e6, fader.low)):
            assert fader.nearest(beyond) == end
            assert model.fade(phrases[0], {name: beyond}) == model.fade(phrases[0], {name: end})


def test_a_phrase_ignores_the_rest_of_its_batch(aroused: SymVAE, phrases: list[Phrase]) -> None:
    """The request of one phrase, its arousal too, changes neither the decodes nor the choice of others."""
    wishes = [{"register": 70.0}, {"arousal": 0.9}, {}, {"contour": "+4", "arousal": "-0.3"}] * 3
    some = phrases[: len(wishes)]
    together = aroused.fade_each(some, wishes, best_of=4)
    assert together == [aroused.fade(p, wish, best_of=4) for p, wish in zip(some, wishes, strict=True)]


def test_coupled_faders_follow_unless_they_are_held(
    model: SymVAE, phrases: list[Phrase], monkeypatch
) -> None:
    asked: list[torch.Tensor] = []
    edit = model._editor.edit
    monkeypatch.setattr(
        model._editor, "edit", lambda z, wanted, here: asked.append(wanted - here) or edit(z, wanted, here)
    )
    model.fade(phrases[0], {"register": "+6"})
    model.fade(phrases[0], {"register": "+6"}, hold=["contour", "tempo"])
    model.fade(phrases[0], {"register": "+6"}, hold=["register", "contour", "tempo", "notes_per_bar"])
    free, some, most = (change[0].tolist() for change in asked)
    assert min(map(abs, free[:3])) > 0
    assert free[3] == 0  # the tempo is coupled with nothing
    assert some == [free[0], free[1], 0, 0]
    assert most == [free[0], 0, 0, 0]


@pytest.mark.parametrize("wishes", [{"register": 75.0}, {"notes_per_bar": 9.0, "contour": -4.0}])
def test_the_best_of_many_decodes_misses_by_no_more_than_one(model: SymVAE, phrases, wishes) -> None:
    one, few, many = (
        [missed(model, p, out, wishes) for p, out in zip(phrases, outs, strict=True)]
        for outs in (
            model.fade_each(phrases, [wishes] * len(phrases), best_of=n, refine=False) for n in (1, 2, 6)
        )
    )
    assert all(b <= a + 1e-6 for a, b in zip(one, few, strict=True))
    assert all(b <= a + 1e-6 for a, b in zip(one, many, strict=True))
    assert sum(many) < sum(few) < sum(one)


def test_refinement_never_makes_a_phrase_miss_by_more(model: SymVAE, phrases) -> None:
    """It exchanges a few tokens of one decode and leaves the others."""
    wishes = [{"register": 75.0}] * len(phrases)
    plain, refined = (model.fade_each(phrases, wishes, refine=on) for on in (False, True))
    away = [
        np.abs(measure_phrases(outs, ["register"])[:, 0] - model.faders["register"].nearest(75.0))
        for outs in (plain, refined)
    ]
    assert away[1].sum() < away[0].sum()
    exchanged = (model.to_ids(plain) != model.to_ids(refined)).flatten(1).sum(1)
    # A note that goes may leave its note-off in place.
    assert 0 < exchanged.max() <= 2 * refine_tokens.MOST_EXCHANGES


def test_a_melody_keeps_its_velocities(model: SymVAE, phrases: list[Phrase]) -> None:
    """Each note has the velocity of the source's note nearest in time."""
    for phrase, out in zip(
        phrases, model.fade_each(phrases, [{"register": "+8"}] * len(phrases)), strict=True
    ):
        for onset, velocity in zip(out.onset_step, out.velocity, strict=True):
            nearest = np.abs(phrase.onset_step - onset).argmin()
            assert velocity == phrase.velocity[nearest]


def test_velocities_come_from_the_nearest_note_of_the_source() -> None:
    source = Phrase(Grid(1), np.array([0, 8]), np.array([4, 4]), np.array([60, 62]), np.array([30, 90]))
    four = Phrase(Grid(1), np.array([0, 3, 4, 15]), np.ones(4, np.int64), np.full(4, 70), tempo_qpm=77.0)
    silence = Phrase(Grid(1))
    (given_,) = with_velocities_of([four], [source])
    assert given_.velocity.tolist() == [30, 30, 30, 90]
    assert (given_.pitch.tolist(), given_.tempo_qpm) == (four.pitch.tolist(), 77.0)
    assert with_velocities_of([four, silence], [silence, source]) == [four, silence]


def test_silence_can_be_faded(model: SymVAE) -> None:
    silence = Phrase(model.grid)
    assert model.fade(silence, {}) == model.reconstruct(silence)[0]
    assert model.fade(silence, {"register": 70.0, "notes_per_bar": 8.0}, best_of=2).grid == model.grid


def test_attributes_with_coordinates_of_their_own_are_set_there(
    tiny_model: Path, tmp_path: Path, phrases
) -> None:
    names = ("register", "notes_per_bar")
    config = with_overrides(load_config(tiny_model), ['model.faders=["register", "notes_per_bar"]'])
    torch.manual_seed(0)
    folder = tmp_path / "tiny"
    save_model(folder, config, build_vae(config.model).state_dict(), tokenizer=tiny_model / "tokenizer.json")
    save_scales(folder, scales_of(names))
    model = symvae.load(folder)
    decoded: list[torch.Tensor] = []
    decode = model.codec.decode_ids
    model.codec.decode_ids = lambda z: decoded.append(z) or decode(z)
    out = model.fade_each(phrases[:2], [{"register": 66.0}, {}], hold=["notes_per_bar"])
    z, mean = decoded[0], model.encode(phrases[:2]).mean
    values = measure_phrases(phrases[:1], names)
    values[:, 0] = 66.0
    torch.testing.assert_close(z[0, :2], model.scales.positions(values)[0])
    assert torch.equal(z[0, 2:], mean[0, 2:])
    assert torch.equal(z[1], mean[1])
    assert [phrase.tempo_qpm for phrase in out] == [phrase.tempo_qpm for phrase in phrases[:2]]
