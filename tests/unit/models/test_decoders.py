"""Flat and hierarchical decoders: one interface, and their fast equivalents."""

import dataclasses

import pytest
import torch

from symvae.config.run import ModelConfig
from symvae.models.phrase.conductor import Decoder, HierarchicalDecoder
from symvae.models.phrase.fast_decoder import FastFlatDecoder, FastHierarchicalDecoder, fast_decoder
from symvae.models.phrase.flat_decoder import FlatDecoder
from symvae.system.build import build_decoder

SIZES = ModelConfig(
    bars=2,
    positions=4,
    vocabulary_size=9,
    latent_size=5,
    embedding_size=3,
    code_size=4,
    conductor_size=6,
    decoder_size=8,
    unfold_size=7,
    feature_size=3,
)
IDS = torch.randint(9, (6, 2, 4), generator=torch.Generator().manual_seed(1))
Z = torch.randn((6, 5), generator=torch.Generator().manual_seed(2))


@pytest.fixture(params=["hierarchical", "flat"])
def decoder(request: pytest.FixtureRequest) -> Decoder:
    torch.manual_seed(0)
    built = build_decoder(dataclasses.replace(SIZES, decoder=request.param)).eval()
    for weight in built.parameters():  # far from uniform, and exact in half precision
        weight.data = (3 * weight).half().float()
    return built


def test_the_config_chooses_the_decoder() -> None:
    assert isinstance(build_decoder(SIZES), HierarchicalDecoder)
    assert isinstance(build_decoder(dataclasses.replace(SIZES, decoder="flat")), FlatDecoder)


@torch.no_grad()
def test_both_have_the_same_interface(decoder: Decoder) -> None:
    assert decoder(Z, IDS).shape == (6, 2, 4, 9)
    played = decoder.generate(Z)
    assert played.shape == IDS.shape
    assert played.dtype == torch.int64
    assert ((played >= 0) & (played < 9)).all()


@torch.no_grad()
def test_a_dropped_token_does_not_change_the_logits(decoder: Decoder) -> None:
    dropped = torch.zeros_like(IDS, dtype=torch.bool)
    dropped[:, 0, 1] = True
    other = IDS.clone()
    other[:, 0, 1] = (other[:, 0, 1] + 1) % 9
    assert torch.equal(decoder(Z, IDS, dropped), decoder(Z, other, dropped))
    assert not torch.equal(decoder(Z, IDS), decoder(Z, other))


@torch.no_grad()
def test_logits_depend_on_z(decoder: Decoder) -> None:
    assert not torch.allclose(decoder(Z, IDS), decoder(-Z, IDS))


@torch.no_grad()
@pytest.mark.parametrize("choice", [{}, {"temperature": 1.0}, {"temperature": 0.7, "top_p": 0.8}])
def test_the_same_seed_draws_the_same_tokens_also_in_the_fast_decoder(decoder: Decoder, choice: dict) -> None:
    slow, again, fast = (
        player.generate(Z, generator=torch.Generator().manual_seed(7), **choice)
        for player in (decoder, decoder, fast_decoder(decoder))
    )
    assert torch.equal(slow, again)
    assert torch.equal(slow, fast)


@torch.no_grad()
def test_the_fast_decoder_returns_ordinary_tensors(decoder: Decoder) -> None:
    """Tensors of inference mode cannot be changed outside it, which users would meet as an error."""
    played = fast_decoder(decoder).generate(Z)
    played += 1
    assert not played.is_inference()


def test_both_have_a_fast_equivalent_and_other_decoders_are_used_unchanged(decoder: Decoder) -> None:
    twin = FastFlatDecoder if isinstance(decoder, FlatDecoder) else FastHierarchicalDecoder
    assert isinstance(fast_decoder(decoder), twin)

    class Stranger:
        def __call__(self, z, ids, dropped=None):
            return torch.zeros((*ids.shape, 9))

        def generate(self, z, temperature=0.0, top_p=1.0, generator=None):
            return torch.zeros((len(z), 2, 4), dtype=torch.int64)

    stranger = Stranger()
    assert fast_decoder(stranger) is stranger


@torch.no_grad()
def test_tokens_of_one_bar_do_not_change_the_logits_of_another() -> None:
    torch.manual_seed(0)
    decoder = build_decoder(SIZES)
    other = IDS.clone()
    other[:, 0] = (other[:, 0] + 1) % 9
    assert torch.equal(decoder(Z, IDS)[:, 1], decoder(Z, other)[:, 1])
