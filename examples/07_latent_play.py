"""Shift a tune along attribute vectors, vary it, do arithmetic with it, and interpolate between four tunes.

python examples/07_latent_play.py [FOLDER]
"""

import sys
from pathlib import Path

import symvae

TUNES = Path(__file__).parent.parent / "data" / "tunes"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

model = symvae.load("melody-2bar")
names = ("ode_to_joy", "soldiers_joy", "frere_jacques", "wind_that_shakes_the_barley")
ode, joy, jacques, barley = (symvae.read(TUNES / f"{name}.mid", grid=model.grid)[0] for name in names)

# The attribute vectors of the model.
print("Attribute vectors:", ", ".join(model.directions))
for amount in (-1.0, 0.0, 1.0):
    phrase = model.shift(ode, {"onset_density": amount})
    print(f"onset_density {amount:+.0f}: {len(phrase)} notes instead of {len(ode)}")
    symvae.write(phrase, out / f"density{amount:+.0f}.mid", force=True)

# Variations, at a distance of your choice.
symvae.write(model.variations(ode, amount=0.15, count=4, seed=1), out / "variations.mid", force=True)

# Add the difference of Soldier's Joy and Frère Jacques to the Ode.
symvae.write(model.analogy(ode, joy, jacques), out / "analogy.mid", force=True)

# A square of five by five phrases with a tune in each corner.
square = model.interpolate_corners(ode, joy, jacques, barley, steps=5)
symvae.write([phrase for row in square for phrase in row], out / "square.mid", force=True)
print(f"Files in {out}")
