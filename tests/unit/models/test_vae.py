import torch

from symvae.config.run import ModelConfig
from symvae.models.phrase.vae import VAE
from symvae.system.build import build_vae

IDS = torch.randint(9, (6, 2, 4), generator=torch.Generator().manual_seed(1))


def vae() -> VAE:
    torch.manual_seed(0)
    return build_vae(
        ModelConfig(
            bars=2,
            positions=4,
            vocabulary_size=9,
            latent_size=5,
            embedding_size=3,
            encoder_size=4,
            summary_size=6,
            code_size=4,
            phrase_size=3,
            conductor_size=6,
            decoder_size=8,
            unfold_size=7,
            feature_size=3,
        )
    )


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@torch.no_grad()
def test_z_is_a_sample_of_the_posterior_and_the_seed_decides_it() -> None:
    network = vae()
    first, again, other = (network(IDS, generator=seeded(s)) for s in (0, 0, 1))
    assert torch.equal(first.z, again.z)
    assert not torch.equal(first.z, other.z)
    assert torch.equal(first.posterior.mean, other.posterior.mean)
    torch.testing.assert_close(first.logits, network.decoder(first.z, IDS))


@torch.no_grad()
def test_at_sampling_rate_one_the_decoder_reads_its_own_tokens() -> None:
    network = vae()
    output = network(IDS, generator=seeded(), sampling_rate=1.0)
    own = network.decoder(output.z, IDS).argmax(-1)
    torch.testing.assert_close(output.logits, network.decoder(output.z, own))


def test_every_weight_has_a_gradient() -> None:
    network = vae()
    output = network(IDS, generator=seeded())
    (output.logits.square().sum() + output.posterior.kl_nats().sum()).backward()
    # The two residuals start at zero, so the weights below them have no gradient in the first step.
    below_zero = ("correction.lstm", "conductor.lstm")
    for name, weight in network.named_parameters():
        if not any(part in name for part in below_zero):
            assert weight.grad is not None, name
            assert weight.grad.abs().sum() > 0, name


def test_given_positions_replace_the_first_coordinates() -> None:
    """The decoder depends on them, the encoder has no gradient from them, the rest of z is the sample."""
    network, given = vae(), torch.randn(6, 2, generator=seeded(3))
    drawn, conditioned = network(IDS, generator=seeded()), network(IDS, generator=seeded(), given=given)
    assert torch.equal(conditioned.z[:, :2], given)
    assert torch.equal(conditioned.z[:, 2:], drawn.z[:, 2:])
    assert torch.equal(conditioned.posterior.mean, drawn.posterior.mean)
    torch.testing.assert_close(conditioned.logits, network.decoder(conditioned.z, IDS))
    (gradient,) = torch.autograd.grad(conditioned.logits.square().sum(), conditioned.posterior.mean)
    assert not gradient[:, :2].any()
    assert gradient[:, 2:].all()
