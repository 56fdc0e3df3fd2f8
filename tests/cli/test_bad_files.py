"""A folder with hostile files: prepare, inspect, measure and plot read all others."""

import json
import runpy

from tests.conftest import ROOT

HOSTILE = runpy.run_path(str(ROOT / "benchmarks" / "hostile_folder.py"))


def test_a_folder_of_which_a_fifth_is_hostile_gives_the_shards_of_the_rest(cli, tmp_path):
    for name in ("alone", "all"):
        HOSTILE["write_good"](tmp_path / name / "music", 40, seed=1)
    HOSTILE["write_bad"](tmp_path / "all" / "music", 10, seed=1)
    limits = ("--max-seconds-per-file", 1, "--max-memory-per-file", 128)
    cards = []
    for name in ("alone", "all"):
        result = cli("prepare", tmp_path / name / "music", "--out", tmp_path / name / "shards", *limits)
        assert result.exit_code == 0, result.stderr
        cards.append(json.loads((tmp_path / name / "shards" / "card.json").read_text()))
    alone, beside = (card["sha256"] for card in cards)
    assert {name for name in alone if alone[name] != beside[name]} == {"dropped.csv"}
    assert cards[1]["files"] == {"read": 50, "without_tune": 10}
    assert "50 files read, 10 of them without a tune in 4/4" in result.stdout
