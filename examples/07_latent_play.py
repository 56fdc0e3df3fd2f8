"""Play with a tune: more or less of an attribute, variations, arithmetic, and the square between four.

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

# The attribute vectors that came with the model.
print("Directions:", ", ".join(model.directions))
for amount in (-1.0, 0.0, 1.0):
    phrase = model.shift(ode, {"onset_density": amount})
    print(f"onset_density {amount:+.0f}: {len(ode)} notes became {len(phrase)}")
    symvae.write(phrase, out / f"density{amount:+.0f}.mid", force=True)

# Variations, as near or far as you like.
symvae.write(model.variations(ode, amount=0.15, count=4, seed=1), out / "similar.mid", force=True)

# What Soldier's Joy has and Frère Jacques has not, given to the Ode.
symvae.write(model.analogy(ode, joy, jacques), out / "analogy.mid", force=True)

# Five by five phrases with a tune in each corner.
square = model.interpolate_corners(ode, joy, jacques, barley, steps=5)
symvae.write([phrase for row in square for phrase in row], out / "square.mid", force=True)
print(f"Files in {out}")
