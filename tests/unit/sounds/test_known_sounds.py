"""Draws are none of the training sounds: those that come too near are drawn again."""

import dataclasses
import shutil

import numpy as np
import pytest
import torch

import symvae
from symvae.corpus.sound_shards import open_sounds
from symvae.errors import CheckpointError
from symvae.models.oneshot.coarse_decoder import CoarseDecoder
from symvae.models.oneshot.drum_network import FLOOR
from symvae.system import drum_draws
from symvae.system.known_sounds import KnownSounds, audible_distances, coarse_levels, coarse_levels_of
from symvae.system.weight_file import write_weights
from symvae.training.sound_batches import sound_batches


@pytest.fixture
def machine(tiny_drum_machine):
    return symvae.load_drum_machine(tiny_drum_machine)


@torch.inference_mode()
def drawn(machine, seed=0, count=6):
    """Latents of kicks and their distances from the known sounds, as the coarse decoder sees them."""
    classes = torch.eye(len(machine.drums))[torch.zeros(count, dtype=torch.long)]
    z, magnitudes = machine.draws.draw(classes, torch.Generator().manual_seed(seed), 1.0)
    network, draws = machine.network, machine.draws
    torch.testing.assert_close(magnitudes, network.magnitudes(network.decode(z, classes)))
    coarse = coarse_levels_of(magnitudes) if draws.coarse is None else draws.coarse(z, classes)
    return z, draws.known.distance(coarse)


def test_the_distance_is_that_of_the_nearest_sound():
    known = KnownSounds(torch.tensor([[0.0, 0.0], [4.0, 4.0]]), 1.0)
    assert known.distance(torch.tensor([[1.0, 0.0], [4.0, 2.0], [4.0, 4.0]])).tolist() == [0.5, 1.0, 0.0]


def test_silence_that_two_sounds_share_does_not_make_them_alike():
    silent = np.log(2 * FLOOR)
    short, other = torch.full((1, 10), silent), torch.full((1, 10), silent)
    short[0, :2], other[0, 1:3] = 0.0, 1.0
    # Three of ten levels are audible in one of both.
    expected = (-silent - 0.3 + 1.0 + (1.0 - silent - 0.3)) / 3
    assert float(audible_distances(short, other)) == pytest.approx(expected, rel=1e-5)
    nothing = torch.full((1, 10), silent)
    assert float(audible_distances(nothing, nothing + 0.2)) == 0


def test_a_twelfth_of_the_held_out_drums_is_nearer():
    known = KnownSounds.of(torch.zeros(1, 4), torch.arange(101.0)[:, None].expand(-1, 4))
    assert known.least == pytest.approx(8.0)


def test_the_file_has_the_training_sounds(machine, drum_sounds):
    """Their coarse levels are nearest to those of the same number."""
    train = sound_batches(open_sounds(drum_sounds), "train")
    with torch.inference_mode():
        levels = coarse_levels(machine.network, machine.network.levels(train.rows(slice(4)).wave))
    difference = torch.cdist(levels, machine.draws.known.sounds, p=1)
    assert difference.argmin(1).tolist() == [0, 1, 2, 3]
    assert len(machine.draws.known.sounds) == len(train)


@torch.inference_mode()
def test_the_limit_is_that_of_held_out_drums(machine, drum_sounds):
    """Of the drums of the validation split a twelfth is nearer; the file has steps of its own."""
    held_out = sound_batches(open_sounds(drum_sounds), "validation")
    network, known = machine.network, machine.draws.known
    levels = network.levels(held_out.rows(slice(None)).wave)
    distance = known.distance(coarse_levels(network, levels)).numpy()
    assert known.least == pytest.approx(float(np.quantile(distance, 0.08)), rel=0.15)


