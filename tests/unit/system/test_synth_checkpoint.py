"""A synthesizer's folder is loaded as it was saved, and a damaged one is refused with its fault."""

import json
from pathlib import Path

import pytest
import torch

from symvae.config.load import load_preset, with_overrides
from symvae.config.sound import SynthConfig
from symvae.errors import CheckpointError
from symvae.system.artifact_folder import format_of
from symvae.system.build_synth import build_synth
from symvae.system.synth_artifacts import load_synth, save_synth, save_timbres
from tests.sines import TINY_SYNTH
from tests.weights import stored

TIMBRES = [{"name": "piano", "font": "First", "program": 0, "z": [0.5, -1.0, 0.0, 2.0]}]
CONFIG = with_overrides(load_preset("synth-24k", SynthConfig), list(TINY_SYNTH))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    save_synth(tmp_path / "synth", CONFIG, build_synth(CONFIG.model).state_dict(), timbres=TIMBRES)
    return tmp_path / "synth"


def test_a_loaded_synthesizer_is_the_saved_one(folder: Path) -> None:
    config, network, timbres = load_synth(folder)
    assert config == CONFIG
    assert timbres == TIMBRES
    assert not network.training
    torch.manual_seed(0)
    fresh = build_synth(CONFIG.model).state_dict()
    state = network.state_dict()
    assert state.keys() == fresh.keys()
    for name, value in fresh.items():
        torch.testing.assert_close(state[name], stored(value))
    assert format_of(folder) == "symvae-synth"


def test_timbres_are_replaced_and_nothing_else(folder: Path) -> None:
    before = (folder / "model.safetensors").read_bytes()
    save_timbres(folder, [])
    assert load_synth(folder)[2] == []
    assert (folder / "model.safetensors").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "metrics.json",
        "model.safetensors",
        "timbres.json",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("config.json", b"{", "is not JSON"),
        ("config.json", b"[]", "describes no symvae model"),
        (
            "config.json",
            b'{"format": "symvae-synth", "version": 9, "model": {"width": 1}}',
            "Install the symvae release",
        ),
        (
            "config.json",
            b'{"format": "symvae-model", "version": 1, "model": {"width": 1}}',
            "a synthesizer is needed here",
        ),
        ("model.safetensors", b"", "is damaged"),
        ("model.safetensors", b"\x10\0\0\0\0\0\0\0{", "is damaged"),
        ("timbres.json", b"{", "is not JSON"),
        ("timbres.json", b"[]", "is damaged"),
        ("timbres.json", b"{}", "is damaged"),
        ("timbres.json", b'{"timbres": 3}', "is damaged"),
        ("timbres.json", b'{"timbres": [{"name": "piano"}]}', "is damaged"),
        ("timbres.json", b'{"timbres": ["piano"]}', "is damaged"),
        ("timbres.json", b"\xff\xfe", "is not JSON"),
    ],
)
def test_a_damaged_file_is_refused(folder: Path, name: str, content: bytes, message: str) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        load_synth(folder)


def test_a_timbre_of_another_size_is_refused(folder: Path) -> None:
    save_timbres(folder, [{**TIMBRES[0], "z": [1.0, 2.0]}])
    with pytest.raises(
        CheckpointError, match=r"timbres\.json is damaged \(the timbre 'piano' lacks .* or 4 numbers\)"
    ):
        load_synth(folder)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "timbres.json"])
def test_a_file_that_is_missing_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match=r"synth.* (has no (config|model)\.|is damaged)"):
        load_synth(folder)


def test_weights_of_other_sizes_are_refused(folder: Path) -> None:
    header = json.loads((folder / "config.json").read_text())
    header["model"]["width"] = 12
    (folder / "config.json").write_text(json.dumps(header))
    with pytest.raises(
        CheckpointError, match=r"does not fit .*size mismatch.* Restore it or export it again"
    ):
        load_synth(folder)
