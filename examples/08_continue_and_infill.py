"""A tune goes on, and bars in its middle are drawn anew: the learned prior at work.

python examples/08_continue_and_infill.py [FOLDER]
"""

import sys
from pathlib import Path

import symvae

TUNES = Path(__file__).parent.parent / "data" / "tunes"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

model = symvae.load("melody-16bar-lokl")

# New tunes from nothing, in C major or A minor.
tunes = model.sample(4, seed=1)
symvae.write(tunes, out / "tunes.mid", force=True)
repeated = model.measure(tunes)["repeated_bar_share"]
print(f"4 tunes; share of bars that repeat an earlier one: {[f'{share:.2f}' for share in repeated]}")

# Eight more bars after the first eight, twice. Any number of bars may be given, any number asked for.
(ode,) = symvae.read(TUNES / "ode_to_joy.mid", grid=model.grid)
for number, (longer, kept) in enumerate(model.continue_(ode.window(0, 8), bars=8, count=2), 1):
    symvae.write(longer, out / f"continued-{number}.mid", force=True)
    assert longer.window(0, 8) == ode.window(0, 8)
    print(f"continued {number}: {len(longer)} notes; of what was given the model itself says {kept:.0%}")

# Bars 7 to 10 (counted from 0 here: 6 to 9) drawn anew in sight of the others, which stay note by note.
for number, (filled, kept) in enumerate(model.infill(ode, range(6, 10), count=2), 1):
    symvae.write(filled, out / f"filled-{number}.mid", force=True)
    print(f"filled {number}: {len(filled)} notes; of what stays the model itself says {kept:.0%}")
