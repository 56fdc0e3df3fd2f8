"""Model folders of strangers: whatever a file says, it fits the others or is refused in one sentence."""

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from benchmarks.fuzzing.damage import tiny_config
from symvae.config.load import from_dict
from symvae.config.run import RunConfig
from symvae.errors import CheckpointError, SymvaeError
from symvae.system.artifacts import load_config, load_editor, load_latent, load_prior, load_scales, load_vae
from symvae.system.build import build_vae
from symvae.system.catalog import PRETRAINED
from symvae.system.strangers import Allowance
from symvae.system.symvae import SymVAE
from symvae.system.synth_artifacts import TIMBRES, load_synth
from symvae.system.weight_file import write_weights
from symvae.tokens.load import load_tokenizer
from symvae.tokens.melody_grid import MelodyGrid

#: Values of another type than any key has, and numbers beyond every size.
WRONG = (None, [], "x" * 20_000, -1, 10**400, True)
METADATA = {"symvae-weights": "2"}
#: Entries of a dictionary that are changed.
MOST = 20


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete model folder of the smallest network."""
    folder = tmp_path_factory.mktemp("model")
    config = from_dict(RunConfig, {k: v for k, v in tiny_config().items() if k not in ("format", "version")})
    (folder / "config.json").write_text(json.dumps(tiny_config()))
    torch.manual_seed(0)
    write_weights(folder / "model.safetensors", build_vae(config.model).state_dict())
    MelodyGrid().save(folder / "tokenizer.json")
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "model"))


def refused(load, *arguments: Any, **facts: Any) -> SymvaeError:
    """The sentence of a refusal."""
    with pytest.raises(SymvaeError) as refusal:
        load(*arguments, **facts)
    text = str(refusal.value)
    assert text.isprintable()
    assert text.endswith((".", ")"))
    assert len(text) < 1_000
    return refusal.value


def leaves(tree: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Place of every value, and of every section."""
    if place:
        yield place
    if isinstance(tree, dict):
        for key, value in list(tree.items())[:MOST]:
            yield from leaves(value, (*place, key))
    elif isinstance(tree, list) and tree:
        yield from leaves(tree[0], (*place, 0))


def changed(tree: Any, place: tuple[str | int, ...], value: Any = ...) -> Any:
    """A copy with another value at a place, or with none."""
    copy = json.loads(json.dumps(tree))
    node = copy
    for key in place[:-1]:
        node = node[key]
    if value is ...:
        del node[place[-1]]
    else:
        node[place[-1]] = value
    return copy


def readable(load, *arguments: Any, **facts: Any) -> None:
    """Load; a refusal in one sentence is as good."""
    words = ""
    try:
        load(*arguments, **facts)
    except SymvaeError as refusal:
        words = str(refusal)
    assert words.isprintable()
    assert len(words) < 1_000


JSON_FILES = {
    "config.json": ("piano-4bar", load_config),
    "tokenizer.json": ("melody-2bar", load_tokenizer),
    "faders.json": ("piano-4bar", load_scales),
}


@pytest.mark.parametrize("name", JSON_FILES)
def test_any_value_at_any_place_is_refused_in_one_sentence_or_harmless(name: str, tmp_path: Path) -> None:
    model, load = JSON_FILES[name]
    tree = json.loads((PRETRAINED / model / name).read_text())
    later = list(tree.get("faders", ()))[1:]
    for place in leaves(tree):
        for value in () if len(place) > 2 and place[1] in later else (..., *WRONG):
            (tmp_path / name).write_text(json.dumps(changed(tree, place, value)))
            readable(load, tmp_path)


def test_timbres_are_checked_one_by_one(tiny_synth: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_synth, tmp_path / "synth"))
    tree = json.loads((folder / "timbres.json").read_text())
    for place in leaves(tree):
        if len(place) > 1:
            for value in WRONG:
                (folder / "timbres.json").write_text(json.dumps(changed(tree, place, value)))
                readable(TIMBRES.load, folder, size=4)
    twice = {"timbres": tree["timbres"][:1] * 2}
    (folder / "timbres.json").write_text(json.dumps(twice))
    assert "two timbres have one name" in str(refused(load_synth, folder))


def test_a_size_in_the_config_is_compared_before_memory_is_taken(folder: Path) -> None:
    """All sizes at their largest describe a network of tens of gigabytes."""
    config = copy.deepcopy(tiny_config())
    sizes = [key for key, value in config["model"].items() if key.endswith("_size") and value == 8]
    config["model"] |= dict.fromkeys(sizes, 16_384)
    (folder / "config.json").write_text(json.dumps(config))
    assert refused(load_vae, folder).limit == "weights-tables"
    for key in sizes:
        config = changed(tiny_config(), ("model", key), 9)
        (folder / "config.json").write_text(json.dumps(config))
        assert "does not fit its config.json" in str(refused(load_vae, folder))
        (folder / "config.json").write_text(json.dumps(changed(config, ("model", key), 16_385)))
        assert refused(load_vae, folder).__cause__.limit == "config-width"


