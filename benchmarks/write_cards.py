"""Rewrite the cards of the released models from their metrics.json.

python benchmarks/write_cards.py            # rewrites symvae/pretrained/*/CARD.md
python benchmarks/write_cards.py --check    # status 1 if a card differs

Figures are those of metrics.json and the training data those of the present card; nothing is measured.
"""

import json
import re
import sys
from pathlib import Path

from symvae.evaluation.reports.card import card
from symvae.evaluation.reports.genie import genie_card
from symvae.evaluation.reports.groove import groove_card
from symvae.evaluation.reports.lines import line_card
from symvae.evaluation.reports.oneshots import oneshot_card
from symvae.evaluation.reports.recordings import recording_card
from symvae.evaluation.reports.sound_card import sound_card
from symvae.evaluation.reports.training_data import TrainingData
from symvae.system.artifact_folder import (
    DDSP_FORMAT,
    GENIE_FORMAT,
    GROOVE_FORMAT,
    ONESHOT_FORMAT,
    RAVE_FORMAT,
    format_of,
)
from symvae.system.audio_model import AudioModel
from symvae.system.drum_machine import DrumMachine
from symvae.system.genie import Genie
from symvae.system.groove import Groove
from symvae.system.line_synth import LineSynth
from symvae.system.symvae import SymVAE
from symvae.system.synth import Synth

PRETRAINED = Path(__file__).resolve().parent.parent / "symvae" / "pretrained"


def cards(folder: Path = PRETRAINED) -> dict[Path, str]:
    """New text of each card."""
    return {file: rewritten(file) for file in sorted(folder.glob("*/CARD.md"))}


def rewritten(file: Path) -> str:
    """New text of one card."""
    old = file.read_text(encoding="utf-8")
    if (file.parent / "tokenizer.json").is_file():
        model = SymVAE.load(file.parent)
        return card(model.config, TrainingData.from_model_card(old), model.metrics)
    metrics = json.loads((file.parent / "metrics.json").read_text(encoding="utf-8"))
    if format_of(file.parent) == GROOVE_FORMAT:
        return groove_card(Groove.load(file.parent).config, metrics)
    if format_of(file.parent) == GENIE_FORMAT:
        return genie_card(Genie.load(file.parent).config, metrics, "test")
    if format_of(file.parent) == ONESHOT_FORMAT:
        return oneshot_card(DrumMachine.load(file.parent).config, metrics["test"], metrics["sources"])
    if format_of(file.parent) == DDSP_FORMAT:
        lines = LineSynth.load(file.parent)
        return line_card(lines.config, lines.timbres.values(), metrics["test"])
    if format_of(file.parent) == RAVE_FORMAT:
        return recording_card(AudioModel.load(file.parent).config, metrics["test"])
    synth = Synth.load(file.parent)
    collections = re.search(r"Notes: (.+?);", old)
    return sound_card(synth.config, metrics, phrases_from=collections[1].split(", ") if collections else [])


if __name__ == "__main__":
    new = cards()
    if "--check" in sys.argv:
        sys.exit(any(file.read_text(encoding="utf-8") != text for file, text in new.items()))
    for file, text in new.items():
        file.write_text(text, encoding="utf-8")
        print(file)
