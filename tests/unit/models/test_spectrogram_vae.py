"""The spectrogram VAE: dependencies of its parts, blends, posterior."""

import numpy as np
import pytest
import torch

from symvae.audio.excitation import excite
from symvae.audio.notes import Notes
from symvae.config.load import load_preset, with_overrides
from symvae.config.sound import SynthConfig
from symvae.models.sound.balance import balanced
from symvae.models.sound.blend import Blend
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.system.build_synth import build_synth
from tests.sines import TINY_SYNTH

FRAMES = 60


def synth(*more: str) -> SpectrogramVAE:
    """A tiny network with fresh weights and filters far from flat, so that all inputs matter."""
    torch.manual_seed(0)
    network = build_synth(with_overrides(load_preset("synth-24k", SynthConfig), [*TINY_SYNTH, *more]).model)
    with torch.no_grad():
        network.decoder.leave.weight.mul_(5.0)
        for block in network.decoder.blocks:
            block.film.weight.mul_(30.0)
    return network.eval()


def inputs(network: SpectrogramVAE, first_frame: int = 0, frames: int = FRAMES):
    """Roll and source of a few notes, a batch of one."""
    notes = Notes(
        np.array([0.0, 0.1, 0.22]), np.array([0.1, 0.1, 0.3]), np.array([60, 64, 57]), np.array([90, 60, 120])
    )
    made = excite(notes, first_frame, frames, network.stft.hop, network.sample_rate)
    return made.roll[None], made.source[None]


