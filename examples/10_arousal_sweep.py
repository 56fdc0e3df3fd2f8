"""Sweep a tune from calm to excited in eight steps: eight files, one picture, one table.

    python examples/10_arousal_sweep.py [FOLDER]

The arousal fader moves tempo, velocity and everything coupled with them; hold=["tempo"] leaves the effect
of the notes.
"""

import csv
import sys
from pathlib import Path

import symvae
from symvae.plot.piano_roll import piano_roll

TUNES = Path(__file__).parent.parent / "data" / "tunes"
COLUMNS = ("tempo", "notes_per_second", "notes_per_bar", "mean_velocity", "articulation", "register")
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

model = symvae.load("piano-4bar")
tune = symvae.read(TUNES / "auld_lang_syne.mid", grid=model.grid)

# All phrases of the tune at each step.
steps = [number / 7 for number in range(8)]
sweep = [model.fade_each(tune, [{"arousal": step}] * len(tune)) for step in steps]
for number, phrases in enumerate(sweep, 1):
    symvae.write(phrases, out / f"arousal-{number}.mid", force=True)

# The first four bars at each step; darker notes are louder.
first = [phrases[0] for phrases in sweep]
titles = [f"{step:.2f}, at {phrase.tempo_qpm:.0f}" for step, phrase in zip(steps, first, strict=True)]
piano_roll(first, out / "sweep.png", titles, columns=2, color="velocity", force=True)

# Attributes of the results, averaged over the phrases.
rows = []
for step, phrases in zip(steps, sweep, strict=True):
    measured = model.measure(phrases)
    rows.append([f"{step:.2f}", *(f"{measured[name].mean():.2f}" for name in COLUMNS)])
with (out / "sweep.csv").open("w", newline="") as file:
    csv.writer(file).writerows([["arousal", *COLUMNS], *rows])
for row in [["arousal", *COLUMNS], *rows]:
    print("".join(cell.ljust(20) for cell in row).rstrip())
