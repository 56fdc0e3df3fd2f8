"""The language model of a model folder."""

from pathlib import Path

import numpy as np
import pytest

from symvae.errors import CheckpointError
from symvae.system.artifacts import load_language, save_language
from symvae.tokens.melody_grid import MelodyGrid
from symvae.tokens.ngram import NGram

TOKENIZER = MelodyGrid()
GRAMS = np.random.default_rng(0).integers(0, TOKENIZER.vocabulary_size, (40, 3)).astype(np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ids = np.random.default_rng(1).integers(0, TOKENIZER.vocabulary_size, (5, 2, 16)).astype(np.uint8)
    language = NGram.fit(
        ids, pitch_ids=TOKENIZER.pitch_ids, vocabulary_size=TOKENIZER.vocabulary_size, order=3
    )
    save_language(tmp_path, language)
    np.save(tmp_path / "expected.npy", language.nats(GRAMS))
    return tmp_path


def test_a_saved_language_model_gives_the_same_costs(folder: Path) -> None:
    language = load_language(folder, tokenizer=TOKENIZER)
    assert language is not None
    assert language.order == 3
    np.testing.assert_array_equal(language.nats(GRAMS), np.load(folder / "expected.npy"))


def test_a_folder_without_one_has_none(tmp_path: Path) -> None:
    assert load_language(tmp_path, tokenizer=TOKENIZER) is None


IDS, COUNT = np.full((2, 3), 7, np.uint8), np.ones(2, np.uint32)


@pytest.mark.parametrize(
    "arrays",
    [
        {"ids": IDS},
        {"ids": IDS.astype(float), "occurrences": COUNT},
        {"ids": IDS[0], "occurrences": COUNT},
        {"ids": IDS[:0], "occurrences": COUNT[:0]},
        {"ids": np.full((2, 9), 7, np.uint8), "occurrences": COUNT},
        {"ids": IDS, "occurrences": COUNT[:1]},
        {"ids": IDS, "occurrences": 0 * COUNT},
        {"ids": IDS, "occurrences": COUNT.astype(float)},
        {"ids": IDS + 90, "occurrences": COUNT},
        None,
    ],
)
def test_a_damaged_file_is_one_sentence(folder: Path, arrays: dict[str, np.ndarray] | None) -> None:
    path = folder / "ngram.npz"
    if arrays is None:
        path.write_bytes(path.read_bytes()[:200])
    else:
        np.savez(path, **arrays)  # type: ignore[arg-type]
    with pytest.raises(CheckpointError, match=r"evaluate --update-model` again\.$") as refused:
        load_language(folder, tokenizer=TOKENIZER)
    assert "ngram.npz" in str(refused.value)
    assert "\n" not in str(refused.value)
