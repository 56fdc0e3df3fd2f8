import torch

from symvae.nn.half import HalfLinear


def test_weights_exact_in_half_precision_lose_nothing() -> None:
    torch.manual_seed(0)
    weight, bias, inputs = torch.randn(40, 30).half().float(), torch.randn(40), torch.randn(2, 3, 30)
    expected = torch.nn.functional.linear(inputs.double(), weight.double(), bias.double())
    torch.testing.assert_close(HalfLinear(weight, bias)(inputs).double(), expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(
        HalfLinear(weight)(inputs).double(), expected - bias.double(), atol=1e-5, rtol=1e-5
    )


def test_without_a_kernel_it_is_a_plain_linear_map(monkeypatch) -> None:
    monkeypatch.setattr(torch.backends.quantized, "engine", "qnnpack")
    weight, inputs = torch.randn(4, 3), torch.randn(2, 3)
    linear = HalfLinear(weight)
    assert linear.packed is None
    torch.testing.assert_close(linear(inputs), inputs @ weight.t())
