"""Faders on phrases: wishes in words and numbers, what goes along, what stays, and what is refused.

The model is a tiny one of large weights, so that every z has its own music, and its editor moves z
somehow: what holds here holds whatever was learned.
"""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import symvae
from symvae.config.load import with_overrides
from symvae.config.run import FaderConfig
from symvae.errors import CheckpointError, LatentError, PhraseError
from symvae.latent.arousal import Arousal
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.artifacts import load_config, load_vae, save_editor, save_model, save_scales
from symvae.system.build import build_editor, build_vae
from symvae.system.faders import refine_tokens as refine_tokens
from symvae.system.faders.request import Fader, aims, asked_values, miss, targets, with_velocities_of
from symvae.system.faders.scales import Scales, measure_phrases
from symvae.system.symvae import SymVAE
from tests.conftest import TUNES

NAMES = ("register", "notes_per_bar", "contour", "tempo")

pytestmark = pytest.mark.usefixtures("quickly_settled")


def tunes() -> list[Phrase]:
    """Two bars each, at many heights and tempos, no two notes equally loud."""
    found = []
    for name in ("ode_to_joy", "soldiers_joy", "fishers_hornpipe"):
        for by, window in enumerate(symvae.read(TUNES / f"{name}.mid", grid=Grid(2))):
            loudness = 60 + np.arange(len(window)) * 60 // max(1, len(window))
            louder = dataclasses.replace(window, velocity=loudness)
            found.append(louder.transpose(3 * (by % 9) - 12).with_tempo(80.0 + 7 * (by % 11)))
    return found


def scales_of(names: tuple[str, ...]) -> Scales:
    return Scales.fit(names, measure_phrases(tunes(), names))


def arousal_of(scales: Scales) -> Arousal:
    """The faster and the busier, the more excited."""
    positions = scales.positions(measure_phrases(tunes(), scales.names)).double().numpy()
    return Arousal.fit(positions, (positions[:, 1] + positions[:, 3] > 0).astype(int))


@pytest.fixture(scope="module")
def folder(tiny_model: Path, tmp_path_factory) -> Path:
    config, folder = load_config(tiny_model), tmp_path_factory.mktemp("fade") / "tiny"
    torch.manual_seed(0)
    vae = build_vae(config.model)
    with torch.no_grad():
        for weight in vae.decoder.parameters():
            weight.mul_(4)
    save_model(folder, config, vae.state_dict(), tokenizer=tiny_model / "tokenizer.json")
    editor = build_editor(FaderConfig(attributes=NAMES, width=32, layers=1), load_vae(folder))
    chance = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in editor.parameters():
            weight.copy_(0.3 * torch.randn(weight.shape, generator=chance))
    save_editor(folder, editor)
    save_scales(folder, scales_of(NAMES))
    return folder


@pytest.fixture(scope="module")
def model(folder: Path) -> SymVAE:
    return symvae.load(folder)


@pytest.fixture(scope="module")
def aroused(folder: Path, tmp_path_factory) -> SymVAE:
    """The model with an arousal of its own."""
    copy = shutil.copytree(folder, tmp_path_factory.mktemp("aroused") / "tiny")
    scales = scales_of(NAMES)
    save_scales(copy, dataclasses.replace(scales, arousal=arousal_of(scales)))
    return symvae.load(copy)


@pytest.fixture(scope="module")
def phrases(model: SymVAE) -> list[Phrase]:
    """Within the reach of every fader, so that each can be set where it is."""
    reach = [(fader.low, fader.high) for fader in model.faders.values()]
    return [
        phrase
        for phrase, row in zip(tunes(), measure_phrases(tunes(), NAMES), strict=True)
        if all(low <= value <= high for value, (low, high) in zip(row, reach, strict=True))
    ]


def current(phrase: Phrase) -> dict[str, float]:
    return dict(zip(NAMES, measure_phrases([phrase], NAMES)[0].tolist(), strict=True))


