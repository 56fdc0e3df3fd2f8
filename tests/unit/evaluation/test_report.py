"""The whole evaluation of a perfect model, its tables and its card; off-grid models are refused."""

import dataclasses
import json
from typing import NamedTuple

import numpy as np
import pytest

from symvae.errors import ConfigError
from symvae.evaluation.reports import evaluate as report
from symvae.evaluation.reports.card import card
from symvae.evaluation.reports.evaluate import evaluate, fit, to_markdown
from symvae.evaluation.reports.markdown import share, signed, table
from symvae.evaluation.reports.training_data import TrainingData
from symvae.evaluation.result import as_json
from symvae.system.symvae import SymVAE
from symvae.tokens.piano import PianoBars


@pytest.fixture(scope="module", autouse=True)
def few_steps():
    """A prior of a few steps: these tests check agreement of figures, not their quality."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "QUICK", dataclasses.replace(report.QUICK, prior_steps=3))
        yield


@pytest.fixture(scope="module")
def metrics(perfect, memory_shards, few_steps) -> dict:
    return evaluate(perfect, memory_shards, quick=True)


def test_metrics_are_json_without_nan_and_state_how_they_were_measured(metrics) -> None:
    again = json.loads(json.dumps(metrics, allow_nan=False))
    assert again == metrics
    assert (metrics["split"], metrics["seed"], metrics["quick"]) == ("test", 0, True)
    assert metrics["reconstruction"]["all"]["windows"] == 49
    assert metrics["reconstruction"]["all"]["mean"]["exact"] == 1
    assert metrics["samples"]["learned"]["decodes"] == metrics["samples"]["samples"]


def test_a_given_latent_fit_gives_the_same_metrics(perfect, memory_shards, metrics) -> None:
    """Fitted beforehand or during the evaluation: the same figures except the time."""
    given = evaluate(perfect, memory_shards, quick=True, latent=fit(perfect, memory_shards, quick=True))
    assert {**given, "seconds": 0} == {**metrics, "seconds": 0}


def test_progress_reaches_the_end_of_every_part(perfect, memory_shards) -> None:
    last: dict[str, float] = {}
    evaluate(perfect, memory_shards, quick=True, progress=last.__setitem__)
    assert set(last.values()) == {1.0}
    assert set(last) == {
        "latent fit",
        "reconstruction",
        "rate",
        "interpolation",
        "attribute vectors",
        "samples",
    }


def test_the_tables_show_the_figures(metrics) -> None:
    text = to_markdown(metrics)
    for heading in ("Reconstruction", "lower rate", "Interpolation", "Prior samples", "Attribute vectors"):
        assert heading in text
    assert "49 windows of 7 test tunes (11 more also occur in the training set and are excluded)" in text
    assert "| **free-running, posterior mean** | 1.000 ± .000 | 1.000 ± .000 | 1.000 ± .000 |" in text
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1


def test_the_card_states_license_origin_commands_and_limits(perfect, memory_shards, metrics) -> None:
    text = card(perfect.config, TrainingData.from_shards(memory_shards.card), metrics)
    assert text.startswith("# known\n")
    needed = (
        "license of reels",
        "origin of hymns",
        "Quick evaluation",
        "symvae prepare YOUR_FOLDER",
        "symvae train",
        "## Limits",
        "free-running",
        "40 training",
    )
    assert [part for part in needed if part not in text] == []


def test_number_formats() -> None:
    assert share(0.9764) == ".976"
    assert share(1.0) == "1.000"
    assert share(0.9764, 0.0021) == ".976 ± .002"
    assert share(None) == "–"
    assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"
    assert (signed(0.5), signed(-0.5), signed(None)) == ("+0.50", "-0.50", "–")


def test_json_keeps_names_drops_what_was_not_measured_and_has_no_nan() -> None:
    class Pair(NamedTuple):
        mean: float
        missing: float | None = None

    @dataclasses.dataclass(frozen=True)
    class Result:
        rows: tuple[Pair, ...]
        values: np.ndarray
        note: str | None = None

    result = Result((Pair(1.5), Pair(float("nan"), 2.0)), np.array([1, 2]))
    assert as_json(result) == {"rows": [{"mean": 1.5}, {"mean": None, "missing": 2.0}], "values": [1, 2]}


def test_a_model_without_a_grid_is_refused_before_any_work(perfect, memory_shards) -> None:
    piano = SymVAE(perfect.folder, perfect.config, perfect.vae, PianoBars())
    for call in (evaluate, fit):
        with pytest.raises(ConfigError) as refused:
            call(piano, memory_shards, quick=True)
        assert str(refused.value) == (
            "known has no fixed time step for each token, so its tokens cannot be compared one by one:"
            " evaluate it with --control, which compares notes and measures its faders."
        )
