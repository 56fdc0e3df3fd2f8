"""The cards in data/cards, and `prepare folk` reproduces one of them byte for byte."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from symvae.corpus.provenance import SOURCES
from symvae.corpus.shards import open_shards
from symvae.corpus.split import released_split

ROOT = Path(__file__).parents[3]
CARDS = ROOT / "data" / "cards"
SCRIPT = """
import sys

sys.path.insert(0, ".")
from symvae.corpus.prepare import prepare
from symvae.corpus.sources.folk import folk

if __name__ == "__main__":
    prepare([folk(workers=2)], sys.argv[1])
"""


def test_prepare_folk_reproduces_its_card(tmp_path: Path):
    expected = json.loads((CARDS / "folk-4-4.json").read_text())
    # In a process of its own: shape checks slow down reading half a million notes tenfold.
    (tmp_path / "script.py").write_text(SCRIPT)
    subprocess.run([sys.executable, tmp_path / "script.py", tmp_path / "folk"], check=True, cwd=ROOT)
    card = json.loads((tmp_path / "folk" / "card.json").read_text())
    assert card["counts"] == expected["counts"]
    assert card["dropped"] == expected["dropped"]
    assert card["sha256"] == expected["sha256"]
    released = released_split()
    shards = open_shards(tmp_path / "folk")
    held_out = {work for work, split in released.items() if split != "train"}
    train = {tune.partition("#")[0] for tune in shards.tune_names("train")}
    assert not train & held_out
    later = {tune.partition("#")[0] for name in ("validation", "test") for tune in shards.tune_names(name)}
    assert later & released.keys() <= held_out


@pytest.mark.parametrize("path", sorted(CARDS.glob("*.json")), ids=lambda path: path.stem)
def test_released_weights_may_be_trained_on_all_music_of_the_cards(path: Path):
    card = json.loads(path.read_text())
    assert card["sources"] == {name: SOURCES[name] for name in card["collections"]}
    assert all(source["for_released_weights"] for source in card["sources"].values())
