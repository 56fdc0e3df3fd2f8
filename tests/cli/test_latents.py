"""encode and decode: latents to a file and back."""

import json

import numpy as np
import pytest

import symvae
from tests.conftest import TUNES

ODE, JOY = TUNES / "ode_to_joy.mid", TUNES / "soldiers_joy.mid"


def test_encode_then_decode_is_reconstruct(cli, tiny_model, tmp_path):
    encoded = cli("encode", ODE, JOY, "-m", tiny_model, "--out", "z.npz", "--json")
    assert encoded.exit_code == 0, encoded.stderr
    assert [each["file"] for each in json.loads(encoded.stdout)["inputs"]] == [str(ODE), str(JOY)]
    model = symvae.load(tiny_model)
    windows = symvae.read(ODE, grid=model.grid) + symvae.read(JOY, grid=model.grid)
    with np.load("z.npz", allow_pickle=False) as file:
        assert file["mean"].shape == file["log_std"].shape == (len(windows), model.latent_size)
        assert file["bar"][0] == 1
        assert file["model"] == "tiny"
    decoded = cli("decode", "z.npz", "-m", tiny_model)
    assert decoded.exit_code == 0, decoded.stderr
    width = len(str(len(windows)))
    for number, phrase in enumerate(model.reconstruct(windows), 1):
        path = tmp_path / f"decode/window-{number:0{width}d}.mid"
        assert symvae.read(path, grid=model.grid) == [phrase]


def test_decode_prefers_z_to_mean_and_notices_another_model(cli, tiny_model, tmp_path):
    z = np.zeros((1, 16), np.float32)
    np.savez(tmp_path / "z.npz", z=z, mean=z + 3, model="another")
    result = cli("decode", "z.npz", "-m", tiny_model)
    assert result.exit_code == 0
    assert "another" in result.stderr
    model = symvae.load(tiny_model)
    import torch

    assert symvae.read(tmp_path / "decode/window-1.mid", grid=model.grid) == model.decode(torch.zeros(1, 16))


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"z": np.zeros((1, 15))}, "decodes latents (batch, 16)"),
        ({"z": np.zeros(16)}, "shaped (window, latent)"),
        ({"other": np.zeros((1, 16))}, "z or mean"),
        ({"z": np.full((1, 16), np.nan)}, "not finite"),
        ({"z": np.zeros((2, 16)), "tempo_qpm": [100.0]}, "one tempo each"),
        ({"z": np.zeros((1, 16)), "tempo_qpm": ["fast"]}, "positive numbers of quarter notes"),
        ({"z": np.zeros((1, 16)), "tempo_qpm": [0.0]}, "positive numbers of quarter notes"),
        ({"z": np.array([["a"] * 16])}, "needs numbers"),
        ({"z": np.array([[None] * 16], dtype=object)}, "not an .npz file of arrays"),
    ],
)
def test_decode_refuses_other_arrays(cli, tiny_model, tmp_path, arrays, words):
    np.savez(tmp_path / "z.npz", **arrays)
    result = cli("decode", "z.npz", "-m", tiny_model)
    assert result.exit_code == 1
    assert words in result.stderr


def test_decode_refuses_other_files(cli, tiny_model):
    assert "not an .npz file of arrays" in cli("decode", ODE, "-m", tiny_model).stderr
    assert "There is no file" in cli("decode", "missing.npz", "-m", tiny_model).stderr


def test_decode_refuses_damaged_files(cli, tiny_model, tmp_path):
    np.save(tmp_path / "one.npy", np.zeros((1, 16)))
    (tmp_path / "empty.npz").touch()
    np.savez_compressed(tmp_path / "flipped.npz", z=np.arange(1600.0).reshape(100, 16))
    whole = (tmp_path / "flipped.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    middle = len(whole) // 2
    (tmp_path / "flipped.npz").write_bytes(whole[: middle - 50] + b"\xff" * 100 + whole[middle + 50 :])
    (tmp_path / "folder.npz").mkdir()
    for name in ("one.npy", "empty.npz", "flipped.npz", "cut.npz", "folder.npz"):
        result = cli("decode", name, "-m", tiny_model)
        assert result.exit_code == 1, name
        assert (
            f"symvae: {name} is not an .npz file of arrays. Write one with `symvae encode`." in result.stderr
        )
        assert result.stderr.count("\n") == 1


def test_encode_refuses_a_file_without_windows(cli, tiny_model):
    result = cli("encode", TUNES / "greensleeves.mid", "-m", tiny_model)
    assert result.exit_code == 1
    assert "metre_not_supported" in result.stderr
