"""Rewrite the cards of the released models from their metrics.json.

python benchmarks/write_cards.py            # rewrites symvae/pretrained/*/CARD.md
python benchmarks/write_cards.py --check    # status 1 if a card differs

Figures are those of metrics.json and the training data those of the present card; nothing is measured.
"""

import sys
from pathlib import Path

from symvae.evaluation.reports.card import card
from symvae.evaluation.reports.training_data import TrainingData
from symvae.system.symvae import SymVAE

PRETRAINED = Path(__file__).resolve().parent.parent / "symvae" / "pretrained"


def cards(folder: Path = PRETRAINED) -> dict[Path, str]:
    """The new text of each card of a phrase model."""
    files = sorted(path for path in folder.glob("*/CARD.md") if (path.parent / "tokenizer.json").is_file())
    return {file: rewritten(file) for file in files}


def rewritten(file: Path) -> str:
    """The new text of one card."""
    model = SymVAE.load(file.parent)
    data = TrainingData.from_model_card(file.read_text(encoding="utf-8"))
    return card(model.config, data, model.metrics)


if __name__ == "__main__":
    new = cards()
    if "--check" in sys.argv:
        sys.exit(any(file.read_text(encoding="utf-8") != text for file, text in new.items()))
    for file, text in new.items():
        file.write_text(text, encoding="utf-8")
        print(file)
