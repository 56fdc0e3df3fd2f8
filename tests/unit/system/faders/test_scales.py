"""Scales: JSON and back, fits to training phrases, and errors in words."""

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from symvae.corpus.dataset import windows
from symvae.corpus.shards import open_shards
from symvae.errors import CheckpointError, ConfigError, CorpusError
from symvae.latent.arousal import Arousal
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.artifacts import load_scales, save_scales
from symvae.system.faders.scales import Scales, fit_scales, measure_ids, measure_phrases, measured_positions

NAMES = ("register", "notes_per_bar", "contour")


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    chance = np.random.default_rng(0)
    register = chance.normal(65, 6, 400)
    return np.column_stack([register, chance.poisson(6, 400), 0.2 * register + chance.normal(size=400)])


@pytest.fixture(scope="module")
def scales(values: np.ndarray) -> Scales:
    return Scales.fit(NAMES, values)


def phrases() -> list[Phrase]:
    return [
        Phrase(Grid(2), np.arange(0, 4 * n, 4), np.full(n, 3), 60 + n + np.arange(n), tempo_qpm=90.0 + n)
        for n in range(1, 8)
    ]


def test_scales_survive_json(scales: Scales, values: np.ndarray) -> None:
    arousal = Arousal.fit(scales.positions(values).double().numpy(), np.arange(400) % 2)
    whole = dataclasses.replace(scales, error=(0.5, None, 2.0), arousal=arousal)
    again = Scales.from_dict(json.loads(json.dumps(whole.to_dict())))
    assert again.to_dict() == whole.to_dict()
    assert (again.names, again.error) == (NAMES, (0.5, None, 2.0))
    torch.testing.assert_close(again.positions(values), scales.positions(values), atol=1e-4, rtol=0)
    assert again.coupling == pytest.approx(scales.coupling, abs=1e-6)
    assert again.arousal.weights == pytest.approx(arousal.weights, abs=1e-3)


def test_fresh_scales_have_no_error_and_no_arousal(scales: Scales) -> None:
    again = Scales.from_dict(json.loads(json.dumps(scales.to_dict())))
    assert again.error == (None, None, None)
    assert again.arousal is None


def test_scales_survive_their_file(scales: Scales, tmp_path: Path) -> None:
    assert load_scales(tmp_path) is None
    save_scales(tmp_path, scales)
    assert [path.name for path in tmp_path.iterdir()] == ["faders.json"]
    assert load_scales(tmp_path).to_dict() == scales.to_dict()


@pytest.mark.parametrize(
    "content",
    [
        *(b"{", b"\xff", b"[]", b"3", b"{}", b'{"faders": []}', b'{"faders": {"register": 3}}'),
        b'{"faders": {"register": {"value": ["a"], "position": [0], "error": null, "coupling": [1]}}}',
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "faders.json").write_bytes(content)
    with pytest.raises(CheckpointError) as refused:
        load_scales(tmp_path)
    assert re.match(rf"{tmp_path / 'faders.json'} is (?:damaged|not JSON) \(", str(refused.value))
    assert str(refused.value).endswith("). Restore it or export the model again.")


def test_linear_scales_standardize(values: np.ndarray) -> None:
    """They end at four deviations to either side."""
    scales = Scales.fit(NAMES, values, linear=True)
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    torch.testing.assert_close(
        scales.positions(values).double(), torch.from_numpy(standard), atol=1e-5, rtol=0
    )
    assert scales.positions(values + 1e6).unique().tolist() == [4.0]


def test_attributes_are_columns_in_the_order_of_their_names() -> None:
    measured = measure_phrases(phrases(), ("tempo", "notes_per_bar"))
    assert measured[:, 0].tolist() == [91.0 + n for n in range(7)]
    assert measured[:, 1].tolist() == [(n + 1) / 2 for n in range(7)]


def test_positions_of_ids_are_those_of_the_decoded_phrases(shards: Path, scales: Scales) -> None:
    data = open_shards(shards)
    ids = windows(data, "validation", 2).ids
    music = [data.tokenizer.decode_ids(rows) for rows in ids]
    expected = scales.positions(measure_phrases(music, NAMES))
    assert torch.equal(
        measured_positions(scales, data.tokenizer, torch.from_numpy(ids.astype(np.int64))), expected
    )


def test_training_windows_are_transposed_before_they_are_measured(shards: Path) -> None:
    """Transposition widens the distribution of the register and not that of the note count."""
    data = open_shards(shards)
    ids = windows(data, "train", 2).ids
    names = ("register", "notes_per_bar")
    moved, fixed = (fit_scales(names, data.tokenizer, ids, by, 0) for by in (6, 0))
    first, last = np.array([0]), np.array([-1])
    for end, sign in ((first, -1), (last, 1)):
        assert (sign * (moved.calibrations[0].value[end] - fixed.calibrations[0].value[end]) > 0).all()
    assert np.array_equal(moved.calibrations[1].value, fixed.calibrations[1].value)
    measured = measure_ids(data.tokenizer, names, ids)
    assert fixed.calibrations[0].value[0] == measured[:, 0].min()
    again = fit_scales(names, data.tokenizer, ids, 6, 0)
    assert again.to_dict() == moved.to_dict()
    assert fit_scales(names, data.tokenizer, ids, 6, 1).to_dict() != moved.to_dict()


def test_a_constant_attribute_is_refused(shards: Path) -> None:
    data = open_shards(shards)
    with pytest.raises(CorpusError) as refused:
        fit_scales(
            ("tempo", "register", "mean_velocity"), data.tokenizer, windows(data, "train", 2).ids, 6, 0
        )
    assert str(refused.value) == (
        "tempo, mean_velocity is the same in all training phrases: there is nothing to learn a fader from. "
        "Leave it out."
    )


def test_a_constant_attribute_with_rounding_errors_is_refused(monkeypatch) -> None:
    """The standard deviation of a thousand values of .1 is 1e-17, not 0."""
    ids = np.zeros((1001, 2, 16), np.uint8)
    monkeypatch.setattr("symvae.system.faders.scales.measure_ids", lambda *_: np.full((1001, 1), 0.1))
    from symvae.tokens.melody_grid import MelodyGrid

    with pytest.raises(CorpusError, match="is the same in all training phrases"):
        fit_scales(("rest_share",), MelodyGrid(), ids, 0, 0)


def test_an_unknown_attribute_is_named(shards: Path) -> None:
    data = open_shards(shards)
    with pytest.raises(ConfigError, match=r"^There is no attribute loudness\. Known: notes_per_bar, "):
        fit_scales(("register", "loudness"), data.tokenizer, windows(data, "train", 2).ids, 6, 0)
