"""Mixed precision: bfloat16 where the processor has it; training runs everywhere."""

import pytest
import torch

from symvae.nn import mixed as precision
from symvae.nn.recurrent import LSTM


@pytest.mark.parametrize("supported", [True, False])
def test_matrices_are_bfloat16_only_where_the_processor_computes_in_it(monkeypatch, supported):
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: supported)
    with precision.mixed("cpu"):
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == (torch.bfloat16 if supported else torch.float32)


def test_single_precision_can_be_chosen_anywhere(monkeypatch):
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: True)
    with precision.mixed("cpu", enabled=False):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32


def test_gpus_count_as_having_bfloat16():
    assert precision.has_bfloat16("cuda")


def test_an_lstm_trains_on_this_processor():
    """On a processor without bfloat16 the LSTM of its library raises an error in bfloat16."""
    lstm = LSTM(4, 8)
    with precision.mixed("cpu"):
        outputs, _ = lstm(torch.randn(2, 3, 4))
    outputs.float().square().mean().backward()
    assert lstm.weight_hh_l0.grad is not None
