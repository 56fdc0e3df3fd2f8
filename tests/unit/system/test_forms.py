"""Samples with a form, an ending, a key and attributes, and repeats at every temperature."""

import numpy as np
import pytest
import torch

import symvae
from symvae.attributes.cadence import cadence
from symvae.attributes.form import equal_bars
from symvae.attributes.key import Key, key_correlation, key_named, key_of, keys_of_tonic
from symvae.errors import LatentError
from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import BarVelocity
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.endings import cadences
from symvae.system.forms import lettered
from symvae.system.repeats import equal_rows, repeat_bars
from symvae.system.symvae import SymVAE
from symvae.system.wishes import CANDIDATES, check_values, in_key, nearest


@pytest.fixture
def model(tiny_model) -> SymVAE:
    """Two bars, with a prior over them that knows one form: the second bar repeats the first."""
    model = symvae.load(tiny_model)
    torch.manual_seed(0)
    size = model.latent_size
    prior = FlowPrior(
        torch.ones(size, dtype=torch.bool), BarVelocity(size, bars=2, code_size=size, width=32, layers=1)
    )
    prior.forms = torch.tensor([[0.0, 0.0]])
    vars(model)["prior"] = prior
    return model


@pytest.mark.parametrize(
    ("form", "bars", "equal"),
    [
        ("AABA", 4, [0, 0, 2, 0]),
        ("ABAC", 8, [0, 1, 2, 3, 0, 1, 6, 7]),
        ("AA'", 8, [0, 1, 2, 3, 0, 1, 6, 7]),
        ("A'AA'A''", 8, [0, 1, 0, 3, 0, 1, 0, 7]),
        ("ABCB", 4, [0, 1, 2, 1]),
    ],
)
def test_letters_name_equal_bars_and_primes_change_the_end(form, bars, equal) -> None:
    assert lettered(form, bars) == equal


@pytest.mark.parametrize(
    ("form", "bars", "message"),
    [
        ("aaba", 16, "is no form. Name its sections with letters"),
        ("", 16, "is no form"),
        ("'A", 16, "is no form"),
        ("ABC", 16, "16 bars, which 3 sections cannot share equally"),
    ],
)
def test_forms_that_do_not_fit_are_refused(form, bars, message) -> None:
    with pytest.raises(LatentError, match=message):
        lettered(form, bars)


@pytest.mark.parametrize("form", ["AABA", "real"])
def test_a_prior_without_bars_has_no_forms(model, form) -> None:
    model.prior.forms = torch.zeros(0, 0)
    with pytest.raises(LatentError, match=r"has no prior over bars, .* or the form 'free'"):
        model.sample(1, form=form)


def test_an_empty_form_is_refused(model) -> None:
    with pytest.raises(LatentError, match="'' is no form"):
        model.sample(1, form="")


def test_samples_repeat_what_the_form_repeats(model) -> None:
    for form, repeats in (("AA", True), ("real", True), (None, True), ("AB", False), ("free", False)):
        drawn = model.sample(6, seed=1, form=form)
        assert all((equal_bars(phrase) == [0, 0]).all() for phrase in drawn) == repeats, form
        assert drawn == model.sample(6, seed=1, form=form)


def test_a_prior_without_a_table_draws_freely_and_refuses_real_forms(model) -> None:
    model.prior.forms = torch.zeros(0, 2)
    assert model.sample(3, seed=1) == model.sample(3, seed=1, form="free")
    with pytest.raises(LatentError, match=r"no table of forms. Run `symvae train-prior`"):
        model.sample(1, form="real")
    with pytest.raises(LatentError, match="The Gaussian prior knows no forms"):
        model.sample(1, form="AB", prior="gaussian")


def test_a_prior_keeps_its_forms_in_a_file(model) -> None:
    """Matrices are rounded to 255 levels there; bars are whole numbers."""
    prior = model.prior
    prior.form_scale.fill_(1.1)
    prior.endings.fill_(0.5)
    state = {name: value * (1.001 if name == "forms" else 1) for name, value in prior.state_dict().items()}
    again = FlowPrior.from_state(state)
    assert torch.equal(again.forms, prior.forms)
    assert float(again.form_scale) == pytest.approx(1.1)
    assert float(again.endings) == pytest.approx(0.5)


def test_bars_repeat_the_first_one_with_their_number() -> None:
    ids = torch.arange(8).view(1, 4, 2)
    assert repeat_bars(ids, torch.tensor([[0, 1, 0, 1]])).tolist() == [[[0, 1], [2, 3], [0, 1], [2, 3]]]
    assert equal_rows(ids[:, [0, 1, 0, 3]]).tolist() == [[0, 1, 0, 3]]


class Decoder:
    """Odd latents have equal bars at temperature 0; above, every token is drawn."""

    def generate(self, z, temperature=0.0, top_p=1.0, generator=None):
        if temperature > 0:
            return torch.randint(2, 90, (len(z), 2, 16), generator=generator)
        return torch.stack(
            [torch.full((len(z), 16), 40), 40 + (z[:, :1].long() + 1) % 2 + torch.zeros(16).long()], 1
        )


