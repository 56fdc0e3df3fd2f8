"""Count the forms of training tunes: the table that `symvae continue` draws from.

    python benchmarks/generate/section_forms.py SHARDS [SHARDS ...]

Writes symvae/system/section_forms.csv from the training split of each folder of shards, one a metre.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from symvae.corpus.dataset import windows
from symvae.corpus.shards import open_shards
from symvae.system.section_forms import form, spelled

TABLE = Path(__file__).parents[2] / "symvae/system/section_forms.csv"
SECTION_BARS = 4
SECTIONS = 4


def shares(folder: str) -> tuple[str, Counter[str]]:
    """Metre of the shards, and how many windows have each form."""
    shards = open_shards(folder)
    every = windows(shards, "train", SECTIONS * SECTION_BARS)
    phrases = (shards.tokenizer.decode_ids(ids) for ids in every.ids)
    return shards.metre, Counter(spelled(form(phrase, SECTION_BARS)) for phrase in phrases)


def main() -> None:
    """Write the table."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["metre", "form", "share"])
        for metre, count in map(shares, sys.argv[1:]):
            for name, number in count.most_common():
                rows.writerow([metre, name, f"{number / count.total():.5f}"])


if __name__ == "__main__":
    main()
