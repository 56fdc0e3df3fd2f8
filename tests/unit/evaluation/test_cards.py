"""Model cards: they show what was measured, of short and long models, and the released ones are current."""

import importlib.util
import json
from types import ModuleType

import pytest

from symvae.config.run import ModelConfig, RunConfig
from symvae.errors import CorpusError
from symvae.evaluation.reports.card import card
from symvae.evaluation.reports.evaluate import to_markdown
from symvae.evaluation.reports.training_data import TrainingData
from tests.conftest import ROOT

PRETRAINED = ROOT / "symvae" / "pretrained"
LONG = ("onset positions", "mean overlap", "four bars", "bar similarity")
DATA = TrainingData(1, 2, ())


def short_metrics() -> dict:
    return json.loads((PRETRAINED / "melody-2bar" / "metrics.json").read_text(encoding="utf-8"))


@pytest.fixture
def long_metrics() -> dict:
    """The same with the figures of long phrases."""
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


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tables_of(text: str) -> list[list[str]]:
    return [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]


def test_figures_of_long_phrases_are_shown(long_metrics) -> None:
    text = to_markdown(long_metrics)
    assert "| bar similarity | 0.311 | 0.123 | 0.123 | .400 | .400 | .900 |" in text
    assert "| onset positions in the bar | – | – | – | .860 | .860 | .990 |" in text
    assert "| mean overlap | – | – | – | .710 | .710 | .970 |" in text
    assert "| held-out phrases | – | – | – | .052 |" in text
    for lines in tables_of(text):
        assert len({line.count("|") for line in lines}) == 1


def test_short_models_show_no_figures_of_long_phrases() -> None:
    metrics = short_metrics()
    for text in (to_markdown(metrics), card(RunConfig(), DATA, metrics)):
        assert [word for word in LONG if word in text] == []
        for lines in tables_of(text):
            assert len({line.count("|") for line in lines}) == 1


def test_the_card_of_a_long_model_states_its_bar_similarity(long_metrics) -> None:
    text = card(RunConfig(model=ModelConfig(bars=16)), DATA, long_metrics)
    assert "semitones, bar similarity 0.123 against 0.311." in text


@pytest.mark.parametrize("name", sorted(path.parent.name for path in PRETRAINED.glob("*/CARD.md")))
def test_the_released_cards_are_what_the_script_writes(name: str) -> None:
    file = PRETRAINED / name / "CARD.md"
    assert script("write_cards").rewritten(file) == file.read_text(encoding="utf-8")


# Training data

SHARDS_CARD = {
    "collections": ["airds", "mine", "unused"],
    "counts": {
        "train": {
            "all": {"tunes": 5, "bars": 50},
            "airds": {"tunes": 3, "bars": 30},
            "mine": {"tunes": 2, "bars": 20},
        }
    },
    "sources": {
        "airds": {"origin": "Glasgow, 1782 to 1801", "license": "public domain"},
        "mine": {"origin": "a folder", "license": "none stated"},
        "unused": {"origin": "nowhere", "license": "MIT"},
    },
}


def test_training_data_reads_back_from_the_card() -> None:
    data = TrainingData.from_shards(SHARDS_CARD)
    text = card(RunConfig(), data, short_metrics())
    assert "| airds | 3 | 30 | Glasgow, 1782 to 1801 | public domain |" in text
    assert TrainingData.from_model_card(text) == data
    assert data.collections == {"airds", "mine"}


def test_shards_of_release_0_1_spell_the_license_their_way() -> None:
    spelling = "licen" + "ce"
    sources = {
        name: {"origin": source["origin"], spelling: source["license"]}
        for name, source in SHARDS_CARD["sources"].items()
    }
    old = {**SHARDS_CARD, "sources": sources}
    assert TrainingData.from_shards(old) == TrainingData.from_shards(SHARDS_CARD)


def test_a_card_without_training_data_is_refused() -> None:
    with pytest.raises(CorpusError) as refused:
        TrainingData.from_model_card("# my model")
    assert str(refused.value) == (
        "The model card names no training tunes. Evaluate the model with --update-model."
    )


@pytest.mark.parametrize(
    ("collections", "arguments"),
    [
        (["airds", "bach", "pop909"], "folk pop909 POP909_FOLDER"),
        (["essen", "mine"], "folk --essen YOUR_FOLDER"),
        (["pop909", "bach-chorales"], "pop909 POP909_FOLDER chorales"),
    ],
)
def test_collections_are_named_as_prepare_takes_them(collections: list[str], arguments: str) -> None:
    rows = tuple((name, "1", "2", "origin", "license") for name in collections)
    assert TrainingData(1, 2, rows).prepare_arguments() == arguments
