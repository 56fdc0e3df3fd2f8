"""The loss of a synthesizer: timbre comes from others, and a run that stops ends as one that does not."""

from pathlib import Path

import pytest
import torch

from symvae.config.load import load_preset, with_overrides
from symvae.config.sound import PROGRAMS, SynthConfig
from symvae.corpus.clips import ClipDraws
from symvae.errors import TrainingError
from symvae.system.build_synth import build_stft, build_synth
from symvae.system.synth_artifacts import load_synth
from symvae.training.sound import train_synth
from symvae.training.sound_step import of_others, sound_loss
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
def test_a_clips_timbre_comes_from_others_of_its_kind_alone(alike: int, seed: int) -> None:
    """Each row of the unit matrix is a clip: what comes out names the clips that went in."""
    clips = 3 * alike
    among = of_others(torch.eye(clips), alike, generator(seed))
    assert set(among.unique().tolist()) <= {0.0, 1.0}
    assert not among.diagonal().any()
    assert (among.sum(1) >= 1).all()
    kind = torch.arange(clips) // alike
    assert not among[kind[:, None] != kind[None, :]].any()


def test_z_knows_nothing_of_the_notes_to_play() -> None:
    """Another clip at row 0 changes the z of its companion, and not its own."""
    config = tiny()
    torch.manual_seed(0)
    model = build_synth(config.model)
    clips = draws(config).batch(0, 4, 2)
    seen = []
    spectrum = model.spectrum

    def listening(roll: torch.Tensor, source: torch.Tensor, z: torch.Tensor):
        seen.append(z.detach().clone())
        return spectrum(roll, source, z)

    model.spectrum = listening
    choice = {"beta": 0.1, "free_nats": 0.0, "waveform_weight": 0.0, "waveform_frames": 40, "alike": 2}
    other = clips._replace(wave=torch.cat([clips.wave[:1].flip(1) * 0.3, clips.wave[1:]]))
    for batch in (clips, other):
        sound_loss(model, batch, generator=generator(), **choice)
    changed = (seen[0] != seen[1]).flatten(1).any(1)
    assert changed.tolist() == [False, True, False, False]


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_step_of_training_comes_nearer(weight: float) -> None:
    """Thirty steps on one batch: the loss falls, every part of the network has a slope."""
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


def test_free_nats_cost_nothing_and_beta_is_charged_for_the_rest() -> None:
    config = tiny()
    torch.manual_seed(0)
    model = build_synth(config.model)
    clips = draws(config).batch(0, 4, 2)
    rest = {"waveform_weight": 0.0, "waveform_frames": 40, "alike": 2}
    free = sound_loss(model, clips, generator=generator(), beta=1.0, free_nats=1e6, **rest)
    torch.testing.assert_close(free.total, free.magnitude)
    charged = sound_loss(model, clips, generator=generator(), beta=0.5, free_nats=0.0, **rest)
    torch.testing.assert_close(charged.total, charged.magnitude + 0.5 * charged.kl)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = tiny()
    out = tmp_path_factory.mktemp("whole") / "run"
    train_synth(config, draws(config), draws(config, 1), out)
    return out


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_a_run_that_is_stopped_and_resumed_ends_bit_equal(
    uninterrupted: Path, tmp_path: Path, stop: int
) -> None:
    """Stopped by request after any step, at a validation or between two."""
    config, out, steps = tiny(), tmp_path / "run", []
    train_synth(
        config,
        draws(config),
        draws(config, 1),
        out,
        watch=lambda progress: steps.append(progress.step),
        stopping=lambda: len(steps) == stop,
    )
    assert steps == list(range(1, stop + 1))
    train_synth(config, draws(config), draws(config, 1), out, resume=True)
    one, two = (torch.load(run / "state.pt", weights_only=True) for run in (uninterrupted, out))
    assert one["step"] == two["step"] == 4
    assert one["best"] == two["best"]
    for part in ("model", "average"):
        assert all(torch.equal(one[part][name], two[part][name]) for name in one[part])
    weights = [(run / "model" / "model.safetensors").read_bytes() for run in (uninterrupted, out)]
    assert weights[0] == weights[1]


def test_a_run_writes_its_best_synthesizer_and_its_figures(uninterrupted: Path) -> None:
    config, network, timbres = load_synth(uninterrupted / "model")
    assert config == tiny()
    assert timbres == []
    assert network.sample_rate == config.model.sample_rate
    header = (uninterrupted / "log.csv").read_text().splitlines()[0]
    assert {"mss", "lsd_db", "kl_nats", "train_total"} <= set(header.split(","))


def test_what_cannot_be_resumed_or_started(uninterrupted: Path, tmp_path: Path) -> None:
    config = tiny()
    with pytest.raises(TrainingError, match=r"already holds a run\. Add --resume"):
        train_synth(config, draws(config), draws(config, 1), uninterrupted)
    with pytest.raises(TrainingError, match=r"has no state\.pt\. Leave out --resume"):
        train_synth(config, draws(config), draws(config, 1), tmp_path / "none", resume=True)
    other = tiny("objective.beta=0.5")
    with pytest.raises(TrainingError, match=r"was trained with other choices \(objective\.beta\)"):
        train_synth(other, draws(other), draws(other, 1), uninterrupted, resume=True)