def missed(model: SymVAE, phrase: Phrase, out: Phrase, wishes: dict[str, float]) -> float:
    positions = model.scales.positions(measure_phrases([phrase, out], NAMES))
    asked = np.array([[wishes.get(name, np.nan) for name in NAMES]])
    return miss(positions[1:], model.scales.positions(asked), positions[:1]).item()


# Wishes

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
def test_numbers_are_values_and_signed_words_are_changes(name, wish, value) -> None:
    assert asked_values(FADERS, {name: wish}, NOW) == {name: value}


@pytest.mark.parametrize(
    "wish",
    ["high", "", " ", "+", "nan", "inf", "+inf", float("nan"), float("-inf"), "1,5"],
)
def test_what_is_no_number_is_refused(wish) -> None:
    with pytest.raises(LatentError) as refused:
        asked_values(FADERS, {"register": wish}, NOW)
    assert str(refused.value) == (
        f"register is set to a number, as 6, or changed by one, as +2 or -2; not to {wish!r}."
    )


def test_faders_that_do_not_exist_are_named_all_at_once() -> None:
    with pytest.raises(LatentError) as refused:
        asked_values(FADERS, {"swing": 1.0, "register": 60.0, "groove": "+1"}, NOW)
    assert str(refused.value) == "There is no fader groove, swing. Known faders: register, contour."


# Where all faders go

POSITIONS = arrays("float32", (3, 4), elements=st.floats(-2, 2, width=32)).map(torch.from_numpy)
COUPLINGS = arrays("float32", (4, 4), elements=st.floats(-1, 1, width=32)).map(torch.from_numpy)
FLAGS = arrays("bool", 4).map(torch.from_numpy)


@settings(deadline=None)
@given(POSITIONS, POSITIONS, COUPLINGS, FLAGS, FLAGS)
def test_what_is_asked_is_met_what_is_held_stays_and_the_rest_goes_along(
    position, asked, coupling, wished, held
) -> None:
    wanted = torch.where(wished, asked, torch.nan)
    target = targets(position, wanted, coupling, held)
    assert torch.equal(target[:, wished], asked[:, wished])
    assert torch.equal(target[:, held & ~wished], position[:, held & ~wished])
    along = (asked - position)[:, wished] @ coupling[wished]
    free = ~held & ~wished
    torch.testing.assert_close(target[:, free], (position + along)[:, free], atol=1e-5, rtol=1e-5)


@settings(deadline=None)
@given(POSITIONS, COUPLINGS, FLAGS)
def test_where_nothing_is_asked_nothing_goes(position, coupling, held) -> None:
    assert torch.equal(targets(position, torch.full_like(position, torch.nan), coupling, held), position)
    assert torch.equal(targets(position, position, coupling, held), position)


def test_a_miss_by_hand() -> None:
    nan = float("nan")
    achieved, position = torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[0.0, 0.0, 5.0]])
    assert miss(achieved, torch.tensor([[1.5, nan, nan]]), position).item() == 0.5 + 0.25 * (2 + 2)
    assert miss(achieved, achieved, position).item() == 0
    assert miss(achieved, torch.full((1, 3), nan), achieved).item() == 0


@pytest.mark.parametrize("count", [0, 1, 7, 30])
def test_aims_are_all_different_and_beyond_what_was_missed(count: int) -> None:
    target, achieved = torch.tensor([[1.0, -1.0]]), torch.tensor([[0.5, -1.0]])
    further = torch.cat([torch.empty(0, 2), *aims(target, achieved, count)])
    assert len(further.unique(dim=0)) == count
    assert (further[:, 0] > 1).all()
    assert (further[:, 1] == -1).all()


# Fading


