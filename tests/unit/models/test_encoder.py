import torch

from symvae.models.phrase.bar_encoder import BarEncoder
from symvae.models.phrase.encoder import BidirectionalEncoder


def encoder(bars: int = 2, hidden_size: int = 4, latent_size: int = 6) -> BidirectionalEncoder:
    torch.manual_seed(0)
    bar = BarEncoder(
        vocabulary_size=9, positions=4, embedding_size=3, hidden_size=5, summary_size=7, code_size=3
    )
    return BidirectionalEncoder(bar, bars=bars, hidden_size=hidden_size, latent_size=latent_size)


IDS = torch.randint(9, (8, 2, 4), generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def test_the_posterior_is_narrow_at_initialization() -> None:
    """An orthogonal map of independent codes preserves their deviation."""
    posterior = encoder()(IDS)
    torch.testing.assert_close(posterior.std, torch.full((8, 6), 0.3), atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_the_variance_of_z_is_that_of_the_projected_codes() -> None:
    """Compared with the variance of projected samples of codes."""
    with_correction = encoder()
    codes = with_correction.bar(IDS[:1])
    noise = torch.randn((200_000, 2, 3), generator=torch.Generator().manual_seed(2))
    drawn = with_correction.project((codes.mean + codes.log_std.exp() * noise).flatten(1))
    torch.testing.assert_close(drawn.std(0), with_correction(IDS[:1]).std[0], rtol=0.02, atol=0)


@torch.no_grad()
def test_the_residual_is_zero_at_initialization_and_has_a_gradient() -> None:
    corrected, plain = encoder(), encoder(hidden_size=0)
    plain.load_state_dict({k: v for k, v in corrected.state_dict().items() if "correction" not in k})
    assert torch.equal(corrected(IDS).mean, plain(IDS).mean)
    corrected.correction.out.bias += 1
    assert not torch.equal(corrected(IDS).mean, plain(IDS).mean)


@torch.no_grad()
def test_an_item_ignores_the_rest_of_its_batch() -> None:
    network = encoder()
    torch.testing.assert_close(network(IDS).mean[:3], network(IDS[:3]).mean)


@torch.no_grad()
def test_the_posterior_depends_on_every_token() -> None:
    network = encoder()
    before = network(IDS).mean
    for bar in range(2):
        for position in range(4):
            changed = IDS.clone()
            changed[:, bar, position] = (changed[:, bar, position] + 1) % 9
            assert (network(changed).mean != before).any(1).all()
