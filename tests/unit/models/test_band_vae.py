"""The filter-bank head: gains, band edges, blocks."""

import math

import pytest
import torch

from symvae.audio.roll import ROLL_SIZE
from symvae.audio.source import GROUPS
from symvae.config.load import load_preset, with_overrides
from symvae.config.sound import SynthConfig
from symvae.dsp.pqmf import Pqmf
from symvae.errors import ConfigError
from symvae.models.sound.band_vae import BandVAE, band_filters, filtered
from symvae.system.build_synth import build_synth
from tests.sines import TINY_SYNTH

BANDS, BINS, SAMPLES = 16, 513, 8192


def filter_by(wave: torch.Tensor, gain: torch.Tensor) -> torch.Tensor:
    """Filter a signal by one curve, or a curve for each frame."""
    bank = Pqmf(BANDS)
    frames = wave.shape[-1] // 256 + 1
    filters = band_filters(gain.expand(1, frames, BINS), BANDS)
    return bank.join(filtered(bank.split(wave), filters), wave.shape[-1])


def level_db(wave: torch.Tensor) -> float:
    return 10 * math.log10(wave[..., 1024:-1024].square().mean() + 1e-12)


def test_a_flat_curve_changes_nothing():
    wave = torch.randn(1, SAMPLES, generator=torch.Generator().manual_seed(0))
    made = filter_by(wave, torch.ones(BINS))
    assert level_db(made - wave) < -60


def test_each_frequency_has_the_gain_of_its_bin():
    """Also in odd bands, and exactly at a band edge (bins 32, 64, …)."""
    gain = torch.linspace(0.2, 1.8, BINS)
    for bin_ in (3, 20, 32, 41, 64, 77, 160, 300, 480, 505):
        wave = torch.sin(2 * math.pi * bin_ / 1024 * torch.arange(float(SAMPLES)))[None]
        made = filter_by(wave, gain)
        assert level_db(made - gain[bin_] * wave) < level_db(wave) - 45, bin_


def test_a_low_pass_at_a_band_edge_attenuates_above():
    gain = (torch.arange(BINS) <= 128).float()
    for bin_, passes in ((120, True), (140, False), (400, False)):
        wave = torch.sin(2 * math.pi * bin_ / 1024 * torch.arange(float(SAMPLES)))[None]
        loss_db = level_db(wave) - level_db(filter_by(wave, gain))
        assert (loss_db < 0.5) if passes else (loss_db > 40), bin_


def test_filters_are_crossfaded():
    gain = torch.linspace(1, 0, SAMPLES // 256 + 1)[None, :, None].expand(1, -1, BINS)
    wave = torch.sin(0.3 * torch.arange(float(SAMPLES)))[None]
    ramp = torch.linspace(1, 0, SAMPLES + 1)[:-1]
    assert level_db(filter_by(wave, gain) - ramp * wave) < level_db(wave) - 55


@pytest.fixture
def model() -> BandVAE:
    config = with_overrides(load_preset("synth-24k-small-pqmf", SynthConfig), list(TINY_SYNTH))
    torch.manual_seed(0)
    built = build_synth(config.model)
    assert isinstance(built, BandVAE)
    return built.eval()


def notes(frames: int, hop: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    roll = torch.rand(1, 2, frames, ROLL_SIZE, generator=generator)
    source = torch.randn(1, 2, len(GROUPS), (frames - 1) * hop, generator=generator)
    return roll, source, torch.randn(1, 1, 4, generator=generator)


def test_a_block_with_its_context_equals_the_whole(model):
    hop, frames, first, count = model.stft.hop, 80, 30, 12
    roll, source, z = notes(frames, hop)
    whole = model.play(roll, source, z)[:, first * hop : (first + count) * hop]
    begin, end = first - model.context, first + count + model.context
    block = model.play(
        roll[:, :, begin : end + 1], source[..., begin * hop : end * hop], z, first_frame=begin
    )
    block = block[:, model.context * hop :][:, : count * hop]
    torch.testing.assert_close(block, whole, atol=1e-4, rtol=0)
    less = model.play(roll[:, :, first : end + 1], source[..., first * hop : end * hop], z, first_frame=first)
    assert (less[:, : count * hop] - whole).abs().max() > 1e-3  # without context it is another sound


def test_lanes_sum(model):
    roll, source, z = notes(40, model.stft.hop)
    model.decoder.leave.bias.data[-model.decoder.sizes[-1] :] = -12.0  # no noise: levels add up, not sound
    together = model.play(roll, source, z)
    apart = [model.play(roll[:, [lane]], source[:, [lane]], z) for lane in (0, 1)]
    torch.testing.assert_close(together, apart[0] + apart[1], atol=2e-2 * float(together.abs().max()), rtol=0)


def test_any_number_of_samples(model):
    roll, _, z = notes(40, model.stft.hop)
    source = torch.randn(1, 2, len(GROUPS), 39 * model.stft.hop + 17)
    assert model.play(roll, source, z).shape == (1, 39 * model.stft.hop + 17)


def test_bands_must_fit_the_hop():
    preset = load_preset("synth-24k-small-pqmf", SynthConfig)
    with pytest.raises(
        ConfigError, match=r"model\.bands must be even and divide model\.hop \(256\), which 24"
    ):
        with_overrides(preset, ["model.bands=24"])
