"""Old figures and new ones are written alike: what was measured is shown, what was not is not missed."""

import json

import pytest
from symvae.evaluation.reports.tables import to_markdown

from symvae.config.run import ModelConfig, RunConfig
from symvae.evaluation.reports.card import card
from tests.conftest import ROOT

PRETRAINED = ROOT / "symvae" / "pretrained"
NEW = ("places in the bar", "mean overlap", "four bars", "bar similarity")
SHARDS_CARD = {"collections": [], "sources": {}, "counts": {"train": {"all": {"tunes": 1, "bars": 2}}}}


def short_metrics() -> dict:
    return json.loads((PRETRAINED / "melody-2bar" / "metrics.json").read_text(encoding="utf-8"))


@pytest.fixture
def long_metrics() -> dict:
    """The same with what only long phrases are asked."""
    metrics = short_metrics()
    samples = metrics["samples"]
    samples["real"]["bar_similarity"] = 0.311
    samples["real_halves"] |= {"bar_similarity": 0.9, "onset_histogram": 0.99, "overlapped_area_mean": 0.97}
    samples["real_runs_in_train"] = 0.052
    feature = {"mean": 0.123, "overlapped_area": 0.4, "inter_set_overlap": 0.5}
    for prior in ("learned", "gaussian"):
        samples[prior] |= {"onset_histogram": 0.86, "overlapped_area_mean": 0.71, "runs_in_train": 0.002}
        samples[prior]["features"]["bar_similarity"] = feature
    return metrics


def tables_of(text: str) -> list[list[str]]:
    return [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]


def test_figures_of_long_phrases_are_shown(long_metrics) -> None:
    text = to_markdown(long_metrics)
    assert "| bar similarity | 0.311 | 0.123 | 0.123 | .400 | .400 | .900 |" in text
    assert "| places in the bar where notes start | – | – | – | .860 | .860 | .990 |" in text
    assert "| mean overlap | – | – | – | .710 | .710 | .970 |" in text
    assert "| held-out phrases | – | – | – | .052 |" in text
    for lines in tables_of(text):
        assert len({line.count("|") for line in lines}) == 1


def test_without_them_nothing_is_shown() -> None:
    metrics = short_metrics()
    for text in (to_markdown(metrics), card(RunConfig(), SHARDS_CARD, metrics)):
        assert [word for word in NEW if word in text] == []
        for lines in tables_of(text):
            assert len({line.count("|") for line in lines}) == 1


def test_the_card_says_whether_bars_come_back(long_metrics) -> None:
    text = card(RunConfig(model=ModelConfig(bars=16)), SHARDS_CARD, long_metrics)
    assert "semitones, bar similarity 0.123 against 0.311." in text


@pytest.mark.parametrize("name", sorted(path.name for path in PRETRAINED.iterdir() if path.is_dir()))
def test_every_released_model_can_be_written_about(name: str) -> None:
    metrics = json.loads((PRETRAINED / name / "metrics.json").read_text(encoding="utf-8"))
    assert to_markdown(metrics).rstrip() in (PRETRAINED / name / "CARD.md").read_text(encoding="utf-8")
