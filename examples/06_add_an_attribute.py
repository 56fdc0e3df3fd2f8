"""Define an attribute, measure it, and move a tune along its attribute vector.

    python examples/06_add_an_attribute.py [FOLDER]

docs/CONTRIBUTING.md describes how to add one to the package.
"""

import sys
from pathlib import Path

import numpy as np
import torch

import symvae
from symvae.attributes.attribute import attribute
from symvae.latent.direction import attribute_vector, move

TUNES = Path(__file__).parent.parent / "data" / "tunes"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)


@attribute(unit="semitones", bounds=(-127.0, 127.0), on_silence=0.0, source="this example")
def rise(phrase: symvae.Phrase) -> float:
    """Mean pitch of the second half minus that of the first."""
    late = phrase.onset_step >= phrase.grid.num_steps // 2
    if late.all() or not late.any():
        return 0.0
    return float(phrase.pitch[late].mean() - phrase.pitch[~late].mean())


# The attribute vector: measure phrases drawn from the prior and compare their latents.
model = symvae.load("melody-2bar")
z = model.draw(1000, seed=0)
values = np.array([rise(phrase) for phrase in model.decode(z)])
directions = {"rise": attribute_vector(z, torch.from_numpy(values))}

# Move a tune along the vector, down and up.
tune, *_ = symvae.read(TUNES / "ode_to_joy.mid", grid=model.grid)
z_tune = model.encode([tune]).mean
amounts = (-2.0, -1.0, 0.0, 1.0, 2.0)
moved = [model.decode(move(z_tune, directions, {"rise": amount}))[0] for amount in amounts]
for amount, phrase in zip(amounts, moved, strict=True):
    print(f"{amount:+.0f} times the vector: rise {rise(phrase):+.1f} {rise.unit}")
symvae.write(moved, out / "rise.mid", force=True)
