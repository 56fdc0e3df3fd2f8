"""Audio models from the command line: training, transfer, latents, export."""

import json
import shutil

import numpy as np
import pytest
import torch

import symvae
from symvae.dsp.wav import read_audio
from tests.audio_models import RATE, TINY_RAVE, recordings, tiny_rave  # noqa: F401 (a fixture)
from tests.songs import report_of

SETTINGS = [word for setting in TINY_RAVE for word in ("--set", setting)]


@pytest.fixture
def sound(tmp_path):
    return recordings(tmp_path / "sounds", seconds=3.0) / "music.wav"


def test_a_run_that_is_resumed_ends_as_one_that_never_stopped(cli, tiny_rave, tmp_path):  # noqa: F811
    from symvae.config.load import load_preset, with_overrides
    from symvae.config.rave import RaveConfig
    from symvae.corpus.recording_shards import open_recordings
    from symvae.training.tasks.rave import train_rave

    data = tiny_rave / "recordings"
    train_rave(
        with_overrides(load_preset("rave-48k", RaveConfig), list(TINY_RAVE)),
        open_recordings(data),
        tmp_path / "run",
        stop_after=5,
    )
    result = cli("train-audio", data, "--preset", "rave-48k", "--out", "run", "--resume", *SETTINGS)
    assert result.exit_code == 0, result.stderr
    for name in ("rave-state.pt", "model/model.safetensors", "model/axes.safetensors"):
        assert (tmp_path / "run" / name).read_bytes() == (tiny_rave / name).read_bytes(), name


def test_recordings_are_prepared_and_what_is_left_out_is_told(cli, tmp_path):
    recordings(tmp_path / "in")
    result = cli(
        "train-audio", "in", "--preset", "rave-48k", "--out", "run", *SETTINGS, "--set", "training.steps=1"
    )
    assert result.exit_code == 0, result.stderr
    assert "2 recordings, 80 s read at 8000 Hz" in result.stderr
    assert "left out: cut_off ×1, silent ×1; run/recordings/dropped.csv names all" in result.stderr
    again = cli("train-audio", "in", "--preset", "rave-48k", "--out", "run", *SETTINGS)
    assert again.exit_code == 1
    assert "run already holds a run. Add --resume" in again.stderr


def test_a_recording_is_resynthesized_at_its_length(cli, tiny_rave, sound):  # noqa: F811
    report = report_of(cli("transfer", sound, "-m", tiny_rave, "--json"))
    assert report["files"] == ["transferred.wav"]
    assert report["channels"] == 2
    audio = read_audio("transferred.wav")
    assert audio.sample_rate == RATE
    assert audio.samples.shape == (2, 3 * RATE)


