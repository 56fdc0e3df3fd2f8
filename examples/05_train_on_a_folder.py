"""Prepare a folder of MIDI files and fine-tune the released model on it.

    python examples/05_train_on_a_folder.py [FOLDER]

To run in half a minute, it takes the bundled tunes and forty steps. Your own music needs some thousand
steps; the command line does the same, with progress and --resume:

    symvae prepare FOLDER --out SHARDS
    symvae train --preset melody-2bar --data SHARDS --out RUN --from melody-2bar ...
"""

import sys
from pathlib import Path

import symvae
from symvae.config.load import load_preset, with_overrides
from symvae.corpus.prepare import prepare
from symvae.corpus.sources.folder import folder
from symvae.system.catalog import find
from symvae.training.tasks.phrase import train

TUNES = Path(__file__).parent.parent / "data" / "tunes"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")

# Shards hold every tune as token ids; near-duplicates are in the same split.
card = prepare([folder(TUNES, collection="my-tunes", workers=1)], out / "shards", force=True)
for split, counts in card["counts"].items():
    print(f"{split}: {counts['all']['tunes']} tunes, {counts['all']['bars']} bars")
print(f"dropped: {card['dropped']}")  # dropped.csv lists each with its reason

# A low learning rate and a constant beta, since the latent space is trained already.
config = with_overrides(
    load_preset("melody-2bar"),
    [
        "name=my-tunes",
        "training.steps=40",
        "training.evaluate_every=20",
        "training.batch_size=32",
        "training.warmup_steps=5",
        "training.learning_rate=2e-4",
        "objective.beta_schedule=constant",
    ],
)
run = out / "run"
if not (run / "state.pt").exists():
    train(config, out / "shards", run, start_from=find("melody-2bar"))

model = symvae.load(run)
tune, *_ = symvae.read(TUNES / "frere_jacques.mid", grid=model.grid)
symvae.write(model.variations(tune, amount=0.2, seed=3), out / "variations.mid", force=True)
print(f"The model is in {run / 'model'}, variations of Frère Jacques in {out / 'variations.mid'}")
