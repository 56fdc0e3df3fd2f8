"""The probe before training: its log-frequency filters, independence of a batch, and its file."""

import pytest
import torch

from symvae.audio.keyboard import KEYS, LOWEST
from symvae.errors import CheckpointError
from symvae.models.sound.probe import LONG, PER_SEMITONE, Probe, log_frequency
from symvae.system.build_synth import build_probe
from symvae.system.synth_artifacts import load_probe, save_probe
from tests.weights import stored

RATE = 24_000


@pytest.fixture(scope="module")
def probe() -> Probe:
    torch.manual_seed(0)
    return Probe(12, lowest_pitch=LOWEST, keys=KEYS, sample_rate=RATE, channels=8, blocks=1).eval()


@pytest.mark.parametrize("pitch", [45, 60, 69, 84, 100])
def test_a_sine_peaks_in_the_band_of_its_pitch(pitch):
    time = torch.arange(RATE) / RATE
    wave = torch.sin(2 * torch.pi * 440 * 2 ** ((pitch - 69) / 12) * time)[None]
    bands = LONG(wave).abs()[0, 20] @ log_frequency(RATE, LONG.bins, LOWEST)
    assert abs(int(bands.argmax()) - PER_SEMITONE * (pitch - LOWEST)) <= 1


def test_every_band_below_half_the_rate_has_bins():
    filters = log_frequency(RATE, LONG.bins, LOWEST - 13)
    weights = filters.sum(0)
    torch.testing.assert_close(weights[:-2], torch.ones(len(weights) - 2))
    assert weights[-2:].tolist() == [0, 0]  # above half the sample rate


def test_a_clip_ignores_the_rest_of_its_batch(probe):
    wave = torch.randn(3, RATE, generator=torch.Generator().manual_seed(1)) * 0.1
    alone, together = probe.predict(wave[1:2]), probe.predict(wave)
    for one, many in zip(alone, together, strict=True):
        torch.testing.assert_close(one[0], many[1], atol=1e-4, rtol=1e-4)


def test_a_saved_probe_loads_in_half_precision(tmp_path):
    torch.manual_seed(0)
    saved = build_probe(12, RATE).eval()
    saved.threshold.fill_(0.25)
    save_probe(tmp_path, saved)
    assert (tmp_path / "probe.safetensors").stat().st_size <= 600_000
    loaded = load_probe(tmp_path, RATE)
    assert loaded is not None
    assert float(loaded.threshold) == 0.25
    for name, value in saved.state_dict().items():
        torch.testing.assert_close(loaded.state_dict()[name], stored(value))
    assert load_probe(tmp_path / "nowhere", RATE) is None
    (tmp_path / "probe.safetensors").write_bytes(b"nonsense")
    with pytest.raises(CheckpointError, match=r"damaged|announces"):
        load_probe(tmp_path, RATE)
