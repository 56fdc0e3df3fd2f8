"""The probe before it has learned anything: where it looks, and how it writes notes down."""

import numpy as np
import pytest
import torch

from symvae.audio.excitation import KEYS, LOWEST
from symvae.errors import CheckpointError
from symvae.models.sound.probe import (
    _LOWEST_PLACE,
    LONG,
    PER_SEMITONE,
    Probe,
    log_frequency,
    notes_in,
)
from symvae.system.artifacts import load_probe, save_probe

RATE = 24_000


@pytest.fixture(scope="module")
def probe() -> Probe:
    torch.manual_seed(0)
    return Probe(12, sample_rate=RATE, channels=8, blocks=1).eval()


@pytest.mark.parametrize("pitch", [45, 60, 69, 84, 100])
def test_a_key_looks_where_its_fundamental_is(pitch):
    time = torch.arange(RATE) / RATE
    wave = torch.sin(2 * torch.pi * 440 * 2 ** ((pitch - 69) / 12) * time)[None]
    places = LONG(wave).abs()[0, 20] @ log_frequency(RATE, LONG.bins)
    assert abs(int(places.argmax()) - PER_SEMITONE * (pitch - _LOWEST_PLACE)) <= 1


def test_every_place_but_the_two_highest_looks_at_something():
    filters = log_frequency(RATE, LONG.bins)
    seen = filters.sum(0)
    torch.testing.assert_close(seen[:-2], torch.ones(len(seen) - 2))
    assert seen[-2:].tolist() == [0, 0]  # above half the sample rate


def test_a_clip_ignores_the_rest_of_its_batch(probe):
    wave = torch.randn(3, RATE, generator=torch.Generator().manual_seed(1)) * 0.1
    alone, together = probe.listen(wave[1:2]), probe.listen(wave)
    for one, many in zip(alone, together, strict=True):
        torch.testing.assert_close(one[0], many[1], atol=1e-4, rtol=1e-4)


def test_peaks_become_notes():
    onset, held = np.zeros((20, KEYS), np.float32), np.zeros((20, KEYS), np.float32)
    key = 60 - LOWEST
    onset[4:7, key] = 0.4, 0.9, 0.4
    onset[12, key] = 0.8
    onset[8, key + 7] = 0.2  # under the threshold
    held[5:15, key] = 1.0
    found = notes_in(onset, held, 0.02, 0.5)
    assert found.pitch.tolist() == [60, 60]
    assert found.onset_sec == pytest.approx([0.10, 0.24], abs=0.002)
    assert found.end_sec == pytest.approx([0.24, 0.30], abs=0.002)  # struck again; let go


def test_an_onset_between_two_frames_is_placed_between_them():
    onset = np.zeros((10, KEYS), np.float32)
    onset[3:7, 10] = 0.2, 0.7, 0.7, 0.2
    found = notes_in(onset, onset, 1.0, 0.5)
    assert found.onset_sec == pytest.approx([4.5])


def test_silence_has_no_notes():
    nothing = np.zeros((0, KEYS), np.float32)
    assert len(notes_in(nothing, nothing, 0.02, 0.5).pitch) == 0


def test_a_probe_is_kept_and_found_again(tmp_path):
    torch.manual_seed(0)
    kept = Probe(12, sample_rate=RATE).eval()
    kept.threshold.fill_(0.25)
    save_probe(tmp_path, kept)
    assert (tmp_path / "probe.safetensors").stat().st_size <= 600_000
    found = load_probe(tmp_path, RATE)
    assert found is not None
    assert float(found.threshold) == 0.25
    for name, value in kept.state_dict().items():
        torch.testing.assert_close(found.state_dict()[name], value.half().float())
    assert load_probe(tmp_path / "nowhere", RATE) is None
    (tmp_path / "probe.safetensors").write_bytes(b"nonsense")
    with pytest.raises(CheckpointError, match="damaged"):
        load_probe(tmp_path, RATE)
