"""The codec: batches do not show, results are on the CPU, and an absent device is named."""

import pytest
import torch

from symvae.errors import ConfigError, PhraseError
from symvae.music.grid import Grid
from symvae.music.io.files import read
from symvae.music.phrase import Phrase
from symvae.system import codec as module
from symvae.system.device import available_devices, find_device
from symvae.system.symvae import SymVAE
from tests.conftest import TUNES


@pytest.fixture(scope="module")
def model(tiny_model) -> SymVAE:
    return SymVAE.load(tiny_model)


@pytest.fixture(scope="module")
def phrases(model) -> list[Phrase]:
    return read(TUNES / "ode_to_joy.mid", grid=model.grid)


def test_results_do_not_depend_on_the_size_of_batches(model, phrases, monkeypatch):
    codec = model.codec
    ids = codec.to_ids(phrases)
    posterior = codec.encode(phrases)
    decoded, forced = codec.decode_ids(posterior.mean), codec.decode_forced(posterior.mean, ids)
    monkeypatch.setattr(module, "_BATCH", 3)
    again = codec.encode_ids(ids)
    torch.testing.assert_close(again.mean, posterior.mean)
    torch.testing.assert_close(again.log_std, posterior.log_std)
    assert torch.equal(codec.decode_ids(posterior.mean), decoded)
    assert torch.equal(codec.decode_forced(posterior.mean, ids), forced)


def test_a_seed_draws_the_same_tokens_again(model):
    z = torch.randn((7, model.latent_size), generator=torch.Generator().manual_seed(0))

    def drawn(seed: int) -> torch.Tensor:
        return model.codec.decode_ids(z, temperature=1.0, generator=torch.Generator().manual_seed(seed))

    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))


def test_log_probabilities_agree_with_teacher_forced_predictions(model, phrases):
    codec, ids = model.codec, model.codec.to_ids(phrases)
    z = codec.encode_ids(ids).mean
    rows = torch.stack(list(codec.log_probability(z, ids)))
    torch.testing.assert_close(rows.exp().sum(-1), torch.ones(ids.shape))
    assert torch.equal(rows.argmax(-1), codec.decode_forced(z, ids))


def test_ids_of_phrases_decode_to_the_phrases(model, phrases):
    codec = model.codec
    again = codec.to_phrases(codec.to_ids(phrases), [phrase.tempo_qpm for phrase in phrases])
    assert [(p.grid, p.pitch.tolist(), p.onset_step.tolist(), p.tempo_qpm) for p in again] == [
        (p.grid, p.pitch.tolist(), p.onset_step.tolist(), p.tempo_qpm) for p in phrases
    ]


def test_phrases_on_another_grid_are_refused_by_the_name_of_the_model(model):
    with pytest.raises(PhraseError, match=r"^tiny takes 2 bars of 4/4, this phrase has 1 of 3/4\."):
        model.codec.to_ids(Phrase(Grid.of_metre("3/4", 1)))


def test_a_batch_holds_at_least_one_phrase(model):
    with pytest.raises(PhraseError, match=r"^There is no phrase to encode\. Give at least one\.$"):
        model.codec.to_ids([])


def test_tempos_are_one_for_all_or_one_each(model, phrases):
    with pytest.raises(PhraseError, match="There are 2 tempos for 1 phrases"):
        model.codec.to_phrases(model.codec.to_ids(phrases[:1]), [90.0, 100.0])


@pytest.mark.parametrize("name", ["quantum", "cuda:99", "meta", ""])
def test_an_absent_device_is_an_error_that_lists_what_there_is(tiny_model, name):
    with pytest.raises(ConfigError) as error:
        SymVAE.load(tiny_model, device=name)
    assert str(error.value) == (
        f"There is no device {name!r} on this computer. Devices: {', '.join(available_devices())}."
    )


def test_every_listed_device_is_found():
    assert available_devices()[0] == "cpu"
    assert [str(find_device(name)) for name in available_devices()] == available_devices()