def timbre(network: SpectrogramVAE, seed: int = 0) -> torch.Tensor:
    return torch.randn(1, 1, 4, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_sound_depends_on_its_frames_and_their_context_alone(steps: int) -> None:
    """A change of one frame has no effect ``context`` frames away, and one nearer."""
    network = synth(f"model.consistency_steps={steps}")
    roll, source = inputs(network)
    other = roll.clone()
    other[..., 30, :] += 1.0
    z, hop = timbre(network), network.stft.hop
    difference = (network.play(roll, source, z) - network.play(other, source, z))[0].abs()
    affected = (difference > 1e-7).nonzero()[:, 0]
    assert affected.min() >= (30 - network.context) * hop
    assert affected.max() < (30 + network.context) * hop
    assert affected.min() <= (30 - network.decoder.context) * hop
    assert affected.max() >= (30 + network.decoder.context) * hop - 1


def test_a_block_with_its_context_equals_the_whole() -> None:
    network = synth()
    z, hop, context = timbre(network), network.stft.hop, network.context
    whole = network.play(*inputs(network), z)
    first, last = 15, 40
    start = first - context
    roll, source = inputs(network, start, last - first + 2 * context)
    block = network.play(roll, source, z, first_frame=start)
    torch.testing.assert_close(
        block[:, context * hop : (context + last - first) * hop],
        whole[:, first * hop : last * hop],
        atol=1e-5,
        rtol=1e-4,
    )


def test_the_decoder_depends_on_its_context_alone() -> None:
    network = synth("model.blocks=3", "model.kernel=5").double()
    roll = inputs(network)[0][0].double()
    other = roll.clone()
    other[:, 30] += 1.0
    assert network.decoder.context == 3 * 2
    z = timbre(network).double()
    for one, two in zip(network.decoder(roll, z), network.decoder(other, z), strict=True):
        changed = (one - two).abs().amax((0, 2)).nonzero()[:, 0].tolist()
        assert changed == list(range(24, 37))


def test_noise_depends_on_the_frame_number_alone() -> None:
    """A roll without a source gives noise, the same in a part as in the whole, and periodic."""
    network = synth()
    roll, source = (torch.zeros_like(part) for part in inputs(network, frames=300))
    assert network.play(roll, source, timbre(network)).abs().max() < 1e-6  # no note, no noise
    roll += 0.5
    z, hop = timbre(network), network.stft.hop
    whole = network.play(roll, source, z)
    assert whole.abs().max() > 1e-6
    part = network.play(roll[..., 100:140, :], source[..., : 39 * hop], z, first_frame=100)
    edge = network.context
    torch.testing.assert_close(
        part[:, edge * hop : (40 - edge) * hop], whole[:, (100 + edge) * hop : (140 - edge) * hop]
    )
    torch.testing.assert_close(whole[:, (256 + edge) * hop : 285 * hop], whole[:, edge * hop : 29 * hop])


def test_a_constant_timbre_by_frame_equals_one_for_all() -> None:
    network = synth()
    z = timbre(network)
    roll, source = inputs(network)
    torch.testing.assert_close(
        network.play(roll, source, z.expand(1, FRAMES, 4)),
        network.play(roll, source, z),
        atol=1e-6,
        rtol=1e-5,
    )


def test_timbres_differ_and_an_item_ignores_its_batch() -> None:
    network = synth()
    roll, source = inputs(network)
    z = torch.cat([timbre(network, seed) for seed in (0, 1)])
    both = network.play(roll.expand(2, *roll.shape[1:]), source.expand(2, *source.shape[1:]), z)
    assert (both[0] - both[1]).abs().max() > 1e-4
    torch.testing.assert_close(network.play(roll, source, z[1:])[0], both[1], atol=1e-6, rtol=1e-5)


def test_a_blend_has_its_parts_at_its_ends_and_their_mean_level_in_the_middle() -> None:
    network = synth()
    roll, source = inputs(network)
    start, end = (timbre(network, seed) for seed in (0, 1))
    blends = [
        Blend.of(start[0, 0]).toward(Blend.of(end[0, 0]), torch.tensor([way])) for way in (0.0, 0.5, 1.0)
    ]
    first, middle, last = (network.spectrum(roll, source, blend) for blend in blends)
    torch.testing.assert_close(first, network.spectrum(roll, source, start))
    torch.testing.assert_close(last, network.spectrum(roll, source, end))
    assert (first.log_noise - last.log_noise).abs().max() > 0.1
    torch.testing.assert_close(middle.log_noise, (first.log_noise + last.log_noise) / 2)


def test_a_blend_with_itself_is_itself_and_may_vary_by_frame() -> None:
    network = synth()
    roll, source = inputs(network)
    one, other = (Blend.of(timbre(network, seed)[0, 0]) for seed in (0, 1))
    still = network.spectrum(roll, source, one)
    torch.testing.assert_close(network.spectrum(roll, source, one.toward(one, torch.tensor([0.3]))), still)
    after = torch.arange(FRAMES) >= 30
    changed = network.spectrum(roll, source, one.toward(other, after.float()))
    torch.testing.assert_close(changed.log_noise[:, :30], still.log_noise[:, :30])
    expected = network.spectrum(roll, source, other).log_noise[:, 30:]
    torch.testing.assert_close(changed.log_noise[:, 30:], expected)


def test_shares_of_nested_blends_sum_to_one() -> None:
    parts = [Blend.of(torch.full((4,), float(number))) for number in range(3)]
    blend = parts[0].toward(parts[1], torch.tensor([0.4])).toward(parts[2], torch.linspace(0, 1, 5))
    assert blend.z[:, 0].tolist() == [0, 1, 2]
    torch.testing.assert_close(blend.share.sum(1), torch.ones(5))
    torch.testing.assert_close(blend.share[2], torch.tensor([0.3, 0.2, 0.5]))


def test_levels_are_interpolated_linearly() -> None:
    source = torch.ones(1, 2, 10)
    level = torch.tensor([[[1.0, 2.0], [3.0, 2.0], [1.0, 4.0]]])  # frames at samples 0, 4 and 8
    made = balanced(source, level.log(), 4)
    expected = [3, 3.5, 4, 4.5, 5, 5, 5, 5, 5, 5]
    torch.testing.assert_close(made, torch.tensor([expected]))


def clip(network: SpectrogramVAE, *onsets: int, hz: float = 440.0, harmonics: int = 1) -> torch.Tensor:
    """Tones of a tenth of a second, each from a multiple of 16 frames on, in a second and a half."""
    hop, wave = network.stft.hop, torch.zeros(1, 192 * network.stft.hop)
    time = torch.arange(800) / network.sample_rate
    tone = sum(torch.sin(2 * torch.pi * k * hz * time) / k for k in range(1, harmonics + 1))
    tone = 0.2 * tone * torch.hann_window(800)
    for onset in onsets:
        wave[0, onset * 16 * hop :][:800] += tone
    return wave


def test_the_encoder_ignores_time_and_order() -> None:
    """Sixteen frames are a step of its last layer. Silence at both ends excludes edge effects."""
    network = synth()
    early = network.encode(clip(network, 2, 6)).mean
    late = network.encode(clip(network, 3, 7)).mean
    farther = network.encode(clip(network, 2, 8)).mean
    other = network.encode(clip(network, 2, 6, hz=1320.0, harmonics=5)).mean
    torch.testing.assert_close(late, early, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(farther, early, atol=1e-4, rtol=1e-4)
    assert (other - early).norm() > 20 * (late - early).norm()
    assert (other - early).norm() > 1e-4


def test_a_clip_of_any_length_has_a_narrow_initial_posterior() -> None:
    network = synth()
    for frames in (16, 17, 100):
        posterior = network.encode(torch.randn(2, frames * network.stft.hop) * 0.1)
        assert posterior.mean.shape == (2, 4)
        assert (posterior.log_std < -1.0).all()
        assert (posterior.kl_nats() > 0.5).all()


def test_items_and_lanes_are_independent() -> None:
    """Two items of two lanes each, all different."""
    network = synth()
    hop, rate = network.stft.hop, network.sample_rate
    made = [
        excite(
            Notes(np.array([0.0, 0.05]), np.full(2, 0.3), np.array([first, first + 9]), np.array([90, 60])),
            0,
            FRAMES,
            hop,
            rate,
            lanes=2,
        )
        for first in (50, 63)
    ]
    roll, source = torch.stack([one.roll for one in made]), torch.stack([one.source for one in made])
    assert roll.shape[:2] == (2, 2)
    z = torch.cat([timbre(network, 1), timbre(network, 2)])
    both = network.play(roll, source, z)
    for item in range(2):
        alone = network.play(roll[item : item + 1], source[item : item + 1], z[item : item + 1])
        torch.testing.assert_close(both[item : item + 1], alone, atol=1e-5, rtol=1e-4)
    swapped = network.play(roll.flip(1), source.flip(1), z)
    torch.testing.assert_close(swapped, both, atol=1e-5, rtol=1e-4)
