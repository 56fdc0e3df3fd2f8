"""Trios whose parts have coordinates of z of their own: no part touches those of another."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import symvae
from symvae.config.load import load_preset, with_overrides
from symvae.corpus.prepare import prepare
from symvae.corpus.sources.trio import trio as trios
from symvae.errors import ConfigError
from symvae.evaluation.reports.card import card
from symvae.evaluation.reports.training_data import TrainingData
from symvae.models.flow.velocity import Z_MAPS
from symvae.models.phrase.fast_decoder import fast_decoder
from symvae.models.phrase.vae import VAE
from symvae.nn.block_linear import BlockLinear
from symvae.system.build import bar_maps, build_vae
from symvae.system.catalog import find
from symvae.system.families import check_family
from symvae.system.symvae import SymVAE
from symvae.system.warm_start import warm_start
from symvae.tokens.trio import TrioGrid
from symvae.training.tasks.phrase import train
from tests.trios import SIZES, trio, trio_model, write_trio

BARS, STEPS = 3, 16
#: Coordinates of each part in the code of a bar, of twelve.
CODES = (4, 2, 6)


def vae(*choices: str) -> VAE:
    torch.manual_seed(0)
    config = with_overrides(load_preset("trio-16bar"), [*SIZES, f"model.bars={BARS}", *choices])
    return build_vae(config.model).eval()


@torch.no_grad()
def one_bar() -> VAE:
    """A one-bar model that mixes the parts in z, and whose embeddings are its codes nonetheless."""
    choices = ("model.bars=1", "model.latent_size=12", "model.phrase_size=0", "model.conductor_size=0")
    short = vae(*choices)
    for name, weight in short.named_parameters():
        if name.startswith("decoder.bar"):  # logits far enough apart that parts differ
            weight.mul_(3)
    torch.nn.init.normal_(short.encoder.project.bias)
    short.decoder.conductor.unfold.weight.copy_(short.encoder.project.weight.t())
    for number, part in enumerate(short.encoder.bar.parts):
        part.mean.weight.mul_(5)
        torch.nn.init.normal_(part.log_std.weight, std=0.1)
        torch.nn.init.normal_(part.log_std.bias, mean=-2.0 + number, std=0.3)
    return short


@pytest.fixture(scope="module")
def ids() -> torch.Tensor:
    """Sixty trios, some without drums or bass."""
    tokens = TrioGrid()
    kinds = (("melody", "bass", "drums"),) * 3 + (("melody", "bass"), ("melody", "drums"))
    rows = [tokens.encode_phrase(trio(seed, BARS, kinds[seed % len(kinds)])) for seed in range(60)]
    return torch.from_numpy(np.stack(rows).astype(np.int64))


@pytest.fixture(scope="module")
def grown(ids: torch.Tensor) -> tuple[VAE, VAE]:
    """A one-bar model and one with five coordinates a part that started from it."""
    short, long = one_bar(), vae("model.latent_by_part=true", "model.latent_size=15")
    warm_start(short, long, ids)
    return short, long


def swapped(ids: torch.Tensor, part: int) -> torch.Tensor:
    """Rows with one part of the row after them."""
    changed = ids.clone()
    where = slice(part * STEPS, (part + 1) * STEPS)
    changed[:, :, where] = ids.roll(-1, 0)[:, :, where]
    return changed


@torch.no_grad()
@pytest.mark.parametrize("part", range(3))
def test_each_share_of_z_encodes_its_own_part(grown, ids: torch.Tensor, part: int) -> None:
    _, long = grown
    before, after = long.encoder(ids), long.encoder(swapped(ids, part))
    for own in range(3):
        share = slice(5 * own, 5 * own + 5)
        for old, new in ((before.mean, after.mean), (before.log_std, after.log_std)):
            assert torch.equal(old[:, share], new[:, share]) == (own != part)


@torch.no_grad()
@pytest.mark.parametrize("part", range(3))
def test_the_share_of_another_phrase_changes_its_own_part_alone(grown, ids: torch.Tensor, part: int) -> None:
    _, long = grown
    z = long.encoder(ids).mean
    other = z.clone()
    other[:, 5 * part : 5 * part + 5] = z.roll(-1, 0)[:, 5 * part : 5 * part + 5]
    before, after = (long.decoder.generate(each).unflatten(-1, (3, STEPS)) for each in (z, other))
    assert (before != after).any(-1).flatten(0, 1).any(0).tolist() == [own == part for own in range(3)]
    expected = long.decoder.generate(z.roll(-1, 0)).unflatten(-1, (3, STEPS))
    assert torch.equal(after[:, :, part], expected[:, :, part])


@torch.no_grad()
def test_with_room_for_all_codes_it_reconstructs_as_the_one_bar_model(ids: torch.Tensor) -> None:
    short, long = one_bar(), vae("model.latent_by_part=true", "model.latent_size=54")
    warm_start(short, long, ids)
    bars = ids.flatten(0, 1)[:, None]
    expected = short.decoder.conductor(short.encoder(bars).mean).view(len(ids), BARS, -1)
    z = long.encoder(ids).mean
    torch.testing.assert_close(long.decoder.conductor(z), expected, atol=1e-4, rtol=1e-4)
    forced = short.decoder(short.encoder(bars).mean, bars).view(*ids.shape, -1).argmax(-1)
    assert (long.decoder(z, ids).argmax(-1) == forced).float().mean() > 0.999
    # Of eighteen coordinates a part the first are its components, and the others have no effect.
    for part, size in enumerate(CODES):
        assert (long.decoder.conductor.unfold.blocks[part][:, BARS * size :] == 0).all()


@torch.no_grad()
def test_components_have_unit_variance_and_the_most_informative_are_kept(grown, ids: torch.Tensor) -> None:
    short, long = grown
    whole = vae("model.latent_by_part=true", "model.latent_size=54")
    warm_start(short, whole, ids)
    for part, size in enumerate(CODES):
        kept, rest = (
            model.encoder(ids).mean.var(0, correction=0).view(3, -1)[part] for model in (long, whole)
        )
        # The share of signal in unit variance rises with the information of an axis.
        torch.testing.assert_close(kept, rest[: BARS * size].sort(descending=True).values[:5])
        assert kept.max() < 1


@torch.no_grad()
def test_what_a_part_owes_to_the_others_is_predicted_from_its_own_codes(ids: torch.Tensor) -> None:
    """No linear map of a part's own codes comes nearer: the errors are uncorrelated with them."""
    short, long = one_bar(), vae("model.latent_by_part=true", "model.latent_size=54")
    torch.nn.init.normal_(short.decoder.conductor.unfold.weight)
    warm_start(short, long, ids)
    codes = short.encoder.bar(ids).mean.flatten(0, 1).double()
    wanted = short.decoder.conductor(short.encoder(ids.flatten(0, 1)[:, None]).mean)[:, 0].double()
    error = long.decoder.conductor(long.encoder(ids).mean).flatten(0, 1).double() - wanted
    assert error.abs().max() > 0.01
    torch.testing.assert_close(error.mean(0), torch.zeros(12).double(), atol=1e-4, rtol=0)
    for part, first in enumerate((0, 4, 6)):
        own = slice(first, first + CODES[part])
        code, miss = codes[:, own] - codes[:, own].mean(0), error[:, own]
        correlation = (code.t() @ miss) / (code.norm(dim=0)[:, None] * miss.norm(dim=0))
        assert correlation.abs().max() < 0.01