def test_latents_decode_to_what_transfer_gives(cli, tiny_rave, sound):  # noqa: F811
    assert cli("encode-audio", sound, "-m", tiny_rave, "--out", "z.npz").exit_code == 0
    with np.load("z.npz") as arrays:
        assert arrays["z"].shape == (2, 3, -(-(3 * RATE + 40) // 32))
        assert (int(arrays["samples"]), int(arrays["sample_rate"])) == (3 * RATE, RATE)
    for words in (("--fader", "1=+2"), ()):
        assert (
            cli("decode-audio", "z.npz", "-m", tiny_rave, "--out", "a.wav", "--force", *words).exit_code == 0
        )
        assert cli("transfer", sound, "-m", tiny_rave, "--out", "b.wav", "--force", *words).exit_code == 0
        assert (sound.parent / "../a.wav").read_bytes() == (sound.parent / "../b.wav").read_bytes()


def test_a_fader_and_a_morph_change_the_sound(tiny_rave, sound):  # noqa: F811
    model = symvae.load_audio_model(tiny_rave)
    plain = model.transfer(sound).samples
    assert np.abs(model.transfer(sound, faders={1: 3.0}).samples - plain).max() > 1e-4
    noise = symvae.Audio(np.random.default_rng(1).uniform(-0.5, 0.5, (1, 2 * RATE)), RATE)
    ends = [model.morph(sound, noise, share).samples for share in (0.0, 1.0)]
    assert ends[0].shape == (2, 2 * RATE)
    assert np.abs(ends[1] - ends[0]).max() > 1e-4
    np.testing.assert_allclose(ends[1][0], ends[1][1], atol=1e-6)


def test_a_stream_is_the_transfer_a_frame_and_the_delay_late(tiny_rave, sound):  # noqa: F811
    model = symvae.load_audio_model(tiny_rave)
    wave = read_audio(sound).samples
    whole, stream = model.transfer(sound).samples, model.stream(channels=2)
    made = np.concatenate([stream.process(block) for block in np.array_split(wave, 77, axis=1)], 1)
    assert made.shape == wave.shape
    late = stream.latency
    assert late == stream.block + 40
    np.testing.assert_allclose(made[:, late:], whole[:, :-late], atol=1e-6)
    with pytest.raises(symvae.AudioError, match="This stream has 2 channels"):
        stream.process(wave[:1])


def test_an_exported_program_streams_as_the_model_does(cli, tiny_rave, sound):  # noqa: F811
    assert cli("export-audio", "-m", tiny_rave, "--out", "tiny.ts").exit_code == 0
    program, model = torch.jit.load("tiny.ts"), symvae.load_audio_model(tiny_rave)
    assert program.get_methods() == ["encode", "decode", "forward"]
    assert program.encode_params.tolist() == [1, 1, 3, 32]
    assert program.decode_params.tolist() == [3, 32, 1, 1]
    wave = torch.from_numpy(read_audio(sound).samples[:, None, : 20 * 32].astype(np.float32))
    with torch.inference_mode():
        whole = model.network.decode(model.network.encode(wave[:, 0]))
        blocks = [program.forward(block)[:, 0] for block in wave.split(64, 2)]
    torch.testing.assert_close(torch.cat(blocks, 1), whole)


def test_an_audio_model_is_evaluated(cli, tiny_rave, tmp_path):  # noqa: F811
    shutil.copytree(tiny_rave / "model", "copy")
    result = cli(
        "evaluate", "copy", "--data", tiny_rave / "recordings", "--quick", "--update-model", "--json"
    )
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout)["recordings"]
    assert figures["mss"] > 0
    assert figures["stream"]["difference_db"] < -80
    assert figures["stream"]["latency_ms"] == pytest.approx(1000 * 72 / RATE)
    kept = json.loads((tmp_path / "copy" / "metrics.json").read_text())
    assert kept["test"] == figures
    assert "mss" in kept["validation"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--fader", "9=1"), "has the faders 1 to "),
        (("--fader", "1=99"), "A fader moves by -10 to 10 standard deviations, not 99."),
        (("--fader", "bright"), "'bright' is no fader. Write number=deviations, as in 1=+1.5."),
        (("--morph", "missing.wav"), "missing.wav cannot be read: No such file or directory."),
        (
            ("--morph", "sounds/music.wav", "--amount", "2"),
            "The amount of a morph is from 0 to 1, not 2 to 2.",
        ),
    ],
)
def test_what_cannot_be_is_refused(cli, tiny_rave, sound, words, message):  # noqa: F811
    result = cli("transfer", sound, "-m", tiny_rave, *words)
    assert result.exit_code == 1
    assert message in result.stderr
    assert not (sound.parent / "../transferred.wav").exists()


def test_latents_of_another_model_are_refused(cli, tiny_rave):  # noqa: F811
    np.savez("other.npz", z=np.zeros((1, 5, 900), np.float32), samples=RATE, sample_rate=RATE)
    result = cli("decode-audio", "other.npz", "-m", tiny_rave)
    assert result.exit_code == 1
    assert "z has 5 coordinates, and tiny-rave has 3." in result.stderr
    np.savez("short.npz", z=np.zeros((1, 3, 9), np.float32), samples=RATE, sample_rate=RATE)
    assert (
        "9 frames are too few for 8000 samples." in cli("decode-audio", "short.npz", "-m", tiny_rave).stderr
    )
    np.savez("half.npz", z=np.zeros((1, 3, 9), np.float32))
    assert (
        "half.npz has no samples and no sample_rate."
        in cli("decode-audio", "half.npz", "-m", tiny_rave).stderr
    )
