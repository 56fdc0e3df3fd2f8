"""Encode a tune, decode it again, and measure the accuracy of the reconstruction.

python examples/02_reconstruct.py [FOLDER]
"""

import sys
from pathlib import Path

import symvae

TUNES = Path(__file__).parent.parent / "data" / "tunes"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

model = symvae.load("melody-2bar")
windows = symvae.read(TUNES / "soldiers_joy.mid", grid=model.grid)

# The posterior of each phrase: its position in the latent space, and the uncertainty of it.
posterior = model.encode(windows)
print(f"{len(windows)} windows, z of {model.latent_size} coordinates each")
print(f"KL divergence from the prior: {posterior.kl_nats().sum(-1).mean():.0f} nats per window")

# Greedy decoding of the posterior mean: the most accurate reconstruction.
results = model.reconstruct(windows)
same = (model.to_ids(windows) == model.to_ids(results)).float().mean()
print(f"{same:.1%} of the tokens are reconstructed")

# A posterior sample instead of the mean, and tokens sampled by the decoder: freer, and fixed by the seed.
freer = model.reconstruct(windows, posterior_temperature=1.0, temperature=0.5, seed=1)

symvae.write(windows, out / "original.mid", force=True)
symvae.write(results, out / "reconstruction.mid", force=True)
symvae.write(freer, out / "freer.mid", force=True)
print(f"original.mid, reconstruction.mid and freer.mid in {out}")
