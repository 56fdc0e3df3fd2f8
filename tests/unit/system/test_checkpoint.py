"""A model folder is written as a whole, and a damaged one is refused with its fault."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from benchmarks.store_released_weights import requantize
from symvae.config.model import ModelConfig
from symvae.config.run import RunConfig
from symvae.errors import CheckpointError
from symvae.system.artifacts import load_config, load_vae, save_model
from symvae.system.build import build_vae
from symvae.system.weight_file import eight_bit_names
from tests.weights import stored


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[]", "describes no symvae model"),
        (b"3", "describes no symvae model"),
        (b"{}", "describes no symvae model"),
        (b"\xff\xfe{}", "is not JSON"),
        (b"{", "is not JSON"),
    ],
)
def test_a_file_that_is_no_config_is_refused(tmp_path: Path, content: bytes, message: str):
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        load_config(tmp_path)


def test_a_model_replaces_an_older_one(tmp_path: Path):
    tokenizer = tmp_path / "tokenizer.json"
    tokenizer.write_text("{}")
    (tmp_path / ".model.old").mkdir()
    for name in ("first", "second"):
        save_model(tmp_path / "model", RunConfig(name=name), {"w": torch.ones(2)}, tokenizer=tokenizer)
    assert load_config(tmp_path / "model").name == "second"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "tokenizer.json"]


def test_a_failed_save_keeps_the_older_model(tmp_path: Path):
    tokenizer = tmp_path / "tokenizer.json"
    tokenizer.write_text("{}")
    save_model(tmp_path / "model", RunConfig(name="first"), {"w": torch.ones(2)}, tokenizer=tokenizer)
    with pytest.raises(FileNotFoundError):
        save_model(tmp_path / "model", RunConfig(name="second"), {}, tokenizer=tmp_path / "missing")
    assert load_config(tmp_path / "model").name == "first"


SIZES = {
    **{"bars": 2, "latent_size": 6, "embedding_size": 4, "encoder_size": 4, "summary_size": 6},
    **{"code_size": 4, "phrase_size": 3, "conductor_size": 6, "decoder_size": 8, "unfold_size": 7},
}
KINDS = {
    "melody": ModelConfig(**SIZES),
    "flat": ModelConfig(**SIZES, decoder="flat"),
    "piano": ModelConfig(**SIZES, tokenizer="piano", positions=128, vocabulary_size=218),
    "piano-grid": ModelConfig(**SIZES, tokenizer="piano-grid", positions=209, vocabulary_size=218),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_loaded_model_is_the_saved_one(tmp_path: Path, kind: str):
    """With all its tables: which ids name a position, and which may follow, is in no weight file."""
    torch.manual_seed(0)
    saved = build_vae(KINDS[kind]).eval()
    tokenizer = tmp_path / "tokenizer.json"
    tokenizer.write_text("{}")
    save_model(tmp_path / "model", RunConfig(model=KINDS[kind]), saved.state_dict(), tokenizer=tokenizer)
    loaded = load_vae(tmp_path / "model")
    assert not loaded.training
    for (name, weight), other in zip(saved.named_parameters(), loaded.parameters(), strict=True):
        assert torch.equal(stored(weight), other), name
        assert (other.device.type, other.dtype, other.requires_grad) == ("cpu", torch.float32, True)
    for (name, table), other in zip(saved.named_buffers(), loaded.buffers(), strict=True):
        assert torch.equal(table, other), name
    with torch.no_grad():
        loaded.decoder.generate(torch.zeros(1, 6))


def test_weights_of_other_sizes_are_refused(tmp_path: Path):
    tokenizer = tmp_path / "tokenizer.json"
    tokenizer.write_text("{}")
    state = build_vae(KINDS["melody"]).state_dict()
    save_model(tmp_path / "model", RunConfig(model=KINDS["piano"]), state, tokenizer=tokenizer)
    with pytest.raises(CheckpointError, match=r"does not fit its config\.json"):
        load_vae(tmp_path / "model")


def test_a_model_of_version_1_is_read_and_brought_up_to_date(tmp_path: Path) -> None:
    """The last release stored all weights in half precision and wrote version 1 into config.json."""
    torch.manual_seed(0)
    config = RunConfig(model=KINDS["piano"])
    state = build_vae(config.model).state_dict()
    save_file({name: value.half() for name, value in state.items()}, tmp_path / "model.safetensors")
    header = {"format": "symvae-model", "version": 1, **dataclasses.asdict(config)}
    (tmp_path / "config.json").write_text(json.dumps(header))
    assert load_config(tmp_path) == config
    for name, weight in load_vae(tmp_path).state_dict().items():
        assert torch.equal(weight, state[name].half().float()), name

    ((path, sizes),) = requantize(tmp_path).items()
    assert (path.name, sizes.after < 0.7 * sizes.before) == ("model.safetensors", True)
    assert json.loads((tmp_path / "config.json").read_text())["version"] == 2
    assert load_config(tmp_path) == config
    for name, weight in load_vae(tmp_path).state_dict().items():
        assert torch.equal(weight, stored(state[name].half().float())), name
    before = path.read_bytes()
    requantize(tmp_path)
    assert path.read_bytes() == before
    with pytest.raises(SystemExit, match="no weights whose names begin with encode_r"):
        requantize(tmp_path, 6, ["encode_r"])
    assert path.read_bytes() == before
    requantize(tmp_path, 6, ["encoder."])
    assert {name.split(".")[0] for name in eight_bit_names(path)} == {"encoder"}
    before = path.read_bytes()
    requantize(tmp_path)
    assert path.read_bytes() == before
