"""A new family is a tokenizer, two networks, a row in each table and a config: nothing else knows of it.

The toy is a rhythm of one pitch, a token for each eighth: silence, note, or accented note.
"""

from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch

from symvae.config.load import from_dict
from symvae.config.run import RunConfig
from symvae.errors import ConfigError, TokenError
from symvae.models.phrase.bar_decoder import BarDecoder
from symvae.models.phrase.bar_encoder import BarEncoder
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.objective.accuracy import accuracy
from symvae.system.artifacts import save_model
from symvae.system.build import build_vae
from symvae.system.families import FAMILIES, Family, check_family
from symvae.system.symvae import SymVAE
from symvae.tokens.load import load_tokenizer
from symvae.tokens.save import save_tokenizer
from symvae.tokens.table import TOKENIZERS
from symvae.tokens.tokenizer import Tokenizer

PITCH, SOFT, LOUD = 60, 70, 110
CONFIG = {
    "name": "toy",
    "model": {
        **{"tokenizer": "pulse", "positions": 8, "vocabulary_size": 3, "bars": 2, "latent_size": 6},
        **{"embedding_size": 4, "encoder_size": 4, "summary_size": 6, "code_size": 4, "phrase_size": 3},
        **{"conductor_size": 6, "decoder_size": 8, "unfold_size": 7, "feature_size": 5},
    },
}


class Pulse:
    """Ids 0: silence or the note goes on, 1: a note, 2: an accented note, eight positions a bar of 4/4."""

    name: ClassVar[str] = "pulse"
    saved_as: ClassVar[str] = "Pulse"
    padding: ClassVar[int | None] = None
    absent: ClassVar[int | None] = None
    part_names: ClassVar[tuple[str, ...]] = ()
    on_grid: ClassVar[bool] = True
    polyphonic: ClassVar[bool] = False
    drums: ClassVar[bool] = False
    attributes: ClassVar[tuple[str, ...]] = ("notes_per_bar", "mean_velocity")
    positions_per_bar, vocabulary_size = 8, 3
    token_names = ("Rest_None", "Note_Soft", "Note_Loud")
    onset_ids, pitch_ids, pitch_range = (1, 2), (1, 2), (PITCH, PITCH)

    def __init__(self, metre: str = "4/4") -> None:
        if metre != "4/4":
            raise TokenError(f"A pulse is in 4/4, not in {metre!r}.")
        self.metre = metre

    def fit(self, phrase: Phrase) -> Phrase:
        return phrase

    def encode_phrase(self, phrase: Phrase) -> np.ndarray:
        ids = np.zeros(phrase.grid.num_steps // 2, np.uint8)
        ids[phrase.onset_step // 2] = 1 + (phrase.velocity > 90)
        return ids.reshape(phrase.grid.bars, 8)

    def decode_ids(self, ids: np.ndarray, tempo_qpm: float = 120.0, velocity: int = 90) -> Phrase:
        flat = np.asarray(ids).reshape(-1)
        place = np.flatnonzero(flat)
        loud = np.where(flat[place] == 2, LOUD, SOFT)
        grid = Grid.of_metre(self.metre, len(ids))
        return Phrase(grid, 2 * place, np.full(len(place), 2), np.full(len(place), PITCH), loud, tempo_qpm)

    def restore(self, phrase: Phrase, source: Phrase) -> Phrase:
        return phrase

    def cut_out(self, ids: np.ndarray) -> np.ndarray:
        return ids

    def silent_bars(self, ids: np.ndarray) -> np.ndarray:
        return (ids == 0).all(axis=-1)

    def transpose_ids(self, ids: np.ndarray, semitones: np.ndarray) -> np.ndarray:
        return ids

    def save(self, out_path) -> None:
        settings = {"additional_params": {"metre": self.metre}}
        save_tokenizer({"tokenization": self.saved_as, "config": settings}, out_path)


class PulseEncoder(BarEncoder):
    """A bar encoder of the family's own."""


class PulseDecoder(BarDecoder):
    """A bar decoder of the family's own."""


def pulse_encoder(config) -> PulseEncoder:
    return PulseEncoder(
        vocabulary_size=3, positions=8, embedding_size=4, hidden_size=4, summary_size=6, code_size=4
    )


def pulse_decoder(config) -> PulseDecoder:
    return PulseDecoder(
        vocabulary_size=3,
        positions=8,
        code_size=4,
        embedding_size=4,
        hidden_size=8,
        unfold_size=7,
        feature_size=5,
    )


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = Family(
        "pulse", Pulse, pulse_encoder, pulse_decoder, music="pulses", limits="One pitch, in {metre}."
    )
    monkeypatch.setitem(TOKENIZERS, "pulse", Pulse)
    monkeypatch.setitem(FAMILIES, "pulse", toy)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = from_dict(RunConfig, CONFIG)
    check_family(config)
    torch.manual_seed(0)
    Pulse().save(tmp_path / "tokenizer.json")
    state = build_vae(config.model).state_dict()
    save_model(tmp_path / "toy", config, state, tokenizer=tmp_path / "tokenizer.json")
    return tmp_path / "toy"


def rhythm() -> Phrase:
    return Phrase(
        Grid(2), np.array([0, 6, 16]), np.array([2, 2, 2]), np.full(3, PITCH), np.array([LOUD, SOFT, SOFT])
    )


def test_a_toy_tokenizer_is_a_tokenizer() -> None:
    assert isinstance(Pulse(), Tokenizer)


def test_a_toy_model_is_loaded_encodes_decodes_and_is_saved(folder: Path, tmp_path: Path) -> None:
    model = SymVAE.load(folder)
    assert isinstance(model.tokenizer, Pulse)
    assert isinstance(model.vae.encoder.bar, PulseEncoder)
    assert model.to_phrases(model.to_ids([rhythm()])) == [rhythm()]
    z = model.encode(rhythm()).mean
    (phrase,) = model.decode(z)
    assert phrase.grid == Grid(2)
    assert set(phrase.pitch.tolist()) <= {PITCH}
    assert not model.tokenizer.padding
    ids = model.to_ids([phrase])
    assert accuracy(ids, ids, onset_ids=model.tokenizer.onset_ids) == (1, 1, 1)

    model.save(tmp_path / "copy")
    copy = SymVAE.load(tmp_path / "copy")
    assert torch.equal(copy.encode(rhythm()).mean, z)
    assert copy.decode(z) == [phrase]
    assert load_tokenizer(tmp_path / "copy").name == "pulse"


def test_a_toy_family_is_named_among_those_that_exist() -> None:
    with pytest.raises(
        ConfigError,
        match=r"^model\.tokenizer is 'melody' or 'piano' or 'piano-grid' or 'drums' or 'groove' "
        r"or 'trio' or 'pulse', not 'foo'\.$",
    ):
        check_family(from_dict(RunConfig, {"model": {"tokenizer": "foo"}}))
