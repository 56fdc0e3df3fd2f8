"""The whole evaluation of a model that is known to be perfect, and what is written about it."""

import dataclasses
import json

import pytest
from symvae.evaluation.report import evaluate, fit
from symvae.evaluation.reports.tables import share, table, to_markdown

from symvae.evaluation import report
from symvae.evaluation.reports.card import _sources, card


@pytest.fixture(scope="module", autouse=True)
def in_a_hurry():
    """A prior of a few steps: here it is asked whether figures agree, not whether they are good."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "QUICK", dataclasses.replace(report.QUICK, prior_steps=3))
        yield


@pytest.fixture(scope="module")
def metrics(perfect, memory_shards, in_a_hurry) -> dict:
    return evaluate(perfect, memory_shards, quick=True)


def test_metrics_are_json_without_nan_and_say_how_they_were_measured(metrics) -> None:
    again = json.loads(json.dumps(metrics, allow_nan=False))
    assert again == metrics
    assert (metrics["split"], metrics["seed"], metrics["quick"]) == ("test", 0, True)
    assert metrics["reconstruction"]["all"]["windows"] == 49
    assert metrics["reconstruction"]["all"]["mean"]["exact"] == 1
    assert metrics["samples"]["learned"]["decodes"] == metrics["samples"]["samples"]


def test_what_is_shipped_is_what_was_measured(perfect, memory_shards, metrics) -> None:
    """Fitted apart and given, or fitted on the way: the same figures, all but the time."""
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


def test_the_tables_hold_the_figures(metrics) -> None:
    text = to_markdown(metrics)
    for heading in ("Reconstruction", "smaller rate", "Interpolation", "Prior samples", "Attribute vectors"):
        assert heading in text
    assert "49 windows of 7 test tunes (11 that also stand in train are left out)" in text
    assert "| **free-running, from the mean** | 1.000 ± .000 | 1.000 ± .000 | 1.000 ± .000 |" in text
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1


def test_the_card_says_what_a_user_needs(perfect, memory_shards, metrics) -> None:
    text = card(perfect.config, memory_shards.card, metrics)
    assert text.startswith("# known\n")
    needed = (
        "license of reels",
        "origin of hymns",
        "A quick look",
        "symvae prepare YOUR_FOLDER",
        "symvae train",
        "cannot do",
        "free-running",
        "40 training",
    )
    assert [part for part in needed if part not in text] == []


def test_the_card_names_the_sources_as_prepare_takes_them() -> None:
    assert _sources({"collections": ["airds", "bach", "pop909"]}) == "folk pop909 POP909_FOLDER"
    assert _sources({"collections": ["essen", "mine"]}) == "folk --essen YOUR_FOLDER"


def test_numbers_are_written_as_musicians_read_tables() -> None:
    assert share(0.9764) == ".976"
    assert share(1.0) == "1.000"
    assert share(0.9764, 0.0021) == ".976 ± .002"
    assert share(None) == "–"
    assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"