def test_the_maps_of_the_released_size_are_a_third_as_large() -> None:
    choices = ["model.latent_by_part=true", "model.latent_size=1440"]
    config = with_overrides(load_preset("trio-16bar"), choices)
    model = build_vae(config.model)
    project, unfold = model.encoder.project, model.decoder.conductor.unfold
    assert isinstance(project, BlockLinear)
    assert [tuple(block.shape) for block in project.blocks] == [(480, 1024), (480, 640), (480, 1024)]
    assert [tuple(block.shape) for block in unfold.blocks] == [(1024, 480), (640, 480), (1024, 480)]
    assert 3 * sum(block.numel() for block in project.blocks) == 1440 * 2688


def test_a_card_names_the_shares() -> None:
    metrics = json.loads((find("trio-16bar") / "metrics.json").read_text(encoding="utf-8"))
    shared = ["model.latent_by_part=false", "model.latent_size=1200"]
    for config, words in (
        (load_preset("trio-16bar"), "z has 1440 dimensions, 480 for each part, the"),
        (with_overrides(load_preset("trio-16bar"), shared), "z has 1200 dimensions, the decoder"),
    ):
        assert words in card(config, TrainingData(1, 2, ()), metrics)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    choices = ("model.latent_by_part=true", "model.latent_size=18")
    return trio_model(tmp_path_factory.mktemp("by-part"), *choices)


