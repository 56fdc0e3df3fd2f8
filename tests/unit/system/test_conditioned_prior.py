"""Attributes that condition a prior: a sample takes those of training music, or those that were asked."""

import numpy as np
import pytest
import torch

import symvae
from symvae.config.prior import PriorConfig
from symvae.errors import CheckpointError, ConfigError, TrainingError
from symvae.models.flow.bar_guidance import bar_guidance
from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import BarVelocity
from symvae.system import accompany, drawing, infill
from symvae.system.agreement import checked_prior
from symvae.system.bar_plan import Plan
from symvae.system.forms import Forms
from symvae.training.tasks import prior_forms
from symvae.training.tasks.prior import Z_MAPS, start_from
from tests.conftest import TUNES


def conditioned(size: int) -> FlowPrior:
    """Two bars; the table has two forms, each with two attributes of its music."""
    torch.manual_seed(0)
    velocity = BarVelocity(size, bars=2, code_size=size, width=32, layers=1, attributes=2)
    active = torch.ones(size, dtype=torch.bool)
    prior = FlowPrior(active, velocity, conditions=("notes_per_bar", "pitch_range"))
    prior.forms = torch.tensor([[0.0, 0.0], [0.0, 1.0]])
    prior.attributes = torch.tensor([[-1.0, 0.5], [1.0, 0.25]])
    prior.attribute_scale = torch.tensor([[6.0, 10.0], [2.0, 4.0]])
    return prior


@pytest.fixture
def conditions(tiny_model, monkeypatch):
    """A model, its prior, and what the last draw was conditioned on."""
    model = symvae.load(tiny_model)
    prior = conditioned(model.latent_size)
    vars(model)["prior"] = prior
    seen = []
    sample = prior.sample

    def spy(count, generator, temperature, equal, attributes=None):
        seen.append((equal, attributes))
        return sample(count, generator, temperature, equal, attributes)

    monkeypatch.setattr(prior, "sample", spy)
    return model, prior, seen


def test_a_draw_takes_the_attributes_of_the_music_of_its_form(conditions) -> None:
    model, prior, seen = conditions
    model.sample(8, seed=1)
    equal, attributes = seen[-1]
    assert len(equal) == 8 * drawing.TRIES
    assert attributes.tolist() == prior.attributes[equal[:, 1]].tolist()
    assert len(attributes.unique(dim=0)) == 2
    model.sample(2, form="free")
    assert seen[-1][1] is None


def test_letters_decide_repeats_and_training_music_the_rest(conditions) -> None:
    model, prior, seen = conditions
    model.sample(6, form="AA")
    assert {tuple(row) for row in seen[-1][1].tolist()} <= {tuple(row) for row in prior.attributes.tolist()}
    prior.conditions = ("notes_per_bar", "bar_similarity")
    model.sample(6, form="AA")
    assert seen[-1][1][:, 1].isnan().all()
    assert not seen[-1][1][:, 0].isnan().any()


def test_what_was_asked_conditions_a_draw_and_all_else_is_of_training_music(conditions) -> None:
    model, prior, seen = conditions
    draws = drawing.draw(model.codec, prior, 3, torch.Generator().manual_seed(0), asked={"pitch_range": 18.0})
    assert draws.z.shape == (3, model.latent_size)
    attributes = seen[-1][1]
    assert set(attributes[:, 0].tolist()) <= {-1.0, 1.0}
    assert attributes[:, 1].tolist() == [2.0] * 3
    drawing.draw(
        model.codec, prior, 3, torch.Generator().manual_seed(0), form="free", asked={"pitch_range": 18.0}
    )
    assert seen[-1][1][:, 0].isnan().all()


