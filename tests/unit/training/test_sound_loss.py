"""The loss of a synthesizer: the timbre of a clip comes from other clips."""

from pathlib import Path

import pytest
import torch

from symvae.config.load import load_preset, with_overrides
from symvae.config.sound import PROGRAMS, SynthConfig
from symvae.corpus.clips import ClipDraws
from symvae.system.build_synth import build_stft, build_synth
from symvae.training.tasks.sound_loss import companions, sound_loss
from tests.sines import TINY_SYNTH, SinePlayer


def tiny(*more: str) -> SynthConfig:
    settings = [*TINY_SYNTH, "clips.alike=2", 'training.precision="fp32"', *more]
    return with_overrides(load_preset("synth-24k", SynthConfig), settings)


def draws(config: SynthConfig, seed: int = 0) -> ClipDraws:
    rate = config.model.sample_rate
    return ClipDraws(
        [],
        [SinePlayer(Path("font"), rate)],
        [PROGRAMS[name] for name in config.clips.timbres],
        frames=config.clips.frames,
        stft=build_stft(config.model),
        sample_rate=rate,
        made_up=1.0,
        seed=seed,
    )


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("alike", [2, 3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_the_companions_of_a_clip_are_other_clips_of_its_timbre(alike: int, seed: int) -> None:
    """Each clip is a row of the unit matrix: the mix names the clips in it."""
    clips = 3 * alike
    mixed_in = companions(torch.eye(clips), alike, generator(seed))
    assert set(mixed_in.unique().tolist()) <= {0.0, 1.0}
    assert not mixed_in.diagonal().any()
    assert (mixed_in.sum(1) >= 1).all()
    kind = torch.arange(clips) // alike
    assert not mixed_in[kind[:, None] != kind[None, :]].any()


def test_z_does_not_depend_on_the_clip_itself() -> None:
    """Another clip at row 0 changes the z of its companion, and not its own."""
    config = tiny()
    torch.manual_seed(0)
    model = build_synth(config.model)
    clips = draws(config).batch(0, 4, 2)
    seen = []
    spectrum = model.spectrum

    def recording(roll: torch.Tensor, source: torch.Tensor, z: torch.Tensor):
        seen.append(z.detach().clone())
        return spectrum(roll, source, z)

    model.spectrum = recording
    choice = {"beta": 0.1, "free_nats": 0.0, "waveform_weight": 0.0, "waveform_frames": 40, "alike": 2}
    other = clips._replace(wave=torch.cat([clips.wave[:1].flip(1) * 0.3, clips.wave[1:]]))
    for batch in (clips, other):
        sound_loss(model, batch, generator=generator(), **choice)
    changed = (seen[0] != seen[1]).flatten(1).any(1)
    assert changed.tolist() == [False, True, False, False]


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_training_reduces_the_loss(weight: float) -> None:
    """Thirty steps on one batch: the loss falls, and every parameter has a finite gradient."""
    config = tiny()
    torch.manual_seed(0)
    model = build_synth(config.model)
    clips = draws(config).batch(0, 4, 2)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    choice = {"beta": 1e-3, "free_nats": 0.0, "waveform_weight": weight, "waveform_frames": 40, "alike": 2}
    losses = []
    for _ in range(30):
        loss = sound_loss(model, clips, generator=generator(), **choice)
        optimizer.zero_grad()
        loss.total.backward()
        if not losses:
            assert all(parameter.grad is not None for parameter in model.parameters())
            assert all(torch.isfinite(parameter.grad).all() for parameter in model.parameters())
        optimizer.step()
        losses.append(loss.total.item())
    assert losses[-1] < 0.9 * losses[0]
    assert (loss.waveform > 0) == bool(weight)


def test_free_nats_cost_nothing_and_beta_weighs_the_rest() -> None:
    config = tiny()
    torch.manual_seed(0)
    model = build_synth(config.model)
    clips = draws(config).batch(0, 4, 2)
    rest = {"waveform_weight": 0.0, "waveform_frames": 40, "alike": 2}
    free = sound_loss(model, clips, generator=generator(), beta=1.0, free_nats=1e6, **rest)
    torch.testing.assert_close(free.total, free.magnitude)
    charged = sound_loss(model, clips, generator=generator(), beta=0.5, free_nats=0.0, **rest)
    torch.testing.assert_close(charged.total, charged.magnitude + 0.5 * charged.kl)