def test_a_model_is_written_and_read_with_its_tied_prior(folder: Path, tmp_path: Path) -> None:
    model = SymVAE.load(folder)
    assert model.config.model.latent_by_part
    model.save(tmp_path / "copy")
    again = symvae.load(tmp_path / "copy")
    for name in ("config.json", "model.safetensors", "prior.safetensors"):
        assert (tmp_path / "copy" / name).read_bytes() == (folder / name).read_bytes()
    source = trio(3)
    assert torch.equal(model.encode(source).mean, again.encode(source).mean)
    assert model.prior is not None
    maps = bar_maps(model.vae, model.prior.active)
    assert torch.equal(model.prior.velocity.unfold.weight, maps.unfold)
    assert torch.equal(model.prior.velocity.project.weight, maps.project)
    assert not [name for name in load_file(folder / "prior.safetensors") if name.endswith(Z_MAPS)]


def test_it_plays(folder: Path) -> None:
    model = SymVAE.load(folder)
    melody = trio(7, parts=("melody",))
    (result,) = model.accompany(melody, seed=4)
    assert result.arrangement.parts["melody"] == melody.parts["melody"]
    assert len(model.sample(2, seed=1)) == 2


def test_the_fast_decoder_writes_the_tokens_of_the_trained_one(folder: Path) -> None:
    """With weights that are exact in half precision."""
    decoder = copy.deepcopy(SymVAE.load(folder).vae.decoder)
    for name, weight in decoder.named_parameters():
        weight.data = (16 * weight).round() / 16 if "element" in name else (3 * weight).half().float()
    z = torch.randn((6, 18), generator=torch.Generator().manual_seed(1))
    assert torch.equal(fast_decoder(decoder).generate(z), decoder.generate(z))


def test_a_training_that_is_resumed_ends_with_the_same_blocks(tmp_path: Path) -> None:
    (tmp_path / "songs").mkdir()
    for seed in range(12):
        write_trio(tmp_path / "songs" / f"{seed}.mid", trio(seed, bars=4))
    prepare([trios(tmp_path / "songs", collection="mine", workers=1)], tmp_path / "shards", tokenizer="trio")
    sizes = [*SIZES, "training.batch_size=4", "training.steps=6", "training.evaluate_every=3"]
    flat = ["model.bars=1", "model.latent_size=12", "model.phrase_size=0", "model.conductor_size=0"]
    one = with_overrides(load_preset("trio-1bar"), [*sizes, *flat])
    start = train(one, tmp_path / "shards", tmp_path / "one")
    two = with_overrides(
        load_preset("trio-16bar"), [*sizes, "model.latent_by_part=true", "model.latent_size=18"]
    )
    for name, stop in (("whole", None), ("halves", 3)):
        train(two, tmp_path / "shards", tmp_path / name, start_from=start, stop_after=stop)
    train(two, tmp_path / "shards", tmp_path / "halves", start_from=start, resume=True)
    states = [torch.load(tmp_path / name / "state.pt", weights_only=True) for name in ("whole", "halves")]
    for name, weights in states[0]["model"].items():
        assert torch.equal(weights, states[1]["model"][name])
    assert "encoder.project.blocks.2" in states[0]["average"]
    assert "encoder.project.weight" not in states[0]["average"]
    assert SymVAE.load(tmp_path / "whole" / "model").vae.encoder.project.weight[:6, 4:12].eq(0).all()


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        (["model.bars=1"], r"^model\.latent_by_part is for phrases of several bars\. Set it to false"),
        (["model.decoder=flat"], r"^model\.latent_by_part needs codes of bars, .* 'flat'\. Set it to 'hier"),
        (
            ['model.faders=["register"]', "model.phrase_size=8"],
            r"^model\.latent_by_part leaves no coordinate .* one of the two",
        ),
        (["model.latent_size=1000"], r"^model\.latent_by_part divides .* by 3, and it is 1000\. .* 1002\.$"),
        (["model.tokenizer=melody"], r"^model\.latent_by_part is for music of several parts, and melody has"),
    ],
)
def test_models_without_shares_for_parts_are_refused(choices: list[str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        check_family(with_overrides(load_preset("trio-16bar"), ["model.latent_by_part=true", *choices]))
    if choices[0].startswith(("model.latent_size", "model.tokenizer")):
        config = with_overrides(load_preset("trio-16bar"), ["model.latent_by_part=true", *choices])
        with pytest.raises(ConfigError, match=words):
            build_vae(config.model)