def test_the_draw_nearest_to_its_attributes_stays(conditions, monkeypatch) -> None:
    """The third of the draws of each has exactly what was asked."""
    model, prior, _ = conditions
    notes = torch.tensor([9.0, 7.0, 4.0, 5.0])
    monkeypatch.setattr(
        drawing,
        "measure",
        lambda phrases, names: {
            "notes_per_bar": notes.repeat(len(phrases) // 4).numpy(),
            "pitch_range": torch.full((len(phrases),), 12.0).numpy(),
        },
    )
    forms = Forms(torch.tensor([[0, 0]] * 3), torch.tensor([[-1.0, 0.5]] * 3))
    every = prior.sample(12, torch.Generator().manual_seed(5), 1.0, *(each.repeat(4, 1) for each in forms))
    draws = drawing.draw_with(model.codec, prior, 3, forms, torch.Generator().manual_seed(5))
    assert torch.equal(draws.z, every[2::4])


def test_a_file_of_other_attributes_is_refused(conditions) -> None:
    _, prior, _ = conditions
    state = prior.state_dict()
    again = checked_prior(state, conditions=prior.conditions)
    assert torch.equal(again.attributes, prior.attributes)
    assert again.conditions == prior.conditions
    for damaged, facts in (
        (state, {"conditions": ()}),
        (state | {"attributes": torch.zeros(1, 2)}, {}),
        (state | {"attribute_scale": torch.zeros(2, 3)}, {}),
    ):
        with pytest.raises((ValueError, CheckpointError)):
            checked_prior(damaged, **facts)


def test_only_a_prior_over_bars_is_conditioned() -> None:
    assert PriorConfig(velocity="bars", width=96, attributes=("register",)).attributes == ("register",)
    with pytest.raises(ConfigError, match=r"prior\.attributes need prior\.velocity"):
        PriorConfig(attributes=("register",))
    with pytest.raises(ConfigError, match=r"prior\.attributes"):
        PriorConfig(velocity="bars", width=96, attributes=("register", "register"))


def test_a_new_condition_of_a_warm_start_changes_nothing_yet(conditions) -> None:
    model, _, _ = conditions
    size = model.latent_size
    torch.manual_seed(1)
    own = FlowPrior(
        torch.ones(size, dtype=torch.bool), BarVelocity(size, bars=2, code_size=size, width=32, layers=1)
    )
    for weights in own.velocity.parameters():
        weights.data.normal_(std=0.1)
    vars(model)["prior"] = own
    prior = conditioned(size)
    start_from(model, prior, own=True)
    z, time = torch.randn(3, size), torch.rand(3, 1)
    expected = own.velocity(z, time)
    assert torch.equal(prior.velocity(z, time), expected)
    assert torch.equal(prior.velocity(z, time, torch.randn(3, 2)), expected)
    for weights in prior.velocity.describe.parameters():
        weights.data.normal_()
    vars(model)["prior"] = prior
    again = conditioned(size)
    start_from(model, again, own=True)
    assert torch.equal(again.velocity(z, time, z[:, :2]), prior.velocity(z, time, z[:, :2]))
    for other in (None, FlowPrior(own.active, BarVelocity(size, bars=2, code_size=size, width=64, layers=1))):
        vars(model)["prior"] = other
        with pytest.raises(TrainingError, match=r"no prior of these sizes .* prior\.warm_start=false"):
            start_from(model, conditioned(size), own=True)


def test_from_another_model_all_but_the_maps_of_z_is_copied(conditions) -> None:
    model, _, _ = conditions
    size = model.latent_size
    other, prior = conditioned(size), conditioned(size)
    for weights in (*other.velocity.parameters(), *prior.velocity.parameters()):
        weights.data.normal_(std=0.1)
    fresh = {name: value.clone() for name, value in prior.velocity.state_dict().items()}
    vars(model)["prior"] = other
    start_from(model, prior, own=False)
    for name, value in prior.velocity.state_dict().items():
        assert torch.equal(value, (fresh if name in Z_MAPS else other.velocity.state_dict())[name])
    vars(model)["prior"] = None
    with pytest.raises(TrainingError, match="without --from"):
        start_from(model, prior, own=False)


def test_conditions_of_other_attributes_start_without_effect(conditions) -> None:
    model, _, _ = conditions
    size = model.latent_size
    other, prior = conditioned(size), conditioned(size)
    for weights in other.velocity.parameters():
        weights.data.normal_(std=0.1)
    other.conditions = ("register", "notes_per_bar")
    vars(model)["prior"] = other
    start_from(model, prior, own=True)
    z, time = torch.randn(3, size), torch.rand(3, 1)
    assert torch.equal(prior.velocity(z, time, torch.randn(3, 2)), prior.velocity(z, time))


def test_the_scale_of_guidance_comes_from_the_config_and_pulls_harder(tiny_model, monkeypatch) -> None:
    model = symvae.load(tiny_model)
    assert model.prior is not None
    assert model.prior.guidance_scale == PriorConfig().guidance_scale == 1.0
    pulls = []

    def caught(target, pull, unfold):
        pulls.append(pull)
        return bar_guidance(target, pull, unfold)

    monkeypatch.setattr(infill, "bar_guidance", caught)
    bars = model.grid.bars
    plans = [Plan(np.arange(bars), np.full(bars, 0.5))]
    for scale in (1.0, 2.0):
        model.prior.guidance_scale = scale
        infill.draw_bars(
            model.codec,
            model.prior,
            model.to_ids(symvae.read(TUNES / "ode_to_joy.mid", grid=model.grid)[:1]),
            [False] * bars,
            plans,
            torch.Generator().manual_seed(0),
        )
    assert [float(each[0, 0]) for each in pulls] == pytest.approx([0.5, 0.75])
    with pytest.raises(ConfigError, match="guidance_scale"):
        PriorConfig(guidance_scale=0.0)


def test_a_lift_is_asked_beyond_each_known_attribute(conditions) -> None:
    """Noise ends where that of attributes so much higher does; what is unknown stays unknown."""
    _, prior, _ = conditions
    noise = torch.randn((2, len(prior.active)), generator=torch.Generator().manual_seed(0))
    wanted = torch.tensor([[0.5, -1.0], [0.5, float("nan")]])
    for part in ("describe.2.weight", "modulate.weight", "end.weight"):
        torch.nn.init.normal_(prior.velocity.get_parameter(part), std=0.1)
    plain = prior.integrate(noise, attributes=wanted + torch.tensor([1.0, -0.5]))
    prior.attribute_lift = torch.tensor([1.0, -0.5])
    assert torch.equal(prior.integrate(noise, attributes=wanted), plain)
    again = FlowPrior.from_state(prior.state_dict(), prior.conditions)
    assert again.attribute_lift.tolist() == [1.0, -0.5]
    with pytest.raises(ValueError, match="attributes of another number"):
        checked_prior(prior.state_dict() | {"attribute_lift": torch.zeros(3)})


def test_the_lift_is_learned_from_draws(conditions, monkeypatch) -> None:
    """Draws follow the first attribute half a deviation too low, by half of its lift; the second by none."""
    model, prior, _ = conditions
    monkeypatch.setattr(prior_forms, "DRAWS", 4)

    def drawn(codec, prior, count, forms, chance):
        # Every form as often as the other.
        return (
            prior.attributes.repeat(2, 1)
            + torch.tensor([0.5, 0.0]) * prior.attribute_lift
            - torch.tensor([0.5, 0.0])
        )

    monkeypatch.setattr(prior_forms, "draw_with", drawn)
    monkeypatch.setattr(prior_forms, "decode", lambda codec, prior, draws, chance: draws)
    monkeypatch.setattr(model, "to_phrases", lambda values: values)
    mean, deviation = prior.attribute_scale

    def measured(values, names):
        own = (values * deviation + mean).numpy()
        return {name: own[:, place] for place, name in enumerate(names)}

    monkeypatch.setattr(model, "measure", measured)
    prior_forms.learn_lift(model, prior, prior.attributes.mean(0))
    assert prior.attribute_lift.tolist() == [1.0, 0.0]


def test_an_accompaniment_asks_for_parts_that_agree(conditions) -> None:
    """The better quarter of the table, of attributes of parts alone; nothing of priors that know none."""
    _, prior, _ = conditions
    assert accompany._agreeing(prior, 3) is None
    prior.conditions = ("bass_kick_agreement", "pitch_range")
    prior.attributes = torch.tensor([[0.0, 9.0], [1.0, 9.0], [2.0, 9.0], [3.0, 9.0], [4.0, 9.0]])
    asked = accompany._agreeing(prior, 3)
    assert asked.shape == (3, 2)
    assert asked[:, 0].tolist() == [3.0] * 3
    assert asked[:, 1].isnan().all()