def test_bars_that_are_equal_at_temperature_0_share_the_draws_above(model) -> None:
    vars(model.codec)["_generator"] = Decoder()
    z = torch.arange(6.0)[:, None].expand(-1, model.latent_size)
    warm = model.decode_ids(z, temperature=1.0, seed=3)
    assert (warm[:, 0] == warm[:, 1]).all(-1).tolist() == [False, True] * 3
    assert not torch.equal(warm[1], warm[3])


def line(*notes: tuple[int, int, int], metre: str = "4/4", bars: int = 2) -> Phrase:
    """From (onset, duration, pitch)."""
    onset, duration, pitch = np.array(notes).T
    return Phrase(Grid.of_metre(metre, bars), onset, duration, pitch)


OPEN = line(
    *[(2 * i, 2, p) for i, p in enumerate([60, 64, 67, 72, 71, 67, 65, 64, 60, 64, 67, 64, 65, 62, 65, 62])]
)


def test_candidates_end_on_a_long_tonic_and_differ_in_the_last_bar_alone() -> None:
    found = list(cadences(OPEN, (21, 108)))
    assert [(int(each.onset_step[-1]), int(each.pitch[-1])) for each in found] == [(16, 60), (24, 60)]
    for each in found:
        assert cadence(each)
        assert each.window(0, 1) == OPEN.window(0, 1)
        assert each.is_monophonic


def test_the_middle_of_a_bar_of_three_is_no_place_to_end() -> None:
    tune = line(*[(4 * i, 4, p) for i, p in enumerate([60, 64, 67, 65, 62, 65])], metre="3/4")
    assert [int(each.onset_step[-1]) for each in cadences(tune, (21, 108))] == [12]


def test_samples_end_with_a_cadence_as_often_as_the_prior_says(model) -> None:
    shares = []
    for share in (0.0, 1.0):
        model.prior.endings.fill_(share)
        shares.append(np.mean([cadence(phrase) for phrase in model.sample(30, seed=2) if len(phrase)]))
    assert shares[0] < 0.5
    assert shares[1] > 0.9


def test_samples_are_in_the_key_that_was_asked(model) -> None:
    for name in ("D", "E minor"):
        tonic = key_named(name).tonic
        for phrase in model.sample(4, key=name, seed=1, form="free"):
            correlation = key_correlation(phrase)
            assert correlation[keys_of_tonic(tonic)].max() > correlation.max() - 1e-9


def test_a_transposition_is_small_and_stays_within_the_range() -> None:
    for tonic in range(12):
        for tune in (OPEN, OPEN.transpose(36), OPEN.transpose(-39)):
            moved = in_key(tune, Key(tonic, False), (21, 108))
            assert key_of(moved).tonic == tonic
            assert (np.abs(moved.pitch - tune.pitch) <= 12).all()
            assert moved.pitch.min() >= 21
            assert moved.pitch.max() <= 108
    assert np.abs(in_key(OPEN, Key(7, False), (21, 108)).pitch - OPEN.pitch).max() <= 6


def test_the_nearest_candidate_is_chosen_and_its_mode_comes_first() -> None:
    minor = OPEN.with_notes(
        OPEN.onset_step, OPEN.duration_step, OPEN.pitch - (OPEN.pitch % 12 == 4), OPEN.velocity
    )
    few = line((0, 16, 60), (16, 16, 67))
    group = [few] * (CANDIDATES - 2) + [OPEN, minor]
    assert nearest(group, {"notes_per_bar": 8.0}, None) == [OPEN]
    assert nearest(group, {"notes_per_bar": 1.0}, None) == [few]
    assert nearest(group, {"notes_per_bar": 1.0}, True) == [minor]


def test_attributes_bring_samples_nearer_and_unknown_ones_are_refused(model) -> None:
    def distance(**settings):
        drawn = model.sample(6, seed=1, form="free", **settings)
        return np.abs(model.measure(drawn)["register"] - 70).mean()

    assert distance(values={"register": 70.0}) < distance()
    with pytest.raises(LatentError, match=r"have no tempo to choose by. Choose among notes_per_bar"):
        model.sample(1, values={"tempo": 90.0})
    for value in (float("nan"), float("inf")):
        with pytest.raises(LatentError, match="notes_per_bar is asked as a finite number, not"):
            model.sample(1, values={"notes_per_bar": value})


def test_values_beyond_the_bounds_of_an_attribute_are_refused() -> None:
    check_values({"rest_share": 1.0}, ["rest_share"], "mine")
    with pytest.raises(LatentError, match=r"^rest_share lies from 0 to 1, and 1\.5 was asked\."):
        check_values({"rest_share": 1.5}, ["rest_share"], "mine")
