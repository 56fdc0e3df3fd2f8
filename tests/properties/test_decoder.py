"""Laws of all decoders: causal logits, generation that agrees with teacher forcing, independent phrases.

Weights are random, with logits far enough apart that rounding does not change the most likely token."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from symvae.config.run import ModelConfig
from symvae.models.phrase.conductor import Decoder
from symvae.models.phrase.fast_decoder import fast_decoder
from symvae.system.build import build_decoder

BARS, POSITIONS, VOCABULARY, LATENT = 3, 5, 11, 6
KINDS = ("hierarchical", "flat")
SEEDS = st.integers(0, 2**31)


def decoder_of(kind: str, seed: int, conductor_size: int = 8) -> Decoder:
    torch.manual_seed(seed)
    decoder = build_decoder(
        ModelConfig(
            bars=BARS,
            positions=POSITIONS,
            vocabulary_size=VOCABULARY,
            latent_size=LATENT,
            decoder=kind,
            embedding_size=4,
            code_size=6,
            conductor_size=conductor_size,
            decoder_size=12,
            unfold_size=10,
            feature_size=5,
        )
    )
    for weight in decoder.parameters():
        weight.data = (3 * torch.randn_like(weight) / max(1, weight.shape[-1]) ** 0.5).half().float()
    return decoder.eval()


def draw(seed: int, batch: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn((batch, LATENT), generator=generator)
    return z, torch.randint(VOCABULARY, (batch, BARS, POSITIONS), generator=generator)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, changed=st.integers(0, BARS * POSITIONS - 1))
@torch.no_grad()
def test_logits_do_not_depend_on_their_own_token_or_later_ones(kind: str, seed: int, changed: int) -> None:
    decoder = decoder_of(kind, seed)
    z, ids = draw(seed, 2)
    other = ids.clone().flatten(1)
    other[:, changed:] = (other[:, changed:] + 1) % VOCABULARY
    before, after = (decoder(z, x.view_as(ids)).flatten(1, 2) for x in (ids, other))
    torch.testing.assert_close(before[:, : changed + 1], after[:, : changed + 1])


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_logits_depend_on_the_tokens_before(kind: str) -> None:
    """Without this the law above would hold for a decoder that ignores all tokens."""
    decoder = decoder_of(kind, 1)
    z, ids = draw(1, 2)
    other = ids.clone()
    other[:, :, 0] = (other[:, :, 0] + 1) % VOCABULARY
    assert not torch.allclose(decoder(z, ids)[:, :, 1], decoder(z, other)[:, :, 1])


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
@torch.no_grad()
def test_greedy_tokens_are_those_that_teacher_forcing_predicts(kind: str, seed: int) -> None:
    decoder = decoder_of(kind, seed)
    z, _ = draw(seed, 3)
    own = decoder.generate(z)
    logits = decoder(z, own)
    chosen = logits.gather(-1, own[..., None]).squeeze(-1)
    assert (logits.max(-1).values - chosen <= 1e-4).all()  # equal up to a tie within rounding


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, size=st.integers(1, 4))
@torch.no_grad()
def test_a_phrase_ignores_the_rest_of_its_batch(kind: str, seed: int, size: int) -> None:
    decoder = decoder_of(kind, seed)
    z, ids = draw(seed, 4)
    torch.testing.assert_close(decoder(z, ids)[:size], decoder(z[:size], ids[:size]), atol=1e-3, rtol=1e-3)
    alone = torch.cat([decoder.generate(row) for row in z.split(1)])
    assert likely(decoder, z, decoder.generate(z), alone)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, conductor_size=st.sampled_from([0, 8]))
@torch.no_grad()
def test_the_fast_decoder_generates_the_same_tokens(kind: str, seed: int, conductor_size: int) -> None:
    decoder = decoder_of(kind, seed, conductor_size)
    z, _ = draw(seed, 3)
    assert likely(decoder, z, fast_decoder(decoder).generate(z), decoder.generate(z))


def likely(decoder: Decoder, z: Tensor, ids: Tensor, others: Tensor) -> bool:
    """Equal, or different only from a tie of two logits within rounding on."""
    if torch.equal(ids, others):
        return True
    logits = decoder(z, others)
    flat, other_flat = ids.flatten(1), others.flatten(1)
    for row in (flat != other_flat).any(1).nonzero().flatten():
        first = int((flat[row] != other_flat[row]).int().argmax())
        at = logits[row].flatten(0, 1)[first]
        if (at[flat[row, first]] - at[other_flat[row, first]]).abs() > 1e-3:
            return False
    return True