def test_a_fader_that_is_not_moved_is_the_reconstruction(model: SymVAE, phrases: list[Phrase]) -> None:
    """But for what does not pass through z: tempo and velocities stay those of the phrase."""
    expected = with_velocities_of(model.reconstruct(phrases), phrases)
    assert model.fade_each(phrases, [{}] * len(phrases)) == expected
    assert model.fade_each(phrases, [{name: "+0" for name in NAMES}] * len(phrases)) == expected
    assert model.fade_each(phrases, [current(phrase) for phrase in phrases], best_of=3) == expected
    assert model.fade(phrases[0], {}) == expected[0]


def test_a_fader_that_is_moved_changes_the_music(model: SymVAE, phrases: list[Phrase]) -> None:
    plain, up = (
        model.fade_each(phrases, [wishes] * len(phrases), hold=["tempo"])
        for wishes in ({}, {"register": "+8"})
    )
    assert [phrase.grid for phrase in up] == [model.grid] * len(phrases)
    assert sum(a != b for a, b in zip(plain, up, strict=True)) > len(phrases) / 2


def test_a_change_is_the_value_that_it_leads_to(model: SymVAE, phrases: list[Phrase]) -> None:
    for wish, change in (("+5", 5.0), ("-2", -2.0)):
        values = [{"register": current(phrase)["register"] + change} for phrase in phrases]
        assert model.fade_each(phrases, [{"register": wish}] * len(phrases)) == model.fade_each(
            phrases, values
        )


def test_out_of_reach_is_the_nearest_within(model: SymVAE, phrases: list[Phrase]) -> None:
    for name, fader in model.faders.items():
        for beyond, end in ((1e6, fader.high), (-1e6, fader.low)):
            assert fader.nearest(beyond) == end
            assert model.fade(phrases[0], {name: beyond}) == model.fade(phrases[0], {name: end})


def test_an_item_ignores_the_rest_of_its_batch(aroused: SymVAE, phrases: list[Phrase]) -> None:
    """What one phrase is asked for, its arousal too, is nothing to the others: not even to their choice."""
    wishes = [{"register": 70.0}, {"arousal": 0.9}, {}, {"contour": "+4", "arousal": "-0.3"}] * 3
    some = phrases[: len(wishes)]
    together = aroused.fade_each(some, wishes, best_of=4)
    assert together == [aroused.fade(p, wish, best_of=4) for p, wish in zip(some, wishes, strict=True)]


def test_what_does_not_go_along_is_held(model: SymVAE, phrases: list[Phrase], monkeypatch) -> None:
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
    assert free[3] == 0  # the tempo can be had apart from all
    assert some == [free[0], free[1], 0, 0]
    assert most == [free[0], 0, 0, 0]


@pytest.mark.parametrize("wishes", [{"register": 75.0}, {"notes_per_bar": 9.0, "contour": -4.0}])
def test_the_best_of_many_never_misses_by_more_than_one(model: SymVAE, phrases, wishes) -> None:
    one, few, many = (
        [missed(model, p, out, wishes) for p, out in zip(phrases, outs, strict=True)]
        for outs in (
            model.fade_each(phrases, [wishes] * len(phrases), best_of=n, refine=False) for n in (1, 2, 6)
        )
    )
    assert all(b <= a + 1e-6 for a, b in zip(one, few, strict=True))
    assert all(b <= a + 1e-6 for a, b in zip(one, many, strict=True))
    assert sum(many) < sum(few) < sum(one)


def test_settling_never_makes_a_phrase_miss_by_more(model: SymVAE, phrases) -> None:
    """And it is done to one decode, by a few tokens: what it did not touch is what was decoded."""
    wishes = [{"register": 75.0}] * len(phrases)
    plain, settled = (model.fade_each(phrases, wishes, refine=on) for on in (False, True))
    away = [
        np.abs(measure_phrases(outs, ["register"])[:, 0] - model.faders["register"].nearest(75.0))
        for outs in (plain, settled)
    ]
    assert away[1].sum() < away[0].sum()
    exchanged = (model.to_ids(plain) != model.to_ids(settled)).flatten(1).sum(1)
    # A note that goes may leave a note-off behind.
    assert 0 < exchanged.max() <= 2 * refine_tokens.MOST_EXCHANGES


