"""Runs of synthesizers: each variant is trained for a few steps, stopped, resumed, and ends bit-equal."""

from pathlib import Path

import pytest
import torch

from symvae.config.load import load_preset, with_overrides
from symvae.config.sound import PROGRAMS, SynthConfig
from symvae.corpus.clips import ClipDraws
from symvae.errors import ConfigError, TrainingError
from symvae.models.sound.quantized import QuantizedEncoder
from symvae.system.build_synth import build_stft
from symvae.system.synth_artifacts import load_synth
from symvae.training.loop import run
from symvae.training.run import RunFolder
from symvae.training.tasks.code_prior import (
    STATE,
    CodePriorChoice,
    CodePriorTask,
    encode_codes,
    train_code_prior,
)
from symvae.training.tasks.synth import train_synth
from tests.sines import TINY_SYNTH, SinePlayer

VARIANTS = ("synth-24k-small-pqmf", "synth-24k-small-vq", "synth-24k-adversarial")


def choice(preset: str) -> SynthConfig:
    settings = [*TINY_SYNTH, "clips.alike=2", 'training.precision="fp32"', "model.codebook_size=4"]
    return with_overrides(load_preset(preset, SynthConfig), settings)


@pytest.fixture(scope="module")
def draws() -> ClipDraws:
    config = choice("synth-24k")
    rate = config.model.sample_rate
    return ClipDraws(
        [],
        [SinePlayer(Path("font"), rate)],
        [PROGRAMS[name] for name in config.clips.timbres],
        frames=config.clips.frames,
        stft=build_stft(config.model),
        sample_rate=rate,
        made_up=1.0,
        seed=0,
    )


@pytest.fixture(scope="module")
def trained(draws, tmp_path_factory) -> Path:
    """A synthesizer that the second stage can start from."""
    return train_synth(choice("synth-24k"), draws, draws, tmp_path_factory.mktemp("first") / "run")


@pytest.mark.parametrize("preset", VARIANTS)
def test_each_variant_stopped_and_resumed_ends_bit_equal(preset, draws, trained, tmp_path):
    config = choice(preset)
    start = load_synth(trained)[1] if config.objective.adversarial else None
    whole = train_synth(config, draws, draws, tmp_path / "whole", start_from=start)
    train_synth(config, draws, draws, tmp_path / "parts", start_from=start, stop_after=2)
    parts = train_synth(config, draws, draws, tmp_path / "parts", resume=True, start_from=start)
    states = [torch.load(folder.parent / "state.pt", weights_only=True) for folder in (whole, parts)]
    for part in ("model", "average", *(("critic",) if config.objective.adversarial else ())):
        for name, value in states[0][part].items():
            assert torch.equal(value, states[1][part][name]), (part, name)
    assert (whole.parent / "log.csv").read_text() == (parts.parent / "log.csv").read_text()


def test_waveforms_are_compared_from_the_configured_step_on(trained):
    """The excerpt once had as many frames as the roll had lanes, one for a line: nothing was compared."""
    header, *rows = [line.split(",") for line in (trained.parent / "log.csv").read_text().splitlines()]
    assert all(float(row[header.index("train_waveform")]) > 0 for row in rows)


def test_the_second_stage_freezes_the_encoder_and_trains_decoder_and_discriminators(draws, trained, tmp_path):
    config, before = choice("synth-24k-adversarial"), load_synth(trained)[1]
    out = train_synth(config, draws, draws, tmp_path / "run", start_from=before)
    state = torch.load(out.parent / "state.pt", weights_only=True)
    for name, value in before.state_dict().items():
        if name.startswith("encoder."):
            assert torch.equal(state["model"][name], value), name
    assert not torch.equal(state["model"]["decoder.leave.weight"], before.decoder.leave.weight)
    header, row = [line.split(",") for line in (out.parent / "log.csv").read_text().splitlines()[:2]]
    logged = dict(zip(header, row, strict=True))
    assert 0 < float(logged["train_discriminators"]) < 3
    assert float(logged["train_waveform"]) > 0
    assert float(logged["train_matching"]) > 0


def test_the_second_stage_needs_a_trained_synthesizer(draws, tmp_path):
    with pytest.raises(TrainingError, match=r"Give one with --from\."):
        train_synth(choice("synth-24k-adversarial"), draws, draws, tmp_path / "run")


def test_the_discriminators_need_waveforms_from_the_first_step():
    with pytest.raises(ConfigError, match=r"Set objective\.waveform_from to 0"):
        with_overrides(load_preset("synth-24k-adversarial", SynthConfig), ["objective.waveform_from=0.5"])


def test_codebook_perplexity_is_logged_and_the_code_prior_draws_words_in_use(draws, tmp_path):
    config = choice("synth-24k-small-vq")
    folder = train_synth(config, draws, draws, tmp_path / "run")
    header, *rows = [line.split(",") for line in (tmp_path / "run/log.csv").read_text().splitlines()]
    used = [float(row[header.index("codebook_perplexity")]) for row in rows]
    assert all(1 <= value <= config.model.codebook_size for value in used)
    network = load_synth(folder)[1]
    assert isinstance(network.encoder, QuantizedEncoder)
    words = encode_codes(network, draws, clips=4)
    assert words.shape == (8, config.model.codebooks)
    prior = train_code_prior(network.encoder, words, steps=150)
    drawn = prior.sample(50, torch.Generator().manual_seed(0))
    in_use = {tuple(word) for word in words.tolist()}
    assert sum(tuple(word) in in_use for word in drawn.tolist()) > 40
    again = train_code_prior(network.encoder, words, steps=2)
    same = train_code_prior(network.encoder, words, steps=2)
    assert torch.equal(again.nats(words), same.nats(words))


def test_a_code_prior_stopped_and_resumed_ends_bit_equal(tmp_path):
    words = torch.randint(4, (40, 3), generator=torch.Generator().manual_seed(0))
    choice = CodePriorChoice(entries=4, steps=5)
    whole = CodePriorTask(words, choice)
    run(whole)
    run(CodePriorTask(words, choice), RunFolder.open(tmp_path, STATE, resume=False), stop_after=2)
    resumed = CodePriorTask(words, choice)
    run(resumed, RunFolder.open(tmp_path, STATE, resume=True))
    for name, weight in whole.prior.state_dict().items():
        assert torch.equal(weight, resumed.prior.state_dict()[name]), name
