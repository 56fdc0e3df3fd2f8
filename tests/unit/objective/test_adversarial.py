"""Adversarial losses on numbers small enough to check by hand."""

import pytest
import torch

from symvae.objective.adversarial import discriminator_loss, generator_loss, matching_loss


def test_the_hinge_loss_is_zero_beyond_the_margin():
    assert discriminator_loss([torch.tensor([1.0, 5.0])], [torch.tensor([-1.0, -9.0])]) == 0
    assert discriminator_loss([torch.zeros(3)], [torch.zeros(3)]) == 2
    assert discriminator_loss([torch.tensor([0.5])], [torch.tensor([0.0])]) == 1.5


def test_losses_do_not_depend_on_the_number_of_discriminators():
    one = discriminator_loss([torch.zeros(3)], [torch.ones(3)])
    assert discriminator_loss([torch.zeros(3)] * 4, [torch.ones(3)] * 4) == one
    assert generator_loss([torch.tensor([2.0, 4.0])]) == generator_loss([torch.tensor([2.0, 4.0])] * 3) == -3


def test_feature_distances_are_relative_to_the_features():
    real, made = torch.tensor([1.0, -3.0]), torch.tensor([2.0, -3.0])
    assert matching_loss([[real]], [[made]]) == pytest.approx(0.25)
    assert matching_loss([[10 * real]], [[10 * made]]) == pytest.approx(0.25)
    assert matching_loss([[real, real], [real]], [[real, made], [real]]) == pytest.approx(0.25 / 3)