def test_the_tempo_needs_no_network(model: SymVAE, phrases: list[Phrase]) -> None:
    """Asked for, it is met; where only others are asked for and it is held, it stays to the hundredth."""
    for wish in (90.0, 120.5, "+10"):
        for phrase, out in zip(
            phrases, model.fade_each(phrases, [{"tempo": wish}] * len(phrases)), strict=True
        ):
            wanted = phrase.tempo_qpm + 10 if wish == "+10" else wish
            assert out.tempo_qpm == round(model.faders["tempo"].nearest(wanted), 2)
    held = model.fade_each(phrases, [{"register": "+6"}] * len(phrases), hold=["tempo"])
    assert [out.tempo_qpm for out in held] == [phrase.tempo_qpm for phrase in phrases]


def test_a_tempo_beyond_the_training_phrases_stays_if_it_is_not_asked_for(model: SymVAE, phrases) -> None:
    """Its position is the end of the scale; the scale's last value is not its tempo."""
    for qpm in (20.0, 400.0):
        phrase = phrases[0].with_tempo(qpm)
        assert model.fade(phrase, {"register": "+4"}, hold=["tempo"]).tempo_qpm == qpm
        assert model.fade(phrase, {}).tempo_qpm == qpm


@pytest.mark.parametrize("wish", [120.05, 119.95, "+0.1", 1e3, 1.0])
@pytest.mark.parametrize("qpm", [20.0, 120.0, 400.0])
def test_a_tempo_is_met_from_nearby_and_from_beyond_the_scale(model: SymVAE, phrases, qpm, wish) -> None:
    wanted = qpm + 0.1 if wish == "+0.1" else wish
    out = model.fade(phrases[0].with_tempo(qpm), {"tempo": wish}, refine=False)
    assert out.tempo_qpm == round(model.faders["tempo"].nearest(wanted), 2)


@pytest.mark.parametrize(("qpm", "arousal"), [(400.0, 0.99), (20.0, 0.01)])
def test_arousal_leads_no_tempo_back_to_the_end_of_its_scale(aroused: SymVAE, phrases, qpm, arousal) -> None:
    out = aroused.fade(phrases[0].with_tempo(qpm), {"arousal": arousal}, refine=False)
    assert out.tempo_qpm == qpm


@pytest.fixture(scope="module")
def untimed(folder: Path, tmp_path_factory) -> SymVAE:
    """A model whose tempo is no fader."""
    copy = shutil.copytree(folder, tmp_path_factory.mktemp("untimed") / "tiny")
    names = NAMES[:-1]
    save_editor(copy, build_editor(FaderConfig(attributes=names, width=32, layers=1), load_vae(copy)))
    save_scales(copy, scales_of(names))
    return symvae.load(copy)


def test_a_tempo_that_is_no_fader_is_kept(untimed: SymVAE, phrases: list[Phrase]) -> None:
    out = untimed.fade_each(phrases, [{"register": "+6"}] * len(phrases), best_of=2)
    assert [phrase.tempo_qpm for phrase in out] == [phrase.tempo_qpm for phrase in phrases]


def test_a_melody_keeps_its_velocities(model: SymVAE, phrases: list[Phrase]) -> None:
    """Each note is as loud as the note of the source that is nearest in time."""
    for phrase, out in zip(
        phrases, model.fade_each(phrases, [{"register": "+8"}] * len(phrases)), strict=True
    ):
        for onset, velocity in zip(out.onset_step, out.velocity, strict=True):
            nearest = np.abs(phrase.onset_step - onset).argmin()
            assert velocity == phrase.velocity[nearest]


def test_velocities_come_from_the_nearest_note_and_silence_has_none() -> None:
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


# Arousal