@pytest.mark.parametrize("decoded", [True, False])
def test_a_known_sound_is_drawn_again(machine, decoded):
    """Whether draws are compared as the coarse decoder sees them, or all are decoded."""
    machine.draws.known, kick = None, torch.eye(len(machine.drums))[:1]
    first = machine.latents(kick, torch.Generator().manual_seed(3))
    with torch.inference_mode():
        levels = machine.draws.coarse(first, kick)
        if decoded:
            machine.draws.coarse = None
            levels = coarse_levels(machine.network, machine.network.decode(first, kick))
    machine.draws.known = KnownSounds(levels, 1e-3)
    second = machine.latents(torch.eye(len(machine.drums))[:1], torch.Generator().manual_seed(3))
    assert not torch.equal(first, second)
    machine.draws.known = KnownSounds(levels + 5.0, 1e-3)
    again = machine.latents(torch.eye(len(machine.drums))[:1], torch.Generator().manual_seed(3))
    assert torch.equal(first, again)


def test_the_coarse_decoder_knows_what_a_draw_decodes_to(machine):
    classes = torch.eye(len(machine.drums)).repeat(8, 1)
    with torch.inference_mode():
        z = machine.prior.sample(len(classes), torch.Generator().manual_seed(5), attributes=classes)
        true = coarse_levels(machine.network, machine.network.decode(z, classes))
        coarse = machine.draws.coarse(z, classes)
    off = (coarse - true).abs().mean()
    assert off < 0.5 * (true - true.mean(0)).abs().mean()


def test_where_all_draws_are_known_the_farthest_stays(machine, monkeypatch):
    machine.draws.known = dataclasses.replace(machine.draws.known, least=np.inf)
    _, eight = drawn(machine)
    monkeypatch.setattr(drum_draws, "TRIES", 1)
    _, one = drawn(machine)
    assert (eight >= one).all()
    assert (eight > one).any()


def test_the_same_seed_gives_the_same_draws(machine):
    machine.draws.known = dataclasses.replace(machine.draws.known, least=machine.draws.known.least * 2)
    assert torch.equal(drawn(machine, 4)[0], drawn(machine, 4)[0])


def test_a_folder_without_known_sounds_draws_as_before(tiny_drum_machine, tmp_path):
    folder = shutil.copytree(tiny_drum_machine / "model", tmp_path / "model")
    (folder / "known.safetensors").unlink()
    machine = symvae.load_drum_machine(folder)
    assert machine.draws.known is None
    assert np.abs(machine.hit("kick").audio.samples).max() <= 1


def test_a_folder_without_a_coarse_decoder_decodes_all_draws(tiny_drum_machine, tmp_path):
    folder = shutil.copytree(tiny_drum_machine / "model", tmp_path / "model")
    (folder / "coarse.safetensors").unlink()
    machine = symvae.load_drum_machine(folder)
    machine.draws.known = dataclasses.replace(machine.draws.known, least=np.inf)
    assert machine.draws.coarse is None
    assert drawn(machine)[1].isfinite().all()


@pytest.mark.parametrize("sizes", [(3, 2, 110), (4, 3, 110), (4, 2, 90)])
def test_a_coarse_decoder_of_another_model_is_refused(tiny_drum_machine, tmp_path, sizes):
    folder = shutil.copytree(tiny_drum_machine / "model", tmp_path / "model")
    write_weights(folder / "coarse.safetensors", CoarseDecoder(*sizes, width=4).state_dict())
    with pytest.raises(CheckpointError, match="coarse decoder"):
        symvae.load_drum_machine(folder)


@pytest.mark.parametrize("sounds", [torch.zeros(5, 90), torch.zeros(110), torch.zeros(0, 110)])
def test_known_sounds_of_another_model_are_refused(tiny_drum_machine, tmp_path, sounds):
    folder = shutil.copytree(tiny_drum_machine / "model", tmp_path / "model")
    write_weights(folder / "known.safetensors", {"sounds": sounds, "least": torch.tensor(0.1)})
    with pytest.raises(CheckpointError, match="known sounds"):
        symvae.load_drum_machine(folder)
