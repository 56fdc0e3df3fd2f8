"""Decoders of one z: RAVE's head, a WaveNet whose cache changes no sample, learned phases; their training."""

import numpy as np
import pytest
import torch

from symvae.config.load import load_preset, with_overrides
from symvae.config.oneshot import OneShotConfig
from symvae.corpus.sound_shards import SoundShards, open_sounds
from symvae.dsp.stft import Stft, magnitude
from symvae.dsp.struck import struck_phases
from symvae.errors import ConfigError, TrainingError
from symvae.models.oneshot.phase_network import PhaseNetwork
from symvae.models.oneshot.rave_head import RaveHead
from symvae.models.oneshot.wavenet_head import WaveNetHead
from symvae.objective.envelope import envelope_distance
from symvae.objective.spectral import log_spectral_distance_db
from symvae.pipelines.train_oneshot import train_drum_machine
from symvae.system.drum_machine import DrumMachine
from symvae.system.oneshot_artifacts import load_drum_vae
from symvae.training.tasks.oneshot_decoder import train_oneshot_decoder
from tests.drum_folders import TINY_ONESHOT

TINY_DECODER = (
    "decoder.width=8",
    "decoder.strides=[4, 2]",
    "decoder.capacity=4",
    "decoder.dilations=[1, 3]",
    "decoder.noise_stride=4",
    "decoder.sample_rate=4000",
    "decoder.layers=2",
    "decoder.cycle=2",
    "decoder.components=2",
    "decoder.adversarial_from=0.5",
    "training.steps=2",
    "training.batch_size=1",
    "training.evaluate_every=1",
    "training.warmup_steps=1",
    "training.precision=fp32",
)
KINDS = {"phases": "oneshot-44k-phases", "rave": "oneshot-44k-rave", "wave": "oneshot-16k-wave"}


def tiny(kind: str) -> OneShotConfig:
    config = with_overrides(load_preset(KINDS[kind], OneShotConfig), list(TINY_DECODER))
    # Discriminators are slow: those of one kind show that they work.
    return with_overrides(config, ["decoder.adversarial_from=1"] if kind == "phases" else [])


@pytest.fixture
def wavenet():
    torch.manual_seed(0)
    head = WaveNetHead(
        latent_size=3,
        condition=2,
        summary=8,
        width=16,
        layers=4,
        cycle=2,
        components=3,
        sample_rate=4000,
        machine_rate=8000,
        samples=320,
    )
    return head.eval().requires_grad_(False)


@pytest.fixture
def rave_head():
    torch.manual_seed(0)
    head = RaveHead(
        latent_size=3,
        condition=2,
        summary=8,
        width=8,
        bands=4,
        strides=(4, 2),
        capacity=4,
        dilations=(1, 3),
        noise_stride=4,
        samples=1000,
    )
    torch.nn.init.constant_(head.head.noise.leave.bias, 5.0)
    return head.eval().requires_grad_(False)