def test_an_allowance_counts_before_it_gives() -> None:
    with pytest.raises(CheckpointError), Allowance(100, Path("config.json")):
        torch.empty(10**15)
    with Allowance(100, Path("config.json")) as allowed:
        torch.zeros(3, 5), torch.empty((2, 2)), torch.ones(size=(4,))
    assert allowed.taken == 23


def test_every_tensor_is_there_in_its_shape(folder: Path) -> None:
    path = folder / "model.safetensors"
    whole = load_file(path)
    for name, tensor in whole.items():
        rest = {key: value for key, value in whole.items() if key != name}
        for other in (rest, {**rest, name: tensor.flatten()[:-1].clone()}):
            save_file(other, path, METADATA)
            refused(load_vae, folder)


@pytest.mark.parametrize("kind", [torch.int8, torch.float16])
def test_a_tensor_of_another_kind_is_refused(folder: Path, kind: torch.dtype) -> None:
    path = folder / "model.safetensors"
    whole = load_file(path)
    name, tensor = next((name, tensor) for name, tensor in whole.items() if tensor.dtype == kind)
    rest = {key: value for key, value in whole.items() if key != name}
    for other in (
        {**rest, f"{name}x": tensor},
        {**whole, f"{name}x": tensor.clone()},
        {**rest, name: torch.zeros(0, 10**9, dtype=kind)},
        {**rest, name: tensor.long()},
        {**rest, name: tensor.double()},
        {**rest, name: torch.full(tensor.shape, torch.nan)},
        {**rest, name: torch.full(tensor.shape, torch.inf)},
    ):
        save_file(other, path, METADATA)
        refused(load_vae, folder)


def test_a_header_bomb_is_refused_by_its_length(folder: Path) -> None:
    path = folder / "model.safetensors"
    data = path.read_bytes()
    for length in (2**21, 2**40, 2**63, 2**64 - 1):
        path.write_bytes(length.to_bytes(8, "little") + data[8:])
        assert refused(load_vae, folder).limit == "weights-header"
    empty = {f"w{number}": torch.zeros(0) for number in range(10_001)}
    save_file(empty, path)
    assert refused(load_vae, folder).limit == "weights-tensors"


def test_parts_of_another_model_are_refused() -> None:
    two, four, sixteen = (
        PRETRAINED / name for name in ("melody-2bar", "melody-4bar-faders", "melody-16bar-3-4")
    )
    size = load_config(two).model.latent_size
    assert load_latent(two, size)
    assert "holds no vectors" in str(refused(load_latent, two, size + 1))
    facts = {"latent": load_config(four).model.latent_size, "bars": 4, "faders": len(load_scales(four).names)}
    assert load_editor(four, **facts) is not None
    for name, value in facts.items():
        assert "holds no faders" in str(refused(load_editor, four, **{**facts, name: value + 1}))
    size = load_config(sixteen).model.latent_size
    assert load_prior(sixteen, latent=size) is not None
    assert "holds no prior" in str(refused(load_prior, sixteen, latent=size + 1))


def test_the_tokenizer_is_the_one_of_the_config(folder: Path) -> None:
    assert SymVAE.load(folder).tokenizer == MelodyGrid()
    MelodyGrid(metre="3/4").save(folder / "tokenizer.json")
    assert "has the metre '3/4', its config.json '4/4'" in str(refused(SymVAE.load, folder))
    MelodyGrid(min_pitch=40).save(folder / "tokenizer.json")
    assert "has the vocabulary" in str(refused(SymVAE.load, folder))


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_link_out_of_the_folder_is_refused_and_one_within_it_is_not(folder: Path, name: str) -> None:
    path = folder / name
    path.rename(folder / "elsewhere")
    path.symlink_to("elsewhere")
    SymVAE.load(folder)
    (folder / "elsewhere").rename(folder.parent / "outside")
    path.unlink()
    path.symlink_to("../outside")
    assert "is a link to a file outside of the folder" in str(refused(SymVAE.load, folder))


def test_a_card_that_is_a_link_is_not_copied(folder: Path) -> None:
    (folder.parent / "secret").write_text("a key")
    (folder / "CARD.md").symlink_to("../secret")
    refused(SymVAE.load(folder).save, folder.parent / "copy")
    assert not (folder.parent / "copy").exists()


@pytest.mark.parametrize("content", ["[]", "3", "{", "NaN", '{"a": ' * 99])
def test_figures_that_are_none_are_refused_when_they_are_asked_for(folder: Path, content: str) -> None:
    (folder / "metrics.json").write_text(content)
    model = SymVAE.load(folder)
    refused(lambda: model.metrics)
