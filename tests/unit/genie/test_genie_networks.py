"""Networks of a genie: one step at a time as all at once, and buttons with a gradient."""

import pytest
import torch

from symvae.config.genie import GenieModelConfig
from symvae.models.genie.button_decoder import Conditions
from symvae.models.genie.button_encoder import straight_through
from symvae.objective.genie import contour_loss, margin_loss
from symvae.system.build_genie import build_genie

SIZES = GenieModelConfig(embedding_size=8, hidden_size=12, dropout=0.0)


def some(notes: int, seed: int = 0):
    chance = torch.Generator().manual_seed(seed)

    def draw(low: int, high: int):
        return torch.randint(low, high, (2, notes), generator=chance)

    conditions = Conditions(
        draw(-1, 17), draw(-1, 8), draw(-1, 24), torch.rand(2, notes, 12, generator=chance) > 0.5
    )
    before = torch.cat([torch.full((2, 1), -1), draw(0, 88)[:, 1:]], dim=1)
    return before, torch.nn.functional.one_hot(draw(0, 8), 8).float(), conditions


@torch.no_grad()
def test_steps_give_the_logits_of_the_whole_sequence():
    decoder = build_genie(SIZES).decoder.eval()
    before, button, conditions = some(6)
    whole = decoder(before, button, conditions)
    states, last = decoder.start(2), torch.zeros(2, 8)
    for note in range(6):
        here = Conditions(*(each[:, note : note + 1] for each in conditions))
        logits, states = decoder.step(before[:, note], button[:, note], last, here, states)
        last = button[:, note]
        assert torch.allclose(logits, whole[:, note], atol=1e-5)


@torch.no_grad()
def test_logits_never_see_the_future():
    decoder = build_genie(SIZES).decoder.eval()
    before, button, conditions = some(6)
    other, other_button, other_conditions = some(6, seed=1)
    mixed = [torch.cat([a[:, :3], b[:, 3:]], dim=1) for a, b in ((before, other), (button, other_button))]
    parts = zip(conditions, other_conditions, strict=True)
    known = Conditions(*(torch.cat([a[:, :3], b[:, 3:]], dim=1) for a, b in parts))
    assert torch.allclose(decoder(*mixed, known)[:, :3], decoder(before, button, conditions)[:, :3])


def test_buttons_are_whole_and_their_gradient_is_that_of_an_interpolation():
    value = torch.tensor([-3.0, -1.0, 0.1, 1.0, 3.0], requires_grad=True)
    weight = straight_through(value, 8)
    assert weight.detach().argmax(-1).tolist() == [0, 0, 4, 7, 7]
    assert torch.equal(weight.detach().sum(-1), torch.ones(5))
    (weight * torch.arange(8.0)).sum().backward()
    assert value.grad[2] == pytest.approx(3.5)  # seven buttons over the range of two
    assert value.grad[0] == value.grad[4] == 0


def test_losses_of_learned_buttons():
    key = torch.tensor([[60, 62, 62, 59]])
    is_note = torch.ones(1, 4, dtype=torch.bool)
    along = torch.tensor([[0.0, 0.5, 0.5, 0.1]])
    assert contour_loss(along, key, is_note) == 0
    assert contour_loss(-along, key, is_note) > 2
    assert margin_loss(along, is_note) == 0
    assert margin_loss(torch.full((1, 4), 3.0), is_note) == 4
