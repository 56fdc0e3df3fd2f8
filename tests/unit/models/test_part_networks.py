"""Networks of several parts: absent parts cost nothing and touch nothing."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from symvae.models.phrase.bar_decoder import BarDecoder
from symvae.models.phrase.bar_encoder import BarEncoder
from symvae.models.phrase.part_bar_decoder import PartBarDecoder
from symvae.models.phrase.part_bar_encoder import PartBarEncoder
from symvae.models.phrase.part_layout import PartLayout

#: Two parts of two positions; ids 0, 1 of the first, 2 of the second, 3 absence, then their onsets.
LAYOUT = PartLayout(2, ((0, 1, 4), (2, 5)), ((0, 1, 0, 0, 2, 0), (0, 0, 0, 0, 0, 1)), 3)
IDS = torch.tensor([[0, 4, 2, 5], [1, 0, 3, 3], [3, 3, 5, 2], [4, 4, 5, 5]])


@pytest.fixture
def encoder() -> PartBarEncoder:
    torch.manual_seed(0)
    sizes = {"positions": 2, "embedding_size": 3, "hidden_size": 4, "summary_size": 5}
    parts = [BarEncoder(vocabulary_size=n, code_size=c, **sizes) for n, c in ((3, 4), (2, 2))]
    return PartBarEncoder(parts, layout=LAYOUT, summary_size=3, absent_std=0.3)


@pytest.fixture
def decoder() -> PartBarDecoder:
    torch.manual_seed(0)
    sizes = {"positions": 2, "embedding_size": 3, "hidden_size": 4, "unfold_size": 5, "feature_size": 2}
    parts = [BarDecoder(vocabulary_size=n, code_size=c, **sizes) for n, c in ((3, 4), (2, 2))]
    return PartBarDecoder(parts, code_sizes=[4, 2], layout=LAYOUT)


def test_the_code_of_a_part_depends_on_that_part_alone(encoder: PartBarEncoder) -> None:
    codes = encoder(IDS[:, None])
    assert codes.mean.shape == (4, 1, 6)
    assert codes.summary.shape == (4, 1, 3)
    other = IDS.clone()
    other[0, 2:] = 3
    changed = encoder(other[:, None])
    assert torch.equal(codes.mean[0, 0, :4], changed.mean[0, 0, :4])
    assert torch.equal(changed.mean[0, 0, 4:], encoder.absent[4:])
    assert torch.allclose(changed.log_std[0, 0, 4:].exp(), torch.tensor(0.3))
    assert torch.equal(codes.mean[1:], changed.mean[1:])


def test_nats_are_the_cross_entropy_of_the_logits_of_present_parts(decoder: PartBarDecoder) -> None:
    code = torch.randn((4, 6), generator=torch.Generator().manual_seed(1))
    logits = decoder(code, IDS)
    each = cross_entropy(logits.flatten(0, 1), IDS.flatten(), reduction="none").view(4, 4)
    assert torch.allclose(decoder.nats(code, IDS), (each * (IDS != 3)).sum(1), atol=1e-5)


def test_absent_parts_get_no_gradient(decoder: PartBarDecoder) -> None:
    code = torch.randn((1, 6), requires_grad=True)
    decoder.nats(code, IDS[1:2]).sum().backward()
    assert code.grad is not None
    assert (code.grad[0, 4:] == 0).all()
    assert (code.grad[0, :4] != 0).any()


def test_generated_ids_are_those_of_their_part(decoder: PartBarDecoder) -> None:
    code = torch.randn((50, 6), generator=torch.Generator().manual_seed(2))
    ids = decoder.generate(code, 1.0, generator=torch.Generator().manual_seed(3))
    assert set(ids[:, :2].unique().tolist()) <= {0, 1, 4}
    assert set(ids[:, 2:].unique().tolist()) <= {2, 5}
    greedy = decoder.generate(code)
    assert torch.equal(decoder(code, greedy).argmax(-1), greedy)
