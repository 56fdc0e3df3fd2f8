"""Fader editor: faders at rest change nothing, before training and after."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from symvae.errors import CheckpointError, TrainingError
from symvae.models.faders.editor import FaderEditor
from symvae.models.flow.velocity import CONDITION_SIZE, Block
from symvae.models.phrase.vae import VAE
from symvae.system.artifacts import load_editor, save_editor
from symvae.system.build import build_editor, build_vae
from tests.unit.system.test_checkpoint import KINDS
from tests.weights import stored

LATENT, BARS, CODE, FADERS = 12, 4, 3, 2


def untrained(width: int = 32, layers: int = 2) -> FaderEditor:
    torch.manual_seed(0)
    return FaderEditor(latent=LATENT, bars=BARS, code_size=CODE, faders=FADERS, width=width, layers=layers)


def trained(**sizes: int) -> FaderEditor:
    """Random weights everywhere, as if trained."""
    editor = untrained(**sizes)
    chance = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in editor.parameters():
            weight.copy_(0.2 * torch.randn(weight.shape, generator=chance))
    return editor


def some(rows: int, size: int, seed: int = 2) -> torch.Tensor:
    return torch.randn(rows, size, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def test_an_untrained_editor_changes_nothing() -> None:
    z = some(5, LATENT)
    assert torch.equal(untrained().edit(z, 9 * some(5, FADERS), some(5, FADERS, seed=3)), z)


def test_the_first_training_step_changes_the_edit() -> None:
    """Zero edits at initialization must not be a stationary point."""
    editor, z, wanted, here = untrained(), some(3, LATENT), some(3, FADERS), some(3, FADERS, seed=3)
    optimizer = torch.optim.SGD(editor.parameters(), lr=0.1)
    (editor.edit(z, wanted, here) - 1).square().sum().backward()
    optimizer.step()
    assert (editor.edit(z, wanted, here) - z).abs().max() > 1e-3


@torch.no_grad()
def test_faders_at_rest_change_nothing() -> None:
    editor, z, here = trained(), some(5, LATENT), some(5, FADERS)
    torch.testing.assert_close(editor.edit(z, here, here), z, atol=1e-5, rtol=0)
    assert not torch.allclose(editor.edit(z, here + 1, here), z, atol=1e-2)


@torch.no_grad()
def test_swapped_positions_give_the_opposite_edit() -> None:
    editor, z, a, b = trained(), some(5, LATENT), some(5, FADERS), some(5, FADERS, seed=3)
    there, back = editor.edit(z, a, b) - z, editor.edit(z, b, a) - z
    torch.testing.assert_close(there, -back, atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_an_item_ignores_the_rest_of_its_batch() -> None:
    editor, z, wanted, here = trained(), some(6, LATENT), some(6, FADERS, seed=3), some(6, FADERS, seed=4)
    together = editor.edit(z, wanted, here)
    for row in range(6):
        one = slice(row, row + 1)
        alone = editor.edit(z[one], wanted[one], here[one])
        torch.testing.assert_close(alone[0], together[row], atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_the_edit_depends_on_every_fader_and_every_coordinate() -> None:
    editor, z, wanted, here = trained(), some(3, LATENT), some(3, FADERS), some(3, FADERS, seed=3)
    before = editor.edit(z, wanted, here)
    for fader in range(FADERS):
        more = torch.eye(FADERS)[fader]
        assert (editor.edit(z, wanted + more, here) != before).any(1).all()
        assert (editor.edit(z, wanted, here + more) != before).any(1).all()
    for coordinate in range(LATENT):
        other = z + torch.eye(LATENT)[coordinate]
        assert ((editor.edit(other, wanted, here) - other) - (before - z)).abs().amax(1).min() > 1e-5


def test_a_gradient_reaches_every_weight() -> None:
    editor = trained()
    editor.edit(some(3, LATENT), some(3, FADERS), some(3, FADERS, seed=3)).square().sum().backward()
    assert [name for name, weight in editor.named_parameters() if weight.grad is None] == []


@pytest.mark.parametrize(("width", "layers"), [(32, 1), (64, 3)])
@torch.no_grad()
def test_the_weights_determine_the_sizes(width: int, layers: int) -> None:
    editor = trained(width=width, layers=layers)
    again = FaderEditor.like(editor.state_dict())
    again.load_state_dict(editor.state_dict())
    z, wanted, here = some(3, LATENT), some(3, FADERS), some(3, FADERS, seed=3)
    assert torch.equal(again.edit(z, wanted, here), editor.edit(z, wanted, here))


@torch.no_grad()
def test_a_block_is_the_identity_at_initialization() -> None:
    x = some(2 * BARS, 64).view(2, BARS, 64)
    assert torch.equal(Block(64)(x, some(2, CONDITION_SIZE)), x)


# In a model


def editor_of(vae: VAE, **more) -> FaderEditor:
    from symvae.config.run import FaderConfig

    return build_editor(FaderConfig(attributes=("register", "contour"), width=32, layers=1, **more), vae)


@torch.no_grad()
def test_it_is_initialized_with_the_unfolding_of_the_model() -> None:
    vae = build_vae(KINDS["melody"])
    editor = editor_of(vae)
    assert torch.equal(editor.unfold.weight, vae.decoder.conductor.unfold.weight)
    assert torch.equal(editor.project.weight, vae.encoder.project.weight)
    assert torch.equal(editor.edit(some(2, 6), some(2, FADERS), some(2, FADERS, seed=3)), some(2, 6))


def test_the_seed_decides_its_weights_and_the_global_generator_stays() -> None:
    vae = build_vae(KINDS["melody"])
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, second, other = editor_of(vae), editor_of(vae), editor_of(vae, seed=1)
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(first.place, second.place)
    assert not torch.equal(first.place, other.place)


@torch.no_grad()
def test_a_model_with_fader_coordinates_can_have_an_editor() -> None:
    """Its projection has fewer rows than z, whose first coordinates are no bar's."""
    from dataclasses import replace

    vae = build_vae(replace(KINDS["melody"], faders=("register", "contour")))
    editor = editor_of(vae)
    assert torch.equal(editor.project.weight[2:], vae.encoder.project.weight)
    assert torch.equal(editor.edit(some(2, 6), some(2, FADERS), some(2, FADERS, seed=3)), some(2, 6))


def test_a_flat_model_is_refused() -> None:
    with pytest.raises(TrainingError) as refused:
        editor_of(build_vae(KINDS["flat"]))
    assert str(refused.value) == (
        "Faders edit the bars of z, and a flat model has none. Train a hierarchical one."
    )


@torch.no_grad()
def test_an_editor_survives_its_file(tmp_path: Path) -> None:
    assert load_editor(tmp_path) is None
    editor = trained()
    save_editor(tmp_path, editor)
    loaded = load_editor(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["faders.safetensors"]
    assert not loaded.training
    for (name, weight), other in zip(editor.named_parameters(), loaded.parameters(), strict=True):
        assert torch.equal(stored(weight), other), name


def test_files_without_an_editor_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "faders.safetensors"
    path.write_bytes(b"no")
    with pytest.raises(CheckpointError, match=r"is damaged .* run `symvae train-faders` again"):
        load_editor(tmp_path)
    save_file({"w": torch.ones(2)}, path)
    with pytest.raises(CheckpointError) as refused:
        load_editor(tmp_path)
    assert str(refused.value) == f"{path} holds no faders. Restore it or run `symvae train-faders` again."
    state = trained().state_dict()
    del state["start.bias"]
    save_file(state, path)
    with pytest.raises(CheckpointError, match="holds no faders"):
        load_editor(tmp_path)
