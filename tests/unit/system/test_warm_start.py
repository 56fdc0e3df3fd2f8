"""Warm start: a longer model equals the one-bar model on each bar, as far as z has room."""

import pytest
import torch

from symvae.config.run import ModelConfig
from symvae.errors import TrainingError
from symvae.models.phrase.vae import VAE
from symvae.system.build import build_vae
from symvae.system.warm_start import warm_start

PHRASES = torch.randint(9, (300, 3, 4), generator=torch.Generator().manual_seed(1))


def vae(bars: int, latent_size: int, decoder: str = "hierarchical", code_size: int = 4) -> VAE:
    torch.manual_seed(0)
    return build_vae(
        ModelConfig(
            bars=bars,
            positions=4,
            vocabulary_size=9,
            latent_size=latent_size,
            decoder=decoder,
            embedding_size=3,
            encoder_size=4,
            summary_size=6,
            code_size=code_size,
            phrase_size=3 if bars > 1 else 0,
            conductor_size=6 if bars > 1 else 0,
            decoder_size=8,
            unfold_size=7,
            feature_size=3,
        )
    ).eval()


@torch.no_grad()
def half_dead() -> VAE:
    """A one-bar model whose last two coordinates no phrase uses."""
    short = vae(1, 4)
    short.encoder.project.weight.copy_(torch.eye(4))
    short.encoder.bar.mean.weight[2:] = 0
    short.encoder.bar.mean.bias[2:] = 0
    short.encoder.bar.log_std.bias.copy_(torch.tensor([-2.0, -1.0, 0.0, 0.0]))
    return short


@torch.no_grad()
def test_with_room_for_all_codes_each_bar_is_encoded_as_before() -> None:
    short, long = vae(1, 4), vae(3, 14)
    warm_start(short, long, PHRASES)
    alone = short.encoder(PHRASES.flatten(0, 1)[:, None])
    together = long.encoder(PHRASES)
    torch.testing.assert_close(together.mean[:, :12], alone.mean.view(300, 12))
    torch.testing.assert_close(together.log_std[:, :12], alone.log_std.view(300, 12))
    expected = short.decoder(alone.mean, PHRASES.flatten(0, 1)[:, None]).view(300, 3, 4, 9)
    torch.testing.assert_close(long.decoder(together.mean, PHRASES), expected)


@torch.no_grad()
def test_unused_coordinates_are_dropped_first() -> None:
    short, long = half_dead(), vae(3, 6)
    warm_start(short, long, PHRASES)
    alone = short.encoder(PHRASES.flatten(0, 1)[:, None])
    together = long.encoder(PHRASES)
    expected = short.decoder(alone.mean, PHRASES.flatten(0, 1)[:, None]).view(300, 3, 4, 9)
    torch.testing.assert_close(long.decoder(together.mean, PHRASES), expected, atol=1e-4, rtol=1e-4)
    # The aggregate posterior has variance 1 along every coordinate, as the prior expects.
    variance = together.mean.var(0, correction=0) + together.std.square().mean(0)
    torch.testing.assert_close(variance, torch.ones(6), atol=1e-3, rtol=1e-3)


@torch.no_grad()
def test_the_kept_coordinates_carry_most_information() -> None:
    """Two of six carry as many nats as any two axes could, so more than the two best codes."""
    short, long, whole = half_dead(), vae(3, 2), vae(3, 6)
    warm_start(short, long, PHRASES)
    warm_start(short, whole, PHRASES)
    kept, all_of_them = (m.encoder(PHRASES).kl_nats().mean(0) for m in (long, whole))
    torch.testing.assert_close(kept, all_of_them.sort(descending=True).values[:2], atol=1e-3, rtol=1e-3)


def test_models_that_do_not_fit_are_refused() -> None:
    with pytest.raises(TrainingError, match="Only hierarchical models"):
        warm_start(vae(1, 4), vae(3, 6, decoder="flat"), PHRASES)
    with pytest.raises(TrainingError, match="bar networks of the two models differ"):
        warm_start(vae(1, 4), vae(3, 6, code_size=5), PHRASES)