def places(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    return torch.randn(count, 3), torch.randn(count, 2)


@pytest.mark.parametrize("temperature", [1.0, 0.0])
def test_cached_samples_equal_those_of_the_whole_network(wavenet, temperature):
    z, condition = places(2)
    cached = wavenet.draw(z, condition, torch.Generator().manual_seed(3), temperature=temperature)
    assert cached.shape == (2, 80, 2)
    pairs, generator = torch.zeros_like(cached), torch.Generator().manual_seed(3)
    for step in range(wavenet.steps):
        mixture = wavenet.mixture(pairs, z, condition, step, step + 1)
        pairs[:, step : step + 1] = torch.stack(mixture.sample(generator, temperature), -1)
    assert torch.equal(pairs, cached)


def test_nats_of_an_excerpt_are_those_of_the_whole(wavenet):
    z, condition = places(2)
    pairs = torch.randint(1025, (2, 80, 2))
    whole = wavenet(pairs, z, condition)
    torch.testing.assert_close(wavenet(pairs, z, condition, 50, 61), whole[:, 50:61], rtol=1e-4, atol=1e-4)
    changed = pairs.clone()
    changed[:, 60:] = 7
    torch.testing.assert_close(wavenet(changed, z, condition)[:, :60], whole[:, :60])
    assert not torch.allclose(wavenet(changed, z, condition)[:, 61:], whole[:, 61:])


def test_a_wave_becomes_pairs_and_comes_back(wavenet):
    wave = 0.5 * torch.sin(torch.arange(320) / 9)[None]
    pairs = wavenet.pairs(wave)
    assert pairs.shape == (1, 80, 2)
    wavenet.draw = lambda *given: pairs
    z, condition = places(1)
    back = wavenet.synthesize(z, condition, torch.Generator())
    assert (back - wave)[:, 20:-20].abs().max() < 0.02


def test_a_hit_of_rave_has_its_length_and_ignores_its_batch(rave_head):
    z, condition = places(3)
    together = rave_head(z, condition, 5)
    assert together.shape == (3, 1000)
    torch.testing.assert_close(rave_head(z[1:2], condition[1:2], 5), together[1:2])
    assert not torch.allclose(rave_head(z, condition, 6), together)
    assert not torch.allclose(rave_head(z, condition + 1, 5), together)


def test_advances_of_phases_are_nearer_than_those_of_an_impulse():
    """A partial between bins, of which an impulse knows nothing; before any training."""
    time = torch.arange(20_000)
    wave = torch.where(time >= 64, torch.sin(0.2 * (time - 64)) * 0.9998 ** (time - 64), 0.0)[None]
    stft = Stft()
    network = PhaseNetwork(stft=stft, samples=20_000, onset=64, hidden=4, floor=1e-2)
    magnitudes = magnitude(stft(wave))
    phases = struck_phases(stft, 20_000, 64, torch.Generator().manual_seed(0))
    plain = stft.inverse(magnitudes * phases, 20_000)
    distances = [
        float(log_spectral_distance_db(made, wave, floor=1e-2).mean())
        for made in (network(magnitudes).detach(), plain)
    ]
    assert distances[0] < 0.8 * distances[1]


def test_a_late_attack_is_far_in_envelopes():
    wave = torch.zeros(2, 4096)
    wave[:, 1000:2000] = 0.5
    late = torch.roll(wave, 200, 1)
    assert (envelope_distance(wave, wave) == 0).all()
    assert (envelope_distance(late, wave) > 0.3).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_resumed_decoder_ends_bit_equal_and_keeps_the_machine(
    kind, drum_sounds, tiny_drum_machine, tmp_path
):
    shards, start = open_sounds(drum_sounds), tiny_drum_machine / "model"
    figures = []

    def watch(now):
        figures.append(dict(now.figures))

    train_oneshot_decoder(tiny(kind), shards, tmp_path / "whole", start=start, watch=watch)
    for stop in (1, None):
        train_oneshot_decoder(
            tiny(kind), shards, tmp_path / "run", start=start, resume=stop is None, stop_after=stop
        )
    for name in ("model.safetensors", "prior.safetensors", "faders.safetensors", "config.json"):
        one, other = (tmp_path / folder / "model" / name for folder in ("run", "whole"))
        assert one.read_bytes() == other.read_bytes(), name
    for name in ("known.safetensors", "coarse.safetensors"):
        assert (tmp_path / "run" / "model" / name).read_bytes() == (start / name).read_bytes(), name
    assert any(("nats" if kind == "wave" else "mss") in each for each in figures)
    network, base = load_drum_vae(tmp_path / "run/model")[1], load_drum_vae(start)[1]
    for name, value in base.state_dict().items():
        assert torch.equal(network.state_dict()[name], value), name
    machine = DrumMachine.load(tmp_path / "run")
    first, again = (machine.hit("snare", seed=3) for _ in range(2))
    assert np.array_equal(first.audio.samples, again.audio.samples)
    plain = DrumMachine.load(tiny_drum_machine).hit("snare", seed=3)
    assert np.array_equal(first.z, plain.z)
    assert not np.allclose(first.audio.samples, plain.audio.samples, atol=1e-3)


def test_training_lowers_the_nats(drum_sounds, tiny_drum_machine, tmp_path):
    longer = with_overrides(
        tiny("wave"), ["training.steps=40", "training.learning_rate=0.01", "training.evaluate_every=20"]
    )
    figures = []
    train_oneshot_decoder(
        longer,
        open_sounds(drum_sounds),
        tmp_path / "run",
        start=tiny_drum_machine / "model",
        watch=lambda now: figures.append(dict(now.figures)),
    )
    reached = [each["nats"] for each in figures if "nats" in each]
    assert reached[-1] < reached[0] - 0.2


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("decoder.kind=tape", "decoder.kind"),
        ("decoder.noise_stride=3", "must divide 128, the product of decoder.strides; 3 does not"),
        ("decoder.cycle=13", "decoder.cycle is from 1 to 12, not 13"),
        ("decoder.sample_rate=10", "decoder.sample_rate must be a rate from 4000"),
        ("decoder.excerpt_sec=0", "decoder.excerpt_sec"),
    ],
)
def test_bad_settings_are_named(setting, words):
    with pytest.raises(ConfigError, match=words):
        with_overrides(OneShotConfig(), [setting])


def test_a_decoder_needs_a_finished_machine_and_a_machine_needs_none(
    drum_sounds, tiny_drum_machine, tmp_path, monkeypatch
):
    with pytest.raises(ConfigError, match="Name one, as --from oneshot-44k"):
        train_drum_machine(tiny("rave"), drum_sounds, tmp_path / "run")
    whole = with_overrides(OneShotConfig(), list(TINY_ONESHOT))
    with pytest.raises(ConfigError, match="Leave out --from"):
        train_drum_machine(whole, drum_sounds, tmp_path / "run", start=str(tiny_drum_machine))
    monkeypatch.setattr(SoundShards, "classes", ("kick", "snare"))
    with pytest.raises(TrainingError, match="has other classes"):
        train_drum_machine(tiny("rave"), drum_sounds, tmp_path / "run", start="oneshot-44k")