def test_arousal_is_a_fader_where_it_was_learned(model: SymVAE, aroused: SymVAE) -> None:
    assert list(model.faders) == list(NAMES)
    assert list(aroused.faders) == [*NAMES, "arousal"]
    assert (aroused.faders["arousal"].low, aroused.faders["arousal"].high) == (0.0, 1.0)


def test_another_arousal_makes_another_model(model: SymVAE, aroused: SymVAE, phrases: list[Phrase]) -> None:
    """The same network and editor; the model that it was made of stays as it was."""
    mixture = arousal_of(model.scales)
    other = model.with_arousal(mixture)
    assert (list(model.faders), list(other.faders)) == (list(NAMES), [*NAMES, "arousal"])
    assert model.scales.arousal is None
    wishes = [{"arousal": 0.8}] * len(phrases)
    assert other.fade_each(phrases, wishes) == aroused.fade_each(phrases, wishes)
    back = dataclasses.replace(mixture, mean=mixture.mean[::-1].copy())
    assert other.with_arousal(back).scales.arousal.way == pytest.approx(-mixture.way)


def test_more_arousal_is_faster_and_less_is_slower(aroused: SymVAE, phrases: list[Phrase]) -> None:
    many = len(phrases)
    calm, plain, wild = (
        [out.tempo_qpm for out in aroused.fade_each(phrases, [wishes] * many)]
        for wishes in ({"arousal": 0.02}, {}, {"arousal": 0.98})
    )
    assert np.mean(calm) < np.mean(plain) < np.mean(wild)
    assert all(a <= b for a, b in zip(calm, wild, strict=True))


def test_an_arousal_moves_neither_what_is_held_nor_what_is_asked(aroused: SymVAE, phrases) -> None:
    some = phrases[:6]
    held = aroused.fade_each(some, [{"arousal": 0.95}] * 6, hold=["tempo"])
    assert [out.tempo_qpm for out in held] == [phrase.tempo_qpm for phrase in some]
    asked = aroused.fade_each(some, [{"arousal": 0.95, "tempo": 85.0}] * 6)
    assert [out.tempo_qpm for out in asked] == pytest.approx([85.0] * 6, abs=0.011)


@pytest.mark.filterwarnings("error:.*divide")
def test_an_arousal_with_everything_held_is_the_reconstruction(aroused: SymVAE, phrases) -> None:
    assert aroused.fade(phrases[0], {"arousal": 0.9}, hold=NAMES) == aroused.fade(phrases[0], {})


def test_the_arousal_that_it_has_moves_nearly_nothing(aroused: SymVAE, phrases: list[Phrase]) -> None:
    position = aroused.scales.positions(measure_phrases(phrases, NAMES)).double().numpy()
    arousal = aroused.scales.arousal.of(position)
    inside = (arousal > 0.05) & (arousal < 0.95)
    moved = aroused.scales.arousal.toward(position[inside], arousal[inside])
    assert moved == pytest.approx(position[inside], abs=1e-6)


# Complaints


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
        (  # one name by itself is a name, not its letters
            {"register": 60.0},
            {"hold": "swing"},
            "There is no fader swing to hold. Known faders: register, notes_per_bar, contour, tempo.",
        ),
        (
            {"register": "higher"},
            {},
            "register is set to a number, as 6, or changed by one, as +2 or -2; not to 'higher'.",
        ),
        (
            {"register": 60.0},
            {"best_of": 0},
            "The number of decodes to choose from is 1 or more, not 0.",
        ),
    ],
)
def test_what_cannot_be_faded_is_refused(model: SymVAE, phrases, wishes, more, message) -> None:
    with pytest.raises(LatentError) as refused:
        model.fade(phrases[0], wishes, **more)
    assert str(refused.value) == message


def test_values_are_one_mapping_a_phrase(model: SymVAE, phrases: list[Phrase]) -> None:
    for count in (0, 1, 3):
        with pytest.raises(LatentError) as refused:
            model.fade_each(phrases[:2], [{"register": 60.0}] * count)
        assert str(refused.value) == (
            f"There are values of faders for {count} phrases, not for 2. Give one mapping each."
        )


