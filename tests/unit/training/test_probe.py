"""The probe: its clips, its loss, and its training."""

from pathlib import Path

import pytest
import torch

from symvae.audio.keyboard import LOWEST
from symvae.corpus.clips import ClipDraws
from symvae.dsp.stft import Stft
from symvae.models.sound.probe import HOP, Predictions
from symvae.training.loop import Progress
from symvae.training.run import RunFolder
from symvae.training.tasks.lessons import augment, draw_lesson
from symvae.training.tasks.probe import STATE, ProbeChoice, train_probe
from symvae.training.tasks.probe_loss import note_targets, probe_loss
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


def test_the_targets_of_a_note_are_its_onset_and_the_frames_in_which_it_is_held():
    onset, held = note_targets(notes((0.1, 60)), 20, 0.02)  # from frame 5, for ten frames
    key = 60 - LOWEST
    assert onset[:, key].nonzero()[:, 0].tolist() == [4, 5, 6]
    assert onset[5, key] == 1
    assert held[:, key].nonzero()[:, 0].tolist() == list(range(5, 15))
    assert onset.sum() == onset[:, key].sum()


def test_a_lesson_follows_from_its_seed(draws):
    one, again, other = (draw_lesson(draws, step, 4) for step in (5, 5, 6))
    assert torch.equal(one.wave, again.wave)
    assert not torch.equal(one.wave, other.wave)
    assert one.wave.shape == (4, draws.samples)


def test_levels_vary_within_bounds_and_silence_gets_a_little_noise():
    wave = torch.ones(64, 100)
    loud = augment(wave, torch.Generator().manual_seed(0)).mean(1)
    assert 10 ** (-8.1 / 20) < loud.min() < 0.6 < 1.6 < loud.max() < 10 ** (8.1 / 20)
    assert 0 < augment(0 * wave, torch.Generator().manual_seed(0)).std() < 0.004


def test_the_loss_is_least_at_the_truth(draws):
    lesson = draw_lesson(draws, 0, 2)
    frame_sec, frames = HOP / RATE, 1 + draws.samples // HOP
    targets = [
        torch.stack(column)
        for column in zip(*(note_targets(n, frames, frame_sec) for n in lesson.notes), strict=True)
    ]
    onset, held = ((column.clamp(1e-3, 1 - 1e-3)).logit() for column in targets)
    instrument = torch.nn.functional.one_hot(lesson.instrument, 2) * 10.0
    least = probe_loss(Predictions(onset, held, instrument), lesson, frame_sec)
    for worse in (
        Predictions(onset + 1, held, instrument),
        Predictions(onset, held + 1, instrument),
        Predictions(onset, held, instrument.flip(1)),
    ):
        assert probe_loss(worse, lesson, frame_sec) > least


def test_the_loss_falls_and_the_threshold_is_chosen(draws):
    losses: list[float] = []

    def watch(now: Progress) -> None:
        losses.append(float(now.terms["train_loss"]))

    probe, figures = train_probe(
        ProbeChoice(steps=30, clips=4, validation_batches=1), draws, draws, watch=watch
    )
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5]), losses
    assert set(figures) == {"note_f1", "instrument_accuracy", "threshold"}
    assert float(probe.threshold) == pytest.approx(figures["threshold"])


def test_a_run_stopped_and_resumed_ends_bit_equal(draws, tmp_path):
    choice = ProbeChoice(steps=4, clips=2, validation_batches=1)
    whole, figures = train_probe(choice, draws, draws)
    train_probe(choice, draws, draws, RunFolder.open(tmp_path, STATE, resume=False), stop_after=3)
    assert not (tmp_path / "probe.safetensors").exists()
    resumed, again = train_probe(choice, draws, draws, RunFolder.open(tmp_path, STATE, resume=True))
    assert again == figures
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, resumed.state_dict()[name]), name
    assert (tmp_path / "probe.safetensors").is_file()
