"""Sample, continue and infill tunes with the learned prior.

python examples/08_continue_and_infill.py [FOLDER]
"""

import sys
from pathlib import Path

import symvae

TUNES = Path(__file__).parent.parent / "data" / "tunes"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

model = symvae.load("melody-16bar")

# New tunes, in C major or A minor.
tunes = model.sample(4, seed=1)
symvae.write(tunes, out / "tunes.mid", force=True)
repeated = model.measure(tunes)["repeated_bar_share"]
print(f"4 tunes; share of bars that repeat an earlier one: {[f'{share:.2f}' for share in repeated]}")

# Two continuations of the first eight bars by eight more; any numbers of bars work.
(ode,) = symvae.read(TUNES / "ode_to_joy.mid", grid=model.grid)
for number, (longer, kept) in enumerate(model.continue_(ode.window(0, 8), bars=8, count=2), 1):
    symvae.write(longer, out / f"continued-{number}.mid", force=True)
    assert longer.window(0, 8) == ode.window(0, 8)
    print(f"continued {number}: {len(longer)} notes; the model reconstructs {kept:.0%} of the given bars")

# Bars 7 to 10 (6 to 9 when counted from 0) are replaced to fit the others, which keep their notes.
for number, (filled, kept) in enumerate(model.infill(ode, range(6, 10), count=2), 1):
    symvae.write(filled, out / f"filled-{number}.mid", force=True)
    print(f"filled {number}: {len(filled)} notes; the model reconstructs {kept:.0%} of the other bars")
