"""Weight files: int8 rows with half-precision scales, and the half precision of version 1."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from symvae.errors import CheckpointError
from symvae.system.packed import pack, packed_width, unpack
from symvae.system.weight_file import (
    bits_of,
    dequantize,
    eight_bit_names,
    quantize,
    read_weights,
    write_weights,
)

REMEDY = "Restore it."


def matrix(rows: int = 80, columns: int = 60, seed: int = 0) -> torch.Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


@given(st.integers(0, 2**31), st.floats(-5, 2), st.integers(1, 6), st.integers(1, 9))
def test_a_dequantized_weight_is_within_half_a_level(
    seed: int, scale: float, rows: int, columns: int
) -> None:
    weight = 10**scale * matrix(rows, columns, seed)
    levels, row_scale = quantize(weight)
    error = (dequantize(levels, row_scale) - weight).abs()
    largest = weight.abs().amax(1, keepdim=True)
    # Half a level, and what half precision does to the scale (its smallest step for the smallest rows).
    assert (error <= largest * (0.5 / 127 + 2**-10) + 127 * 2**-25).all()


@given(st.integers(0, 2**31), st.floats(-9, 2))
def test_quantizing_dequantized_weights_changes_nothing(seed: int, scale: float) -> None:
    levels, row_scale = quantize(10**scale * matrix(5, 7, seed))
    again, scale_again = quantize(dequantize(levels, row_scale))
    assert torch.equal(again, levels)
    assert torch.equal(scale_again, row_scale)


def test_the_largest_value_of_a_row_is_its_last_level() -> None:
    levels, scale = quantize(torch.tensor([[0.5, -127.0, 63.5], [0.0, 0.0, 0.0], [2.54, 1.27, 0.635]]))
    assert levels.tolist() == [[0, -127, 64], [0, 0, 0], [127, 64, 32]]
    assert scale.tolist() == pytest.approx([1.0, 1.0, 0.02], rel=1e-3)


def test_halves_are_rounded_to_even() -> None:
    levels, _ = quantize(torch.tensor([[127.0, 0.5, 1.5, 2.5, -0.5, -1.5]]))
    assert levels.tolist() == [[127, 0, 2, 2, 0, -2]]


def test_large_matrices_are_stored_as_bytes_and_all_else_in_half_precision(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    state = {
        "matrix": matrix(),
        "kernel": matrix(64, 128).view(64, 32, 4),
        "bias": torch.randn(5000),
        "small": matrix(64, 64),
        "active": torch.tensor([True, False]),
        "number": torch.tensor(0.3),
    }
    write_weights(path, state)
    stored = load_file(path)
    kinds = {name: (value.dtype, tuple(value.shape)) for name, value in stored.items()}
    assert kinds == {
        "matrix": (torch.int8, (80, 60)),
        "matrix.scale": (torch.float16, (80,)),
        "kernel": (torch.int8, (64, 32, 4)),
        "kernel.scale": (torch.float16, (64,)),
        "bias": (torch.float16, (5000,)),
        "small": (torch.float16, (64, 64)),
        "active": (torch.float16, (2,)),
        "number": (torch.float16, ()),
    }
    with safe_open(path, "pt") as file:
        assert file.metadata() == {"symvae-weights": "2"}
    read = read_weights(path, REMEDY)
    assert read.keys() == state.keys()
    assert {value.dtype for value in read.values()} == {torch.float32}
    for name in ("bias", "small", "active", "number"):
        assert torch.equal(read[name], state[name].half().float())
    for name in ("matrix", "kernel"):
        assert torch.equal(read[name], dequantize(*quantize(state[name])))
    write_weights(tmp_path / "again", read)
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_a_file_of_version_1_is_read_and_its_names_are_translated(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    state = {
        "encoder.bar.summarise.weight": matrix(),
        "recogniser.hidden.weight": matrix(),
        "w.scale": matrix(),
    }
    save_file({name: value.half() for name, value in state.items()}, path)
    read = read_weights(path, REMEDY)
    names = ["encoder.bar.summarize.weight", "recognizer.hidden.weight", "w.scale"]
    assert sorted(read) == names
    for name, value in zip(names, state.values(), strict=True):
        assert torch.equal(read[name], value.half().float())


def test_a_parameter_of_the_name_scale_stays_one(tmp_path: Path) -> None:
    write_weights(tmp_path / "w", {"norm": torch.ones(3), "norm.scale": torch.full((3,), 2.0)})
    assert read_weights(tmp_path / "w", REMEDY).keys() == {"norm", "norm.scale"}


@given(st.integers(0, 2**31), st.integers(1, 5), st.integers(1, 40))
def test_packing_loses_nothing(seed: int, rows: int, columns: int) -> None:
    levels = torch.randint(-31, 32, (rows, columns), generator=torch.Generator().manual_seed(seed)).to(
        torch.int8
    )
    data = pack(levels)
    assert data.shape == (rows, packed_width(columns))
    assert torch.equal(unpack(data, columns), levels)


def test_six_bits_are_three_quarters_of_the_size_and_are_read_as_written(tmp_path: Path) -> None:
    state = {"matrix": matrix(80, 61), "kernel": matrix(64, 129).view(64, 43, 3), "bias": torch.randn(5000)}
    write_weights(tmp_path / "w", state, bits=6)
    read = read_weights(tmp_path / "w", REMEDY)
    assert bits_of(tmp_path / "w") == 6
    for name in ("matrix", "kernel"):
        assert torch.equal(read[name], dequantize(*quantize(state[name], 31)))
        assert (read[name] - state[name]).abs().max() < state[name].abs().max() / 60
    assert load_file(tmp_path / "w")["matrix"].shape == (80, 48)
    write_weights(tmp_path / "again", read, bits=6)
    assert (tmp_path / "again").read_bytes() == (tmp_path / "w").read_bytes()


def test_single_matrices_of_a_file_of_six_bits_may_have_eight(tmp_path: Path) -> None:
    state = {"fine": matrix(80, 61), "coarse": matrix(80, 61)}
    write_weights(tmp_path / "w", state, bits=6, eight=["fine"])
    read = read_weights(tmp_path / "w", REMEDY)
    assert torch.equal(read["fine"], dequantize(*quantize(state["fine"])))
    assert torch.equal(read["coarse"], dequantize(*quantize(state["coarse"], 31)))
    assert (bits_of(tmp_path / "w"), eight_bit_names(tmp_path / "w")) == (6, ["fine"])
    write_weights(tmp_path / "again", read, bits=6, eight=eight_bit_names(tmp_path / "w"))
    assert (tmp_path / "again").read_bytes() == (tmp_path / "w").read_bytes()


@pytest.mark.parametrize("shape", [[], [80], [80, 65], [80, -61], [-80, 61], [61, 80], [80, 0, 61]])
def test_packed_weights_of_other_shapes_are_refused(tmp_path: Path, shape: list[int]) -> None:
    write_weights(tmp_path / "w", {"w": matrix(80, 61)}, bits=6)
    bad = load_file(tmp_path / "w") | {"w.shape": torch.tensor(shape, dtype=torch.int64)}
    save_file(bad, tmp_path / "bad", {"symvae-weights": "3"})
    with pytest.raises(CheckpointError, match=r"is damaged \(packed weights .*Restore it\."):
        read_weights(tmp_path / "bad", REMEDY)


def test_a_version_of_the_future_is_refused(tmp_path: Path) -> None:
    save_file({"w": torch.zeros(1)}, tmp_path / "w", {"symvae-weights": "4"})
    with pytest.raises(
        CheckpointError, match=r"is in version 4 .*Install the symvae release that wrote it\."
    ):
        read_weights(tmp_path / "w", REMEDY)


@pytest.mark.parametrize("content", [b"", b"\x10\0\0\0\0\0\0\0{"])
def test_a_damaged_file_is_refused_with_its_remedy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"is damaged .* Restore it\."):
        read_weights(tmp_path / "w", REMEDY)
