"""A model folder is written whole, and one that is damaged is refused in words."""

from pathlib import Path

import pytest
import torch

from symvae.config.run import RunConfig
from symvae.errors import CheckpointError
from symvae.system.checkpoint import load_config, save_model


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
def test_a_config_that_is_none_is_refused(tmp_path: Path, content: bytes, message: str):
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        load_config(tmp_path)


def test_a_model_takes_the_place_of_an_older_one(tmp_path: Path):
    tokenizer = tmp_path / "tokenizer.json"
    tokenizer.write_text("{}")
    (tmp_path / "model.old").mkdir()
    for name in ("first", "second"):
        save_model(tmp_path / "model", RunConfig(name=name), {"w": torch.ones(2)}, tokenizer=tokenizer)
    assert load_config(tmp_path / "model").name == "second"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "tokenizer.json"]


def test_a_model_that_cannot_be_written_leaves_the_older_one(tmp_path: Path):
    tokenizer = tmp_path / "tokenizer.json"
    tokenizer.write_text("{}")
    save_model(tmp_path / "model", RunConfig(name="first"), {"w": torch.ones(2)}, tokenizer=tokenizer)
    with pytest.raises(FileNotFoundError):
        save_model(tmp_path / "model", RunConfig(name="second"), {}, tokenizer=tmp_path / "missing")
    assert load_config(tmp_path / "model").name == "first"