def test_a_phrase_on_another_grid_is_refused(model: SymVAE) -> None:
    with pytest.raises(PhraseError, match=r"takes 2 bars of 4/4, this phrase has 1 of 4/4"):
        model.fade(Phrase(Grid(1)), {"register": 60.0})


def test_a_model_without_faders_says_who_has_them(tiny_model: Path, monkeypatch, folder: Path) -> None:
    plain, again = symvae.load(tiny_model), symvae.load(tiny_model)
    assert plain.faders == {}
    monkeypatch.setattr("symvae.system.symvae.available", lambda: ["bare", "faded"])
    monkeypatch.setattr("symvae.system.symvae.find", {"bare": tiny_model, "faded": folder}.__getitem__)
    with pytest.raises(LatentError) as refused:
        plain.fade(Phrase(plain.grid), {"register": 60.0})
    assert str(refused.value) == "tiny has no faders. Models with faders: faded."
    monkeypatch.setattr("symvae.system.symvae.available", lambda: ["bare"])
    with pytest.raises(LatentError) as refused:
        again.fade(Phrase(plain.grid), {})
    assert str(refused.value) == "tiny has no faders. Learn them with `symvae train-faders`."


def test_scales_without_an_editor_are_refused(folder: Path, tmp_path: Path, phrases: list[Phrase]) -> None:
    """Else the first coordinates of z would be overwritten."""
    copy = shutil.copytree(folder, tmp_path / "tiny")
    (copy / "faders.safetensors").unlink()
    with pytest.raises(CheckpointError) as refused:
        symvae.load(copy).fade(phrases[0], {"register": 60.0})
    assert str(refused.value) == (
        f"{copy} has the scales of faders and no faders.safetensors. "
        "Restore it or run `symvae train-faders` again."
    )


# What a fader is


def test_faders_are_told_in_the_attributes_units(model: SymVAE) -> None:
    register = model.faders["register"]
    measured = np.sort(measure_phrases(tunes(), ["register"])[:, 0])
    assert (register.name, register.unit, register.error) == ("register", "MIDI pitch", None)
    assert measured[0] <= register.low < np.median(measured) < register.high <= measured[-1]
    assert register.nearest(register.low + 1) == register.low + 1


def test_a_measured_error_is_told(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "tiny")
    save_scales(copy, dataclasses.replace(scales_of(NAMES), error=(1.5, None, 2.0, 0.0)))
    assert [fader.error for fader in symvae.load(copy).faders.values()] == [1.5, None, 2.0, 0.0]


def test_where_attributes_have_coordinates_these_are_set(tiny_model: Path, tmp_path: Path, phrases) -> None:
    names = ("register", "notes_per_bar")
    config = with_overrides(load_config(tiny_model), ['model.faders=["register", "notes_per_bar"]'])
    torch.manual_seed(0)
    folder = tmp_path / "tiny"
    save_model(folder, config, build_vae(config.model).state_dict(), tokenizer=tiny_model / "tokenizer.json")
    save_scales(folder, scales_of(names))
    model = symvae.load(folder)
    decoded: list[torch.Tensor] = []
    decode = model.decode_ids
    model.decode_ids = lambda z: decoded.append(z) or decode(z)
    out = model.fade_each(phrases[:2], [{"register": 66.0}, {}], hold=["notes_per_bar"])
    z, mean = decoded[0], model.encode(phrases[:2]).mean
    values = measure_phrases(phrases[:1], names)
    values[:, 0] = 66.0
    torch.testing.assert_close(z[0, :2], model.scales.positions(values)[0])
    assert torch.equal(z[0, 2:], mean[0, 2:])
    assert torch.equal(z[1], mean[1])
    assert [phrase.tempo_qpm for phrase in out] == [phrase.tempo_qpm for phrase in phrases[:2]]
