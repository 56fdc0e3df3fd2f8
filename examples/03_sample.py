"""New phrases from nothing but a seed.

python examples/03_sample.py [FOLDER]
"""

import sys
from pathlib import Path

import symvae

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

model = symvae.load("melody-2bar")
phrases = model.sample(8, seed=7, tempo_qpm=100.0)
assert phrases == model.sample(8, seed=7, tempo_qpm=100.0)  # the same seed, the same notes

# The prior is learned from the training music. Spread is how wide the noise is that draws start from,
# temperature how freely the decoder reads what was drawn.
tame = model.sample(8, seed=7, prior_temperature=0.7)
wild = model.sample(8, seed=7, temperature=1.0, top_p=0.95)

for name, some in {"plain": phrases, "tame": tame, "wild": wild}.items():
    symvae.write(some, out / f"{name}.mid", force=True)
    measured = model.measure(some)
    print(
        f"{name}: {measured['notes_per_bar'].mean():.1f} notes a bar, "
        f"mean interval {measured['mean_interval'].mean():.1f} semitones, "
        f"diatonic share {measured['diatonic_share'].mean():.2f}"
    )
