"""Targets of the editor's training: one fader, or several, at the positions of another phrase."""

import torch

from symvae.training.tasks.fader_targets import draw_targets


def test_one_fader_takes_the_position_of_another_phrase_and_the_others_follow() -> None:
    position = torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    coupling = torch.tensor([[1.0, 0.5, 0.0], [0.5, 1.0, -0.2], [0.0, -0.2, 1.0]])
    target, asked = draw_targets(position, coupling, torch.Generator().manual_seed(1))
    assert (asked.sum(1) == 1).all()
    row, which = torch.arange(50), asked.float().argmax(1)
    change = (target - position)[row, which]
    torch.testing.assert_close(target - position, change[:, None] * coupling[which])
    for fader in range(3):
        found = target[which == fader, fader]
        assert ((found[:, None] - position[None, :, fader]).abs().amin(1) < 1e-6).all()
    assert set(which.tolist()) == {0, 1, 2}
    again, _ = draw_targets(position, coupling, torch.Generator().manual_seed(1))
    assert torch.equal(again, target)


def test_in_half_of_the_phrases_several_faders_take_the_positions_of_one_other_phrase() -> None:
    position = torch.randn(400, 5, generator=torch.Generator().manual_seed(0))
    target, asked = draw_targets(position, torch.eye(5), torch.Generator().manual_seed(1), several=True)
    assert 0.25 < (asked.sum(1) > 1).float().mean() < 0.5
    torch.testing.assert_close(target[~asked], position[~asked])
    fits = (target[:, None] == position[None]) | ~asked[:, None]
    assert fits.all(-1).any(1).all()
