"""What the probe is taught, and that it learns."""

from pathlib import Path

import pytest
import torch
from symvae.training.probe import disturbed, lesson_of, played, probe_loss, train_probe

from symvae.audio.excitation import LOWEST
from symvae.corpus.clips import ClipDraws
from symvae.dsp.stft import Stft
from symvae.models.sound.probe import HOP, Predictions
from tests.sines import SinePlayer
from tests.unit.audio.test_note_matching import notes

RATE = 24_000


@pytest.fixture(scope="module")
def draws() -> ClipDraws:
    return ClipDraws(
        [],
        [SinePlayer(Path("a.sf2"), RATE)],
        [0, 73],
        frames=64,
        stft=Stft(1024, 256),
        sample_rate=RATE,
        made_up=1.0,
        seed=3,
    )


def test_what_is_played_is_an_onset_and_then_held():
    onset, held = played(notes((0.1, 60)), 20, 0.02)  # from frame 5, for ten frames
    key = 60 - LOWEST
    assert onset[:, key].nonzero()[:, 0].tolist() == [4, 5, 6]
    assert onset[5, key] == 1
    assert held[:, key].nonzero()[:, 0].tolist() == list(range(5, 15))
    assert onset.sum() == onset[:, key].sum()


def test_a_lesson_follows_from_its_seed(draws):
    one, again, other = (lesson_of(draws, step, 4) for step in (5, 5, 6))
    assert torch.equal(one.wave, again.wave)
    assert not torch.equal(one.wave, other.wave)
    assert one.wave.shape == (4, draws.samples)


def test_levels_vary_within_bounds_and_silence_is_no_longer_quite_silent():
    wave = torch.ones(64, 100)
    loud = disturbed(wave, torch.Generator().manual_seed(0)).mean(1)
    assert 10 ** (-8.1 / 20) < loud.min() < 0.6 < 1.6 < loud.max() < 10 ** (8.1 / 20)
    assert 0 < disturbed(0 * wave, torch.Generator().manual_seed(0)).std() < 0.004


def test_the_truth_costs_least(draws):
    lesson = lesson_of(draws, 0, 2)
    frame_sec, frames = HOP / RATE, 1 + draws.samples // HOP
    truth = [
        torch.stack(part) for part in zip(*(played(n, frames, frame_sec) for n in lesson.notes), strict=True)
    ]
    sure = [(part.clamp(1e-3, 1 - 1e-3)).logit() for part in truth]
    right = torch.nn.functional.one_hot(lesson.instrument, 2) * 10.0
    least = probe_loss(Predictions(*sure, right), lesson, frame_sec)
    for worse in (
        Predictions(sure[0] + 1, sure[1], right),
        Predictions(sure[0], sure[1] + 1, right),
        Predictions(*sure, right.flip(1)),
    ):
        assert probe_loss(worse, lesson, frame_sec) > least


def test_a_probe_learns_and_settles(draws):
    losses: list[float] = []
    probe, figures = train_probe(
        draws,
        draws,
        steps=30,
        clips=4,
        watch=lambda step, told: losses.append(told["loss"]),
        watch_every=1,
        held_out_batches=1,
    )
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5]), losses
    assert set(figures) == {"note_f1", "instrument_accuracy", "threshold"}
    assert float(probe.threshold) == pytest.approx(figures["threshold"])
